"""保証契約番号: five digits, a hyphen, five digits and a check letter, as in the briefing's sample 99999-00005M."""

import re
import unicodedata
from dataclasses import dataclass

# No I, O or S: read aloud or from a fax they turn into 1, 0 and 5.
_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# Powers of 18 modulo 23: all different and none zero, so that any one wrong digit and any two swapped digits are noticed.
_WEIGHTS = (1, 18, 2, 13, 4, 3, 8, 6, 16, 12)
_READ = re.compile(r"([0-9]{5})([0-9]{5})([A-Z])")
_LABELS = re.compile("保証契約番号|契約番号|契約情報")
_IGNORED = re.compile(r"[\s:;=「」『』()\[\]‐‑‒–—―−ー─━\-\u200b\ufeff]")


class NotAContractNumber(ValueError):
    """The text is no 保証契約番号, or its check letter shows a slip."""


@dataclass(frozen=True, order=True)
class GuaranteeContractNumber:
    """A number that carries its own check; made by `of` or `parse`, never by hand."""

    text: str

    @classmethod
    def of(cls, branch_code: int, fiscal_year: int, sequence: int) -> "GuaranteeContractNumber":
        """The number of the `sequence`-th contract of a branch in a fiscal year.

        The first five digits are three of the branch and two of the fiscal year [assumption of ours: the briefing shows only the pattern].
        """
        if not (0 < branch_code < 1000 and 0 < sequence < 100_000):
            raise NotAContractNumber("branch code or sequence out of range")
        digits = f"{branch_code:03d}{fiscal_year % 100:02d}{sequence:05d}"
        return cls(f"{digits[:5]}-{digits[5:]}{check_letter(digits)}")

    @classmethod
    def parse(cls, typed: str) -> "GuaranteeContractNumber":
        """Read a number in any width and case, with any hyphen or none, with its label pasted along. Raises NotAContractNumber."""
        plain = _LABELS.sub("", _IGNORED.sub("", unicodedata.normalize("NFKC", typed[:100]))).upper()
        match = _READ.fullmatch(plain)
        if match is None or check_letter(match[1] + match[2]) != match[3]:
            raise NotAContractNumber("not a guarantee contract number")
        return cls(f"{match[1]}-{match[2]}{match[3]}")

    def __str__(self) -> str:
        return self.text


def check_letter(ten_digits: str) -> str:
    """The letter over the ten digits of a number."""
    weighted = sum(int(digit) * weight for digit, weight in zip(ten_digits, _WEIGHTS, strict=True))
    return _CHECK_LETTERS[weighted % len(_CHECK_LETTERS)]
