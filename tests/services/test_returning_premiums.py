"""返還: money of what came to nothing, and what was paid beyond the premium, goes back once and is never out of sight."""

from dataclasses import replace
from datetime import date

import pytest

from esurety.domain.application_state import ApplicationAct, ApplicationState
from esurety.domain.premium_due import to_give_back
from esurety.domain.yen import Yen
from esurety.services.read_queue import waiting_besides
from esurety.services.return_premium import (
    RepaidTooEarly,
    RepaymentReversed,
    money_of,
    money_to_return,
    record_repayment,
    returned_lately,
    reverse_repayment,
)
from esurety.services.review_application import record_premium
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile
from tests.example_of_record import REVIEWED_AT
from tests.services.test_changing import CHANGED_AT, LARGER, cancel, change
from tests.services.test_issuing import at_once
from tests.services.test_settling import BY_TRANSFER, LARGER_WHOLE, LATER, ON, WHOLE
from tests.stage import Stage


def receive(stage: Stage, application: int, amount: int) -> None:
    with stage.context():
        record_premium(
            account=stage.person("clerk"),
            application_id=application,
            received_on=date(2024, 4, 1),
            amount=Yen(amount),
            token=stage.token(),
            at=REVIEWED_AT,
            is_overpayment_confirmed=True,
        )


def owed(stage: Stage) -> list[tuple[int, int]]:
    with stage.context():
        found = money_to_return(stage.person("clerk"))
        assert waiting_besides(stage.person("clerk")).owing == len(found)
        assert all(one.owed > 0 for one in found)
        return [(one.application.id, int(one.owed)) for one in found]


def give_back(stage: Stage, application: int, expected: int, *, by: str = "clerk", token: str = "", on: date = ON) -> None:
    with stage.context():
        record_repayment(
            account=stage.person(by), application_id=application, repaid_on=on, expected=expected, token=token or stage.token(), at=LATER
        )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ApplicationState.DECLINED, 900),
        (ApplicationState.WITHDRAWN, 900),
        (ApplicationState.ISSUED, 200),
        (ApplicationState.APPROVED, 0),
        (ApplicationState.RETURNED, 0),
    ],
)
def test_what_goes_back_is_what_came_in_less_what_was_due_and_given_back(state: ApplicationState, expected: int) -> None:
    assert to_give_back(state, received=Yen(1_000), due=Yen(700), repaid=Yen(100)) == expected


def test_money_of_a_declined_and_of_a_withdrawn_application_goes_back_whole(stage: Stage) -> None:
    declined, withdrawn = stage.submit(**BY_TRANSFER), stage.submit(**BY_TRANSFER)
    receive(stage, declined, WHOLE)
    receive(stage, withdrawn, 500)
    assert owed(stage) == []

    stage.decide(ApplicationAct.DECLINE, declined, reason="引受限度額を超えるため")
    stage.withdraw(withdrawn, by="contractor2")
    assert owed(stage) == [(declined, WHOLE), (withdrawn, 500)]
    for _ in range(2):
        give_back(stage, declined, WHOLE, token="once")

    assert owed(stage) == [(withdrawn, 500)]
    with stage.context():
        assert [int(one.record.amount) for one in returned_lately(stage.person("clerk"))] == [WHOLE]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'PremiumReturned'") == 1


def test_an_overpayment_goes_back_after_the_issue(stage: Stage) -> None:
    application = stage.approve(**BY_TRANSFER)
    receive(stage, application, WHOLE + 1_000)
    assert owed(stage) == []

    stage.issue(application)

    assert owed(stage) == [(application, 1_000)]


def test_a_premium_that_sank_after_it_came_in_is_an_overpayment_too(stage: Stage) -> None:
    application = stage.approve(**BY_TRANSFER)
    receive(stage, application, WHOLE)
    stage.change("UPDATE requested_guarantees SET premium = :now", now=WHOLE - 300)

    stage.issue(application)

    assert owed(stage) == [(application, 300)]


def test_money_for_a_change_that_ended_with_its_contract_goes_back_whole(stage: Stage) -> None:
    number = stage.issued(**BY_TRANSFER).number
    application = change(stage, number, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    stage.pay(application, amount=LARGER_WHOLE - WHOLE, at=CHANGED_AT)

    cancel(stage, number, refund=1_000)

    assert owed(stage) == [(application, LARGER_WHOLE - WHOLE)]


def test_a_mistaken_record_is_taken_back_once_and_the_money_is_owed_again(stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    give_back(stage, application, 700)

    with stage.context():
        reverse_repayment(account=stage.person("clerk"), application_id=application, repayment_id=1, reason="振込が戻ったため", at=LATER)
    with stage.context(), pytest.raises(RepaymentReversed):
        reverse_repayment(account=stage.person("clerk"), application_id=application, repayment_id=1, reason="もう一度", at=LATER)

    assert owed(stage) == [(application, 700)]
    assert stage.rows("SELECT amount, reversal_reason FROM premium_repayments") == [(700, "振込が戻ったため")]


def test_two_clerks_give_it_back_once_and_never_before_it_came_in(stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")

    with pytest.raises(RepaidTooEarly):
        give_back(stage, application, 700, on=date(2024, 3, 31))
    with pytest.raises(ChangedMeanwhile):
        give_back(stage, application, 699)
    raised = at_once(
        lambda: give_back(stage, application, 700, token="a"), lambda: give_back(stage, application, 700, by="approver", token="b")
    )

    assert [type(no) for no in raised] == [ChangedMeanwhile]
    assert stage.column("SELECT amount FROM premium_repayments") == [700]


def test_another_suretys_money_is_nobodys(stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    stranger = replace(stage.person("clerk"), surety_id=999)

    with stage.context():
        assert money_to_return(stranger) == []
        with pytest.raises(ApplicationNotFound):
            money_of(stranger, application)
