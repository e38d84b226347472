"""The budgets are one for all processes and threads, and outlive them: counted in the database, on both kinds."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from esurety.services.check_readiness import readiness
from esurety.services.gate_limits import GateLimits
from esurety.services.mail_gate_codes import ask_for_code, mail_one_asked_code
from esurety.services.open_certificate_with_key import CodeWanted, NotOpened, open_certificate_with_key
from esurety.services.watch_gate import forget_old_tries
from tests.example_of_record import OPENED_AT
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
DAY = timedelta(days=1)

# A process of its own: 40 wrong keys in four threads, from sources that no other process uses; it prints how many were looked at.
_GUESSER = """
import sys, threading
from datetime import UTC, datetime
from esurety.services.open_certificate_with_key import CodeWanted, NotOpened, open_certificate_with_key
from esurety.web import create_app
app = create_app()
number, part, heard = sys.argv[1], int(sys.argv[2]), []
at = datetime(2024, 4, 1, 6, tzinfo=UTC)
def guess(thread):
    for index in range(10):
        with app.app_context():
            try:
                open_certificate_with_key(typed_number=number, typed_key="ABCDEFGH", source=f"198.51.{part}.{thread * 10 + index}", at=at,
                                          installation=app.extensions["esurety"])
            except NotOpened:
                heard.append(1)
            except CodeWanted:
                pass
threads = [threading.Thread(target=guess, args=(one,)) for one in range(4)]
for one in threads: one.start()
for one in threads: one.join()
print(len(heard))
"""


def test_two_processes_with_four_threads_each_hear_ten_failures_together(stage: Stage, database_url: str, tmp_path: Path) -> None:
    number = stage.issued().number
    environment = {**os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "guessers"), "PYTHONPATH": str(ROOT)}
    (tmp_path / "guessers").mkdir()

    processes = [
        subprocess.Popen([sys.executable, "-c", _GUESSER, number, str(part)], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
        for part in range(2)
    ]
    heard = [int(process.communicate()[0]) for process in processes]

    assert sum(heard) == 10
    assert stage.scalar("SELECT sum(times) FROM gate_attempts") == 80
    assert stage.scalar("SELECT failures FROM gate_budgets WHERE kind = 'number'") == 80


def outcome(app: Flask, number: str, key: str, *, source: str, at: datetime, code: str = "") -> str:
    with app.app_context():
        try:
            open_certificate_with_key(
                typed_number=number, typed_key=key, typed_code=code, source=source, at=at, installation=app.extensions["esurety"]
            )
        except NotOpened:
            return "looked at"
        except CodeWanted:
            return "held"
    return "opened"


def test_a_restart_forgets_nothing(stage: Stage, make_app: Callable[..., Flask]) -> None:
    number = stage.issued().number
    for index in range(10):
        assert outcome(stage.app, number, "ABCDEFGH", source=f"198.51.100.{index}", at=OPENED_AT) == "looked at"

    assert outcome(make_app(), number, stage.key_of(number), source="203.0.113.1", at=OPENED_AT) == "held"


@pytest.mark.parametrize("days", [1, 3])
def test_a_patient_guesser_gets_ten_and_then_ten_a_day(days: int, stage: Stage) -> None:
    number = stage.issued().number
    seen = Counter(
        outcome(stage.app, number, "ABCDEFGH", source=f"198.51.{hour}.{index}", at=OPENED_AT + timedelta(hours=hour))
        for hour in range(24 * days + 1)
        for index in range(2 if hour else 15)
    )

    assert seen["looked at"] == 10 + 10 * days


def test_one_source_gets_ten_and_then_fifty_a_day(stage: Stage) -> None:
    stage.issued()
    numbers = stage.many_issued(75)
    seen = Counter(outcome(stage.app, number, "ABCDEFGH", source="198.51.100.1", at=OPENED_AT) for number in numbers[:15])
    assert seen == {"looked at": 10, "held": 5}

    # twenty minutes apart, so that it is not stopped for its many numbers: the budget fills up every 28.8 minutes
    later = Counter(
        outcome(stage.app, number, "ABCDEFGH", source="198.51.100.1", at=OPENED_AT + timedelta(minutes=24 * step))
        for step, number in enumerate(numbers[15:], start=1)
    )
    assert later["looked at"] == 50


def test_a_code_tried_by_eight_at_once_is_used_by_one(stage: Stage) -> None:
    number = stage.issued().number
    for index in range(10):
        outcome(stage.app, number, "ABCDEFGH", source=f"198.51.100.{index}", at=OPENED_AT)
    with stage.app.app_context():
        ask_for_code(typed_number=number, source="203.0.113.1", at=OPENED_AT, installation=stage.installation)
    code = stage.installation.vault.one_time_code(stage.scalar("SELECT nonce FROM gate_codes"))
    key, seen = stage.key_of(number), []

    def come(source: str) -> None:
        seen.append(outcome(stage.app, number, key, source=source, at=OPENED_AT, code=code))

    threads = [threading.Thread(target=come, args=(f"203.0.113.{index}",)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(seen) == {"opened": 1, "held": 7}


def test_a_code_that_no_worker_sees_to_is_not_ready(stage: Stage) -> None:
    number = stage.issued().number
    stage.change("UPDATE outbox_mails SET state = 'sent'")
    with stage.app.app_context():
        ask_for_code(typed_number=number, source="203.0.113.1", at=OPENED_AT, installation=stage.installation)
        assert readiness(now=OPENED_AT + timedelta(minutes=59))["mail"]
        assert not readiness(now=OPENED_AT + timedelta(minutes=61))["mail"]
        assert mail_one_asked_code(now=OPENED_AT + timedelta(minutes=61), installation=stage.installation)
        assert readiness(now=OPENED_AT + timedelta(minutes=62))["mail"]

    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'gate_code:%'") == 0  # it had run out


def test_a_clock_that_jumps_opens_no_budget(stage: Stage) -> None:
    number = stage.issued().number
    for index in range(10):
        outcome(stage.app, number, "ABCDEFGH", source=f"198.51.100.{index}", at=OPENED_AT)

    assert outcome(stage.app, number, "ABCDEFGH", source="203.0.113.1", at=OPENED_AT - timedelta(hours=3)) == "held"


def test_a_hundred_threads_of_slips_and_openings_leave_the_budgets_right(stage: Stage) -> None:
    number = stage.issued().number
    key = stage.key_of(number)
    seen: list[str] = []

    def come(index: int) -> None:
        seen.append(outcome(stage.app, number, key if index % 2 else "ABCDEFGH", source=f"198.51.100.{index}", at=OPENED_AT))

    for start in range(0, 24, 4):
        threads = [threading.Thread(target=come, args=(index,)) for index in range(start, start + 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # A right key gives back what it took, so that only slips count.
    assert seen.count("looked at") == 10
    taken = stage.scalar("SELECT count(*) FROM gate_attempts WHERE outcome = 'failed'")
    assert taken == 10


def test_what_no_limit_looks_at_any_more_is_forgotten(stage: Stage) -> None:
    number = stage.issued().number
    outcome(stage.app, number, "ABCDEFGH", source="198.51.100.1", at=OPENED_AT)
    outcome(stage.app, number, stage.key_of(number), source="198.51.100.2", at=OPENED_AT + 50 * DAY)
    known_for = GateLimits(stage.installation.settings.gate).known_for

    with stage.app.app_context():
        forget_old_tries(at=OPENED_AT + known_for + DAY, installation=stage.installation)

    assert stage.column("SELECT source FROM gate_attempts") == ["198.51.100.2"]
