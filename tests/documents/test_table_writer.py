"""Tables as files: read back by other tools they say what was in the table, and none of their texts is a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from esurety.documents.table_writer import CellTooLong, cp932_csv, excel_file, harmless, utf8_csv
from esurety.domain.report_table import Cell, Holds, ReportTable, TableColumn, share_of, share_text

COLUMNS = (
    TableColumn("保証契約番号", Holds.NUMBER),
    TableColumn("工事名", Holds.NAME, 40),
    TableColumn("保証金額", Holds.YEN),
    TableColumn("件数", Holds.COUNT),
    TableColumn("発行日", Holds.DAY),
    TableColumn("月", Holds.MONTH),
    TableColumn("電子の割合", Holds.SHARE),
)
ROW: tuple[Cell, ...] = ("10124-00001M", "髙﨑橋①㈱", 19_440_000, 2, date(2024, 4, 1), date(2024, 4, 1), Fraction(2, 3))
TOTAL: tuple[Cell, ...] = ("合計", None, -5_000, 2, None, None, None)
# OWASP's characters, and their full-width forms, which a Japanese spreadsheet reads the same way
STARTS_OF_FORMULAS = tuple("=+-@\t\r\0＝＋－＠")
# surrogates alone are no text and no database keeps one
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
beginnings = st.sampled_from(["", *STARTS_OF_FORMULAS, "<r>", "_x0041_", "'", '"', "\ufeff", "http://", "1e5"])


def table(*rows: Sequence[Cell], total: Sequence[Cell] | None = None) -> ReportTable:
    return ReportTable("保証契約", COLUMNS, iter(rows), total)


def of_texts(*rows: Sequence[str]) -> ReportTable:
    return ReportTable("表", [TableColumn("甲"), TableColumn("乙")][: len(rows[0])], iter(rows))


def read_csv(content: bytes, encoding: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


def sheet_of(content: bytes) -> Worksheet:
    return load_workbook(io.BytesIO(content)).active


def test_utf8_csv_says_what_the_table_says_with_its_mark_and_the_lines_of_windows() -> None:
    written = utf8_csv(table(ROW, total=TOTAL))

    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\r\n") == 3
    assert read_csv(written, "utf-8-sig") == [
        ["保証契約番号", "工事名", "保証金額（円）", "件数", "発行日", "月", "電子の割合"],
        ["10124-00001M", "髙﨑橋①㈱", "19440000", "2", "2024-04-01", "2024-04", "66.7%"],
        ["合計", "", "-5000", "2", "", "", ""],
    ]


def test_excel_gets_days_as_days_and_figures_as_figures() -> None:
    sheet = sheet_of(excel_file(table(ROW, total=TOTAL)))

    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["保証契約番号", "工事名", "保証金額（円）", "件数", "発行日", "月", "電子の割合"],
        ["10124-00001M", "髙﨑橋①㈱", 19_440_000, 2, datetime(2024, 4, 1), datetime(2024, 4, 1), pytest.approx(2 / 3)],  # noqa: DTZ001 - Excel's
        ["合計", None, -5_000, 2, None, None, None],
    ]
    assert sheet["C2"].number_format.startswith("#,##0")
    assert sheet["E2"].is_date
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["B"].width == pytest.approx(40, abs=1)
    assert sheet["A1"].font.b


@given(first=beginnings, rest=texts, last=st.sampled_from(["", "</r>", " "]))
def test_no_text_becomes_a_formula_and_none_is_changed_otherwise(first: str, rest: str, last: str) -> None:
    text = first + rest + last

    [_, [in_csv, _]] = read_csv(utf8_csv(of_texts([text, ""])), "utf-8")
    in_excel = sheet_of(excel_file(of_texts([text, "x"]))).cell(2, 1)

    assert not in_csv.startswith(STARTS_OF_FORMULAS)
    assert in_csv == (f"'{text}" if text.startswith((*STARTS_OF_FORMULAS, "\n")) else text)
    assert in_excel.data_type != "f"
    assert in_excel.hyperlink is None
    if text.isprintable() and "_x" not in text:  # control characters stand in Excel's own escapes
        assert (in_excel.value or "") == text


@given(texts)
def test_cp932_tells_every_character_that_it_lost(text: str) -> None:
    written, lost = cp932_csv(of_texts(["行", text]))

    [_, [_, read]] = read_csv(written, "cp932")
    same = text.translate(str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢"))
    names = {one.character for one in lost}
    assert read == harmless("".join("〓" if character in names else character for character in same))


def test_what_cp932_has_stays_and_what_it_lacks_is_named() -> None:
    written, lost = cp932_csv(of_texts(["﨑山髙𠮷工業㈱", "①〜②"], ["髙﨑", "葛\U000e0100飾𠮷𠮷"]))

    assert read_csv(written, "cp932")[1:] == [["﨑山髙〓工業㈱", "①～②"], ["髙﨑", "葛〓飾〓〓"]]
    assert [(one.row, one.column, one.character, one.code_point, one.named) for one in lost] == [
        (2, "甲", "𠮷", "U+20BB7", "﨑山髙𠮷工業㈱"),
        (3, "乙", "\U000e0100", "U+E0100", "髙﨑"),
        (3, "乙", "𠮷", "U+20BB7", "髙﨑"),
    ]


def test_nothing_is_lost_where_cp932_has_everything() -> None:
    assert cp932_csv(table(ROW))[1] == []


def test_a_text_that_excel_cannot_hold_is_refused_rather_than_left_out() -> None:
    with pytest.raises(CellTooLong):
        excel_file(of_texts(["𠮷" * 16_384, ""]))


def test_a_table_without_rows_is_still_a_file() -> None:
    assert [cell.value for cell in next(sheet_of(excel_file(table())).iter_rows())][:2] == ["保証契約番号", "工事名"]
    assert read_csv(utf8_csv(table()), "utf-8-sig") == [["保証契約番号", "工事名", "保証金額（円）", "件数", "発行日", "月", "電子の割合"]]


@pytest.mark.parametrize(("part", "whole", "text"), [(2, 3, "66.7%"), (1, 3, "33.3%"), (1, 1, "100.0%"), (0, 5, "0.0%"), (1, 2000, "0.1%")])
def test_shares_are_rounded_to_a_tenth(part: int, whole: int, text: str) -> None:
    found = share_of(part, whole)

    assert found is not None
    assert share_text(found) == text
    assert share_of(0, 0) is None
