"""一括納付: the premiums that a month has put on each company's account."""

from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.japanese_calendar import JAPAN
from esurety.domain.yen import Yen
from esurety.persistence import premiums
from esurety.persistence.premiums import MonthlyPremium
from esurety.services.sign_in import SignedIn


@dataclass(frozen=True)
class MonthlyAccount:
    """One company's month."""

    company: str
    lines: tuple[MonthlyPremium, ...]

    @property
    def total(self) -> int:
        """In yen; below zero where changes returned more than was issued."""
        return sum(difference(one) for one in self.lines)


def difference(line: MonthlyPremium) -> int:
    """What a line adds to the account in yen: the whole premium of a first version, later what the change made of it."""
    return int(line.premium) - int(line.previous or Yen(0))


def monthly_accounts(account: SignedIn, *, month: date) -> list[MonthlyAccount]:
    """The accounts of the month that a day lies in, by company; months begin at midnight in Japan."""
    begins_at = _begin_of(month.year, month.month)
    ends_at = _begin_of(month.year + month.month // 12, month.month % 12 + 1)
    lines = premiums.monthly_premiums(account.surety_id or 0, begins_at=begins_at, ends_at=ends_at)
    companies = dict.fromkeys((one.company_id, one.company) for one in lines)
    return [MonthlyAccount(name, tuple(one for one in lines if one.company_id == identity)) for identity, name in companies]


def _begin_of(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=JAPAN)
