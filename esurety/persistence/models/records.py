"""What happened: tries, openings, mails, events, answers already given."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn


class SignInAttempt(Base):
    """A try at signing in, written before it is judged."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_email_at", "email", "at"), Index("ix_sign_in_attempts_source_at", "source", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    succeeded: Mapped[bool] = mapped_column(default=False)


class GateAttempt(Base):
    """A try at the D-Sure gate, written before it is judged. `number` is None when it was no number; a key is never kept.

    Failed until its key has been found right. Held: not judged at all; such tries of one source with one number share a row.
    """

    __tablename__ = "gate_attempts"
    __table_args__ = (
        CheckConstraint("outcome IN ('failed', 'opened', 'held')", name="outcome_is_known"),
        Index("ix_gate_attempts_number_at", "number", "at"),
        Index("ix_gate_attempts_source_at", "source", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(64))  # a network: one IPv4 address, or the /64 of an IPv6 address
    at: Mapped[datetime] = mapped_column(UtcInstant)
    outcome: Mapped[str] = mapped_column(String(10))
    times: Mapped[int] = mapped_column(default=1)


class GateBudget(Base):
    """How much of a budget of failures is used up: of the whole gate, a number, a source, a source that a number knows, a mailed code.

    Only numbers count their `failures` since the last opening; `told_at` is when their contractor and surety were told of too many.
    """

    __tablename__ = "gate_budgets"
    __table_args__ = (
        CheckConstraint("kind IN ('gate', 'number', 'source', 'known', 'code')", name="kind_is_known"),
        Index("ix_gate_budgets_kind_full_at", "kind", "full_at"),
    )

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    full_at: Mapped[datetime] = mapped_column(UtcInstant)  # when it will have filled up again, if nothing more is taken
    failures: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class GateCode(Base):
    """A one-time code asked for at the gate, for any number that is well-formed; the worker mails it where there is such a contract.

    The code itself is kept nowhere: it is reckoned from the nonce and a secret outside the database.
    """

    __tablename__ = "gate_codes"
    __table_args__ = (
        CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="used_by_somebody"),
        Index("ix_gate_codes_number_asked_at", "number", "asked_at"),
        Index("ix_gate_codes_source_asked_at", "source", "asked_at"),
        Index("ix_gate_codes_settled_at", "settled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(64))  # who asked
    nonce: Mapped[str] = mapped_column(String(32), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # mailed, or found to be for nobody
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    used_by: Mapped[str | None] = mapped_column(String(64))


class GateStop(Base):
    """A source that tried too many different numbers: stopped for a time, and an alarm for the office."""

    __tablename__ = "gate_stops"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by_somebody"),
        Index("ix_gate_stops_source_ends_at", "source", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(64))
    stopped_at: Mapped[datetime] = mapped_column(UtcInstant)
    ends_at: Mapped[datetime] = mapped_column(UtcInstant)
    numbers: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)  # tries turned away since
    released_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    released_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class CertificateOpening(Base):
    """発注者が閲覧しました: one opening of a certificate in D-Sure."""

    __tablename__ = "certificate_openings"
    __table_args__ = (Index("ix_certificate_openings_contract_id_opened_at", "contract_id", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"))
    version: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    source: Mapped[str] = mapped_column(String(64))


class OutboxMail(Base):
    """A mail that is due: written in the transaction of its event, sent by the worker. `event` makes it once only.

    Unknown: its text was handed to the mail server, and whether that took it was never heard.
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sending', 'unknown', 'sent', 'failed')", name="state_is_known"),
        Index("ix_outbox_mails_state_next_try_at", "state", "next_try_at"),
        Index("ix_outbox_mails_surety_id_id", "surety_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    event: Mapped[str] = mapped_column(String(100), unique=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(20), default="queued")
    tries: Mapped[int] = mapped_column(default=0)
    unsure: Mapped[int] = mapped_column(default=0)  # how many of them ended unknown
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    next_try_at: Mapped[datetime] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class Event(Base):
    """Something that happened, in the past tense, written with it in one transaction and never changed."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_application_id_id", "application_id", "id"),
        Index("ix_events_contract_id_id", "contract_id", "id"),
        Index("ix_events_subject_id", "subject", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    actor_name: Mapped[str] = mapped_column(String(200))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("guarantee_contracts.id"))
    subject: Mapped[str | None] = mapped_column(String(60))  # branch:3, account:5: what an operator's act was done to
    note: Mapped[str] = mapped_column(Text, default="")


class AnsweredToken(Base):
    """An act's idempotency token and the address its answer led to: a repeat gets the same answer and does nothing."""

    __tablename__ = "answered_tokens"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(300))
    answered_at: Mapped[datetime] = mapped_column(UtcInstant)


class IssuedPerMonth(Base):
    """How many guarantees a surety issued in a month, and for how much: raised in the issuing transaction, so that no page counts them."""

    __tablename__ = "issued_per_month"

    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)  # its first day
    product: Mapped[str] = mapped_column(String(30), primary_key=True)
    certificate_form: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]
    amount: Mapped[Yen] = mapped_column(YenColumn)
