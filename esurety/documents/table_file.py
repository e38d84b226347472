"""Tables out of files that people send: CSV (UTF-8 or CP932) and Excel, read as rows of text; and templates to begin with."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from openpyxl import load_workbook

from esurety.documents.table_writer import csv_lines

LARGEST_FILE = 1024 * 1024
_MOST_ROWS_READ = 2_002  # one more than may be used with its headings, so that too many are noticed
_MOST_COLUMNS = 50
_LARGEST_UNPACKED = 20 * 1024 * 1024
_MOST_PARTS = 200
_EXCEL_BEGINS = b"PK\x03\x04"
_OLD_EXCEL_BEGINS = b"\xd0\xcf\x11\xe0"


class FileNotReadable(ValueError):
    """The bytes are no table; `advice` says what to do."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


def read_table(content: bytes) -> list[list[str]]:
    """The rows of a CSV or .xlsx file (its first sheet), cells as text. Raises FileNotReadable."""
    if not content:
        raise FileNotReadable("ファイルが空です。内容のあるファイルを選んでください")
    if len(content) > LARGEST_FILE:
        raise FileNotReadable("ファイルが大きすぎます。1MB以下に分けてください")
    if content.startswith(_OLD_EXCEL_BEGINS):
        raise FileNotReadable(
            "古い形式のExcelファイルか、パスワード付きのファイルです。パスワードのない「.xlsx」か「CSV」で保存し直してください"
        )
    return _excel(content) if content.startswith(_EXCEL_BEGINS) else _csv(content)


def _csv(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise FileNotReadable("CSVとして読めません。Excelで「CSV UTF-8」を選んで保存し直してください")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        return [row[:_MOST_COLUMNS] for row, _ in zip(reader, range(_MOST_ROWS_READ), strict=False)]
    except csv.Error as no:
        raise FileNotReadable('CSVとして読めません。引用符（"）の数が合わない行がないか確認してください') from no


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileNotReadable("文字コードを判別できません。Excelで「CSV UTF-8」を選んで保存し直してください")


def _excel(content: bytes) -> list[list[str]]:
    _refuse_bombs(content)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own size is not believed
            cells = sheet.iter_rows(max_row=_MOST_ROWS_READ, max_col=_MOST_COLUMNS)
            return [[_cell_text(cell.value, getattr(cell, "number_format", "") or "") for cell in row] for row in cells]
        finally:
            book.close()
    except Exception as no:
        raise FileNotReadable("Excelファイルとして読めません。Excelで開き、「.xlsx」で保存し直してください") from no


def _refuse_bombs(content: bytes) -> None:
    """An .xlsx is a ZIP of XML: look at what it would unpack to, and at declarations that could multiply, before a parser does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                raise FileNotReadable("Excelファイルの中身が大きすぎます。使わないシートや書式を削除して保存し直してください")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares(packed.read(part)):
                    raise FileNotReadable("Excelファイルとして読めません。Excelで開き、「.xlsx」で保存し直してください")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as no:
        if isinstance(no, FileNotReadable):
            raise
        raise FileNotReadable("Excelファイルとして読めません。Excelで開き、「.xlsx」で保存し直してください") from no


def _declares(part: bytes) -> bool:
    """Whether an XML part has a DTD, in UTF-8 or either UTF-16."""
    return any("<!DOCTYPE".encode(encoding) in part for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def _cell_text(value: object, number_format: str) -> str:
    """A cell as it would be typed: whole numbers without a point, percentages as they are shown, days as 2024-04-01."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number_text(value, is_percent="%" in number_format)
    return str(value)


def _number_text(value: float, *, is_percent: bool) -> str:
    exact = Decimal(repr(value)) * (100 if is_percent else 1)
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV that Excel opens without asking: UTF-8 with its mark."""
    return b"\xef\xbb\xbf" + "".join(csv_lines(rows)).encode()
