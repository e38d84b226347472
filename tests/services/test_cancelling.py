"""解約 at its edges: an expired contract, a day before the version it ends, what the papers and mails then say."""

from datetime import date, datetime, timedelta

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import JAPAN
from esurety.domain.yen import Yen
from esurety.services.cancel_contract import AlreadyExpired, CancelledOnAnImpossibleDay, cancel_contract
from esurety.services.hand_out_refund import refund_statement
from esurety.services.read_contracts import find_contract
from tests.pdf_text import pdf_text
from tests.services.test_changing import CHANGED_AT, LARGER, SMALLER, cancel, change, changed
from tests.services.test_settling import BY_TRANSFER, LARGER_WHOLE, WHOLE
from tests.stage import Stage

LAST_DAY = date(2024, 9, 30)  # of the example's guarantee


def cancel_at(stage: Stage, number: str, at: datetime, on: date) -> None:
    with stage.context():
        cancel_contract(
            account=stage.person("approver"),
            number=number,
            cancelled_on=on,
            reason="請負契約の解除のため",
            at=at,
            installation=stage.installation,
            refund=Yen(100),
        )


def test_a_contract_is_cancelled_to_its_last_day_and_not_after(stage: Stage) -> None:
    number = stage.issued().number
    last_minute = datetime(2024, 9, 30, 23, 59, tzinfo=JAPAN)

    with pytest.raises(AlreadyExpired) as no:
        cancel_at(stage, number, last_minute + timedelta(minutes=1), LAST_DAY)
    assert no.value.ended_on == LAST_DAY
    assert stage.column("SELECT cancelled_on FROM guarantee_contracts") == [None]
    cancel_at(stage, number, last_minute, LAST_DAY)

    assert [str(one) for one in stage.column("SELECT cancelled_on FROM guarantee_contracts")] == ["2024-09-30"]


def test_a_contract_is_not_cancelled_before_the_version_that_ends_was_issued(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)  # on 1 May

    with pytest.raises(CancelledOnAnImpossibleDay) as no:
        cancel(stage, number, on=date(2024, 4, 30))
    assert "令和06年05月01日" in no.value.advice
    cancel(stage, number, on=date(2024, 5, 1))


def test_what_came_in_for_the_lapsed_change_is_told_with_the_cancellation(stage: Stage) -> None:
    number = stage.issued(**BY_TRANSFER).number
    application = change(stage, number, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    stage.pay(application, amount=LARGER_WHOLE - WHOLE, at=CHANGED_AT)

    cancel(stage, number)

    body = stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'cancelled:%' LIMIT 1")
    assert "5,832円 は、全額をお返しします" in body


def test_the_refund_statement_of_a_decrease_shows_both_premiums_tier_by_tier(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **SMALLER)

    with stage.context():
        text = pdf_text(refund_statement(contract=find_contract(stage.person("netdesk"), number), version=1))

    assert "変更第1回（減額）" in text
    assert "これまでの保証料の計算の内訳" in text
    assert "変更後の保証料の計算の内訳" in text
    for words in ("19,440,000円", "16,000,000円", "0.27%", "52,488円", "43,200円"):
        assert words in text


def test_the_refund_statement_of_a_cancellation_shows_how_the_premium_came_about(stage: Stage) -> None:
    number = stage.issued().number
    cancel(stage, number, refund=1_000)

    with stage.context():
        text = pdf_text(refund_statement(contract=find_contract(stage.person("netdesk"), number), version=1))

    assert "保証料の計算の内訳" in text
    assert "0.27%" in text
    assert "変更後" not in text
