"""The public log: one entry with each act, in its transaction; chain, tree and signed head as docs and standards say; nothing is rewritten."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.exc import IntegrityError

from esurety.domain.merkle_tree import is_included
from esurety.domain.signed_note import NoteKey, SignedNote
from esurety.services import cancel_contract as cancelling
from esurety.services.audit_log import verify_log
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.keep_log import LogDamaged, LogHead, checkpoint_note, latest_head, tlog_proof
from esurety.services.reissue_key import reissue_key
from tests.domain.test_merkle_tree import mth
from tests.example_of_record import ISSUED_AT, ISSUED_ON, on_paper, with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, changed
from tests.services.test_issuing import at_once
from tests.stage import Stage
from tests.web.page_client import counted_statements

ORIGIN = "127.0.0.1:8000/log"
LOG_TABLES = ("log_entries", "log_nodes", "log_checkpoints")


def new_key(stage: Stage, number: str, *, at: datetime = CHANGED_AT) -> None:
    with stage.context():
        reissue_key(
            account=stage.person("approver"),
            number=number,
            reason="紛失のため",
            token=stage.token(),
            at=at,
            installation=stage.installation,
        )


def file_hash(stage: Stage, number: str, version: int = 0) -> str:
    return str(
        stage.scalar(
            "SELECT file_sha256 FROM certificate_versions WHERE contract_id = :id AND version = :v", id=stage.contract_id(number), v=version
        )
    )


def entries(stage: Stage) -> list[str]:
    return stage.column("SELECT entry FROM log_entries ORDER BY leaf_index")


def test_each_act_makes_an_entry_and_the_entry_is_canonical_json(stage: Stage) -> None:
    number = stage.issued().number
    first, second = file_hash(stage, number), ""
    changed(stage, number, **LARGER)
    second = file_hash(stage, number, 1)
    new_key(stage, number)
    stage.cancel(number, on=ISSUED_ON + timedelta(days=40), at=CHANGED_AT + timedelta(days=20))

    assert entries(stage) == [
        f'{{"at":"2024-04-01T03:00:00Z","certificate_sha256":"{first}","event":"issued","guarantee_contract_number":"{number}","schema":"esurety-log-entry-1","version":0}}',
        f'{{"at":"2024-05-01T03:00:00Z","certificate_sha256":"{second}","event":"changed","guarantee_contract_number":"{number}","schema":"esurety-log-entry-1","version":1}}',
        f'{{"at":"2024-05-01T03:00:00Z","certificate_sha256":"{second}","event":"key_reissued","guarantee_contract_number":"{number}","key_version":2,"schema":"esurety-log-entry-1","version":1}}',
        f'{{"at":"2024-05-21T03:00:00Z","cancelled_on":"2024-05-11","certificate_sha256":"{second}","event":"cancelled","guarantee_contract_number":"{number}","schema":"esurety-log-entry-1","version":1}}',
    ]


def test_chain_tree_and_head_are_what_the_standards_say(stage: Stage) -> None:
    stage.issued(**with_performance())
    number = stage.issued(**on_paper()).number
    stage.cancel(number, on=ISSUED_ON, at=ISSUED_AT)

    previous, leaves = bytes(32), []
    for index, entry, salt, before, after in stage.rows(
        "SELECT leaf_index, entry, salt, previous_hash, chain_hash FROM log_entries ORDER BY leaf_index"
    ):
        assert index == len(leaves)
        assert len(salt) == 32
        assert bytes.fromhex(before) == previous
        previous = hashlib.sha256(previous + bytes(salt) + entry.encode()).digest()
        assert bytes.fromhex(after) == previous
        leaves.append(hmac.new(bytes(salt), entry.encode(), hashlib.sha256).digest())
    assert len({bytes(salt) for salt in stage.column("SELECT salt FROM log_entries")}) == len(leaves) == 4
    for size, root, note in stage.rows("SELECT tree_size, root, note FROM log_checkpoints ORDER BY tree_size"):
        assert root == mth(tuple(leaves[:size])).hex()
        assert note.startswith(f"{ORIGIN}\n{size}\n{base64.b64encode(bytes.fromhex(root)).decode()}\n\n— {ORIGIN} ")
        check_signature(stage, note)
    assert stage.column("SELECT tree_size FROM log_checkpoints ORDER BY tree_size") == [1, 2, 3, 4]
    assert stage.scalar("SELECT count(*) FROM log_nodes") == 4 + 2 + 1


def check_signature(stage: Stage, note: str) -> None:
    key = stage.installation.log_signer.key
    parsed = SignedNote.parse(note)
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(parsed.signed_by(key)[0], parsed.text.encode())


def test_the_head_is_the_newest_and_there_is_none_at_first(stage: Stage) -> None:
    with stage.context():
        assert latest_head() is None
        empty = checkpoint_note(stage.installation)
    assert empty.startswith(f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")
    check_signature(stage, empty)

    stage.issued(**with_performance())

    with stage.context():
        head = latest_head()
        assert head == LogHead(2, stage.scalar("SELECT root FROM log_checkpoints WHERE tree_size = 2"), ORIGIN)
        assert checkpoint_note(stage.installation) == stage.scalar("SELECT note FROM log_checkpoints WHERE tree_size = 2")


def test_the_side_file_of_each_version_proves_its_entry(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    new_key(stage, number)
    stage.issued(**with_performance())

    for version, event in ((0, "issued"), (1, "changed")):
        with stage.context():
            text = tlog_proof(stage.contract_id(number), version)
        head, checkpoint = text.split("\n\n", 1)
        title, extra, index, *hashes = head.split("\n")
        data = base64.b64decode(extra.removeprefix("extra "))
        entry = json.loads(data[32:])
        body = checkpoint.split("\n")

        assert title == "c2sp.org/tlog-proof@v1"
        assert (entry["event"], entry["version"], entry["guarantee_contract_number"]) == (event, version, number)
        assert entry["certificate_sha256"] == file_hash(stage, number, version)
        commitment = hmac.new(data[:32], data[32:], hashlib.sha256).digest()
        assert is_included(
            leaf=hashlib.sha256(b"\x00" + commitment).digest(),
            index=int(index.removeprefix("index ")),
            size=int(body[1]),
            proof=[base64.b64decode(one) for one in hashes],
            root=base64.b64decode(body[2]),
        )
        check_signature(stage, checkpoint)


def test_what_was_never_issued_has_no_side_file(stage: Stage) -> None:
    number = stage.issued().number

    with stage.context():
        for contract_id, version in ((stage.contract_id(number), 1), (999, 0)):
            with pytest.raises(NoSuchDocument):
                tlog_proof(contract_id, version)


def test_an_act_that_fails_leaves_no_entry(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.issued().number
    before = stage.census()

    def broken(**_facts: object) -> None:
        raise OSError("no log")

    monkeypatch.setattr(cancelling, "append_to_log", broken)
    with pytest.raises(OSError, match="no log"):
        stage.cancel(number, on=ISSUED_ON, at=ISSUED_AT)

    assert stage.census() == before
    assert stage.column("SELECT cancelled_on FROM guarantee_contracts") == [None]


def test_nothing_is_issued_on_top_of_a_log_whose_tree_was_taken(stage: Stage, tamper: Callable[..., None]) -> None:
    number = stage.issued().number
    tamper("DELETE FROM log_nodes")

    with pytest.raises(LogDamaged):
        stage.cancel(number, on=ISSUED_ON, at=ISSUED_AT)

    assert stage.column("SELECT cancelled_on FROM guarantee_contracts") == [None]


def test_acts_at_once_leave_one_chain_without_gaps(stage: Stage) -> None:
    numbers = [stage.issued(**with_performance()).number for _ in range(3)]
    raised: list[BaseException] = []

    def act(number: str) -> None:
        for _ in range(4):
            try:
                new_key(stage, number)
            except Exception as no:  # noqa: BLE001 - the test judges it
                raised.append(no)

    threads = [threading.Thread(target=act, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert raised == []
    assert stage.column("SELECT leaf_index FROM log_entries ORDER BY leaf_index") == list(range(18))
    chain = stage.rows("SELECT previous_hash, chain_hash FROM log_entries ORDER BY leaf_index")
    assert [before for before, _ in chain[1:]] == [after for _, after in chain[:-1]]


REWRITING = [
    f"{act} {table}{rest}"
    for table, rest in (("log_entries", " SET salt = salt"), ("log_nodes", " SET level = level"), ("log_checkpoints", " SET note = note"))
    for act, rest in (("UPDATE", rest), ("DELETE FROM", ""))
]


@pytest.mark.parametrize("statement", REWRITING)
def test_the_database_refuses_to_rewrite_the_log(stage: Stage, statement: str) -> None:
    stage.issued()
    before = [stage.rows(f"SELECT * FROM {table}") for table in LOG_TABLES]

    with pytest.raises(IntegrityError, match="append-only"):
        stage.change(statement)

    assert [stage.rows(f"SELECT * FROM {table}") for table in LOG_TABLES] == before


def test_the_database_refuses_to_replace_or_empty_the_log(stage: Stage) -> None:
    stage.issued()
    is_sqlite = stage._engine.dialect.name == "sqlite"
    tries = {
        "log_entries": "INSERT OR REPLACE INTO log_entries SELECT * FROM log_entries" if is_sqlite else "TRUNCATE log_entries",
        "log_nodes": "INSERT OR REPLACE INTO log_nodes VALUES (0, 0, x'00')" if is_sqlite else "TRUNCATE log_nodes",
        "log_checkpoints": "INSERT OR REPLACE INTO log_checkpoints SELECT * FROM log_checkpoints"
        if is_sqlite
        else "TRUNCATE log_checkpoints",
    }

    for table, statement in tries.items():
        with pytest.raises(IntegrityError, match="append-only"):
            stage.change(statement)
        assert stage.scalar(f"SELECT count(*) FROM {table}") == 1


def test_two_entries_cannot_hang_on_the_same_one(stage: Stage) -> None:
    stage.issued()

    with pytest.raises(IntegrityError):
        stage.change(
            "INSERT INTO log_entries (leaf_index, at, event, contract_id, version, entry, salt, previous_hash, chain_hash)"
            " SELECT 1, at, event, contract_id, version, entry, salt, previous_hash, chain_hash FROM log_entries"
        )


def test_appending_asks_the_database_the_same_few_things_however_long_the_log(stage: Stage) -> None:
    number = stage.issued().number
    asked = []
    for _ in range(9):
        with counted_statements(stage) as statements:
            new_key(stage, number)
        asked.append(len([one for one in statements if "log_" in one]))

    assert asked == [5] * 9  # the end, the right edge, the entry, its subtrees, the head
    assert stage.scalar("SELECT count(*) FROM log_nodes") == 10 + 5 + 2 + 1


def test_the_key_of_the_tests_is_a_note_key_of_the_origin(stage: Stage) -> None:
    key = stage.installation.log_signer.key

    assert key.name == ORIGIN
    assert NoteKey.parse(key.text) == key


def test_no_question_to_the_log_reads_a_whole_table(stage: Stage) -> None:
    if stage._engine.dialect.name != "sqlite":
        return  # PostgreSQL's planner decides by the size of the table, and here it is small
    number = stage.issued().number
    with counted_statements(stage) as statements:
        new_key(stage, number)
        with stage.context():
            tlog_proof(stage.contract_id(number), 0)
            latest_head()

    asked = {one for one in statements if one.startswith("SELECT") and "log_" in one}
    assert len(asked) >= 4
    for statement in asked:
        with stage._engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (0,) * statement.count("?")).all()
        steps = " ".join(step[-1] for step in plan)
        # from the end of the key backwards, and no further than the first row, is no reading of a table
        assert "SCAN" not in steps or ("DESC" in statement and "USE TEMP B-TREE" not in steps), (statement, steps)


def test_acts_of_every_kind_at_once_neither_wait_for_each_other_for_ever_nor_break_the_chain(stage: Stage) -> None:
    numbers = [stage.issued(**with_performance()).number for _ in range(3)]
    waiting = [stage.approve(**with_performance()) for _ in range(3)]

    raised = at_once(
        *[lambda one=one: stage.issue(one, token=f"issue-{one}") for one in waiting],
        *[lambda one=one: new_key(stage, one) for one in numbers[:2]],
        lambda: stage.cancel(numbers[2], on=ISSUED_ON, at=ISSUED_AT),
    )

    assert raised == []
    assert stage.column("SELECT leaf_index FROM log_entries ORDER BY leaf_index") == list(range(6 + 6 + 2 + 1))
    with stage.context():
        assert verify_log(installation=stage.installation).findings == ()
