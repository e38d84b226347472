"""The tables. A rule that must survive a second process is a constraint here."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn


class Surety(Base):
    """保証会社. Several may share an installation; every record below belongs to one."""

    __tablename__ = "sureties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(300))
    representative: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class Branch(Base):
    """営業部・支店: takes applications and allocates numbers under its own code."""

    __tablename__ = "branches"
    __table_args__ = (UniqueConstraint("surety_id", "name"), CheckConstraint("code BETWEEN 1 AND 999", name="code_has_three_digits"))

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    code: Mapped[int] = mapped_column(unique=True)  # across sureties: the number it begins is unique over all
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(100))
    surety: Mapped[Surety] = relationship(lazy="raise")


class Company(Base):
    """受注者: a contractor as customer of one surety."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(400))
    address: Mapped[str] = mapped_column(String(300))
    representative: Mapped[str] = mapped_column(String(200))
    depository: Mapped[str] = mapped_column(String(200))
    pays_monthly: Mapped[bool]  # 一括納付


class Authority(Base):
    """発注者."""

    __tablename__ = "authorities"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    folded_name: Mapped[str] = mapped_column(String(400))
    head: Mapped[str] = mapped_column(String(200))  # 長生村長


class AuthorityPolicyVersion(Base):
    """An authority's rules from a day on; shares are kept in per mille, history is never overwritten."""

    __tablename__ = "authority_policies"
    __table_args__ = (
        UniqueConstraint("authority_id", "effective_from"),
        CheckConstraint("counts_by IN ('announced_on', 'contracted_on')", name="counts_by_is_a_known_day"),
        CheckConstraint("rounding_unit >= 1", name="rounding_unit_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    effective_from: Mapped[date] = mapped_column(Date)
    electronic_since: Mapped[date | None] = mapped_column(Date)
    counts_by: Mapped[str] = mapped_column(String(20))
    electronic_works_kinds: Mapped[str] = mapped_column(String(100))  # works,design,survey
    submission_note: Mapped[str] = mapped_column(String(500))  # how it wants the key notice handed over
    advance_cap_works: Mapped[int]
    advance_cap_services: Mapped[int]
    advance_cap_low_bid: Mapped[int]
    interim_cap: Mapped[int]
    advances_together_cap: Mapped[int]
    performance_minimum: Mapped[int]
    performance_minimum_low_bid: Mapped[int]
    rounding_unit: Mapped[Yen] = mapped_column(YenColumn)


class TariffVersion(Base):
    """保証料率 of one product from a day on."""

    __tablename__ = "tariffs"
    __table_args__ = (UniqueConstraint("surety_id", "product", "effective_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    product: Mapped[str] = mapped_column(String(30))
    label: Mapped[str] = mapped_column(String(200))
    effective_from: Mapped[date] = mapped_column(Date)
    minimum: Mapped[Yen] = mapped_column(YenColumn)
    rounding_unit: Mapped[Yen] = mapped_column(YenColumn)
    tiers: Mapped[list["TariffTierRow"]] = relationship(lazy="raise", order_by="TariffTierRow.position")


class TariffTierRow(Base):
    """One tier; the rate in millionths: 650 is 0.065 %."""

    __tablename__ = "tariff_tiers"

    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariffs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    upper_bound: Mapped[Yen | None] = mapped_column(YenColumn)
    rate_millionths: Mapped[int]


class Account(Base):
    """A person who signs in: for a company, for a surety's branch, or as operator."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("role IN ('contractor', 'clerk', 'approver', 'admin')", name="role_is_known"),
        CheckConstraint("(role = 'contractor') = (company_id IS NOT NULL)", name="contractor_has_company"),
        CheckConstraint("role NOT IN ('clerk', 'approver') OR branch_id IS NOT NULL", name="staff_has_branch"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    display_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20))
    surety_id: Mapped[int | None] = mapped_column(ForeignKey("sureties.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("companies.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    session_epoch: Mapped[int] = mapped_column(default=0)  # raised to end every session of the account
    disabled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class SignInAttempt(Base):
    """A try at signing in, written before it is judged."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_email_at", "email", "at"), Index("ix_sign_in_attempts_source_at", "source", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    succeeded: Mapped[bool] = mapped_column(default=False)


class Application(Base):
    """申込. A draft keeps what was typed; from the submission on the columns below hold what was understood."""

    __tablename__ = "applications"
    __table_args__ = (
        UniqueConstraint("created_by", "form_token"),  # one page of the form makes one application, however often it is sent
        CheckConstraint(
            "state IN ('draft', 'submitted', 'in_review', 'returned', 'declined', 'approved', 'issued', 'withdrawn')", name="state_is_known"
        ),
        CheckConstraint(
            "submitted_at IS NULL OR (works_name IS NOT NULL AND branch_id IS NOT NULL AND authority_id IS NOT NULL"
            " AND contract_price > 0 AND construction_ends_on >= construction_starts_on)",
            name="submitted_is_complete",
        ),
        CheckConstraint("state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="past_draft_was_submitted"),
        CheckConstraint("state NOT IN ('approved', 'issued') OR approver_id IS NOT NULL", name="approved_has_approver"),
        Index("ix_applications_company_id_id", "company_id", "id"),
        Index("ix_applications_branch_id_state_submitted_at", "branch_id", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=0)  # raised by every change; a form made from an older one gets 409
    form_token: Mapped[str] = mapped_column(String(64))
    typed: Mapped[str] = mapped_column(Text)  # JSON of the form as typed
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))

    branch_id: Mapped[int | None] = mapped_column(ForeignKey("branches.id"))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authorities.id"))
    works_name: Mapped[str | None] = mapped_column(String(200))
    folded_works_name: Mapped[str | None] = mapped_column(String(800))
    works_number: Mapped[str | None] = mapped_column(String(60))
    works_place: Mapped[str | None] = mapped_column(String(200))
    works_kind: Mapped[str | None] = mapped_column(String(20))
    contract_price: Mapped[Yen | None] = mapped_column(YenColumn)
    contracted_on: Mapped[date | None] = mapped_column(Date)
    announced_on: Mapped[date | None] = mapped_column(Date)
    construction_starts_on: Mapped[date | None] = mapped_column(Date)
    construction_ends_on: Mapped[date | None] = mapped_column(Date)
    is_low_bid: Mapped[bool] = mapped_column(default=False)
    certificate_delivery: Mapped[str | None] = mapped_column(String(20))
    notification_email: Mapped[str] = mapped_column(String(254), default="")
    premium_billing_name: Mapped[str] = mapped_column(String(100), default="")
    premium_statement_on_paper: Mapped[bool] = mapped_column(default=False)

    company: Mapped[Company] = relationship(lazy="raise")
    branch: Mapped[Branch | None] = relationship(lazy="raise")
    authority: Mapped[Authority | None] = relationship(lazy="raise")
    requested: Mapped[list["RequestedGuaranteeRow"]] = relationship(lazy="raise", order_by="RequestedGuaranteeRow.position")


class RequestedGuaranteeRow(Base):
    """One product wanted in an application, with the premium reckoned at the submission."""

    __tablename__ = "requested_guarantees"
    __table_args__ = (
        UniqueConstraint("application_id", "product"),
        CheckConstraint("certificate_form IN ('paper', 'electronic')", name="form_is_known"),
        CheckConstraint("guaranteed_amount > 0", name="amount_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    position: Mapped[int]
    product: Mapped[str] = mapped_column(String(30))
    certificate_form: Mapped[str] = mapped_column(String(20))
    guaranteed_amount: Mapped[Yen] = mapped_column(YenColumn)
    fiscal_year_amount: Mapped[Yen | None] = mapped_column(YenColumn)
    premium_payment_method: Mapped[str] = mapped_column(String(20))
    premium: Mapped[Yen] = mapped_column(YenColumn)
    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariffs.id"))
    contract: Mapped["GuaranteeContract | None"] = relationship(lazy="raise", back_populates="requested")


class PremiumReceipt(Base):
    """保証料入金, as recorded by a clerk."""

    __tablename__ = "premium_receipts"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_is_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    received_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Yen] = mapped_column(YenColumn)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class NumberCounter(Base):
    """The last sequence of a branch in a fiscal year; raised in the transaction that uses it, so there are no gaps."""

    __tablename__ = "number_counters"

    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"), primary_key=True)
    fiscal_year: Mapped[int] = mapped_column(primary_key=True)
    last_sequence: Mapped[int]


class GuaranteeContract(Base):
    """保証契約: one product of one application. Prepared (number and content stored, nobody sees it), then issued."""

    __tablename__ = "guarantee_contracts"
    __table_args__ = (
        CheckConstraint("certificate_form IN ('paper', 'electronic')", name="form_is_known"),
        Index("ix_guarantee_contracts_company_id_id", "company_id", "id"),
        Index("ix_guarantee_contracts_surety_id_id", "surety_id", "id"),
        Index("ix_guarantee_contracts_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(12), unique=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    branch_id: Mapped[int] = mapped_column(ForeignKey("branches.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    requested_guarantee_id: Mapped[int] = mapped_column(ForeignKey("requested_guarantees.id"), unique=True)
    product: Mapped[str] = mapped_column(String(30))
    certificate_form: Mapped[str] = mapped_column(String(20))
    works_name: Mapped[str] = mapped_column(String(200))
    folded_works_name: Mapped[str] = mapped_column(String(800))
    fiscal_year: Mapped[int]  # of the day of issue, for the list's filter
    current_version: Mapped[int] = mapped_column(default=0)
    guaranteed_amount: Mapped[Yen] = mapped_column(YenColumn)  # of the current version
    guarantee_ends_on: Mapped[date] = mapped_column(Date)  # of the current version
    prepared_at: Mapped[datetime] = mapped_column(UtcInstant)
    issued_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    cancelled_on: Mapped[date | None] = mapped_column(Date)
    cancellation_reason: Mapped[str] = mapped_column(String(500), default="")
    authority: Mapped[Authority] = relationship(lazy="raise")
    company: Mapped[Company] = relationship(lazy="raise")
    branch: Mapped[Branch] = relationship(lazy="raise")
    requested: Mapped[RequestedGuaranteeRow] = relationship(lazy="raise", back_populates="contract")


class CertificateFile(Base):
    """The bytes of a certificate under their SHA-256. They never change."""

    __tablename__ = "certificate_files"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary)


class CertificateVersion(Base):
    """One version of a certificate: its full content, and once issued its file."""

    __tablename__ = "certificate_versions"
    __table_args__ = (CheckConstraint("(issued_at IS NULL) = (file_sha256 IS NULL)", name="issued_has_certificate"),)

    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)  # canonical JSON of CertificateContent
    premium: Mapped[Yen] = mapped_column(YenColumn)
    issued_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("certificate_files.sha256"))


class AuthenticationKeyRow(Base):
    """認証キー of a contract: a hash to check against, and a sealed copy for the notice. Never in clear."""

    __tablename__ = "authentication_keys"
    __table_args__ = (UniqueConstraint("contract_id", "key_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"))
    key_version: Mapped[int]
    verifier: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class GateAttempt(Base):
    """A try at the D-Sure gate, written before it is judged. `number` is None when it was no number; a key is never kept."""

    __tablename__ = "gate_attempts"
    __table_args__ = (Index("ix_gate_attempts_number_at", "number", "at"), Index("ix_gate_attempts_source_at", "source", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    succeeded: Mapped[bool] = mapped_column(default=False)


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
    """A mail that is due: written in the transaction of its event, sent by the worker. `event` makes it once only."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name="state_is_known"),
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
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    next_try_at: Mapped[datetime] = mapped_column(UtcInstant)
    sent_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class Event(Base):
    """Something that happened, in the past tense, written with it in one transaction and never changed."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_application_id_id", "application_id", "id"), Index("ix_events_contract_id_id", "contract_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    actor_name: Mapped[str] = mapped_column(String(200))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("guarantee_contracts.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class AnsweredToken(Base):
    """An act's idempotency token and the address its answer led to: a repeat gets the same answer and does nothing."""

    __tablename__ = "answered_tokens"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(300))
    answered_at: Mapped[datetime] = mapped_column(UtcInstant)


class ContractBigram(Base):
    """Pairs of characters of a contract's folded works name, so that two-character words are found without a scan."""

    __tablename__ = "contract_bigrams"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's convention

    bigram: Mapped[str] = mapped_column(String(4), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"), primary_key=True)
