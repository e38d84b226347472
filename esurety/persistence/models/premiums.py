"""Premiums as money: what came in, what changes and cancellations make of it, what was given back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn


class PremiumReceipt(Base):
    """保証料入金, as recorded by a clerk. A mistaken record is reversed with a reason, never deleted; totals leave it out."""

    __tablename__ = "premium_receipts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("method IN ('transfer', 'counter')", name="method_is_known"),
        CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", name="reversed_by_somebody"),
        Index(
            "ix_premium_receipts_beyond_due", "application_id", sqlite_where=text("is_beyond_due"), postgresql_where=text("is_beyond_due")
        ),
        Index(
            "ix_premium_receipts_reversed",
            "application_id",
            sqlite_where=text("reversed_at IS NOT NULL"),
            postgresql_where=text("reversed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    received_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[Yen] = mapped_column(YenColumn)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    method: Mapped[str] = mapped_column(String(20), default="transfer")  # transfer, counter
    receipt_posted_on: Mapped[date | None] = mapped_column(Date)  # 領収証, which stays on paper (Q2)
    reversed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reversal_reason: Mapped[str] = mapped_column(String(500), default="")
    for_month: Mapped[date | None] = mapped_column(Date)  # first day of the month whose 一括納付 it is part of
    is_beyond_due: Mapped[bool] = mapped_column(default=False, server_default=false())  # with it more had come in than was due


class PremiumSettlement(Base):
    """What a change or a cancellation makes of the premium: a difference billed, or a refund (返還)."""

    __tablename__ = "premium_settlements"
    __table_args__ = (
        UniqueConstraint("contract_id", "version", "kind"),
        CheckConstraint("kind IN ('billed', 'refund')", name="kind_is_known"),
        CheckConstraint("amount >= 0", name="amount_is_not_negative"),
        Index(
            "ix_premium_settlements_open",
            "contract_id",
            sqlite_where=text("settled_on IS NULL"),
            postgresql_where=text("settled_on IS NULL"),
        ),
        Index("ix_premium_settlements_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Yen] = mapped_column(YenColumn)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    settled_on: Mapped[date | None] = mapped_column(Date)  # a billed one: when its receipts were complete
    statement_posted_on: Mapped[date | None] = mapped_column(Date)  # 保証料計算書 or 返還計算書 on paper, where wished


class PremiumRepayment(Base):
    """返還 of money whose application came to nothing, or beyond the premium (過払い), as recorded by a clerk. A mistaken record is reversed with a reason, never deleted; totals leave it out."""

    __tablename__ = "premium_repayments"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_is_positive"),
        CheckConstraint("method IN ('transfer', 'counter')", name="method_is_known"),
        CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", name="reversed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    amount: Mapped[Yen] = mapped_column(YenColumn)
    method: Mapped[str] = mapped_column(String(20))
    repaid_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    reversed_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reversal_reason: Mapped[str] = mapped_column(String(500), default="")
