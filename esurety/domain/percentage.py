"""Shares in per cent as people type and read them: 40, 40.5, ４０％."""

import re
import unicodedata
from fractions import Fraction

_PERCENT = re.compile(r"(?P<whole>\d{1,3})(?:\.(?P<rest>\d{1,6}))?%?")


class NotAPercentage(ValueError):
    """The text is not a share in per cent; `advice` says what to type, to follow 「…は」."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


def parse_percent(typed: str, *, decimals: int, largest: int = 100) -> Fraction:
    """Read a share above 0 and up to `largest` per cent: 40.5 is 0.405. Raises NotAPercentage."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    match = _PERCENT.fullmatch(plain)
    if match is None:
        raise NotAPercentage("「40」または「40.5」のように数字で入力してください")
    if len((match["rest"] or "").rstrip("0")) > decimals:
        raise NotAPercentage(f"小数第{decimals}位までで入力してください")
    percent = Fraction(f"{match['whole']}.{match['rest'] or '0'}")
    if not 0 < percent <= largest:
        raise NotAPercentage(f"0より大きく{largest}以下の数字で入力してください")
    return percent / 100


def percent_digits(share: Fraction) -> str:
    """A share as it stands in an input field, without trailing zeros: 40, 40.5, 0.065."""
    ten_thousandths = share * 1_000_000
    whole, rest = divmod(int(ten_thousandths), 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def percent_text(share: Fraction) -> str:
    """A share as pages show it: 40.5%."""
    return f"{percent_digits(share)}%"
