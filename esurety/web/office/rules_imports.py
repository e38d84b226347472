"""名簿の取込み: contractors and authorities from a file, looked at before anything is added."""

from dataclasses import dataclass

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.table_rows import FileRefused, RowProblem
from esurety.services.import_records import ImportKind, import_records, import_subject, template_of, try_import
from esurety.services.read_rules import happened_to
from esurety.services.sign_in import SignedIn
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.rules_files import csv_template, kept_name, kept_rows, kept_text, sent_name, sent_rows
from esurety.web.office.rules_home import operator
from esurety.web.office.rules_tariffs import file_problems
from esurety.web.presentation import HappenedLine, history_lines

_SHOWN = 100  # of what would be added; the number of all is told


@dataclass(frozen=True)
class ImportLine:
    """One import of the history: how many from which file, and the names taken in."""

    when: str
    who: str
    what: str
    summary: str
    names: list[str]
    left_out: int


@blueprint.get("/rules/imports/<register>/")
def rules_import(register: str) -> str:
    """Choose a file."""
    account = operator()
    return _file_page(account, _kind(register), ())


@blueprint.get("/rules/imports/<register>/template.csv")
def import_template(register: str) -> Response:
    """A file to begin with."""
    operator()
    return csv_template(template_of(_kind(register)), f"{_kind(register).value}.csv")


@blueprint.post("/rules/imports/<register>/try")
def try_records(register: str) -> Response:
    """What the file would add; nothing is changed."""
    account, of = operator(), _kind(register)
    try:
        rows = sent_rows()
        tried = try_import(account=account, kind=of, rows=rows, today=japanese_day(now()))
    except FileRefused as no:
        return _refused(account, of, no)
    page = render_template(
        "office/rules/import_preview.html",
        kind=of,
        headings=tried.headings,
        rows=tried.rows[:_SHOWN],
        count=len(tried.rows),
        left_out=max(0, len(tried.rows) - _SHOWN),
        doubtful=tried.doubtful,
        kept=kept_text(rows),
        file_name=sent_name(),
    )
    return Response(page, mimetype="text/html")


@blueprint.post("/rules/imports/<register>/")
def import_now(register: str) -> Response:
    """この内容で取り込む."""
    account, of = operator(), _kind(register)
    try:
        token = request.form.get("token", "")[:64] or new_token()
        count = import_records(account=account, kind=of, rows=kept_rows(), token=token, at=now(), file_name=kept_name())
    except FileRefused as no:
        return _refused(account, of, no)
    flash(f"{of.label}を{count:,}件取り込みました。" if count else "このファイルはすでに取り込みました。", "success" if count else "info")
    return see_other(url_for("office.rules_import", register=of.value))


def _kind(register: str) -> ImportKind:
    try:
        return ImportKind(register)
    except ValueError:
        abort(404)


def _refused(account: SignedIn, kind: ImportKind, no: FileRefused) -> Response:
    return Response(_file_page(account, kind, no.problems), status=422, mimetype="text/html")


def _file_page(account: SignedIn, kind: ImportKind, found: tuple[RowProblem, ...]) -> str:
    history = [_import_line(line) for line in history_lines(happened_to(import_subject(kind, account)))]
    return render_template("office/rules/import.html", kind=kind, **file_problems(found), history=history)


def _import_line(line: HappenedLine) -> ImportLine:
    summary, *names = line.note.split("\n")
    return ImportLine(line.when, line.who, line.what, summary, names[:_SHOWN], max(0, len(names) - _SHOWN))
