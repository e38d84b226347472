"""How far ahead rules are laid down."""

from datetime import date

import pytest

from esurety.domain.beginning_of_rules import latest_beginning


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2024, 4, 1), date(2026, 4, 1)),
        (date(2026, 12, 31), date(2028, 12, 31)),
        (date(2024, 2, 29), date(2026, 2, 28)),  # the year has no such day
    ],
)
def test_two_years_ahead(today: date, latest: date) -> None:
    assert latest_beginning(today) == latest
