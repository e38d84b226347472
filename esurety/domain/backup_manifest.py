"""What a backup says of itself: which files it holds, with their hashes, and how many rows of what."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

MANIFEST_NAME = "manifest.json"
_FORMAT = "esurety-backup-1"


class NotABackup(ValueError):
    """The text is no manifest of ours."""


@dataclass(frozen=True)
class BackupManifest:
    """The inventory of one backup, taken at one instant."""

    made_at: datetime
    database: str  # sqlite or postgresql
    schema_version: str
    rows: dict[str, int]  # table: how many rows the copy holds
    files: dict[str, str]  # path in the backup: SHA-256 in hex

    def to_json(self) -> str:
        """Readable for people, and the same text for the same backup."""
        plain = {"format": _FORMAT, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "BackupManifest":
        """The manifest that `to_json` wrote. Raises NotABackup."""
        try:
            plain = json.loads(text)
            if plain.pop("format") != _FORMAT:
                raise NotABackup("another format")
            return cls(**{**plain, "made_at": datetime.fromisoformat(plain["made_at"])})
        except (ValueError, KeyError, TypeError, AttributeError) as no:
            raise NotABackup("not a manifest of this product") from no


def row_differences(expected: dict[str, int], found: dict[str, int]) -> list[str]:
    """Each table whose number of rows is another one, in a plain sentence."""
    return [
        f"表 {table} は{expected.get(table, 0)}行のはずですが、{found.get(table, 0)}行です"
        for table in sorted(expected.keys() | found.keys())
        if expected.get(table, 0) != found.get(table, 0)
    ]
