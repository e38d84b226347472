"""Tables to take away: Excel, CSV in UTF-8, CSV in CP932. What CP932 cannot hold is told before anything is handed out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from urllib.parse import quote, urlencode

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from esurety.documents.table_writer import LostCharacter, cp932_csv, excel_file, utf8_csv
from esurety.domain.report_table import Holds, ReportTable, TableColumn
from esurety.persistence.database import end_reading
from esurety.services.table_listing import MOST_ROWS, TooManyRows
from esurety.web.faults import Explanation, explain

_LOST_SHOWN = 50
_LOST_COLUMNS = (
    TableColumn("行", Holds.COUNT, 8),
    TableColumn("見出し", width=20),
    TableColumn("置き換わる文字"),
    TableColumn("文字コード（Unicode）", width=20),
    TableColumn("その行の先頭の項目", width=30),
)


class FileKind(StrEnum):
    """What can be asked for; the last is the list of what CP932 cannot hold."""

    EXCEL = "xlsx"
    UTF8 = "csv"
    CP932 = "cp932"
    LOST = "lost"


@dataclass(frozen=True)
class FileName:
    """A file's name without its ending: the Japanese one, and one for old clients."""

    name: str
    ascii_name: str

    @classmethod
    def of(cls, name: str, ascii_name: str, today: date) -> "FileName":
        """With the day on which it was made."""
        return cls(f"{name}_{today:%Y%m%d}", f"{ascii_name}_{today:%Y%m%d}")


@dataclass(frozen=True)
class DownloadLinks:
    """The ways to take a list away, as narrowed, for `shared/_downloads.html`."""

    links: list[tuple[str, str]]
    most_rows: str


def download_links(address: str, query: Mapping[str, str] | str = "") -> DownloadLinks:
    """Links for each kind of file; `query` is what the list is narrowed to."""
    kept = query if isinstance(query, str) else urlencode(query)
    labels = {FileKind.EXCEL: "Excel（.xlsx）", FileKind.UTF8: "CSV（UTF-8）", FileKind.CP932: "CSV（Shift_JIS）"}
    return DownloadLinks([(label, f"{address}?{kept}{'&' if kept else ''}file={kind}") for kind, label in labels.items()], f"{MOST_ROWS:,}")


def answer_with_file(build: Callable[[], ReportTable], *, named: FileName, back: str) -> Response:
    """The file that ?file= asks for; a page where CP932 lacks characters, until what it lacks has been agreed to."""
    kind = request.args.get("file", FileKind.EXCEL.value)
    if kind not in set(FileKind):
        abort(404)
    try:
        answer = _answer(FileKind(kind), build(), named, back)
    except TooManyRows:
        return explain(
            400,
            explanation=Explanation(
                "一度に出力できる件数を超えています",
                f"1つのファイルに出力できるのは{MOST_ROWS:,}件までです。途中で切れたファイルにならないよう、出力していません。",
                "前の画面に戻り、年度・保証・発注者などの条件で絞り込んでから、もう一度出力してください。",
            ),
        )
    end_reading()
    return answer


def _answer(kind: FileKind, table: ReportTable, named: FileName, back: str) -> Response:
    if kind is FileKind.EXCEL:
        return _file(excel_file(table), named, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    if kind is FileKind.UTF8:
        return _file(utf8_csv(table), named, "csv", "text/csv; charset=utf-8")
    content, lost = cp932_csv(table)
    if kind is FileKind.LOST:
        of_lost = FileName(f"{named.name}_置き換わる文字", f"{named.ascii_name}_replaced")
        return _file(utf8_csv(_lost_table(lost)), of_lost, "csv", "text/csv; charset=utf-8")
    # Agreed to is a number of characters: if rows came in meanwhile, the page is shown again.
    if lost and request.args.get("replaced") != str(len(lost)):
        return _tell_of_lost(lost, back)
    return _file(content, named, "csv", "text/csv; charset=Windows-31J")


def _tell_of_lost(lost: list[LostCharacter], back: str) -> Response:
    kept = {name: value for name, value in request.args.items() if name not in {"file", "replaced"}}

    def again(**besides: str) -> str:
        return f"{request.path}?{urlencode(kept | besides)}"

    page = render_template(
        "shared/not_in_cp932.html",
        lost=lost[:_LOST_SHOWN],
        count=f"{len(lost):,}",
        more=len(lost) - _LOST_SHOWN,
        replaced_href=again(file=FileKind.CP932, replaced=str(len(lost))),
        utf8_href=again(file=FileKind.UTF8),
        list_href=again(file=FileKind.LOST),
        back=f"{back}?{urlencode(kept)}" if kept else back,
    )
    return Response(page, mimetype="text/html")


def _lost_table(lost: list[LostCharacter]) -> ReportTable:
    return ReportTable("置き換わる文字", _LOST_COLUMNS, [(one.row, one.column, one.character, one.code_point, one.named) for one in lost])


def _file(content: bytes, named: FileName, ending: str, content_type: str) -> Response:
    disposition = f"attachment; filename=\"{named.ascii_name}.{ending}\"; filename*=UTF-8''{quote(f'{named.name}.{ending}')}"
    return Response(content, content_type=content_type, headers={"Content-Disposition": disposition})
