"""Hostile files: a plain answer within seconds, memory bounded, nothing executed, nothing written."""

import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import segno

from esurety.documents import examination_process
from esurety.documents.certificate import render_certificate
from esurety.documents.examination_process import ExaminationsBusy, examine_apart
from esurety.documents.html_to_pdf import pdf_of
from esurety.documents.signing_identity import identity_in
from esurety.domain.file_facts import LARGEST_FILE, FileFacts, Reading, SignatureState, SignerTrust
from esurety.domain.japanese_calendar import JAPAN
from tests import hostile_files, tampering
from tests.documents.conftest import CERTIFICATE
from tests.signing import signing_folder

SECONDS = 15
MOST_MEMORY = 750 * 1024  # kilobytes, of the largest child of this process
OURS = ("http://127.0.0.1:8000", "https://former.example.jp/hosho")
CONTENT = replace(CERTIFICATE, status_id="0123456789ABCDEF", status_address="http://127.0.0.1:8000/c/0123456789ABCDEF")


@pytest.fixture
def examine(tmp_path: Path) -> Callable[[bytes], FileFacts]:
    return lambda content: examine_apart(content, signing_dir=signing_folder(), slots_dir=tmp_path / "slots", public_urls=OURS)


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
    ("2万個の番号", hostile_files.many_numbers, {Reading.TOO_MUCH}),
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


def test_only_two_examinations_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination_process, "_PATIENCE", 0.1)
    inside, go_on, outcomes = threading.Barrier(3), threading.Event(), []

    def hold() -> None:
        with examination_process._place(tmp_path):
            inside.wait(5)
            go_on.wait(5)
            outcomes.append("done")

    held = [threading.Thread(target=hold) for _ in range(2)]
    for one in held:
        one.start()
    inside.wait(5)
    with pytest.raises(ExaminationsBusy), examination_process._place(tmp_path):
        outcomes.append("third")
    go_on.set()
    for one in held:
        one.join()

    with examination_process._place(tmp_path):
        outcomes.append("later")
    assert outcomes == ["done", "done", "later"]


def test_a_place_that_becomes_free_soon_is_waited_for(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def wait() -> None:
        with examination_process._place(tmp_path):
            outcomes.append("served")

    with examination_process._place(tmp_path), examination_process._place(tmp_path):
        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.2)
        assert not outcomes
    waiting.join(5)

    assert outcomes == ["served"]


def test_one_address_takes_one_place_and_leaves_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination_process, "_PATIENCE", 0.1)

    with examination_process._place(tmp_path, "192.0.2.1"):
        with pytest.raises(ExaminationsBusy), examination_process._place(tmp_path, "192.0.2.1"):
            pass
        with examination_process._place(tmp_path, "192.0.2.2"):
            pass


def test_not_everybody_may_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits holds a thread of the server: the rest are told at once."""
    monkeypatch.setattr(examination_process, "_WAITING", 0)
    begun = time.monotonic()

    with examination_process._place(tmp_path), examination_process._place(tmp_path), pytest.raises(ExaminationsBusy):
        examination_process._place(tmp_path).__enter__()

    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("http://127.0.0.1:8000/c/0123456789ABCDEF", True),
        ("https://former.example.jp/hosho/c/0123456789ABCDEF", True),
        ("https://FORMER.example.jp/hosho/c/0123456789ABCDEF", True),
        ("https://hosho-kakunin.example/c/0123456789ABCDEF", False),
        ("https://former.example.jp/c/0123456789ABCDEF", False),
        ("https://xformer.example.jp/hosho/c/0123456789ABCDEF", False),
        ("https://evil.example/?to=http://127.0.0.1:8000/c/0123456789ABCDEF", False),
        ("http://127.0.0.1:8000@evil.example/c/0123456789ABCDEF", False),
    ],
)
def test_only_our_own_addresses_are_ours(address: str, is_ours: bool, examine: Callable[[bytes], FileFacts]) -> None:
    facts = examine(render_certificate(replace(CONTENT, status_address=address)))

    assert facts.status_ids == (("0123456789ABCDEF",) if is_ours else ())
    assert bool(facts.foreign_addresses) is not is_ours


def test_a_foreign_code_beside_our_own_address_is_seen(examine: Callable[[bytes], FileFacts]) -> None:
    code = segno.make_qr("https://hosho-kakunin.example/kakunin").png_data_uri(scale=4)
    page = f'<html><body><p>前払金保証証書 {CONTENT.guarantee_contract_number} {CONTENT.status_address}</p><img src="{code}"></body></html>'

    facts = examine(pdf_of(page, made_on=date(2024, 4, 2)))

    assert facts.status_ids == ("0123456789ABCDEF",)
    assert facts.foreign_addresses == ("https://hosho-kakunin.example/kakunin",)


def test_more_names_than_are_looked_up_are_no_facts() -> None:
    facts = FileFacts("0" * 64, 1, Reading.READ, numbers=("10124-00005P",) * 21)

    with pytest.raises(ValueError, match="more names"):
        FileFacts.from_json(facts.to_json())
