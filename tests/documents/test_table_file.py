"""Tables out of files: encodings, Excel cells, and files that would harm."""

import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from esurety.documents.table_file import LARGEST_FILE, FileNotReadable, csv_file, read_table

ROWS = [["商号", "住所"], ["髙﨑建設㈱", "千葉県①"]]


def excel(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, part: str, text: bytes) -> bytes:
    """The same file with a part replaced."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_csv_in_the_encodings_of_offices(encoding: str) -> None:
    assert read_table("商号,住所\r\n髙﨑建設㈱,千葉県①\r\n".encode(encoding)) == ROWS


def test_what_is_written_can_be_read_and_excel_knows_its_encoding() -> None:
    written = csv_file([["𠮷野㈱", 'a,"b"\nc']])

    assert written.startswith(b"\xef\xbb\xbf")
    assert read_table(written) == [["𠮷野㈱", 'a,"b"\nc']]


def test_excel_cells_are_read_as_they_would_be_typed() -> None:
    book = Workbook()
    book.active.append([date(2030, 4, 1), 300_000_000, 0.065, 0.0027, "𠮷", None, True])
    book.active["D1"].number_format = "0.00%"
    content = io.BytesIO()
    book.save(content)

    assert read_table(content.getvalue())[0][:7] == ["2030-04-01", "300000000", "0.065", "0.27", "𠮷", "", "1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空です"),
        (b"a" * (LARGEST_FILE + 1), "1MB以下"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "古い形式"),
        (b"PK\x03\x04 not a zip", ".xlsx"),
        (b"\xff\xfe\xfa\xfb\xfc", "文字コード"),
        (b"a,\0b", "CSVとして読めません"),
        (b'a,"b', "引用符"),
    ],
)
def test_files_that_are_no_table(content: bytes, words: str) -> None:
    with pytest.raises(FileNotReadable) as no:
        read_table(content)

    assert words in no.value.advice


def test_an_archive_that_unpacks_too_large_is_not_unpacked() -> None:
    bomb = repacked(excel(["a"]), "xl/worksheets/sheet1.xml", b" " * (21 * 1024 * 1024))
    assert len(bomb) < LARGEST_FILE

    with pytest.raises(FileNotReadable, match="大きすぎます"):
        read_table(bomb)


def test_entities_that_multiply_are_not_parsed() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'

    with pytest.raises(FileNotReadable):
        read_table(repacked(excel(["a"]), "xl/worksheets/sheet1.xml", laughs))


def test_no_more_rows_are_read_than_can_be_used() -> None:
    assert len(read_table(b"a\n" * 5_000)) == 2_002
    assert len(read_table(excel(*[["a"]] * 3_000))) == 2_002
