"""A table as a page shows it: every cell in words, figures flush right, the total below."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from esurety.domain.japanese_calendar import era_date
from esurety.domain.report_table import Cell, Holds, ReportTable, Row, TableColumn, share_text

_MOST_BESIDE_EACH_OTHER = 4  # columns of figures that a phone shows without scrolling


@dataclass(frozen=True)
class ShownCell:
    """One cell: its words, its classes, the heading that stands beside it on phones, where it leads."""

    text: str
    classes: str
    label: str
    href: str = ""
    span: int = 1


@dataclass(frozen=True)
class ShownTable:
    """A table for `office/reports/_table.html`."""

    title: str
    headings: list[tuple[str, str]]  # with their classes
    rows: list[list[ShownCell]]
    total: list[ShownCell]
    classes: str  # which rows become cards on phones


def shown_table(table: ReportTable, address_of: Callable[[str], str]) -> ShownTable:
    """The table in words; `address_of` leads from a contract's number to its page."""
    places = [place for place, column in enumerate(table.columns) if not column.only_in_file]
    columns = [table.columns[place] for place in places]
    title = next((column for column in columns if column.holds is Holds.NAME), columns[0])

    def cell(value: Cell, column: TableColumn) -> ShownCell:
        href = address_of(str(value)) if column.holds is Holds.NUMBER and value else ""
        return ShownCell(
            _words(value, column.holds), _classes(column, is_title=column is title), "" if column is title else column.label, href
        )

    return ShownTable(
        table.title,
        [(column.label, "amount" if column.holds.is_figure else "") for column in columns],
        [[cell(row[place], column) for place, column in zip(places, columns, strict=True)] for row in table.rows],
        _total(table.total, places, columns) if table.total is not None else [],
        _table_classes(title, columns),
    )


def _table_classes(title: TableColumn, columns: list[TableColumn]) -> str:
    """Records become cards on phones, many figures cards with the figures below each other; a few figures stay a table."""
    if title.holds is Holds.NAME:
        return "table table--cards"
    return "table table--cards table--figures" if len(columns) > _MOST_BESIDE_EACH_OTHER else "table"


def _total(row: Row, places: list[int], columns: list[TableColumn]) -> list[ShownCell]:
    """The first cell spreads over the empty ones behind it."""
    cells = [(row[place], column) for place, column in zip(places, columns, strict=True)]
    empty = next((place for place, (value, _) in enumerate(cells[1:]) if value is not None), len(cells) - 1)
    first = ShownCell(_words(cells[0][0], Holds.TEXT), "table__title", "", span=empty + 1)
    return [
        first,
        *(ShownCell(_words(value, column.holds), _classes(column, is_title=False), column.label) for value, column in cells[empty + 1 :]),
    ]


def _classes(column: TableColumn, *, is_title: bool) -> str:
    if is_title:
        return {Holds.NAME: "table__title table__wide", Holds.MONTH: "table__title nowrap"}.get(column.holds, "table__title")
    if column.holds is Holds.NUMBER:
        return "number"
    if column.holds is Holds.NAME:
        return "table__wide small"
    return "amount" if column.holds.is_figure else ""


def _words(cell: Cell, holds: Holds) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return era_date(cell, padded=False).removesuffix("1日") if holds is Holds.MONTH else era_date(cell)
    if isinstance(cell, Fraction):
        return share_text(cell)
    if isinstance(cell, int):
        return _yen(cell) if holds is Holds.YEN else f"{cell:,}"
    return cell


def _yen(amount: int) -> str:
    """Amounts that may be below zero, which Yen never is."""
    return f"{amount:,}円" if amount >= 0 else f"△{-amount:,}円"
