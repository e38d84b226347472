"""Mail: one for each event, only when wished, never the key; sent once, tried again with growing pauses."""

import smtplib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from esurety.domain.application_state import ApplicationAct
from esurety.persistence.outbox import mail
from esurety.services import issue_guarantee
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import DueMail, MailNotFound, send_again, send_one_due_mail
from tests.example_of_record import APPLIED_AT, ISSUED_AT, RARE_WORKS_NAME, WORKS_NAME, on_paper, with_performance
from tests.stage import Stage

ACT = ApplicationAct
LATER = ISSUED_AT + timedelta(days=1)


def outbox(stage: Stage) -> list[tuple[str, str]]:
    return [(event.split(":")[0], recipient) for event, recipient in stage.rows("SELECT event, recipient FROM outbox_mails ORDER BY id")]


class Postman:
    """A transport that remembers, and can be told to fail."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.sent: list[DueMail] = []
        self.failure = failure

    def __call__(self, due: DueMail) -> None:
        self.sent.append(due)
        if self.failure is not None:
            raise self.failure


def send_all(stage: Stage, transport: Callable[[DueMail], None], now: datetime) -> int:
    sent = 0
    with stage.app.app_context():
        while send_one_due_mail(now=now, transport=transport):
            sent += 1
    return sent


def test_each_event_has_exactly_one_mail(stage: Stage) -> None:
    application = stage.submit()
    stage.decide(ACT.START_REVIEW, application)
    stage.decide(ACT.RETURN, application, reason="ご確認ください。")
    stage.decide(ACT.DECLINE, stage.submit(), reason="お引き受けできません。")
    stage.issued()

    assert outbox(stage) == [
        ("received", "netdesk@demo.example"),
        ("returned", "netdesk@demo.example"),
        ("received", "netdesk@demo.example"),
        ("declined", "netdesk@demo.example"),
        ("received", "netdesk@demo.example"),
        ("issued", "abcde@ejcs.co.jp"),
    ]


def test_the_completion_is_told_only_to_those_who_wished_it(stage: Stage) -> None:
    stage.issued(notify_on_issue="no", notification_email="")
    stage.issued(notify_on_issue="no", notification_email="typed@but.example")

    assert [event for event, _ in outbox(stage)] == ["received", "received"]


def test_the_mails_say_what_happened_for_which_works_and_where_to_sign_in_and_never_the_key(stage: Stage) -> None:
    issued = stage.issued(**with_performance())
    returned = stage.submit()
    stage.decide(ACT.RETURN, returned, reason="工期の末日を確かめてください。")

    for subject, body in stage.rows("SELECT subject, body FROM outbox_mails"):
        assert WORKS_NAME in subject
        assert WORKS_NAME in body
        assert "ネットデスク建設株式会社 様" in body
        assert "http://127.0.0.1:8000/login" in body
        assert "千葉支店" in body
        assert "043-241-6101" in body
        for key in stage.keys().values():
            assert key not in subject + body
    completion = stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'issued:%'")
    assert all(number in completion for number in issued.numbers)
    assert "電子保証発行完了のお知らせ" in stage.scalar("SELECT subject FROM outbox_mails WHERE event LIKE 'issued:%'")
    assert "工期の末日を確かめてください。" in stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'returned:%'")


def test_a_completion_on_paper_does_not_speak_of_keys(stage: Stage) -> None:
    stage.issued(**on_paper())

    body = stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'issued:%'")
    assert "認証キー" not in body
    assert "証書(紙)は" in body


@pytest.mark.parametrize("breaks", ["\r\nBcc: thief@evil.example", "\nBcc: thief@evil.example", "\u0085Bcc: x"])
def test_a_works_name_with_line_breaks_injects_no_header(
    breaks: str, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = stage.approve()
    monkeypatch.setattr(
        issue_guarantee, "missing_characters", lambda _text: ()
    )  # no form lets such a name in; the mail does not rely on it
    stage.change("UPDATE applications SET works_name = :name", name=f"工事{breaks}")

    stage.issue(application)
    send_all(
        stage,
        transport_through(
            stage.app.extensions["mail"], stage.installation.settings.mail, folder=tmp_path / "mail", vault=stage.installation.vault
        ),
        LATER,
    )

    files = list((tmp_path / "mail").glob("*.eml"))
    assert len(files) == 2
    for path in files:
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert message["Bcc"] is None
        assert len(str(message["Subject"]).splitlines()) == 1
        assert not [line for line in path.read_bytes().splitlines() if line.startswith(b"Bcc:")]


def test_a_mail_is_sent_once_and_noted(stage: Stage) -> None:
    stage.submit()
    postman = Postman()

    assert send_all(stage, postman, LATER) == 1
    assert send_all(stage, postman, LATER + timedelta(days=9)) == 0

    assert len(postman.sent) == 1
    assert stage.rows("SELECT state, tries, last_error FROM outbox_mails") == [("sent", 1, "")]


def test_a_mail_is_not_sent_before_its_time(stage: Stage) -> None:
    stage.submit()

    assert send_all(stage, Postman(), APPLIED_AT - timedelta(seconds=1)) == 0
    assert send_all(stage, Postman(), APPLIED_AT) == 1


@pytest.mark.parametrize("failure", [OSError("no route"), smtplib.SMTPServerDisconnected("gone"), smtplib.SMTPRecipientsRefused({})])
def test_a_failure_is_written_down_and_tried_again_with_growing_pauses_until_it_is_given_up(failure: Exception, stage: Stage) -> None:
    stage.submit()
    postman, now, pauses = Postman(failure), APPLIED_AT, []

    for _ in range(30):
        if send_all(stage, postman, now) == 0:
            break
        state, due = stage.rows("SELECT state, next_try_at FROM outbox_mails")[0]
        if state == "failed":
            break
        with stage.app.app_context():
            found = mail(1)
            assert found is not None
            pauses.append(found.next_try_at - now)
            assert type(failure).__name__ in found.last_error
            now = found.next_try_at
        assert due

    assert stage.scalar("SELECT state FROM outbox_mails") == "failed"
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(minutes=1)
    assert pauses[-1] == timedelta(days=1)
    assert len({sent.message_id for sent in postman.sent}) == 1  # a copy sent twice can be told for one


def test_one_mail_that_cannot_be_sent_does_not_hold_up_the_others(stage: Stage) -> None:
    stage.submit()
    stage.submit(by="contractor2")
    refused: list[str] = []

    def transport(due: DueMail) -> None:
        if due.recipient == "netdesk@demo.example":
            refused.append(due.recipient)
            raise OSError("refused")

    send_all(stage, transport, LATER)

    assert stage.column("SELECT state FROM outbox_mails ORDER BY id") == ["queued", "sent"]


def test_two_workers_do_not_send_twice(stage: Stage) -> None:
    for _ in range(6):
        stage.submit()
    sent: list[int] = []
    start = threading.Barrier(3)
    raised: list[Exception] = []

    def work() -> None:
        start.wait()
        try:
            send_all(stage, lambda due: sent.append(due.mail_id), LATER)
        except Exception as no:  # noqa: BLE001 - the test judges it
            raised.append(no)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert raised == []
    assert sorted(sent) == stage.column("SELECT id FROM outbox_mails ORDER BY id")
    assert set(stage.column("SELECT state FROM outbox_mails")) == {"sent"}


def test_while_one_worker_sends_another_does_not_get_the_mail_but_does_after_its_death(stage: Stage) -> None:
    stage.submit()
    second = Postman()

    def first(_due: DueMail) -> None:
        assert send_all(stage, second, LATER + timedelta(minutes=1)) == 0
        raise KeyboardInterrupt  # the worker is killed; it notes nothing

    with pytest.raises(KeyboardInterrupt):
        send_all(stage, first, LATER)

    assert send_all(stage, second, LATER + timedelta(minutes=14)) == 0
    assert send_all(stage, second, LATER + timedelta(minutes=16)) == 1


def test_without_a_server_each_mail_becomes_one_file(stage: Stage, tmp_path: Path) -> None:
    stage.issued(works_name=RARE_WORKS_NAME)
    transport = transport_through(
        stage.app.extensions["mail"], stage.installation.settings.mail, folder=tmp_path / "mail", vault=stage.installation.vault
    )

    send_all(stage, transport, LATER)

    files = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in files] == [".eml", ".eml"]
    message = message_from_bytes(files[1].read_bytes(), policy=default)
    assert message["To"] == "abcde@ejcs.co.jp"
    assert message["From"] == "esurety@demo.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert str(message["Message-ID"]).strip() == stage.scalar("SELECT message_id FROM outbox_mails WHERE event LIKE 'issued:%'")
    assert RARE_WORKS_NAME in str(message["Subject"])
    body = message.get_body(preferencelist=("plain",))
    assert body is not None
    assert RARE_WORKS_NAME in body.get_content()


def test_a_mail_sent_again_to_the_folder_is_still_one_file(stage: Stage, tmp_path: Path) -> None:
    stage.submit()
    transport = transport_through(
        stage.app.extensions["mail"], stage.installation.settings.mail, folder=tmp_path / "mail", vault=stage.installation.vault
    )
    send_all(stage, transport, LATER)
    with stage.app.app_context():
        send_again(account=stage.person("clerk"), mail_id=1, at=LATER)

    send_all(stage, transport, LATER)

    assert len(list((tmp_path / "mail").iterdir())) == 1
    assert stage.rows("SELECT state, tries FROM outbox_mails") == [("sent", 1)]
    assert stage.column("SELECT kind FROM events ORDER BY id") == ["ApplicationSubmitted", "MailQueuedAgain"]


def test_a_waiting_mail_is_not_queued_a_second_time(stage: Stage) -> None:
    stage.submit()

    with stage.app.app_context():
        send_again(account=stage.person("clerk"), mail_id=1, at=LATER)

    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'MailQueuedAgain'") == 0


def test_another_suretys_mail_cannot_be_sent_again(stage: Stage) -> None:
    stage.submit()

    with stage.app.app_context(), pytest.raises(MailNotFound):
        send_again(account=stage.person("clerk"), mail_id=999, at=LATER)


def test_the_event_of_a_mail_is_unique_in_the_database(stage: Stage) -> None:
    stage.submit()

    with pytest.raises(IntegrityError):
        stage.change(
            "INSERT INTO outbox_mails (surety_id, event, message_id, recipient, subject, body, state, tries, created_at, next_try_at, last_error)"
            " SELECT surety_id, event, 'another', recipient, subject, body, state, tries, created_at, next_try_at, last_error FROM outbox_mails"
        )
