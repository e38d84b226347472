"""確認結果票: what one check of a certificate file came to, as a sheet that a town files with its decision."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime


@dataclass(frozen=True)
class SlipAnswer:
    """One of the three questions with its answer and reason."""

    question: str
    answer: str
    reason: str


@dataclass(frozen=True)
class VerdictSlip:
    """Everything that the sheet prints, in words already: the file itself has been forgotten."""

    checked_at: datetime
    headline: str
    meaning: str
    answers: tuple[SlipAnswer, ...]
    noticed: tuple[tuple[str, str], ...]  # title and text of each diagnosis
    what_to_do: tuple[str, ...]
    certificate: tuple[tuple[str, str], ...]  # chief fields of the certificate, where they may be shown; else its number
    file_name: str
    sha256: str
    verify_address: str  # where the check can be repeated
    surety_name: str
    is_specimen: bool

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"checked_at": self.checked_at.isoformat()}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "VerdictSlip":
        """What `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else."""
        plain = json.loads(text)
        plain["checked_at"] = datetime.fromisoformat(plain["checked_at"])
        plain["answers"] = tuple(SlipAnswer(**one) for one in plain["answers"])
        plain["what_to_do"] = tuple(plain["what_to_do"])
        for name in ("noticed", "certificate"):
            plain[name] = tuple((str(term), str(value)) for term, value in plain[name])
        return cls(**plain)
