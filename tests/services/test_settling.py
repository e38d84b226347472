"""Money after the issue: differences and refunds are settled once, monthly accounts are paid, receipts come late and are corrected."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.yen import Yen
from esurety.services.correct_receipt import reverse_receipt
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.hand_out_premium_statement import premium_statement
from esurety.services.monthly_accounts import AccountNotFound, PaidTooEarly, monthly_account, monthly_accounts, record_monthly_payment
from esurety.services.post_papers import PaperRef, mark_posted, papers_to_post, settlement_paper
from esurety.services.read_contracts import find_contract
from esurety.services.review_application import MoreThanOutstanding, record_premium
from esurety.services.settle_premium import (
    AlreadySettled,
    NotToBeReopened,
    SettledTooEarly,
    SettlementNotFound,
    find_settlement,
    open_settlements,
    record_settlement,
    reopen_refund,
)
from esurety.services.write_application import ChangedMeanwhile
from tests.example_of_record import RARE_COMPANY, with_performance
from tests.pdf_text import pdf_text
from tests.services.test_changing import CHANGED_AT, LARGER, SMALLER, cancel, change, changed, issue
from tests.services.test_issuing import at_once
from tests.stage import Stage

WHOLE = 52_488  # 19,440,000 at the example rate of 0.27 %
LARGER_WHOLE = 58_320  # 21,600,000
SMALLER_WHOLE = 43_200  # 16,000,000
BY_TRANSFER = {"by": "contractor2", "premium_billing_name": RARE_COMPANY}
ON = date(2024, 5, 10)
LATER = CHANGED_AT + timedelta(days=9)
APRIL, MAY = date(2024, 4, 1), date(2024, 5, 1)


def settle(stage: Stage, settlement: int, *, by: str = "clerk", token: str = "", on: date = ON) -> None:
    with stage.context():
        record_settlement(account=stage.person(by), settlement_id=settlement, settled_on=on, token=token or stage.token(), at=LATER)


def receive(stage: Stage, application: int, amount: int, *, on: date = ON) -> None:
    with stage.context():
        record_premium(
            account=stage.person("clerk"), application_id=application, received_on=on, amount=Yen(amount), token=stage.token(), at=LATER
        )


def take_back(stage: Stage, application: int, receipt: int) -> None:
    with stage.context():
        reverse_receipt(account=stage.person("clerk"), application_id=application, receipt_id=receipt, reason="別の工事の入金", at=LATER)


def settled_on(stage: Stage) -> list[str | None]:
    return [str(one) if one is not None else None for one in stage.column("SELECT settled_on FROM premium_settlements ORDER BY id")]


def increased_by_transfer(stage: Stage) -> tuple[str, int]:
    number = stage.issued(**BY_TRANSFER).number
    application = change(stage, number, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    stage.pay(application, amount=LARGER_WHOLE - WHOLE, at=CHANGED_AT)
    issue(stage, application)
    return number, application


# ---- settlements ----


def test_a_difference_that_came_in_before_the_issue_is_settled_with_it(stage: Stage) -> None:
    _, application = increased_by_transfer(stage)
    assert settled_on(stage) == ["2024-05-01"]

    take_back(stage, application, stage.scalar("SELECT max(id) FROM premium_receipts"))
    assert settled_on(stage) == [None]
    settle(stage, 1)

    assert settled_on(stage) == ["2024-05-10"]
    assert stage.column("SELECT amount FROM premium_receipts WHERE application_id = 2 ORDER BY id") == [LARGER_WHOLE - WHOLE] * 2
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'PremiumSettled' AND contract_id IS NOT NULL") == 1


def test_a_refund_is_settled_once_and_can_be_opened_again_with_a_reason(stage: Stage) -> None:
    number = stage.issued(**BY_TRANSFER).number
    cancel(stage, number, refund=1_000)
    with stage.context():
        assert [(one.signed, one.is_of_cancellation) for one in open_settlements(stage.person("clerk"))] == [(-1_000, True)]

    for _ in range(2):
        settle(stage, 1, token="once")
    with pytest.raises(AlreadySettled):
        settle(stage, 1)
    assert settled_on(stage) == ["2024-05-10"]
    with stage.context():
        assert open_settlements(stage.person("clerk")) == []
        reopen_refund(account=stage.person("clerk"), settlement_id=1, reason="振込が戻ったため", at=LATER)
    with stage.context(), pytest.raises(NotToBeReopened):
        reopen_refund(account=stage.person("clerk"), settlement_id=1, reason="もう一度", at=LATER)

    assert settled_on(stage) == [None]
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 1  # money that goes out is no receipt
    kinds = stage.column("SELECT kind FROM events WHERE kind LIKE 'PremiumSettle%' ORDER BY id")
    assert kinds == ["PremiumSettled", "PremiumSettlementReversed"]


def test_a_settlement_is_not_older_than_what_it_settles(stage: Stage) -> None:
    cancel(stage, stage.issued(**BY_TRANSFER).number, refund=1_000)

    with pytest.raises(SettledTooEarly):
        settle(stage, 1, on=date(2024, 4, 30))

    assert settled_on(stage) == [None]


def test_two_clerks_settle_a_refund_once(stage: Stage) -> None:
    cancel(stage, stage.issued(**BY_TRANSFER).number, refund=1_000)

    raised = at_once(lambda: settle(stage, 1, token="a"), lambda: settle(stage, 1, by="approver", token="b"))

    assert [type(no) for no in raised] == [AlreadySettled]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'PremiumSettled'") == 1


def test_another_suretys_settlement_is_none(stage: Stage) -> None:
    cancel(stage, stage.issued(**BY_TRANSFER).number, refund=1_000)
    stranger = replace(stage.person("clerk"), surety_id=999)

    with stage.context():
        assert open_settlements(stranger) == []
        with pytest.raises(SettlementNotFound):
            find_settlement(stranger, 1)
        with pytest.raises(SettlementNotFound):
            find_settlement(stage.person("clerk"), 999)


# ---- monthly accounts ----


def test_differences_and_refunds_stand_in_the_month_in_which_they_arose(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    changed(stage, number, at=CHANGED_AT + timedelta(days=1), **SMALLER)
    cancel(stage, number, on=date(2024, 5, 2), refund=200, at=CHANGED_AT + timedelta(days=1))

    with stage.context():
        april = monthly_accounts(stage.person("clerk"), month=APRIL)
        may = monthly_accounts(stage.person("clerk"), month=MAY)

    assert [[line.amount for line in one.lines] for one in april] == [[WHOLE]]
    assert [sorted(line.amount for line in one.lines) for one in may] == [sorted([5_832, -15_120, -200])]
    assert may[0].total == SMALLER_WHOLE - WHOLE - 200
    assert may[0].still_to_pay == may[0].total
    assert [line.is_of_cancellation for line in may[0].lines].count(True) == 1


def pay_month(stage: Stage, month: date, expected: int, *, by: str = "clerk", token: str = "", on: date = ON, at: datetime = LATER) -> None:
    with stage.context():
        record_monthly_payment(
            account=stage.person(by),
            company_id=stage.ids["ネットデスク建設株式会社"],
            month=month,
            paid_on=on,
            expected=expected,
            token=token or stage.token(),
            at=at,
        )


def test_a_month_is_paid_with_one_act_refunds_set_off(stage: Stage) -> None:
    both = stage.issued(**with_performance())
    whole = sum(stage.column("SELECT premium FROM certificate_versions"))
    changed(stage, both.numbers[0], **LARGER)
    cancel(stage, both.numbers[1], refund=300)

    for _ in range(2):
        pay_month(stage, APRIL, whole, token="april")
    pay_month(stage, MAY, LARGER_WHOLE - WHOLE - 300)

    assert stage.column("SELECT amount FROM premium_receipts ORDER BY id") == [whole, LARGER_WHOLE - WHOLE]
    assert settled_on(stage) == ["2024-05-10"] * 2
    with stage.context():
        for month in (APRIL, MAY):
            assert monthly_account(stage.person("clerk"), stage.ids["ネットデスク建設株式会社"], month=month).still_to_pay == 0
    with pytest.raises(ChangedMeanwhile):
        pay_month(stage, MAY, 0)


def test_what_was_paid_in_part_leaves_the_rest(stage: Stage) -> None:
    application = stage.issued().application_id
    receive(stage, application, 50_000)

    with pytest.raises(ChangedMeanwhile):
        pay_month(stage, APRIL, WHOLE)
    pay_month(stage, APRIL, 2_488)

    assert stage.column("SELECT amount FROM premium_receipts ORDER BY id") == [50_000, 2_488]


def test_two_clerks_with_one_months_slip_record_it_once(stage: Stage) -> None:
    stage.issued()

    raised = at_once(lambda: pay_month(stage, APRIL, WHOLE), lambda: pay_month(stage, APRIL, WHOLE, by="approver"))

    assert [type(no) for no in raised] == [ChangedMeanwhile]
    assert stage.column("SELECT amount FROM premium_receipts") == [WHOLE]


def test_a_month_is_not_paid_before_it_arose_and_an_empty_one_is_none(stage: Stage) -> None:
    changed(stage, stage.issued().number, **LARGER)

    with pytest.raises(PaidTooEarly):
        pay_month(stage, MAY, LARGER_WHOLE - WHOLE, on=date(2024, 4, 30))
    with pytest.raises(AccountNotFound):
        pay_month(stage, date(2024, 6, 1), 0)


# ---- receipts after the issue ----


def test_a_monthly_premium_is_received_after_the_issue_and_corrected(stage: Stage) -> None:
    application = stage.issued().application_id

    with pytest.raises(MoreThanOutstanding) as no:
        receive(stage, application, WHOLE + 1)
    assert no.value.outstanding == Yen(WHOLE)
    receive(stage, application, WHOLE)
    take_back(stage, application, 1)
    receive(stage, application, WHOLE)

    assert stage.scalar("SELECT count(*) FROM premium_receipts WHERE reversed_at IS NULL") == 1


def test_the_receipt_of_a_monthly_increase_settles_it(stage: Stage) -> None:
    application = changed(stage, stage.issued().number, **LARGER)
    assert settled_on(stage) == [None]

    receive(stage, application, 5_000)
    assert settled_on(stage) == [None]
    receive(stage, application, 832, on=date(2024, 5, 9))

    assert settled_on(stage) == ["2024-05-10"]  # the day of the latest receipt, not of the last recorded


# ---- 保証料計算書 of an increase ----


def test_an_increase_has_a_statement_of_its_own(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    changed(stage, number, at=CHANGED_AT + timedelta(days=1), **SMALLER)
    with stage.context():
        contract = find_contract(stage.person("netdesk"), number)
        newest, first = pdf_text(premium_statement(contract=contract)), pdf_text(premium_statement(contract=contract, version=0))
        for version in (2, 3, -1):  # a decrease has a 返還計算書
            with pytest.raises(NoSuchDocument):
                premium_statement(contract=contract, version=version)

    assert "変更第1回" in newest
    for printed in ("58,320円", "52,488円", "5,832円", "19,440,000円", "21,600,000円", "0.27%", "例示料率", "非課税"):
        assert printed in newest, printed
    assert "5,832円" not in first
    assert "52,488円" in first


def test_statements_on_paper_of_changes_and_cancellations_are_posted_once(stage: Stage) -> None:
    number = stage.issued(premium_statement_on_paper="yes").number
    changed(stage, number, **LARGER)
    cancel(stage, number, refund=300)
    changed(stage, stage.issued().number, **LARGER)  # wished for none

    with stage.context():
        clerk = stage.person("clerk")
        waiting = papers_to_post(clerk).settlements
        assert [settlement_paper(one.settlement_kind, one.version, one.current_version) for one in waiting] == [
            "保証料計算書（変更第1回）",
            "返還計算書（解約）",
        ]
        marked = [
            mark_posted(account=clerk, papers=[PaperRef(one.kind, one.id) for one in waiting], posted_on=ON, at=LATER) for _ in range(2)
        ]
        assert papers_to_post(clerk).settlements == []

    assert marked == [2, 0]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'SettlementStatementPosted'") == 2
