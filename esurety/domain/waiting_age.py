"""How long an application has waited, in the steps that a desk looks at: 当日, 1–2日, 3日以上."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from esurety.domain.japanese_calendar import JAPAN

_DAYS_UNTIL_LONG = 3


class WaitingAge(StrEnum):
    """Steps of waiting, by calendar days in Japan since the submission."""

    TODAY = "today"
    FEW_DAYS = "few_days"
    LONG = "long"

    @property
    def label(self) -> str:
        return {"today": "当日", "few_days": "1–2日", "long": "3日以上"}[self.value]


def first_instants(today: date) -> tuple[datetime, datetime]:
    """From when on a submission counts as today's, and from when on as one of the last few days'."""
    return _midnight(today), _midnight(today - timedelta(days=_DAYS_UNTIL_LONG - 1))


def submitted_between(age: WaitingAge, today: date) -> tuple[datetime | None, datetime | None]:
    """The span of submissions of an age: not before the first, before the second; None is open."""
    since_today, since_few_days = first_instants(today)
    return {
        WaitingAge.TODAY: (since_today, None),
        WaitingAge.FEW_DAYS: (since_few_days, since_today),
        WaitingAge.LONG: (None, since_few_days),
    }[age]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)
