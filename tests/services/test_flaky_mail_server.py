"""Mail through servers that refuse, dawdle and die: nothing is lost, and whatever may have come twice can be told."""

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from esurety.persistence.outbox import mail
from esurety.services.mail_transport import Patience, transport_through
from esurety.services.send_mail import DueMail, mark_arrived, send_again, send_one_due_mail
from esurety.settings import MailSettings
from tests.example_of_record import APPLIED_AT, RARE_WORKS_NAME
from tests.services.flaky_smtp import Mailbox, flaky_smtp
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
IMPATIENT = Patience(reply=1.0, final_dot=0.3)


@pytest.fixture
def server() -> Iterator[Mailbox]:
    with flaky_smtp() as box:
        yield box


def send_all(stage: Stage, server: Mailbox, now: datetime) -> int:
    settings = MailSettings(
        server="127.0.0.1", port=server.port, use_tls=False, username=None, password=None, sender="esurety@demo.example"
    )
    transport = transport_through(stage.app.extensions["mail"], settings, folder=None, vault=stage.installation.vault, patience=IMPATIENT)
    sent = 0
    with stage.app.app_context():
        while send_one_due_mail(now=now, transport=transport):
            sent += 1
    return sent


def states(stage: Stage) -> list[str]:
    return stage.column("SELECT state FROM outbox_mails ORDER BY id")


def test_a_mail_arrives_as_it_was_written(stage: Stage, server: Mailbox) -> None:
    stage.submit(works_name=RARE_WORKS_NAME)
    stage.change("UPDATE outbox_mails SET body = body || :more", more="\n.\n..ピリオドだけの行\n")

    send_all(stage, server, APPLIED_AT)

    message = message_from_bytes(server.taken[0], policy=default)
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == stage.scalar("SELECT body FROM outbox_mails")
    assert str(message["Message-ID"]).strip() == stage.scalar("SELECT message_id FROM outbox_mails")
    assert message["Date"].datetime == APPLIED_AT
    assert states(stage) == ["sent"]


@pytest.mark.parametrize("mood", ["refuse", "greylist", "busy", "refuse_text"])
def test_what_the_server_has_not_taken_is_tried_again_and_comes_once(mood: str, stage: Stage, server: Mailbox) -> None:
    stage.submit()
    server.mood = lambda: mood
    send_all(stage, server, APPLIED_AT)
    assert states(stage) == ["queued"]
    assert stage.scalar("SELECT unsure FROM outbox_mails") == 0

    server.mood = lambda: "well"
    send_all(stage, server, APPLIED_AT + timedelta(minutes=1))

    assert states(stage) == ["sent"]
    assert len(server.taken) == 1


def test_a_server_that_dies_within_the_text_gets_it_once_more(stage: Stage, server: Mailbox) -> None:
    stage.submit()
    server.mood = lambda: "drop_before_dot"
    send_all(stage, server, APPLIED_AT)
    assert states(stage)[0] in {"queued", "unknown"}  # the end of the text may have left this machine before the news arrived

    server.mood = lambda: "well"
    send_all(stage, server, APPLIED_AT + timedelta(hours=1))

    assert states(stage) == ["sent"]
    assert len(server.taken) == 1


def test_a_server_that_is_away_costs_nothing_but_time(stage: Stage) -> None:
    stage.submit()

    assert send_all(stage, Mailbox(port=1), APPLIED_AT) == 1

    assert states(stage) == ["queued"]
    assert "ConnectionRefusedError" in stage.scalar("SELECT last_error FROM outbox_mails")


@pytest.mark.parametrize("mood", ["slow", "drop_after_dot"])
def test_silence_after_the_text_is_unknown_and_one_copy_more_goes_out_after_an_hour(mood: str, stage: Stage, server: Mailbox) -> None:
    stage.submit()
    server.mood = lambda: mood
    send_all(stage, server, APPLIED_AT)
    assert states(stage) == ["unknown"]
    assert send_all(stage, server, APPLIED_AT + timedelta(minutes=59)) == 0

    server.mood = lambda: "well"
    send_all(stage, server, APPLIED_AT + timedelta(hours=1))

    assert states(stage) == ["sent"]
    assert len(server.taken) == 2
    assert len(set(server.message_ids())) == 1  # the copy can be told for one


def test_after_a_second_silence_a_person_decides(stage: Stage, server: Mailbox) -> None:
    stage.submit()
    stage.submit()
    server.mood = lambda: "drop_after_dot"
    send_all(stage, server, APPLIED_AT)
    send_all(stage, server, APPLIED_AT + timedelta(hours=1))

    assert send_all(stage, server, APPLIED_AT + timedelta(days=30)) == 0
    assert states(stage) == ["unknown", "unknown"]

    with stage.app.app_context():
        mark_arrived(account=stage.person("clerk"), mail_id=1, at=APPLIED_AT)
        send_again(account=stage.person("clerk"), mail_id=2, at=APPLIED_AT)
    server.mood = lambda: "well"
    send_all(stage, server, APPLIED_AT)
    assert states(stage) == ["sent", "sent"]
    assert stage.column("SELECT kind FROM events WHERE kind LIKE 'Mail%' ORDER BY id") == ["MailArrivalConfirmed", "MailQueuedAgain"]
    assert len(server.taken) == 5


class Killed(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize(("when", "state"), [("before", "sending"), ("after", "unknown")])
def test_a_worker_killed_before_the_text_leaves_it_unsent_and_after_it_unknown(when: str, state: str, stage: Stage) -> None:
    stage.submit()

    def dies(due: DueMail) -> None:
        if when == "after":
            due.before_text()
        raise Killed

    with stage.app.app_context(), pytest.raises(Killed):
        send_one_due_mail(now=APPLIED_AT, transport=dies)

    assert states(stage) == [state]
    with stage.app.app_context():
        found = mail(1)
        assert found is not None
        assert found.next_try_at - APPLIED_AT == (timedelta(minutes=15) if when == "before" else timedelta(hours=1))


def test_sixty_mails_through_a_bad_day_and_two_workers_lose_none(stage: Stage, server: Mailbox) -> None:
    stage.submit()
    stage.change(
        "WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 60)"
        " INSERT INTO outbox_mails (surety_id, event, message_id, recipient, subject, body, state, tries, unsure, created_at, next_try_at, last_error)"
        " SELECT surety_id, 'copy:' || n, '<' || n || '@esurety.invalid>', recipient, subject, body, state, tries, unsure, created_at, next_try_at, ''"
        " FROM outbox_mails, more"
    )
    moods = itertools.cycle(["well", "refuse", "drop_after_dot", "greylist", "well", "busy", "drop_before_dot"])
    server.mood = lambda: next(moods)
    now, copies = APPLIED_AT, 0
    for _ in range(60):
        workers = [threading.Thread(target=send_all, args=(stage, server, now)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if set(states(stage)) == {"sent"}:
            break
        now += timedelta(hours=2)
        if set(states(stage)) == {"sent", "unknown"}:
            copies += resend_unknown(stage, now)

    arrived = server.message_ids()
    assert len(set(arrived)) == 60
    # Nothing came twice but what the server had kept silent about, at most once by itself and then by a person's hand.
    assert 0 < len(arrived) - 60 <= stage.scalar("SELECT sum(unsure) FROM outbox_mails") + 2 * copies
    assert set(states(stage)) == {"sent"}


def resend_unknown(stage: Stage, now: datetime) -> int:
    """A person sends again what nobody has confirmed; how many."""
    unknown = stage.column("SELECT id FROM outbox_mails WHERE state = 'unknown' AND unsure > 1")
    for mail_id in unknown:
        with stage.app.app_context():
            send_again(account=stage.person("clerk"), mail_id=mail_id, at=now)
    return len(unknown)


def test_a_certificate_that_nobody_signed_is_refused(stage: Stage, server: Mailbox) -> None:
    stage.submit()
    settings = MailSettings(server="127.0.0.1", port=server.port, use_tls=True, username=None, password=None, sender="e@demo.example")
    transport = transport_through(stage.app.extensions["mail"], settings, folder=None, vault=stage.installation.vault, patience=IMPATIENT)

    with stage.app.app_context():
        send_one_due_mail(now=APPLIED_AT, transport=transport)

    assert states(stage) == ["queued"]  # this server knows no TLS at all: the mail waits, and goes to nobody in clear
    assert server.taken == []


def test_the_worker_sends_through_the_server_of_the_settings(stage: Stage, server: Mailbox, database_url: str, tmp_path: Path) -> None:
    stage.submit()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(tmp_path / "worker"),
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(server.port),
        "FLASK_APP": "app.py",
    }

    done = subprocess.run([sys.executable, "-m", "flask", "worker", "--once"], cwd=ROOT, env=environment, check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
    assert len(server.taken) == 1
    assert states(stage) == ["sent"]
