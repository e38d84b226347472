"""The one writer of tables: Excel and CSV, so that nothing typed by anybody becomes a formula and nothing is lost unsaid.

CSV in UTF-8 carries its mark (Excel reads it as CP932 otherwise). CP932 knows no 𠮷: such a character becomes 〓, and the writer says
which, in which row and column. Names stay as they were typed: no NFKC anywhere.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import xlsxwriter

from esurety.domain.report_table import Cell, Holds, ReportTable, Row, share_text

GETA = "〓"  # what Japanese printers set where a type was missing
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_LONGEST_CELL = 32_767  # Excel's own limit, in units of UTF-16; XlsxWriter would leave a longer text out
# One character of JIS X 0208, two of Unicode: CP932 has the second of each pair. Nothing is lost between them.
_SAME_IN_JIS = str.maketrans({"〜": "～", "−": "－", "‖": "∥", "—": "―", "¢": "￠", "£": "￡", "¬": "￢"})
_EXCEL_FORMATS = {
    Holds.YEN: '#,##0;"△"#,##0',
    Holds.COUNT: "#,##0",
    Holds.SHARE: "0.0%",
    Holds.DAY: '[$-411]ggge"年"mm"月"dd"日"',
    Holds.MONTH: '[$-411]ggge"年"m"月"',
}


class CellTooLong(ValueError):
    """A text is longer than a cell can hold."""


@dataclass(frozen=True)
class LostCharacter:
    """A character that CP932 does not know. `row` counts as a spreadsheet does, the headings being row 1."""

    row: int
    column: str
    character: str
    named: str  # what the row's first cell says

    @property
    def code_point(self) -> str:
        return f"U+{ord(self.character):04X}"


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows of text as lines of CSV."""
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow(row)
        yield line.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what begins one, in half and full width."""
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text


def utf8_csv(table: ReportTable) -> bytes:
    """The table as CSV in UTF-8 with its mark."""
    return b"\xef\xbb\xbf" + "".join(csv_lines(_text_rows(table))).encode()


def cp932_csv(table: ReportTable) -> tuple[bytes, list[LostCharacter]]:
    """The table as CSV in CP932, and each character that became 〓 there."""
    lost: list[LostCharacter] = []
    content = io.BytesIO()
    labels = [column.file_label for column in table.columns]
    for number, row in enumerate(_text_rows(table), start=1):
        kept = [text.translate(_SAME_IN_JIS) for text in row]
        line = "".join(csv_lines([kept]))
        try:
            content.write(line.encode("cp932"))
        except UnicodeEncodeError:
            lost += _lost_in(number, labels, kept)
            content.write("".join(csv_lines([[_with_geta(text) for text in kept]])).encode("cp932"))
    return content.getvalue(), lost


def _lost_in(number: int, labels: Sequence[str], row: Sequence[str]) -> Iterator[LostCharacter]:
    for label, text in zip(labels, row, strict=True):
        for character in dict.fromkeys(text):
            if not _in_cp932(character):
                yield LostCharacter(number, label, character, row[0])


def _with_geta(text: str) -> str:
    return "".join(character if _in_cp932(character) else GETA for character in text)


def _in_cp932(character: str) -> bool:
    try:
        character.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _text_rows(table: ReportTable) -> Iterator[list[str]]:
    yield [harmless(column.file_label) for column in table.columns]
    for row in _all_rows(table):
        yield [_plain(cell, column.holds) for cell, column in zip(row, table.columns, strict=True)]


def _all_rows(table: ReportTable) -> Iterator[Row]:
    yield from table.rows
    if table.total is not None:
        yield table.total


def _plain(cell: Cell, holds: Holds) -> str:
    """A cell of a CSV file: figures without commas and unit, days as 2024-04-01, months as 2024-04. Only texts can do harm."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, date):
        return f"{cell:%Y-%m}" if holds is Holds.MONTH else cell.isoformat()
    return share_text(cell) if isinstance(cell, Fraction) else str(cell)


def excel_file(table: ReportTable) -> bytes:
    """The table as .xlsx: days and figures as such, texts as texts, the headings in place while the rows move. Raises CellTooLong."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    try:
        _Sheet(book, table).write()
    finally:
        book.close()
    return content.getvalue()


class _Sheet:
    """The one sheet of a book."""

    def __init__(self, book: xlsxwriter.Workbook, table: ReportTable) -> None:
        self._table = table
        self._sheet = book.add_worksheet(table.title)
        self._heading = book.add_format({"bold": True, "bg_color": "#E8EEF5", "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        looks = [{"num_format": _EXCEL_FORMATS[column.holds]} if column.holds in _EXCEL_FORMATS else {} for column in table.columns]
        self._formats = [book.add_format(look | {"valign": "top"}) for look in looks]
        self._of_total = [book.add_format(look | {"bold": True, "top": 1}) for look in looks]

    def write(self) -> None:
        for place, column in enumerate(self._table.columns):
            self._sheet.set_column(place, place, column.width)
            self._sheet.write_string(0, place, column.file_label, self._heading)
        self._sheet.freeze_panes(1, 0)
        number = 0
        for number, row in enumerate(self._table.rows, start=1):
            self._write_row(number, row, self._formats)
        if number:
            self._sheet.autofilter(0, 0, number, len(self._table.columns) - 1)
        if self._table.total is not None:
            self._write_row(number + 1, self._table.total, self._of_total)

    def _write_row(self, number: int, row: Row, formats: Sequence[object]) -> None:
        for place, (cell, style) in enumerate(zip(row, formats, strict=True)):
            if isinstance(cell, str):
                self._write_text(number, place, cell, style)
            elif isinstance(cell, date):
                self._sheet.write_datetime(number, place, cell, style)
            elif cell is None:
                self._sheet.write_blank(number, place, None, style)
            else:
                self._sheet.write_number(number, place, cell if isinstance(cell, int) else float(cell), style)

    def _write_text(self, number: int, place: int, text: str, style: object) -> None:
        if len(text.encode("utf-16-le")) // 2 > _LONGEST_CELL:
            raise CellTooLong(f"row {number + 1}, column {place + 1}")
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter would take it for its own mark-up and write it unescaped; in two parts it is escaped.
            self._sheet.write_rich_string(number, place, text[0], style, text[1:], style)
        else:
            self._sheet.write_string(number, place, text, style)
