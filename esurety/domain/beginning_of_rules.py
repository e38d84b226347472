"""From when a policy or a tariff may count: a year typed wrongly lies far ahead, and nothing would ever come of it."""

from datetime import date

YEARS_AHEAD = 2  # [A] rules are announced months before, not years


def latest_beginning(today: date) -> date:
    """The last day on which a rule laid down today may begin."""
    year = today.year + YEARS_AHEAD
    return date(year, 2, 28) if (today.month, today.day) == (2, 29) else today.replace(year=year)
