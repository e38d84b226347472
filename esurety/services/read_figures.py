"""The few numbers that a home page shows: what was issued, month by month, over the last year."""

from datetime import date, datetime, time

from esurety.domain.japanese_calendar import JAPAN
from esurety.domain.yen import Yen
from esurety.persistence import roll_ups
from esurety.persistence.roll_ups import MonthFigure
from esurety.services.sign_in import Role, SignedIn

MONTHS = 12


def issued_over_a_year(account: SignedIn, *, today: date) -> list[MonthFigure]:
    """Twelve months up to this one, months without an issue included: of the own company, or of the surety."""
    first = _months_before(today.replace(day=1), MONTHS - 1)
    if account.role is Role.CONTRACTOR:
        since = datetime.combine(first, time.min, tzinfo=JAPAN)
        found = roll_ups.issued_to_company(account.company_id or 0, since=since)
    else:
        found = roll_ups.issued_by_surety(account.surety_id or 0, since=first)
    by_month = {figure.month: figure for figure in found}
    months = [_months_before(today.replace(day=1), back) for back in range(MONTHS - 1, -1, -1)]
    return [by_month.get(month, MonthFigure(month, 0, Yen(0))) for month in months]


def _months_before(month: date, back: int) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 - back, 12)
    return date(years, index + 1, 1)
