"""A table that people look at and take with them: its columns with what they hold, its rows, its total line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Holds(StrEnum):
    """What a column holds; page and file each show it in their own way."""

    TEXT = "text"
    NAME = "name"  # a works' name: wants room
    NUMBER = "number"  # a 保証契約番号
    YEN = "yen"  # int, below zero where something is paid back
    COUNT = "count"  # int
    DAY = "day"  # date
    MONTH = "month"  # date, its first day
    SHARE = "share"  # Fraction of 1

    @property
    def is_figure(self) -> bool:
        """Whether it is set flush right."""
        return self in {Holds.YEN, Holds.COUNT, Holds.SHARE}


@dataclass(frozen=True)
class TableColumn:
    """One column: its heading, what it holds, and how wide it is in a spreadsheet, in characters of half width."""

    label: str
    holds: Holds = Holds.TEXT
    width: int = 14
    only_in_file: bool = False  # a page has less room than a sheet

    @property
    def file_label(self) -> str:
        """The heading in a file, where the cells carry no unit."""
        return f"{self.label}（円）" if self.holds is Holds.YEN else self.label


Cell = str | int | date | Fraction | None
Row = Sequence[Cell]


@dataclass(frozen=True)
class ReportTable:
    """A table. Rows may come from a database bit by bit, so they are gone through once."""

    title: str
    columns: Sequence[TableColumn]
    rows: Iterable[Row]
    total: Row | None = None


def share_of(part: int, whole: int) -> Fraction | None:
    """A part of a whole; nothing where there is no whole."""
    return Fraction(part, whole) if whole else None


def share_text(share: Fraction) -> str:
    """A share in per cent with one decimal, halves up: 66.7%."""
    tenths = int(share * 1000 + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"
