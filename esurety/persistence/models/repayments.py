"""Money that came in and was given back: of an application that came to nothing, or what was paid beyond the premium."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from esurety.domain.yen import Yen
from esurety.persistence.database import Base, UtcInstant, YenColumn


class PremiumRepayment(Base):
    """返還, as recorded by a clerk. A mistaken record is reversed with a reason, never deleted; totals leave it out."""

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
