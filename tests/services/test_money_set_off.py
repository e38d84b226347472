"""Money that went back, two ways of paying in one application, and refunds against what was never paid."""

from datetime import timedelta

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.posted_paper import PaperKind
from esurety.domain.premium_due import open_by_method
from esurety.domain.yen import Yen
from esurety.services.correct_receipt import MoneyGivenBack
from esurety.services.monthly_accounts import monthly_account
from esurety.services.post_papers import PaperRef, mark_posted, papers_to_post
from esurety.services.read_contracts import find_contract
from esurety.services.read_reports import ReportName, ReportQuestion, read_report
from esurety.services.return_premium import reverse_repayment
from esurety.services.review_application import record_premium
from esurety.services.set_off import set_off_of, unpaid_of
from esurety.services.settle_premium import find_settlement, record_settlement, unpaid_after_issue
from esurety.services.write_application import ChangedMeanwhile
from tests.example_of_record import ISSUED_AT, with_performance
from tests.services.test_changing import LARGER, cancel, changed
from tests.services.test_returning_premiums import give_back, owed
from tests.services.test_returning_premiums import receive as receive_early
from tests.services.test_settling import (
    APRIL,
    BY_TRANSFER,
    LARGER_WHOLE,
    LATER,
    MAY,
    ON,
    WHOLE,
    increased_by_transfer,
    pay_month,
    receive,
    settle,
    settled_on,
    take_back,
)
from tests.stage import Stage

DIFFERENCE = LARGER_WHOLE - WHOLE


# ---- a receipt whose money has gone back ----


def test_a_receipt_is_not_taken_back_while_its_money_has_been_given_back(stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive_early(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    give_back(stage, application, 700)

    with pytest.raises(MoneyGivenBack):
        take_back(stage, application, 1)
    assert stage.column("SELECT reversed_at FROM premium_receipts") == [None]

    with stage.context():
        reverse_repayment(account=stage.person("clerk"), application_id=application, repayment_id=1, reason="誤り", at=LATER)
    take_back(stage, application, 1)
    assert owed(stage) == []


def test_a_receipt_that_came_after_the_money_went_back_is_taken_back_freely(stage: Stage) -> None:
    application = stage.approve(**BY_TRANSFER)
    receive_early(stage, application, WHOLE + 1_000)
    stage.issue(application)
    give_back(stage, application, 1_000)
    with stage.context():
        record_premium(
            account=stage.person("clerk"),
            application_id=application,
            received_on=ON,
            amount=Yen(500),
            token=stage.token(),
            at=LATER + timedelta(hours=1),
            is_overpayment_confirmed=True,
        )

    take_back(stage, application, 2)

    assert stage.column("SELECT amount FROM premium_receipts WHERE reversed_at IS NOT NULL") == [500]


# ---- one application, two ways of paying ----


@pytest.mark.parametrize(
    ("by_hand", "for_month", "expected"),
    [
        (0, 0, (300, 500)),
        (300, 0, (0, 500)),
        (0, 500, (300, 0)),
        (400, 0, (0, 400)),  # recorded by hand beyond what is paid by transfer: it is for the account
        (300, 500, (0, 0)),
        (900, 0, (0, 0)),
    ],
)
def test_what_is_open_is_open_by_the_way_it_is_paid(by_hand: int, for_month: int, expected: tuple[int, int]) -> None:
    found = open_by_method(to_transfer=Yen(300), on_account=Yen(500), by_hand=Yen(by_hand), for_month=Yen(for_month))

    assert (found.by_transfer, found.on_account) == expected


def mixed(stage: Stage) -> tuple[int, int, int]:
    """An issued application whose advance is on account and whose 契約保証 was paid by transfer; with the two premiums."""
    application = stage.approve(**with_performance())
    stage.change("UPDATE requested_guarantees SET premium_payment_method = 'transfer' WHERE product = 'contract_performance'")
    on_account, by_transfer = (
        int(stage.scalar("SELECT premium FROM requested_guarantees WHERE product = :product", product=product))
        for product in ("advance_payment", "contract_performance")
    )
    stage.pay(application)
    stage.issue(application)
    return application, on_account, by_transfer


def test_a_transfer_that_was_taken_back_is_billed_once(stage: Stage) -> None:
    application, on_account, by_transfer = mixed(stage)
    take_back(stage, application, 1)

    with stage.context():
        clerk = stage.person("clerk")
        account = monthly_account(clerk, stage.ids["ネットデスク建設株式会社"], month=APRIL)
        assert account.still_to_pay == on_account
        assert [int(one.missing) for one in unpaid_after_issue(clerk)] == [by_transfer]

    pay_month(stage, APRIL, on_account)
    with stage.context():
        assert [int(one.missing) for one in unpaid_after_issue(stage.person("clerk"))] == [by_transfer]
    receive(stage, application, by_transfer)
    with stage.context():
        assert unpaid_after_issue(stage.person("clerk")) == []


def test_a_month_that_was_taken_back_is_open_in_its_month_alone(stage: Stage) -> None:
    application, on_account, _ = mixed(stage)
    pay_month(stage, APRIL, on_account)
    take_back(stage, application, 2)

    with stage.context():
        clerk = stage.person("clerk")
        assert monthly_account(clerk, stage.ids["ネットデスク建設株式会社"], month=APRIL).still_to_pay == on_account
        assert unpaid_after_issue(clerk) == []


# ---- a refund of what was never paid ----


def test_a_refund_is_set_off_against_what_its_contract_has_not_paid(stage: Stage) -> None:
    issued = stage.issued(**BY_TRANSFER)
    take_back(stage, issued.application_id, 1)
    cancel(stage, issued.number, refund=50_000)
    with stage.context():
        line = find_settlement(stage.person("clerk"), 1)
        parts = set_off_of(line, stage.ids["surety"])
        assert [(one.application_id, int(one.amount)) for one in parts] == [(issued.application_id, 50_000)]

    settle(stage, 1)

    assert stage.column("SELECT amount FROM premium_receipts WHERE reversed_at IS NULL") == [50_000]
    assert settled_on(stage) == ["2024-05-10"]
    with stage.context():
        assert [int(one.missing) for one in unpaid_after_issue(stage.person("clerk"))] == [WHOLE - 50_000]
    notes = stage.column("SELECT note FROM events WHERE kind = 'PremiumSettled'")
    assert notes == ["返還 50,000円（振込）\n未納の保証料と相殺 50,000円、支払い 0円"]


def test_only_what_is_left_of_a_refund_is_paid_out(stage: Stage) -> None:
    issued = stage.issued()  # on account, April not paid but in part
    receive(stage, issued.application_id, WHOLE - 10_000)
    cancel(stage, issued.number, refund=30_000)
    with stage.context():
        assert unpaid_of(find_contract(stage.person("clerk"), issued.number)) == 10_000

    settle(stage, 1)

    assert stage.rows("SELECT amount, for_month IS NOT NULL FROM premium_receipts ORDER BY id") == [(WHOLE - 10_000, 0), (10_000, 1)]
    with stage.context():
        clerk = stage.person("clerk")
        assert monthly_account(clerk, stage.ids["ネットデスク建設株式会社"], month=APRIL).still_to_pay == 0
        assert "支払い 20,000円" in stage.column("SELECT note FROM events WHERE kind = 'PremiumSettled'")[0]
        (paper,) = [one for one in papers_to_post(clerk).receipts if one.kind is PaperKind.MONTH]
        assert paper.is_set_off_whole


def test_a_paid_contract_is_paid_back_whole(stage: Stage) -> None:
    issued = stage.issued(**BY_TRANSFER)
    cancel(stage, issued.number, refund=50_000)

    with stage.context():
        assert unpaid_of(find_contract(stage.person("clerk"), issued.number)) == 0
        assert set_off_of(find_settlement(stage.person("clerk"), 1), stage.ids["surety"]) == []
    settle(stage, 1)

    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 1


def test_a_difference_that_was_not_paid_counts_as_unpaid(stage: Stage) -> None:
    number, application = increased_by_transfer(stage)
    take_back(stage, application, 2)

    with stage.context():
        assert unpaid_of(find_contract(stage.person("clerk"), number)) == DIFFERENCE


# ---- 月別保証料 ----


def test_money_given_back_stands_in_the_premiums_by_month(stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive_early(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    give_back(stage, application, 700)

    with stage.context():
        question = ReportQuestion(fiscal_year=2024, first=ON, last=ON)
        table = read_report(ReportName.PREMIUMS, stage.person("clerk"), question, today=ON).everything()
        place = [one.label for one in table.columns].index("過払い・謝絶等の返還")
        months = {row[0]: row[place] for row in table.rows}

    assert months[MAY] == 700
    assert sum(months.values()) == 700


# ---- a difference that was paid in part ----


def test_what_came_in_of_a_difference_is_told_and_the_rest_is_recorded(stage: Stage) -> None:
    changed(stage, stage.issued().number, **LARGER)
    receive(stage, 2, 5_000)
    with stage.context():
        line = find_settlement(stage.person("clerk"), 1)
    assert (line.amount, line.received, line.still_open) == (DIFFERENCE, 5_000, DIFFERENCE - 5_000)

    with stage.context(), pytest.raises(ChangedMeanwhile):
        record_settlement(account=stage.person("clerk"), settlement_id=1, settled_on=ON, token=stage.token(), at=LATER, expected=DIFFERENCE)
    with stage.context():
        record_settlement(
            account=stage.person("clerk"), settlement_id=1, settled_on=ON, token=stage.token(), at=LATER, expected=DIFFERENCE - 5_000
        )

    assert stage.column("SELECT amount FROM premium_receipts ORDER BY id") == [5_000, DIFFERENCE - 5_000]


# ---- 領収証 of a month ----


def test_the_receipt_of_a_month_is_of_what_really_came_in(stage: Stage) -> None:
    both = stage.issued(**with_performance())
    whole = sum(stage.column("SELECT premium FROM certificate_versions"))
    pay_month(stage, APRIL, whole)
    changed(stage, both.numbers[0], **LARGER)
    cancel(stage, both.numbers[1], refund=300)
    pay_month(stage, MAY, DIFFERENCE - 300, at=LATER + timedelta(minutes=1))

    with stage.context():
        papers = {one.for_month: one for one in papers_to_post(stage.person("clerk")).receipts}
    assert [(int(papers[month].amount or 0), int(papers[month].set_off), int(papers[month].net)) for month in (APRIL, MAY)] == [
        (whole, 0, whole),
        (DIFFERENCE, 300, DIFFERENCE - 300),
    ]
    assert not papers[MAY].is_set_off_whole


def test_two_payments_for_one_month_are_two_receipts(stage: Stage) -> None:
    stage.issued()
    pay_month(stage, APRIL, WHOLE)
    stage.issued(at=ISSUED_AT + timedelta(hours=1))
    pay_month(stage, APRIL, WHOLE, at=LATER + timedelta(hours=1))

    with stage.context():
        found = sorted(papers_to_post(stage.person("clerk")).receipts, key=lambda one: one.id)
        assert [int(one.amount or 0) for one in found] == [WHOLE, WHOLE]
        mark_posted(account=stage.person("clerk"), papers=[PaperRef(PaperKind.MONTH, found[1].id)], posted_on=ON, at=LATER)

    assert [one is None for one in stage.column("SELECT receipt_posted_on FROM premium_receipts ORDER BY id")] == [True, False]
