"""One line of the public log: an act on a certificate, as canonical JSON; what the tree and the chain make of it.

The public sees the commitment alone, which says nothing without the salt: neither names nor amounts nor numbers. Who holds the salt and
the entry (the `.tlog-proof` file) can show what was committed to.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

SCHEMA = "esurety-log-entry-1"
SALT_BYTES = 32
CHAIN_START = bytes(32)
_INSTANT = "%Y-%m-%dT%H:%M:%SZ"


class LogEvent(StrEnum):
    """What is entered into the log."""

    ISSUED = "issued"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    KEY_REISSUED = "key_reissued"

    @property
    def label(self) -> str:
        return {"issued": "発行", "changed": "変更", "cancelled": "解約", "key_reissued": "認証キーの再発行"}[self.value]


class UnreadableEntry(ValueError):
    """The text is no entry of this log, or not the one spelling that an entry has."""


@dataclass(frozen=True)
class LogEntry:
    """An act on a certificate. `version` and `certificate_sha256` are those in force after the act."""

    at: datetime
    event: LogEvent
    guarantee_contract_number: str
    version: int
    certificate_sha256: str  # of the stored file, hexadecimal
    cancelled_on: date | None = None  # of a cancellation
    key_version: int | None = None  # of a key re-issue

    def to_json(self) -> str:
        """The entry as canonical JSON (RFC 8785): names in order, no blanks, no fractions, seconds in UTC."""
        said: dict[str, str | int] = {
            "at": self.at.astimezone(UTC).strftime(_INSTANT),
            "certificate_sha256": self.certificate_sha256,
            "event": self.event.value,
            "guarantee_contract_number": self.guarantee_contract_number,
            "schema": SCHEMA,
            "version": self.version,
        }
        if self.cancelled_on is not None:
            said["cancelled_on"] = self.cancelled_on.isoformat()
        if self.key_version is not None:
            said["key_version"] = self.key_version
        return canonical_json(said)

    @classmethod
    def from_json(cls, text: str) -> "LogEntry":
        """The entry that a text is. Raises UnreadableEntry for any other text, and for any other spelling of an entry."""
        try:
            said = json.loads(text)
            day = said.get("cancelled_on")
            entry = cls(
                at=datetime.strptime(said["at"], _INSTANT).replace(tzinfo=UTC),
                event=LogEvent(said["event"]),
                guarantee_contract_number=said["guarantee_contract_number"],
                version=said["version"],
                certificate_sha256=said["certificate_sha256"],
                cancelled_on=date.fromisoformat(day) if day is not None else None,
                key_version=said.get("key_version"),
            )
            kinds = (type(said["version"]), type(said.get("key_version", 2)), type(said["certificate_sha256"]))
            is_typed = kinds == (int, int, str) and type(said["guarantee_contract_number"]) is str
            spelled = entry.to_json() if is_typed else ""
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as no:
            raise UnreadableEntry from no
        if spelled != text:
            raise UnreadableEntry
        return entry


def canonical_json(said: dict[str, str | int]) -> str:
    """JSON in the one spelling of RFC 8785, for names in ASCII and values without fractions."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def commitment(salt: bytes, entry: bytes) -> bytes:
    """What the tree's leaf is: 32 bytes that bind the entry and reveal nothing of it."""
    return hmac.new(salt, entry, hashlib.sha256).digest()


def chain_hash(previous: bytes, salt: bytes, entry: bytes) -> bytes:
    """The chain's link after an entry; the first one hangs on 32 zero bytes."""
    return hashlib.sha256(previous + salt + entry).digest()
