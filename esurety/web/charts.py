"""A small bar chart as inline SVG, with the table that says the same; the arithmetic is here, the template only draws."""

from collections.abc import Sequence
from dataclasses import dataclass

from esurety.domain.japanese_calendar import era_date
from esurety.persistence.roll_ups import MonthFigure

_WIDTH, _HEIGHT, _FOOT, _GAP = 720, 180, 28, 8


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands, and what it says."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str  # 4月
    year_label: str  # 令和8年, under the first bar and under each January
    value: str
    term: str  # 令和8年4月, for the table
    amount: str


@dataclass(frozen=True)
class BarChart:
    """A chart with its title and its size in its own units."""

    title: str
    bars: list[Bar]
    width: int
    height: int
    base: int
    is_empty: bool


def issued_chart(figures: Sequence[MonthFigure]) -> BarChart:
    """発行件数 by month."""
    tallest = max((figure.count for figure in figures), default=0)
    step = _WIDTH / max(1, len(figures))
    base = _HEIGHT - _FOOT
    bars = []
    for index, figure in enumerate(figures):
        height = (base - 20) * figure.count / tallest if tallest else 0
        month_name = era_date(figure.month, padded=False).removesuffix("1日")
        year_name = month_name.split("年")[0] + "年"
        bars.append(
            Bar(
                x=round(index * step + _GAP / 2, 1),
                y=round(base - height, 1),
                width=round(step - _GAP, 1),
                height=round(height, 1),
                middle=round(index * step + step / 2, 1),
                label=f"{figure.month.month}月",
                year_label=year_name if index == 0 or figure.month.month == 1 else "",
                value=str(figure.count) if figure.count else "",
                term=month_name,
                amount=figure.amount.text,
            )
        )
    return BarChart("月ごとの発行件数（この1年）", bars, _WIDTH, _HEIGHT + 14, base, tallest == 0)
