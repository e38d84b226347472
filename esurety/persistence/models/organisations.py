"""Who takes part: sureties, branches, contractors, authorities, people; and the tariffs and policies they lay down."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn

_LIVING = text("ended_on IS NULL")  # the name of what has ended is free again
_IN_FORCE = text("withdrawn_at IS NULL")  # the day of what was withdrawn is free again


class Surety(Base):
    """保証会社. Several may share an installation; every record below belongs to one."""

    __tablename__ = "sureties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    address: Mapped[str] = mapped_column(String(300))
    representative: Mapped[str] = mapped_column(String(200))
    four_eyes_above: Mapped[Yen] = mapped_column(YenColumn)  # above it the approver is another person than the reviewer
    created_at: Mapped[datetime] = mapped_column(UtcInstant)


class Branch(Base):
    """営業部・支店: takes applications and allocates numbers under its own code."""

    __tablename__ = "branches"
    __table_args__ = (
        CheckConstraint("code BETWEEN 1 AND 999", name="code_has_three_digits"),
        Index("uq_branches_living_name", "surety_id", "name", unique=True, sqlite_where=_LIVING, postgresql_where=_LIVING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    code: Mapped[int] = mapped_column(unique=True)  # across sureties: the number it begins is unique over all
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(30))
    hours: Mapped[str] = mapped_column(String(100))
    ended_on: Mapped[date | None] = mapped_column(Date)
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
    ended_on: Mapped[date | None] = mapped_column(Date)


class Authority(Base):
    """発注者."""

    __tablename__ = "authorities"
    __table_args__ = (Index("uq_authorities_living_name", "name", unique=True, sqlite_where=_LIVING, postgresql_where=_LIVING),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(400))
    head: Mapped[str] = mapped_column(String(200))  # 長生村長, until its first policy begins
    ended_on: Mapped[date | None] = mapped_column(Date)


class AuthorityPolicyVersion(Base):
    """An authority's rules from a day on; shares are kept in per mille, history is never overwritten."""

    __tablename__ = "authority_policies"
    __table_args__ = (
        Index(
            "uq_authority_policies_day",
            "authority_id",
            "effective_from",
            unique=True,
            sqlite_where=_IN_FORCE,
            postgresql_where=_IN_FORCE,
        ),
        CheckConstraint("counts_by IN ('announced_on', 'contracted_on')", name="counts_by_is_a_known_day"),
        CheckConstraint("rounding_unit >= 1", name="rounding_unit_is_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"))
    effective_from: Mapped[date] = mapped_column(Date)
    head: Mapped[str] = mapped_column(String(200))  # 長生村長: to whom certificates are addressed
    electronic_since: Mapped[date | None] = mapped_column(Date)
    counts_by: Mapped[str] = mapped_column(String(20))
    electronic_works_kinds: Mapped[str] = mapped_column(String(100))  # works,design,survey
    submission_channels: Mapped[str] = mapped_column(String(100))  # contract_system,mail: how it takes the key notice
    submission_channel_note: Mapped[str] = mapped_column(String(200))
    submission_note: Mapped[str] = mapped_column(String(500))  # anything else the contractor should know about handing it over
    advance_cap_works: Mapped[int]
    advance_cap_services: Mapped[int]
    advance_cap_low_bid: Mapped[int]
    interim_cap: Mapped[int]
    advances_together_cap: Mapped[int]
    performance_minimum: Mapped[int]
    performance_minimum_low_bid: Mapped[int]
    rounding_unit: Mapped[Yen] = mapped_column(YenColumn)
    minimum_price: Mapped[Yen] = mapped_column(YenColumn)  # advances only from this price on; 0 for every price
    performance_recipient: Mapped[str] = mapped_column(String(300))  # desk and address for 契約保証, as the contractor reads it
    performance_subject: Mapped[str] = mapped_column(String(200))  # the mail subject that the desk wants
    advance_recipient: Mapped[str] = mapped_column(String(300))
    advance_subject: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # before its day: it never judged anything


class TariffVersion(Base):
    """保証料率 of one product from a day on."""

    __tablename__ = "tariffs"
    __table_args__ = (
        Index("uq_tariffs_day", "surety_id", "product", "effective_from", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    surety_id: Mapped[int] = mapped_column(ForeignKey("sureties.id"))
    product: Mapped[str] = mapped_column(String(30))
    label: Mapped[str] = mapped_column(String(200))
    effective_from: Mapped[date] = mapped_column(Date)
    minimum: Mapped[Yen] = mapped_column(YenColumn)
    rounding_unit: Mapped[Yen] = mapped_column(YenColumn)
    months_basis: Mapped[int | None]  # where set, the premium is for so many months and grows with the period
    created_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # before its day: nothing was reckoned with it
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
        CheckConstraint("role = 'admin' OR surety_id IS NOT NULL", name="belongs_to_a_surety"),
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


class IssuingAuthority(Base):
    """発行権限: who may issue which product up to which amount, from when to when."""

    __tablename__ = "issuing_authorities"
    __table_args__ = (
        CheckConstraint("up_to > 0", name="limit_is_positive"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="ends_after_it_begins"),
        Index("ix_issuing_authorities_account_id_product", "account_id", "product"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    product: Mapped[str] = mapped_column(String(30))
    up_to: Mapped[Yen] = mapped_column(YenColumn)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # stopped at once; what was issued before stays entitled by its days
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
