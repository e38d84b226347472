"""How a rule came out, in words that the contractor and the clerk both read."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a rule came out."""

    KEPT = "kept"
    NOTED = "noted"  # worth knowing, and nothing to decide
    WARNING = "warning"
    BROKEN = "broken"

    @property
    def label(self) -> str:
        return {"kept": "適合", "noted": "参考", "warning": "要確認", "broken": "不適合"}[self.value]


@dataclass(frozen=True)
class RuleOutcome:
    """One rule's outcome. `field` is the form field to correct; `text` says what was found and, if needed, what to do."""

    rule: str
    verdict: Verdict
    text: str
    field: str
    applications: tuple[int, ...] = ()  # other applications that the text speaks of
    contracts: tuple[str, ...] = ()  # other guarantees that it speaks of, by number

    @property
    def finding(self) -> str:
        """What was found, without what the reader of the form is asked to do about it."""
        sentences = [f"{one}。" for one in self.text.split("。") if one]
        return "".join(one for one in sentences if not one.endswith("ください。")) or self.text
