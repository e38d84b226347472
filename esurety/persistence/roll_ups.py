"""Figures kept ready: raised with each issue, so that a home page reads a dozen rows however many contracts there are."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.yen import Yen
from esurety.persistence.database import insert, reading
from esurety.persistence.models import GuaranteeContract, IssuedPerMonth


@dataclass(frozen=True)
class MonthFigure:
    """One month: how many guarantees were issued, and the sum of their amounts."""

    month: date  # its first day
    count: int
    amount: Yen


def count_issued(contract: GuaranteeContract, issued_at: datetime) -> None:
    """Count a guarantee's first issue with the running transaction; a change is no new guarantee."""
    month = japanese_day(issued_at).replace(day=1)
    statement = insert(IssuedPerMonth).values(
        surety_id=contract.surety_id,
        month=month,
        product=contract.product,
        certificate_form=contract.certificate_form,
        count=1,
        amount=contract.guaranteed_amount,
    )
    reading().execute(
        statement.on_conflict_do_update(
            index_elements=["surety_id", "month", "product", "certificate_form"],
            set_={"count": IssuedPerMonth.count + 1, "amount": IssuedPerMonth.amount + statement.excluded.amount},
        )
    )


def issued_by_surety(surety_id: int, *, since: date) -> list[MonthFigure]:
    """Each month from a day on in which the surety issued anything, oldest first."""
    rows = reading().execute(
        select(IssuedPerMonth.month, func.sum(IssuedPerMonth.count), func.sum(IssuedPerMonth.amount))
        .where(IssuedPerMonth.surety_id == surety_id, IssuedPerMonth.month >= since)
        .group_by(IssuedPerMonth.month)
        .order_by(IssuedPerMonth.month)
    )
    return [MonthFigure(month, int(count), Yen(int(amount))) for month, count, amount in rows]


def issued_to_company(company_id: int, *, since: datetime) -> list[MonthFigure]:
    """The same for one company, from its own contracts: a year of one contractor is a handful."""
    rows = reading().execute(
        select(GuaranteeContract.issued_at, GuaranteeContract.guaranteed_amount)
        .where(GuaranteeContract.company_id == company_id, GuaranteeContract.issued_at >= since)
        .order_by(GuaranteeContract.id)
    )
    months: dict[date, MonthFigure] = {}
    for issued_at, amount in rows:
        if issued_at is not None:
            month = japanese_day(issued_at).replace(day=1)
            before = months.get(month, MonthFigure(month, 0, Yen(0)))
            months[month] = MonthFigure(month, before.count + 1, before.amount + amount)
    return [months[month] for month in sorted(months)]
