"""Migration 0003 with rows in: what was told by events and receipts alone gets its column, both ways."""

from datetime import timedelta

from flask_migrate import downgrade, upgrade

from esurety.domain.application_state import ApplicationAct
from esurety.services.reissue_key import ask_for_new_key
from tests.example_of_record import RARE_COMPANY
from tests.services.test_changing import CHANGED_AT, LARGER, cancel, change, issue, reissue
from tests.stage import Stage

DIFFERENCE = 5_832  # 21,600,000 less 19,440,000 at the example rate of 0.27 %


def ask(stage: Stage, number: str, days: int) -> None:
    with stage.context():
        ask_for_new_key(
            account=stage.person("contractor2"),
            number=number,
            reason="紛失のため",
            at=CHANGED_AT + timedelta(days=days),
            installation=stage.installation,
        )


def test_open_wishes_and_paid_differences_are_read_out_of_the_records(stage: Stage) -> None:
    paid, asked = (stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY).number for _ in range(2))
    application = change(stage, paid, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    stage.pay(application, amount=DIFFERENCE, at=CHANGED_AT)
    issue(stage, application)
    ask(stage, paid, 0)
    reissue(stage, paid)
    ask(stage, asked, 1)
    cancel(stage, asked, refund=100)
    before = (
        stage.rows("SELECT id, key_requested_at FROM guarantee_contracts ORDER BY id"),
        stage.rows("SELECT id, kind, settled_on FROM premium_settlements ORDER BY id"),
    )
    assert [asked_at is not None for _, asked_at in before[0]] == [False, True]
    assert [(kind, day is not None) for _, kind, day in before[1]] == [("billed", True), ("refund", False)]

    with stage.app.app_context():
        downgrade(revision="0002")
    stage.change("UPDATE premium_settlements SET settled_on = NULL")  # as 0002 left it
    with stage.app.app_context():
        upgrade()

    after = (
        stage.rows("SELECT id, key_requested_at FROM guarantee_contracts ORDER BY id"),
        stage.rows("SELECT id, kind, settled_on FROM premium_settlements ORDER BY id"),
    )
    assert after == before
