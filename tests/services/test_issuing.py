"""Issuing, seen from the records: numbers without gaps or doubles, whoever comes at once; the files; the keys."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.services import issue_guarantee, make_certificate
from esurety.services.hand_out_documents import certificate_file
from esurety.services.issue_guarantee import AlreadyIssued, CannotBePrinted, NotEntitledToIssue, NotYetApproved, PremiumOutstanding
from esurety.services.read_contracts import find_contract
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile
from tests.example_of_record import ISSUED_AT, with_interim, with_performance
from tests.stage import Stage

AT_ONCE = 6
ROOT = Path(__file__).resolve().parents[2]


def sequences(stage: Stage) -> list[int]:
    """The running numbers of all contracts, each number sound in itself."""
    numbers = stage.column("SELECT number FROM guarantee_contracts ORDER BY number")
    assert [GuaranteeContractNumber.parse(number).text for number in numbers] == numbers
    return [int(number[6:11]) for number in numbers]


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run all acts in threads that start together; what they raised."""
    start, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Exception as no:  # noqa: BLE001 - the test judges it
            raised.append(no)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_numbers_count_up_over_applications_and_products(stage: Stage) -> None:
    first = stage.issued(**with_performance(), **with_interim())
    second = stage.issued()

    assert [number[:11] for number in (*first.numbers, *second.numbers)] == [
        "10124-00001", "10124-00002", "10124-00003", "10124-00004",
    ]  # fmt: skip
    assert stage.rows("SELECT branch_id, fiscal_year, last_sequence FROM number_counters") == [(stage.ids["branch"], 2024, 4)]


def test_threads_that_issue_at_once_leave_no_gap_and_no_double(stage: Stage) -> None:
    stage.issued()  # the year's counter is there
    applications = [stage.approve(**with_performance()) for _ in range(AT_ONCE)]

    raised = at_once(*[lambda one=one: stage.issue(one, token=f"thread-{one}") for one in applications])

    assert raised == []
    assert sequences(stage) == list(range(1, 2 * AT_ONCE + 2))


def test_the_first_numbers_of_a_year_drawn_at_once_leave_no_gap_and_no_double(stage: Stage) -> None:
    applications = [stage.approve() for _ in range(AT_ONCE)]

    raised = at_once(*[lambda one=one: stage.issue(one, token=f"thread-{one}") for one in applications])

    assert raised == []
    assert sequences(stage) == list(range(1, AT_ONCE + 1))


_ONE_PROCESS = """
import base64, sys
from datetime import UTC, datetime
from tests.conftest import settings_for
from esurety.web import create_app
from tests.stage import Stage
from pathlib import Path
stage = Stage(create_app(settings_for(sys.argv[1], Path(sys.argv[2]))))
sys.stdin.readline()
for application in sys.argv[3:]:
    stage.issue(int(application), token="process-" + application)
"""


def test_processes_that_issue_at_once_leave_no_gap_and_no_double(stage: Stage, database_url: str, tmp_path: Path) -> None:
    stage.issued()
    applications = [[stage.approve() for _ in range(3)] for _ in range(2)]

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", _ONE_PROCESS, database_url, str(tmp_path), *map(str, its)],
            cwd=ROOT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for its in applications
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    said = [worker.communicate(timeout=60)[1] for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0], said
    assert sequences(stage) == list(range(1, 8))


def test_one_application_issued_by_many_at_once_is_issued_once(stage: Stage) -> None:
    application = stage.approve(**with_performance())
    revision = stage.revision(application)

    raised = at_once(*[lambda one=one: stage.issue(application, token=f"try-{one}", revision=revision) for one in range(4)])

    assert {type(no) for no in raised} <= {AlreadyIssued, ChangedMeanwhile}
    assert len(raised) == 3
    assert sequences(stage) == [1, 2]
    assert stage.scalar("SELECT count(*) FROM certificate_files") == 2
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'issued:%'") == 1


def test_a_repeat_with_the_same_token_does_nothing(stage: Stage) -> None:
    application = stage.approve()
    stage.issue(application, token="once")
    before = stage.census()

    stage.issue(application, token="once")

    assert stage.census() == before
    with pytest.raises(AlreadyIssued):
        stage.issue(application, token="another")


def test_only_an_approver_of_the_same_surety_issues(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    application = stage.approve()

    for login in ("clerk", "admin", "netdesk"):
        with pytest.raises(NotEntitledToIssue):
            stage.issue(application, by=login)
    elsewhere = replace(stage.person("approver"), surety_id=999)
    monkeypatch.setattr(stage, "person", lambda _login: elsewhere)
    with pytest.raises(ApplicationNotFound):
        stage.issue(application)


def test_what_stands_in_the_way_is_named(stage: Stage) -> None:
    unapproved, unpaid = stage.submit(), stage.approve(by="contractor2")

    with pytest.raises(NotYetApproved):
        stage.issue(unapproved)
    with pytest.raises(PremiumOutstanding):
        stage.issue(unpaid)
    with pytest.raises(ApplicationNotFound):
        stage.issue(999, revision=1)
    with pytest.raises(ApplicationNotFound):
        stage.issue(stage.draft())


def test_the_file_is_kept_under_its_hash_and_handed_out_unchanged(app: Flask, stage: Stage) -> None:
    number = stage.issued().number

    sha256, pdf = stage.rows("SELECT sha256, pdf FROM certificate_files")[0]
    assert hashlib.sha256(bytes(pdf)).hexdigest() == sha256
    with app.app_context():
        assert certificate_file(find_contract(stage.person("netdesk"), number)) == bytes(pdf)


def test_a_missing_glyph_names_the_character_and_uses_no_number(stage: Stage) -> None:
    application = stage.approve()
    stage.change("UPDATE companies SET name = '🏗建設'")
    before = stage.census()

    with pytest.raises(CannotBePrinted) as no:
        stage.issue(application)

    assert no.value.characters == ("🏗",)
    assert stage.census() == before


def test_a_crash_between_preparing_and_issuing_costs_no_number(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    broken_off, other = stage.approve(), stage.approve()
    with monkeypatch.context() as broken:
        broken.setattr(issue_guarantee, "_make", _crashes)
        with pytest.raises(RuntimeError):
            stage.issue(broken_off)
    stage.issue(other)

    stage.issue(broken_off)

    assert [number[6:11] for number in (*stage.numbers_of(broken_off), *stage.numbers_of(other))] == ["00001", "00002"]
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts WHERE issued_at IS NULL") == 0


def _crashes(*_facts: object) -> None:
    raise RuntimeError("power cut")


def test_a_failure_in_the_last_transaction_takes_everything_of_it_back(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    application = stage.approve(**with_performance())
    with monkeypatch.context() as broken:
        broken.setattr(issue_guarantee, "queue_application_mail", lambda *_args, **_facts: _crashes())
        with pytest.raises(RuntimeError):
            stage.issue(application)

    assert stage.state(application) == "approved"
    for table in ("certificate_files", "authentication_keys", "contract_bigrams", "answered_tokens"):
        assert stage.scalar(f"SELECT count(*) FROM {table}") == 0, table
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts WHERE issued_at IS NOT NULL") == 0
    stage.issue(application)
    assert sequences(stage) == [1, 2]


def test_no_key_is_stored_in_clear_anywhere(stage: Stage) -> None:
    stage.issued(**with_performance())

    keys = stage.keys()
    assert len(keys) == 2
    for table in stage.census():
        for row in stage.rows(f"SELECT * FROM {table}"):
            for value in row:
                text = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                for key in keys.values():
                    assert key.encode() not in text, table


def test_the_write_transaction_of_the_issue_neither_renders_nor_signs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from esurety.persistence.database import _is_writing

    inside = []

    def watch(name: str) -> None:
        real = getattr(make_certificate, name)

        def watched(*arguments: object, **named: object) -> bytes:
            inside.append((name, _is_writing.get()))
            return real(*arguments, **named)

        monkeypatch.setattr(make_certificate, name, watched)

    watch("render_certificate")
    watch("sign")

    stage.issued(at=ISSUED_AT)

    assert inside == [("render_certificate", False), ("sign", False)]
