"""Amounts of money, in whole yen."""

import re
import unicodedata
from fractions import Fraction

_LARGEST = 9_999 * 10**8  # 9,999億円: beyond it an amount is a slip of the finger
# A dash may close an amount (￥48,600,000－) but never begin it. A part overflowing the unit before it is a slip.
_AMOUNT = re.compile(
    r"[¥\\]?(?:(?P<oku>\d{1,5})億)?(?:(?P<man>(?(oku)\d{1,4}|\d{1,8}))万)?(?P<rest>(?(man)\d{0,4}|(?(oku)\d{0,8}|\d{0,15})))円?[‐‑‒–—―−ー─━-]?"
)


_TOO_MUCH = "9,999億円以下で入力してください"
_ADVICE = (
    (re.compile(r"\d{16,}円?"), _TOO_MUCH),
    (re.compile(r".*\d兆.*"), _TOO_MUCH),
    (re.compile(r".*\d\.\d.*"), "小数を使わずに、1円単位の数字で入力してください（例：48,600,000）"),
    (re.compile(r".*\d[千百十].*"), "「千」「百」を使わずに入力してください（例：48,600,000 または 4,860万円）"),
)


class NotAnAmount(ValueError):
    """The text is not an amount of yen; `advice` says what to type, to follow 「…は」."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class Yen(int):
    """An amount of whole yen.

    >>> Yen.parse("４８，６００，０００円").text
    '48,600,000円'
    """

    @classmethod
    def parse(cls, typed: str) -> "Yen":
        """Read an amount as people type it: any width, commas, 円, 億 and 万. Raises NotAnAmount."""
        plain = unicodedata.normalize("NFKC", typed)
        plain = re.sub(r"[\s,、，]", "", plain)
        match = _AMOUNT.fullmatch(plain)
        if not plain or match is None or not any(match.groups()):
            raise NotAnAmount(_advice(plain))
        amount = int(match["oku"] or 0) * 10**8 + int(match["man"] or 0) * 10**4 + int(match["rest"] or 0)
        if amount < 1:
            raise NotAnAmount("1円以上で入力してください")
        if amount > _LARGEST:
            raise NotAnAmount(_TOO_MUCH)
        return cls(amount)

    @property
    def text(self) -> str:
        """The one way an amount is shown: 19,440,000円."""
        return f"{int(self):,}円"

    @property
    def digits(self) -> str:
        """The amount as it stands in an input field: 19,440,000."""
        return f"{int(self):,}"

    def times(self, rate: Fraction) -> Fraction:
        """The exact product, to be rounded by a named rule."""
        return int(self) * rate

    def __add__(self, other: int) -> "Yen":
        return Yen(int(self) + int(other))

    def __sub__(self, other: int) -> "Yen":
        return Yen(int(self) - int(other))

    def __repr__(self) -> str:
        return f"Yen({int(self)})"


def _advice(plain: str) -> str:
    """What to type instead of what is no amount, to follow 「…は」."""
    return next((advice for slip, advice in _ADVICE if slip.fullmatch(plain)), "数字で入力してください（例：48,600,000）")


def total(amounts: "list[Yen] | tuple[Yen, ...]") -> Yen:
    """The sum of amounts, 0円 when there are none."""
    return Yen(sum(int(amount) for amount in amounts))


def round_down(amount: Fraction, unit: Yen) -> Yen:
    """Cut an exact amount down to a multiple of `unit` yen: how a cap is rounded."""
    return Yen(amount // int(unit) * int(unit))


def round_up(amount: Fraction) -> Yen:
    """Raise an exact amount to the next whole yen: how a minimum such as "≥ 1/10" is rounded."""
    return Yen(-(-amount.numerator // amount.denominator))


def percentage_text(part: Yen, whole: Yen) -> str:
    """A share in per cent with one decimal, cut off rather than rounded so that a cap never seems overrun: 40.0%."""
    tenths = int(part) * 1000 // int(whole)
    return f"{tenths // 10}.{tenths % 10}%"
