"""Hostile files: a plain answer within seconds, memory bounded, nothing executed, nothing written."""

import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from esurety.documents import examination_process
from esurety.documents.examination_process import ExaminationsBusy, examine_apart
from esurety.documents.signing_identity import identity_in
from esurety.domain.file_facts import LARGEST_FILE, FileFacts, Reading, SignatureState, SignerTrust
from esurety.domain.japanese_calendar import JAPAN
from tests import hostile_files, tampering
from tests.documents.conftest import CERTIFICATE
from tests.signing import signing_folder

SECONDS = 15
MOST_MEMORY = 750 * 1024  # kilobytes, of the largest child of this process
CONTENT = replace(CERTIFICATE, status_id="0123456789ABCDEF", status_address="http://127.0.0.1:8000/c/0123456789ABCDEF")


@pytest.fixture
def examine(tmp_path: Path) -> Callable[[bytes], FileFacts]:
    return lambda content: examine_apart(content, signing_dir=signing_folder(), slots_dir=tmp_path / "slots")


@pytest.fixture(scope="module")
def good() -> bytes:
    return tampering.signed(CONTENT, identity_in(signing_folder() / "1"))


def test_a_good_file_gives_all_its_facts(good: bytes, examine: Callable[[bytes], FileFacts]) -> None:
    facts = examine(good)

    assert (facts.reading, facts.signature, facts.signer) == (Reading.READ, SignatureState.INTACT, SignerTrust.TRUSTED)
    assert facts.content == CONTENT
    assert facts.numbers == (CONTENT.guarantee_contract_number,)
    assert facts.status_ids == ("0123456789ABCDEF",)
    assert facts.signed_at == tampering.SIGNED_AT
    assert (facts.page_count, facts.pages_naming_a_certificate, facts.has_annotations, facts.has_scripts) == (1, 1, False, False)


def test_a_time_of_signing_in_japan_is_the_same_instant(examine: Callable[[bytes], FileFacts]) -> None:
    facts = examine(tampering.signed(CONTENT, identity_in(signing_folder() / "1"), tampering.SIGNED_AT.astimezone(JAPAN)))

    assert (facts.signature, facts.signed_at) == (SignatureState.INTACT, tampering.SIGNED_AT)


HOSTILE: list[tuple[str, Callable[[], bytes], set[Reading]]] = [
    ("空のファイル", lambda: b"", {Reading.EMPTY}),
    ("文章", "これは証書です".encode, {Reading.NOT_A_PDF}),
    ("圧縮ファイル", lambda: b"PK\x03\x04" + bytes(1000), {Reading.NOT_A_PDF}),
    ("先頭だけ PDF", lambda: b"%PDF-1.7\n" + os.urandom(2_000_000), {Reading.BROKEN}),
    ("壊れた画像", lambda: b"\x89PNG\r\n\x1a\n" + os.urandom(5000), {Reading.IMAGE}),
    ("終わりのないページの木", hostile_files.endless_page_tree, {Reading.BROKEN, Reading.READ}),
    ("8 GB に膨らむ圧縮", hostile_files.flate_bomb, {Reading.TOO_MUCH}),
    ("100億画素の画像", hostile_files.picture_bomb, {Reading.READ, Reading.TOO_MUCH}),
    ("終わりのない描画", hostile_files.drawing_without_end, {Reading.TOO_MUCH}),
    ("20万段の入れ子", hostile_files.nested_without_end, {Reading.BROKEN, Reading.TOO_MUCH}),
    ("20 MB を1バイト超える", lambda: b"%PDF-1.7\n" + bytes(LARGEST_FILE), {Reading.TOO_LARGE}),
    ("署名の範囲ばかり", lambda: b"%PDF-1.7\n" + b"/ByteRange [0 1 2 3] " * 900_000, {Reading.BROKEN, Reading.TOO_MUCH}),
]


@pytest.mark.parametrize(("make", "readings"), [one[1:] for one in HOSTILE], ids=[one[0] for one in HOSTILE])
def test_a_hostile_file_gets_a_plain_answer_soon(
    make: Callable[[], bytes], readings: set[Reading], examine: Callable[[bytes], FileFacts]
) -> None:
    content = make()
    begun = time.monotonic()

    facts = examine(content)

    assert facts.reading in readings
    assert time.monotonic() - begun < SECONDS
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_MEMORY
    assert facts.signature not in {SignatureState.INTACT, SignatureState.CONTINUED}


def test_a_script_is_found_though_its_name_is_spelt_in_escapes(examine: Callable[[bytes], FileFacts]) -> None:
    facts = examine(hostile_files.launching_script())

    assert facts.reading is Reading.READ
    assert facts.has_scripts


def test_an_examination_writes_no_file(good: bytes, tmp_path: Path, examine: Callable[[bytes], FileFacts]) -> None:
    examine(good)

    assert {path.relative_to(tmp_path).as_posix(): path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()} == {
        "slots/verify-0": 0
    }


def test_a_child_that_dies_is_an_answer(monkeypatch: pytest.MonkeyPatch, good: bytes, examine: Callable[[bytes], FileFacts]) -> None:
    monkeypatch.setattr(examination_process.sys, "executable", "/bin/false")

    assert examine(good).reading is Reading.TOO_MUCH


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, good: bytes, examine: Callable[[bytes], FileFacts]) -> None:
    monkeypatch.setattr(examination_process, "_SECONDS", 0.01)

    assert examine(good).reading is Reading.TOO_MUCH


def test_only_two_examinations_run_at_once(tmp_path: Path) -> None:
    inside, go_on, outcomes = threading.Barrier(3), threading.Event(), []

    def hold() -> None:
        with examination_process._slot(tmp_path):
            inside.wait(5)
            go_on.wait(5)
            outcomes.append("done")

    held = [threading.Thread(target=hold) for _ in range(2)]
    for one in held:
        one.start()
    inside.wait(5)
    with pytest.raises(ExaminationsBusy), examination_process._slot(tmp_path):
        outcomes.append("third")
    go_on.set()
    for one in held:
        one.join()

    with examination_process._slot(tmp_path):
        outcomes.append("later")
    assert outcomes == ["done", "done", "later"]
