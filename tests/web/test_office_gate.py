"""D-Sure の受付: what approvers and operators see of the gate, and 解除; alarms on the pages of the menu."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from esurety.services.send_mail import DueMail, MaybeSent, send_one_due_mail
from tests.example_of_record import APPLIED_AT, OPENED_AT
from tests.stage import Issued, Stage
from tests.web.page_client import PageClient
from tests.web.test_dsure import ANOTHER_KEY, GATE, knock
from tests.web.test_gate_step_up import NOBODYS_NUMBER, use_up

OFFICE_GATE = "/office/gate/"


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(OPENED_AT, tick=False)


@pytest.fixture
def issued(stage: Stage) -> Issued:
    return stage.issued()


@pytest.fixture(params=["approver", "admin"])
def keeper(request: pytest.FixtureRequest, signed_in: Callable[[str], PageClient]) -> PageClient:
    """Whoever looks after the gate."""
    return signed_in(request.param)


def stop_source(stage: Stage, source: str) -> None:
    """One source fails with thirty numbers."""
    guesser = PageClient(stage, source=source)
    for number in stage.many_issued(30, sequence_from=500):
        form = guesser.get(GATE).fields("証書を開く") | {"guarantee_contract_number": number, "authentication_key": ANOTHER_KEY}
        with guesser._http.post(GATE, data=form, environ_base={"REMOTE_ADDR": source}):
            pass


def test_a_quiet_gate_says_so(keeper: PageClient) -> None:
    page = keeper.get(OFFICE_GATE)

    assert "止めている接続元はありません" in page.words
    assert "300回（全体で300回）" in page.words
    assert page.table_rows() == []
    assert keeper.get("/office/").notices == []


def test_a_slowed_contract_is_seen_and_released(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    use_up(stage, issued.number)
    knock(PageClient(stage, source="203.0.113.1"), issued.number, stage.key_of(issued.number), expect=429)

    page = keeper.get(OFFICE_GATE)
    assert page.table_rows()[0].startswith(f"{issued.number} 11回")
    done = keeper.follow(keeper.press(page, f"解除：保証契約 {issued.number}"))

    assert "制限を解除しました" in done.words
    assert stage.column("SELECT kind FROM events WHERE contract_id = 1 ORDER BY id")[-1] == "GateContractReleased"
    knock(PageClient(stage, source="203.0.113.1"), issued.number, stage.key_of(issued.number))
    keeper.press(page, f"解除：保証契約 {issued.number}")
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'GateContractReleased'") == 1  # there was nothing left to release


def test_a_slowed_source_is_seen_and_released(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    guesser = PageClient(stage, source="198.51.100.1")
    for number in stage.many_issued(10):
        knock(guesser, number, ANOTHER_KEY, expect=422)
    knock(guesser, issued.number, stage.key_of(issued.number), expect=429)

    keeper.press(keeper.get(OFFICE_GATE), "解除：接続元 198.51.100.1")

    knock(guesser, issued.number, stage.key_of(issued.number))


def test_a_stopped_source_is_an_alarm_until_it_is_released(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    stop_source(stage, "198.51.100.1")
    assert any("接続元を1件止めています" in notice for notice in keeper.get("/office/").notices)

    done = keeper.follow(keeper.press(keeper.get(OFFICE_GATE), "解除：接続元 198.51.100.1"))

    assert "止めている接続元はありません" in done.words
    assert "接続元 198.51.100.1" in done.words  # who stopped and who released it is still told
    assert stage.scalar("SELECT count(*) FROM gate_stops WHERE released_by IS NOT NULL") == 1
    knock(PageClient(stage, source="198.51.100.1"), issued.number, stage.key_of(issued.number))
    assert not any("止めています" in notice for notice in keeper.get("/office/").notices)


def test_a_stop_ends_by_itself(keeper: PageClient, stage: Stage, issued: Issued, clock: time_machine.Traveller) -> None:
    stop_source(stage, "198.51.100.1")

    clock.shift(24 * 3600 + 1)

    knock(PageClient(stage, source="198.51.100.1"), issued.number, stage.key_of(issued.number))


def test_tries_are_listed_newest_first_with_their_outcome(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    visitor = PageClient(stage, source="203.0.113.7")
    knock(visitor, NOBODYS_NUMBER, ANOTHER_KEY, expect=422)
    knock(visitor, "でたらめ", ANOTHER_KEY, expect=422)
    knock(visitor, issued.number, stage.key_of(issued.number))

    rows = keeper.get(OFFICE_GATE).table_rows()

    assert [issued.number in rows[0], "番号ではない入力" in rows[1], NOBODYS_NUMBER in rows[2]] == [True, True, True]
    assert "開けた" in rows[0]
    assert "203.0.113.7" in rows[2]


def test_another_suretys_contracts_are_not_shown_and_not_released(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    use_up(stage, issued.number)
    stage.change(
        "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at)"
        " SELECT 'ほかの保証', address, representative, four_eyes_above, created_at FROM sureties"
    )
    stage.change("UPDATE guarantee_contracts SET surety_id = 2")

    assert issued.number not in keeper.get(OFFICE_GATE).words
    keeper.post("/office/gate/release-contract", {"number": issued.number})

    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'GateContractReleased'") == 0


def test_a_long_list_of_tries_goes_on(keeper: PageClient, stage: Stage, issued: Issued) -> None:
    for index in range(60):
        stage.change(
            "INSERT INTO gate_attempts (number, source, at, outcome, times) VALUES (:number, :source, '2024-04-01 05:00:00+00', 'held', 3)",
            number=issued.number,
            source=f"2001:db8:ffff:{index:x}::/64",
        )

    page = keeper.get(OFFICE_GATE)
    assert len(page.table_rows()) == 30
    assert len(keeper.get(page.link("これより前の入力を見る")).table_rows()) == 30


def test_clerks_have_no_such_page(clerk: PageClient) -> None:
    clerk.get(OFFICE_GATE, expect=404)
    assert "D-Sure の受付" not in clerk.get("/office/").links()


# ---- mail that waits or may have arrived ----


def silence(due: DueMail) -> None:
    due.before_text()
    raise MaybeSent("nothing was heard")


def test_mail_of_unknown_fate_is_an_alarm_and_a_persons_decision(clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    with stage.app.app_context():
        send_one_due_mail(now=APPLIED_AT, transport=silence)
        send_one_due_mail(now=APPLIED_AT + timedelta(hours=1), transport=silence)

    assert any("分からないメールが1通" in notice for notice in clerk.get("/office/").notices)
    page = clerk.get("/office/mails/1")
    assert "届いたかどうか分かりません" in page.words
    assert "再送" in page.buttons()
    done = clerk.follow(clerk.press(page, "届いたことを記録"))

    assert "送信済" in done.words
    assert clerk.get("/office/").notices == []
    assert "メールが届いていることを確かめました" in clerk.get("/office/applications/1").words


def test_mail_that_waits_over_an_hour_is_an_alarm(clerk: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    stage.submit(at=OPENED_AT)
    clock.shift(59 * 60)
    assert clerk.get("/office/mails/").notices == []

    clock.shift(2 * 60)

    assert any("1時間以上送れていない" in notice for notice in clerk.get("/office/mails/").notices)
    clerk.get("/readyz", expect=503)


def test_a_mail_sent_again_waits_from_then_on(clerk: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    stage.submit()
    with stage.app.app_context():
        send_one_due_mail(now=APPLIED_AT, transport=lambda _due: None)
    clock.shift(30 * 24 * 3600)
    page = clerk.sign_in("clerk").get("/office/mails/1")

    clerk.press(page, "再送")

    assert not any("1時間以上" in notice for notice in clerk.get("/office/mails/").notices)
    clerk.get("/readyz")
