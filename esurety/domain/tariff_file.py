"""Tariffs as a file lays them down: one tier a row, the tiers of one product and day together. Rows of text in, tariffs out."""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from esurety.domain.guarantee_premium import GuaranteePeriod, Tariff, TariffTier, premium_for
from esurety.domain.japanese_calendar import EraOverrun, NotADate, era_date, parse_date
from esurety.domain.percentage import NotAPercentage, parse_percent
from esurety.domain.products import Product
from esurety.domain.table_rows import Column, FileRefused, NamedRow, RowProblem, named_rows
from esurety.domain.typed_fields import unusable_character
from esurety.domain.yen import NotAnAmount, Yen

COLUMNS = (
    Column("product", "商品", also=("保証区分", "商品（保証区分）")),
    Column("label", "料率の名称", also=("名称", "ラベル")),
    Column("effective_from", "適用開始日"),
    Column("upper_bound", "上限額", also=("段の上限", "上限")),
    Column("rate_percent", "料率（%）", also=("料率",)),
    Column("minimum", "最低保証料", required=False),
    Column("rounding_unit", "端数処理の単位", required=False, also=("端数処理",)),
    Column("months_basis", "基準月数", required=False),
)
EXAMPLE_ROWS = (
    ("前払金保証", "例示料率", "2030/4/1", "300000000", "0.27", "1000", "1", ""),
    ("前払金保証", "例示料率", "2030/4/1", "1000000000", "0.22", "1000", "1", ""),
    ("前払金保証", "例示料率", "2030/4/1", "", "0.18", "1000", "1", ""),
    ("中間前払金保証", "公表料率 0.065%", "2030/4/1", "", "0.065", "0", "1", ""),
)
EXAMPLE_AMOUNTS = (Yen(10_000_000), Yen(100_000_000), Yen(1_000_000_000))
_DECIMALS = 4  # rates are kept in millionths
_HIGHEST_RATE = 10  # [A] per cent: above it "27" was typed for "0.27"
_LONGEST_LABEL = 200
_LONGEST_BASIS = 120  # [A] months
_Value = TypeVar("_Value")
_WORDS = {word: product for product in Product for word in (product.value, product.label)}


@dataclass(frozen=True)
class _Tier:
    """One row, read."""

    row: int
    product: Product
    effective_from: date
    tier: TariffTier
    terms: tuple[str, Yen, Yen, int | None]  # label, minimum, rounding unit, months basis: the same for all tiers of a tariff


class _Unread(ValueError):
    """A cell cannot be read."""


class _Cells:
    """The cells of one row, read one by one; `faults` says of each that cannot be read why."""

    def __init__(self, row: NamedRow) -> None:
        self.row = row.row
        self.faults: list[str] = []
        self._typed = row.cells

    def read(self, name: str, reader: Callable[[str], _Value]) -> _Value | None:
        """One cell; None where it cannot be read. A column that the file leaves out reads as empty."""
        try:
            return reader(self._typed.get(name, ""))
        except _Unread as no:
            self.faults.append(str(no))
            return None


def read_tariffs(rows: Sequence[Sequence[str]], *, today: date, taken: AbstractSet[tuple[Product, date]]) -> list[Tariff]:
    """The tariffs of a file, in the order of the products and days. `taken` are the days that have a tariff already.

    Raises FileRefused, which names every row that cannot be used.
    """
    tiers: list[_Tier] = []
    problems: list[RowProblem] = []
    for row in named_rows(rows, COLUMNS):
        cells = _Cells(row)
        tier = _tier(cells, today, taken)
        problems.extend(RowProblem(row.row, fault) for fault in cells.faults)
        if tier is not None:
            tiers.append(tier)
    by_tariff: dict[tuple[Product, date], list[_Tier]] = {}
    for tier in tiers:
        by_tariff.setdefault((tier.product, tier.effective_from), []).append(tier)
    for key, of_one in by_tariff.items():
        problems.extend(_problems_together(key, of_one, taken, is_whole=not problems))
    if problems:
        raise FileRefused(sorted(problems, key=lambda one: one.row))
    order = list(Product)
    return [_tariff(of_one) for _, of_one in sorted(by_tariff.items(), key=lambda one: (order.index(one[0][0]), one[0][1]))]


def _tier(cells: _Cells, today: date, taken: AbstractSet[tuple[Product, date]]) -> _Tier | None:
    """One row, or None where a cell cannot be read."""
    product, label = cells.read("product", _product), cells.read("label", _label)
    effective_from = cells.read("effective_from", lambda typed: _day_to_come(typed, today, is_first=_is_first(product, today, taken)))
    bound = cells.read("upper_bound", lambda typed: _amount(typed, "上限額") if typed else None)
    rate, minimum = cells.read("rate_percent", _rate), cells.read("minimum", _minimum)
    unit, basis = cells.read("rounding_unit", _unit), cells.read("months_basis", _basis)
    if cells.faults or product is None or label is None or effective_from is None or rate is None or minimum is None or unit is None:
        return None
    return _Tier(cells.row, product, effective_from, TariffTier(bound, rate), (label, minimum, unit, basis))


def _product(typed: str) -> Product:
    if typed not in _WORDS:
        raise _Unread(f"商品は{'、'.join(f'「{one.label}」' for one in Product)}のどれかを入力してください")
    return _WORDS[typed]


def _is_first(product: Product | None, today: date, taken: AbstractSet[tuple[Product, date]]) -> bool:
    """Whether a product has no tariff yet that reckons today's applications."""
    return not any(one is product and day <= today for one, day in taken)


def _day_to_come(typed: str, today: date, *, is_first: bool) -> date:
    """Tomorrow or later: what was applied for today has been reckoned, and only before its day can a tariff be withdrawn."""
    found, tomorrow = _day(typed), today + timedelta(days=1)
    if not is_first and found < tomorrow:
        raise _Unread(
            f"適用開始日はあした（{era_date(tomorrow, padded=False)}）以降の日付を入力してください。受け付けた申込みの保証料は変えられません"
        )
    if found < today:
        raise _Unread(f"適用開始日は今日（{era_date(today, padded=False)}）以降の日付を入力してください。過去の保証料は変えられません")
    return found


def _label(typed: str) -> str:
    if not typed:
        raise _Unread("料率の名称を入力してください。保証料計算書に印刷されます")
    if len(typed) > _LONGEST_LABEL:
        raise _Unread(f"料率の名称は{_LONGEST_LABEL}文字以内で入力してください")
    if (bad := unusable_character(typed)) is not None:
        raise _Unread(f"料率の名称に使えない文字（{bad}）が含まれています。取り除いてください")
    return typed


def _minimum(typed: str) -> Yen:
    return _amount(typed, "最低保証料") if typed.strip("0０円 ") else Yen(0)


def _unit(typed: str) -> Yen:
    return _amount(typed, "端数処理の単位") if typed else Yen(1)


def _day(typed: str) -> date:
    if not typed:
        raise _Unread("適用開始日を入力してください")
    try:
        return parse_date(typed[:100])
    except EraOverrun as no:  # its advice names the day itself
        raise _Unread(f"適用開始日は、{no.advice}") from no
    except NotADate as no:
        raise _Unread(f"適用開始日「{typed[:40]}」は{no.advice}") from no


def _amount(typed: str, label: str) -> Yen:
    try:
        return Yen.parse(typed[:100])
    except NotAnAmount as no:
        raise _Unread(f"{label}「{typed[:40]}」は{no.advice}") from no


def _rate(typed: str) -> Fraction:
    if not typed:
        raise _Unread("料率を入力してください（例：0.27）")
    try:
        return parse_percent(typed[:100], decimals=_DECIMALS, largest=_HIGHEST_RATE)
    except NotAPercentage as no:
        raise _Unread(f"料率「{typed[:40]}」は{no.advice}（0.27%は「0.27」です）") from no


def _basis(typed: str) -> int | None:
    if not typed:
        return None
    if not (typed.isdecimal() and len(typed) < 5 and 1 <= int(typed) <= _LONGEST_BASIS):
        raise _Unread(f"基準月数「{typed[:40]}」は1から{_LONGEST_BASIS}までの整数で入力するか、空欄にしてください")
    return int(typed)


def _problems_together(
    key: tuple[Product, date], tiers: Sequence[_Tier], taken: AbstractSet[tuple[Product, date]], *, is_whole: bool
) -> Iterable[RowProblem]:
    """What is wrong with the tiers of one tariff as a whole; whether the last is missing can only be told when every row was read."""
    product, day = key
    name, first, last = f"{product.label}（{era_date(day, padded=False)}から）", tiers[0], tiers[-1]
    if key in taken:
        yield RowProblem(first.row, f"{name}の料率はすでに登録されています。適用開始日を別の日に変えてください")
    for before, after in pairwise(tiers):
        if after.terms != first.terms:
            yield RowProblem(after.row, f"{name}の名称・最低保証料・端数処理・基準月数が{first.row}行目と違います。同じにしてください")
        if before.tier.upper_bound is None:
            yield RowProblem(before.row, f"{name}の上限額が空欄です。空欄にできるのは、最後の段だけです")
        elif after.tier.upper_bound is not None and after.tier.upper_bound <= before.tier.upper_bound:
            yield RowProblem(after.row, f"上限額は、前の段（{before.tier.upper_bound.text}）より大きい額を入力してください")
    if is_whole and last.tier.upper_bound is not None:
        yield RowProblem(
            last.row, f"{name}の最後の段です。上限額を空欄にした段を加えてください（それより大きい額の保証料を計算できません）"
        )


def _tariff(tiers: Sequence[_Tier]) -> Tariff:
    label, minimum, unit, basis = tiers[0].terms
    return Tariff(tiers[0].product, label, tiers[0].effective_from, tuple(one.tier for one in tiers), minimum, unit, basis)


def example_premium(tariff: Tariff, amount: Yen) -> Yen:
    """What an amount would cost, for a guarantee as long as the tariff's basis. Raises NoTierForAmount."""
    months = tariff.months_basis or 1
    year, month = divmod(tariff.effective_from.year * 12 + tariff.effective_from.month - 1 + months - 1, 12)
    period = GuaranteePeriod(tariff.effective_from.replace(day=1), date(year, month + 1, 28))
    return premium_for(tariff, amount, period=period).amount
