"""What a file IS, asked of no record: its hash, its signature, its pages, what is hidden in it.

`examine` looks at files from anywhere and runs in a process of its own (see `examination_process.py`): nothing in the file is
executed, nothing is stored, and its time and memory are bounded. The libraries that read pages are loaded there and nowhere else.
"""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NameObject, Reference
from pyhanko.pdf_utils.reader import PdfFileReader

from esurety.documents.page_reading import NotReadable, PasswordNeeded, Shown, TooMuchNamed, read_pages, read_picture
from esurety.documents.signature_check import NOT_PROVEN, SignatureFacts, check_signature, roots_in, with_signature
from esurety.documents.status_addresses import StatusAddresses
from esurety.documents.trusted_roots import TrustedRoots
from esurety.domain.file_facts import LARGEST_FILE, FileFacts, Reading, SignatureState

_HEADER_WITHIN = 1024  # bytes: readers allow something before %PDF-
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_ENCRYPTED = re.compile(rb"/Encrypt\s+\d")
_SCRIPT_KEYS = {"/JS", "/JavaScript", "/XFA", "/RichMediaContent"}
_SCRIPT_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"}
_SCRIPT_WORDS = re.compile(rb"/(?:JavaScript|JS|XFA|Launch|SubmitForm|RichMedia)\b")
_MOST_OBJECTS = 3000  # a certificate has 60
_DEEPEST = 12
_SCREEN_WORDS = ("参考印刷", "電子証書の確認", "保証契約内容の確認")
# All of the words: a certificate's own page, or a letter about checking, has none or one of them.
_STATUS_PAGE_WORDS = ("証書の状態", "このページには、名前・金額・工事の内容は表示しません")
_SLIP_WORDS = ("内容は発行時のままか", "いま有効か", "発行権限があるか")


def examine(content: bytes, signing_dir: Path, public_urls: tuple[str, ...]) -> FileFacts:
    """Everything about a file from anywhere. `public_urls`: where our status pages are and were.

    Never raises for what the file is; MemoryError when it outgrows its process.
    """
    facts = FileFacts(hashlib.sha256(content).hexdigest(), len(content), Reading.READ)
    if not content:
        return replace(facts, reading=Reading.EMPTY)
    if len(content) > LARGEST_FILE:
        return replace(facts, reading=Reading.TOO_LARGE)
    ours = StatusAddresses(public_urls)
    try:
        if content.startswith(_PICTURES):
            return _of_picture(content, facts, ours)
        if b"%PDF-" not in content[:_HEADER_WITHIN]:
            return replace(facts, reading=Reading.NOT_A_PDF)
        return _of_pdf(content, facts, roots_in(signing_dir), ours)
    except TooMuchNamed:
        return replace(facts, reading=Reading.TOO_MUCH)


def _of_picture(content: bytes, facts: FileFacts, ours: StatusAddresses) -> FileFacts:
    try:
        return _with_pages(replace(facts, reading=Reading.IMAGE), read_picture(content, ours))
    except NotReadable:
        return replace(facts, reading=Reading.IMAGE)


def _of_pdf(content: bytes, facts: FileFacts, roots: TrustedRoots, ours: StatusAddresses) -> FileFacts:
    try:
        shown = read_pages(content, ours)
    except PasswordNeeded:
        return replace(facts, reading=Reading.ENCRYPTED)
    except NotReadable:
        return with_signature(replace(facts, reading=Reading.BROKEN), check_signature(content, roots))
    if _ENCRYPTED.search(content):
        return replace(facts, reading=Reading.ENCRYPTED)
    signature = check_signature(content, roots)
    if signature.state in {SignatureState.NONE, SignatureState.MISPLACED}:
        # Written anew, a file keeps its field with the signature; taken out, at most the signature's bytes are left behind.
        signature = SignatureFacts(SignatureState.MISPLACED if shown.has_signature_field else SignatureState.NONE)
    facts = with_signature(_with_pages(facts, shown), signature)
    return replace(facts, has_scripts=shown.has_scripts or _has_scripts(content))


def _with_pages(facts: FileFacts, shown: Shown) -> FileFacts:
    return replace(
        facts,
        page_count=shown.page_count,
        pages_naming_a_certificate=shown.pages_naming_a_certificate,
        pages_without_text=shown.pages_without_text,
        data=shown.data,
        numbers=tuple(shown.numbers),
        status_ids=tuple(shown.status_ids),
        foreign_addresses=tuple(shown.foreign_addresses),
        text=shown.text,
        has_annotations=shown.has_annotations,
        is_key_notice=shown.page_count == shown.key_notice_pages == 1,
        has_key_notice=shown.key_notice_pages > 0,
        is_screen_print=any(word in shown.text for word in _SCREEN_WORDS),
        is_status_print=not shown.has_certificate_foot and all(word in shown.text for word in _STATUS_PAGE_WORDS),
        is_verdict_slip=not shown.has_certificate_foot and all(word in shown.text for word in _SLIP_WORDS),
        has_other_pages=_has_other_pages(shown),
    )


def _has_other_pages(shown: Shown) -> bool:
    """Whether there is more than one certificate's own pages."""
    named = max(len(shown.numbers), len(shown.status_ids), shown.pages_with_address)
    is_of_several = shown.key_notice_pages > 0 or named > 1
    return shown.page_count > shown.pages_of_certificate > 0 or (shown.page_count > 1 and is_of_several)


def _has_scripts(pdf: bytes) -> bool:
    """Whether anything in the file could run or send: plainly written, or in objects that are packed or spelt in escapes."""
    if _SCRIPT_WORDS.search(pdf):
        return True
    try:
        reader = PdfFileReader(io.BytesIO(pdf), strict=False)
        size = int(reader.trailer.raw_get("/Size"))
        return any(_runs_something(one) for one in _objects(reader, min(size, _MOST_OBJECTS)))
    except NOT_PROVEN:
        return False


def _objects(reader: PdfFileReader, count: int) -> Iterator[Any]:
    for number in range(1, count):
        try:
            yield reader.get_object(Reference(number, 0, reader))
        except NOT_PROVEN:
            continue


def _runs_something(one: Any, depth: int = 0) -> bool:
    if depth > _DEEPEST:
        return False
    if isinstance(one, DictionaryObject):
        keys = {str(key) for key in one}
        action = one.raw_get("/S") if "/S" in keys else None
        if keys & _SCRIPT_KEYS or (isinstance(action, NameObject) and str(action) in _SCRIPT_ACTIONS):
            return True
        return any(_runs_something(one.raw_get(key), depth + 1) for key in one)
    if isinstance(one, ArrayObject):
        return any(_runs_something(one.raw_get(index), depth + 1) for index in range(len(one)))
    return False
