"""The log's lines: one spelling, read back exactly; commitment and chain as laid down in the design."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from esurety.domain.log_entry import LogEntry, LogEvent, UnreadableEntry, chain_hash, commitment

HASH = "0123456789abcdef" * 4
ISSUED = LogEntry(datetime(2026, 11, 23, 7, 0, tzinfo=UTC), LogEvent.ISSUED, "50113-00001A", 0, HASH)
ISSUED_TEXT = (
    '{"at":"2026-11-23T07:00:00Z","certificate_sha256":"'
    + HASH
    + '","event":"issued","guarantee_contract_number":"50113-00001A","schema":"esurety-log-entry-1","version":0}'
)


def test_an_entry_is_written_in_the_one_spelling() -> None:
    assert ISSUED.to_json() == ISSUED_TEXT
    in_japan = datetime(2026, 11, 23, 16, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=9)))
    assert LogEntry(in_japan, LogEvent.ISSUED, "50113-00001A", 0, HASH).to_json() == ISSUED_TEXT


@pytest.mark.parametrize(
    ("entry", "part"),
    [
        (LogEntry(ISSUED.at, LogEvent.CANCELLED, "50113-00001A", 1, HASH, cancelled_on=date(2026, 11, 20)), '"cancelled_on":"2026-11-20",'),
        (LogEntry(ISSUED.at, LogEvent.KEY_REISSUED, "50113-00001A", 1, HASH, key_version=2), '"key_version":2,'),
        (LogEntry(ISSUED.at, LogEvent.CHANGED, "50113-00001A", 1, HASH), '"event":"changed"'),
    ],
    ids=["解約", "再発行", "変更"],
)
def test_an_entry_reads_back_as_itself(entry: LogEntry, part: str) -> None:
    assert part in entry.to_json()
    assert LogEntry.from_json(entry.to_json()) == entry


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", "[" * 5000,
        ISSUED_TEXT.replace(",", ", "),
        ISSUED_TEXT.replace('"version":0', '"version":0.0'),
        ISSUED_TEXT.replace('"version":0', '"version":false'),
        ISSUED_TEXT.replace('"version":0', '"version":"0"'),
        ISSUED_TEXT.replace("esurety-log-entry-1", "esurety-log-entry-2"),
        ISSUED_TEXT.replace("issued", "lost"),
        ISSUED_TEXT.replace("T07:00:00Z", " 07:00"),
        ISSUED_TEXT.replace("}", ',"zusatz":1}'),
        ISSUED_TEXT.replace('"50113-00001A"', "5"),
        ISSUED_TEXT.replace('"schema"', '"key_version":true,"schema"'),
    ],
)  # fmt: skip
def test_any_other_text_is_no_entry(text: str) -> None:
    with pytest.raises(UnreadableEntry):
        LogEntry.from_json(text)


def test_the_commitment_is_an_hmac_keyed_with_the_salt() -> None:
    salt = bytes(range(32))

    assert commitment(salt, b"entry") == hmac.new(salt, b"entry", hashlib.sha256).digest()
    assert commitment(bytes(32), b"entry") != commitment(salt, b"entry")


def test_the_chain_covers_what_was_before_the_salt_and_the_entry() -> None:
    assert chain_hash(b"p" * 32, b"s" * 32, b"entry") == hashlib.sha256(b"p" * 32 + b"s" * 32 + b"entry").digest()


def test_each_kind_of_entry_has_a_name() -> None:
    assert [event.label for event in LogEvent] == ["発行", "変更", "解約", "認証キーの再発行"]
