"""Applications and the guarantee contracts made from them: numbers, versions, files, keys."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn
from esurety.persistence.models.organisations import Authority, Branch, Company

OPEN_STATES = "state IN ('submitted', 'in_review', 'approved')"
PRODUCT_IS_KNOWN = "product IN ('advance_payment', 'interim_advance_payment', 'contract_performance')"


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
        CheckConstraint("(kind = 'change') = (changed_contract_id IS NOT NULL)", name="change_names_its_contract"),
        Index(
            "uq_applications_open_change",
            "changed_contract_id",
            unique=True,
            sqlite_where=text(OPEN_STATES),
            postgresql_where=text(OPEN_STATES),
        ),  # a second change of a contract waits for the first
        Index("ix_applications_open_authority_id", "authority_id", sqlite_where=text(OPEN_STATES), postgresql_where=text(OPEN_STATES)),
        Index("ix_applications_authority_id_works_number", "authority_id", "works_number"),
        Index("ix_applications_company_id_id", "company_id", "id"),
        Index("ix_applications_branch_id_state_submitted_at", "branch_id", "state", "submitted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    kind: Mapped[str] = mapped_column(String(10), default="new")  # new or change
    changed_contract_id: Mapped[int | None] = mapped_column(ForeignKey("guarantee_contracts.id", use_alter=True))
    change_reason: Mapped[str] = mapped_column(String(500), default="")
    works_id: Mapped[int | None] = mapped_column(ForeignKey("works.id"))  # from the submission on
    state: Mapped[str] = mapped_column(String(20))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # who is on it
    assigned_at: Mapped[datetime | None] = mapped_column(UtcInstant)
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
    folded_works_name: Mapped[str | None] = mapped_column(Text)
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
    joint_venture_name: Mapped[str] = mapped_column(String(200), default="")  # 企業体名; empty for a single company

    company: Mapped[Company] = relationship(lazy="raise")
    branch: Mapped[Branch | None] = relationship(lazy="raise")
    authority: Mapped[Authority | None] = relationship(lazy="raise")
    requested: Mapped[list["RequestedGuaranteeRow"]] = relationship(lazy="raise", order_by="RequestedGuaranteeRow.position")
    members: Mapped[list["JointVentureMember"]] = relationship(lazy="raise", order_by="JointVentureMember.position")
    changed_contract: Mapped["GuaranteeContract | None"] = relationship(lazy="raise", foreign_keys=[changed_contract_id])


class Works(Base):
    """One public works contract of a contractor; 同じ工事 groups its guarantees side by side."""

    __tablename__ = "works"
    __table_args__ = (Index("ix_works_company_id_id", "company_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    name: Mapped[str] = mapped_column(String(200))


class JointVentureMember(Base):
    """構成員 of a joint venture (JV), with its share in hundredths of a per cent."""

    __tablename__ = "joint_venture_members"
    __table_args__ = (
        CheckConstraint("share BETWEEN 1 AND 10000", name="share_is_part_of_the_whole"),
        Index(
            "uq_joint_venture_members_representative",
            "application_id",
            unique=True,
            sqlite_where=text("is_representative"),
            postgresql_where=text("is_representative"),
        ),
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))
    share: Mapped[int]
    is_representative: Mapped[bool]


class RequestedGuaranteeRow(Base):
    """One product wanted in an application, with the premium reckoned at the submission."""

    __tablename__ = "requested_guarantees"
    __table_args__ = (
        UniqueConstraint("application_id", "product"),
        CheckConstraint("certificate_form IN ('paper', 'electronic')", name="form_is_known"),
        CheckConstraint(PRODUCT_IS_KNOWN, name="product_is_known"),
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
    certified_on: Mapped[date | None] = mapped_column(Date)  # 認定調書, for the interim advance
    certification_number: Mapped[str] = mapped_column(String(60), default="")
    previous_advance_amount: Mapped[Yen | None] = mapped_column(YenColumn)  # 既前払金額, for the interim advance
    contract: Mapped["GuaranteeContract | None"] = relationship(lazy="raise", back_populates="requested")


class WarningOverride(Base):
    """A clerk's reason for going on although a rule warns."""

    __tablename__ = "warning_overrides"
    __table_args__ = (UniqueConstraint("application_id", "rule"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    rule: Mapped[str] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcInstant)
    by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class PaperRequest(Base):
    """A paper that the surety asks the contractor for: proof of contract, 使途内訳明細書, 認定調書."""

    __tablename__ = "paper_requests"
    __table_args__ = (Index("ix_paper_requests_application_id", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    kind: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(String(500))
    requested_at: Mapped[datetime] = mapped_column(UtcInstant)
    requested_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    accepted_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class UploadedPaper(Base):
    """A file that a contractor handed in; its bytes lie outside the web root under their SHA-256."""

    __tablename__ = "uploaded_papers"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_is_positive"),
        CheckConstraint("media_type IN ('application/pdf', 'image/jpeg', 'image/png')", name="media_type_is_allowed"),
        Index("ix_uploaded_papers_application_id", "application_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    paper_request_id: Mapped[int | None] = mapped_column(ForeignKey("paper_requests.id"))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(30))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UtcInstant)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


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
        CheckConstraint(PRODUCT_IS_KNOWN, name="product_is_known"),
        Index("ix_guarantee_contracts_authority_id_folded_works_name", "authority_id", "folded_works_name"),  # 800 characters at most
        Index("ix_guarantee_contracts_company_id_id", "company_id", "id"),
        Index(
            "ix_guarantee_contracts_key_requested",
            "surety_id",
            "id",
            sqlite_where=text("key_requested_at IS NOT NULL"),
            postgresql_where=text("key_requested_at IS NOT NULL"),
        ),
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
    works_id: Mapped[int] = mapped_column(ForeignKey("works.id"), index=True)
    product: Mapped[str] = mapped_column(String(30))
    certificate_form: Mapped[str] = mapped_column(String(20))
    works_name: Mapped[str] = mapped_column(String(200))
    folded_works_name: Mapped[str] = mapped_column(Text)  # folding can lengthen: ㌖ is six characters
    fiscal_year: Mapped[int]  # of the day of issue, for the list's filter
    current_version: Mapped[int] = mapped_column(default=0)
    guaranteed_amount: Mapped[Yen] = mapped_column(YenColumn)  # of the current version
    guarantee_ends_on: Mapped[date] = mapped_column(Date)  # of the current version
    prepared_at: Mapped[datetime] = mapped_column(UtcInstant)
    issued_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    cancelled_on: Mapped[date | None] = mapped_column(Date)
    cancellation_reason: Mapped[str] = mapped_column(String(500), default="")
    statement_posted_on: Mapped[date | None] = mapped_column(Date)  # 保証料計算書(紙), where wished
    key_requested_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # a wish for a new key that nobody has answered yet
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
    __table_args__ = (
        CheckConstraint("(issued_at IS NULL) = (file_sha256 IS NULL)", name="issued_has_certificate"),
        CheckConstraint("timestamp_state IN ('none', 'embedded', 'pending', 'detached')", name="timestamp_state_is_known"),
        Index("ix_certificate_versions_file_sha256", "file_sha256"),  # a file that somebody holds leads to its record
        Index(
            "ix_certificate_versions_timestamp_pending",
            "contract_id",
            sqlite_where=text("timestamp_state = 'pending'"),
            postgresql_where=text("timestamp_state = 'pending'"),
        ),  # the worker asks every half minute
    )

    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)  # canonical JSON of CertificateContent
    premium: Mapped[Yen] = mapped_column(YenColumn)  # of the whole guarantee as this version has it
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))  # the application or change it came from
    issued_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("certificate_files.sha256"))
    posted_on: Mapped[date | None] = mapped_column(Date)  # 証書(紙), where 郵送 is wished
    status_id: Mapped[str | None] = mapped_column(String(16), unique=True)  # opaque: the public status page's address
    signed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    timestamp_state: Mapped[str] = mapped_column(String(12), default="none", server_default="none")


class AuthenticationKeyRow(Base):
    """認証キー of a contract: a hash to check against, and a sealed copy for the notice. Never in clear."""

    __tablename__ = "authentication_keys"
    __table_args__ = (
        UniqueConstraint("contract_id", "key_version"),
        Index(
            "uq_authentication_keys_valid",
            "contract_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),  # a contract has one valid key
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"))
    key_version: Mapped[int]
    verifier: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ContractBigram(Base):
    """Pairs of characters of a contract's folded works name, so that two-character words are found without a scan."""

    __tablename__ = "contract_bigrams"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's convention

    bigram: Mapped[str] = mapped_column(String(4), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"), primary_key=True)
