"""The operator's lists and records: branches, contractors and people are kept in the same way, each by what its module says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.typed_fields import TypedForm
from esurety.services.keep_branches import LastBranch
from esurety.services.keep_records import EndedBefore, NotTheOperator, RecordNotFound, ShownIsStale
from esurety.services.sign_in import SignedIn
from esurety.web.answers import now, see_other
from esurety.web.faults import explain
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.people_accounts import Accounts
from esurety.web.office.people_branches import Branches
from esurety.web.office.people_companies import Companies
from esurety.web.office.people_page import (
    END_FIELDS,
    Attempt,
    EndPage,
    FormField,
    FormPage,
    ListPage,
    RecordPage,
    seen_fields,
    show_end,
    show_form,
    show_record,
    typed_fields,
)
from esurety.web.office.permissions import operating_person


class RecordKind(Protocol):
    """What differs from one kind of record to another. Reading a form leaves what is wrong with it in `read.problems`."""

    def listing(self, account: SignedIn, *, word: str, after: int) -> ListPage: ...

    def new_fields(self, account: SignedIn) -> tuple[FormField, ...]: ...

    def new_page(self, account: SignedIn, attempt: Attempt | None) -> FormPage: ...

    def create(self, account: SignedIn, read: TypedForm, at: datetime) -> int | None: ...

    def fields(self, account: SignedIn, record_id: int) -> tuple[FormField, ...]: ...

    def record_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> RecordPage: ...

    def correct(self, account: SignedIn, record_id: int, read: TypedForm, seen: Mapping[str, str], at: datetime) -> None: ...

    def end_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> EndPage: ...

    def end(self, account: SignedIn, record_id: int, reason: str, at: datetime) -> None: ...


_LONGEST_REASON = 500
_KINDS: dict[str, RecordKind] = {"branches": Branches(), "companies": Companies(), "accounts": Accounts()}
_KIND = "<any(branches, companies, accounts):kind>"


@blueprint.get(f"/people/{_KIND}/")
def people_list(kind: str) -> Response:
    """A list of records."""
    account = operating_person()
    page = _KINDS[kind].listing(account, word=request.args.get("q", "")[:100].strip(), after=typed_whole("after") or 0)
    return make_response(render_template("office/people/list.html", page=page))


@blueprint.get(f"/people/{_KIND}/new")
def people_new(kind: str) -> Response:
    """The form for a new record."""
    return show_form(_KINDS[kind].new_page(operating_person(), None))


@blueprint.post(f"/people/{_KIND}/new")
def people_create(kind: str) -> Response:
    """Create a record."""
    account, its = operating_person(), _KINDS[kind]
    typed = typed_fields(its.new_fields(account))
    read = TypedForm(typed)
    record_id = its.create(account, read, now())
    if record_id is None:
        return show_form(its.new_page(account, Attempt(typed, read.problems)), 422)
    flash("登録しました。", "success")
    return see_other(url_for("office.people_record", kind=kind, record_id=record_id))


@blueprint.get(f"/people/{_KIND}/<int:record_id>")
def people_record(kind: str, record_id: int) -> Response:
    """One record."""
    return show_record(_KINDS[kind].record_page(operating_person(), record_id, None))


@blueprint.post(f"/people/{_KIND}/<int:record_id>")
def people_correct(kind: str, record_id: int) -> Response:
    """Correct a record; where somebody else did so meanwhile, both values are shown."""
    account, its = operating_person(), _KINDS[kind]
    typed = typed_fields(its.fields(account, record_id))
    read = TypedForm(typed)
    try:
        its.correct(account, record_id, read, seen_fields(), now())
    except ShownIsStale as stale:
        return show_record(its.record_page(account, record_id, Attempt(typed, stale=stale)), 409)
    if read.problems:
        return show_record(its.record_page(account, record_id, Attempt(typed, read.problems)), 422)
    flash("修正を保存しました。", "success")
    return see_other(url_for("office.people_record", kind=kind, record_id=record_id))


@blueprint.get(f"/people/{_KIND}/<int:record_id>/end")
def people_confirm_end(kind: str, record_id: int) -> Response:
    """Asked before a record is ended: what still hangs on it."""
    return show_end(_KINDS[kind].end_page(operating_person(), record_id, None))


@blueprint.post(f"/people/{_KIND}/<int:record_id>/end")
def people_end(kind: str, record_id: int) -> Response:
    """End a record; it stays, and so does its history."""
    account, its = operating_person(), _KINDS[kind]
    typed = typed_fields(END_FIELDS)
    read = TypedForm(typed)
    reason = read.paragraph("reason", "終了の理由", longest=_LONGEST_REASON)
    page = its.end_page(account, record_id, Attempt(typed, read.problems))
    if page.obstacle:
        return show_end(page, 409)
    if read.problems:
        return show_end(page, 422)
    try:
        its.end(account, record_id, reason, now())
    except LastBranch:  # the other one was ended at this moment
        return show_end(its.end_page(account, record_id, Attempt(typed)), 409)
    flash("登録を終了しました。", "success")
    return see_other(url_for("office.people_record", kind=kind, record_id=record_id))


@blueprint.errorhandler(RecordNotFound)
@blueprint.errorhandler(NotTheOperator)
def explain_not_there(_error: Exception) -> Response:
    """Another surety's record reads like a missing one."""
    return explain(404)


@blueprint.errorhandler(EndedBefore)
def explain_ended(_error: EndedBefore) -> Response:
    """Somebody ended the record before."""
    return explain(409)
