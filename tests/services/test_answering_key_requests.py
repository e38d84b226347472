"""認証キーの再発行の依頼: work for the office until it is met or declined with a reason."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from esurety.services.answer_key_request import NothingAsked, decline_key_request, open_key_requests
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.read_queue import waiting_besides
from esurety.services.reissue_key import AlreadyAsked, NotEntitledToReissue, ask_for_new_key
from tests.services.test_changing import CHANGED_AT, reissue
from tests.stage import Stage


def ask(stage: Stage, number: str, *, at: datetime = CHANGED_AT) -> None:
    with stage.context():
        ask_for_new_key(account=stage.person("netdesk"), number=number, reason="紛失のため", at=at, installation=stage.installation)


def decline(stage: Stage, number: str, *, by: str = "approver") -> None:
    with stage.context():
        decline_key_request(
            account=stage.person(by),
            number=number,
            reason="再印刷で足りるため",
            at=CHANGED_AT + timedelta(hours=1),
            installation=stage.installation,
        )


def waiting(stage: Stage) -> list[str]:
    with stage.context():
        found = open_key_requests(stage.person("clerk"))
        assert len(found) == waiting_besides(stage.person("clerk")).key_requests
        return [one.contract.number for one in found]


def test_a_request_waits_until_it_is_met(stage: Stage) -> None:
    first, second = stage.issued().number, stage.issued().number
    ask(stage, second)
    ask(stage, first, at=CHANGED_AT + timedelta(minutes=1))
    assert waiting(stage) == [second, first]

    reissue(stage, second)

    assert waiting(stage) == [first]


def test_a_declined_request_is_told_and_may_be_made_again(stage: Stage) -> None:
    number = stage.issued().number
    key = stage.key_of(number)
    ask(stage, number)

    decline(stage, number)

    assert waiting(stage) == []
    assert stage.key_of(number) == key
    assert stage.column("SELECT note FROM events WHERE kind = 'KeyReissueDeclined'") == ["再印刷で足りるため"]
    mails = stage.rows("SELECT recipient, body FROM outbox_mails WHERE event LIKE 'key_declined:%' ORDER BY id")
    assert [recipient for recipient, _ in mails] == ["netdesk@demo.example", "abcde@ejcs.co.jp"]
    assert all("再印刷で足りるため" in body and key not in body for _, body in mails)
    with pytest.raises(NothingAsked):
        decline(stage, number)
    ask(stage, number, at=CHANGED_AT + timedelta(days=1))
    with pytest.raises(AlreadyAsked):
        ask(stage, number)


@pytest.mark.parametrize("by", ["clerk", "admin", "netdesk"])
def test_only_an_approver_declines(stage: Stage, by: str) -> None:
    number = stage.issued().number
    ask(stage, number)

    with pytest.raises(NotEntitledToReissue):
        decline(stage, number, by=by)


def test_another_surety_has_none_of_it(stage: Stage) -> None:
    number = stage.issued().number
    ask(stage, number)
    stranger = replace(stage.person("approver"), surety_id=999)

    with stage.context():
        assert open_key_requests(stranger) == []
        with pytest.raises(NoSuchDocument):
            decline_key_request(account=stranger, number=number, reason="x", at=CHANGED_AT, installation=stage.installation)
