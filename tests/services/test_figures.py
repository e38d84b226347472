"""The figures of the home pages: twelve months, raised with each issue, the same on both databases."""

from datetime import UTC, date, datetime

from flask import Flask

from esurety.services.read_figures import issued_over_a_year
from tests.example_of_record import with_performance
from tests.stage import Stage


def test_every_issued_guarantee_counts_once_in_its_month_in_japan(app: Flask, stage: Stage) -> None:
    stage.issued(**with_performance())  # 19,440,000円 and 4,860,000円, on 1 April 2024
    late_in_april = datetime(2024, 4, 30, 15, 30, tzinfo=UTC)  # half past midnight on 1 May in Japan
    stage.issued(at=late_in_april)

    with app.app_context():
        of_surety = issued_over_a_year(stage.person("clerk"), today=date(2024, 5, 2))
        of_company = issued_over_a_year(stage.person("netdesk"), today=date(2024, 5, 2))
        of_another = issued_over_a_year(stage.person("contractor2"), today=date(2024, 5, 2))

    assert len(of_surety) == 12
    assert [(one.month, one.count, int(one.amount)) for one in of_surety[-2:]] == [
        (date(2024, 4, 1), 2, 24_300_000),
        (date(2024, 5, 1), 1, 19_440_000),
    ]
    assert of_company == of_surety
    assert sum(one.count for one in of_another) == 0
