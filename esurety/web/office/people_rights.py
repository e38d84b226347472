"""発行権限, and 再設定 of a password: what the operator decides about one person."""

from dataclasses import replace
from datetime import date

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.products import Product
from esurety.domain.typed_fields import TypedForm
from esurety.persistence.models import IssuingAuthority
from esurety.services import keep_issuing_rights
from esurety.services.create_account import PasswordTooShort
from esurety.services.keep_accounts import own_account, reset_password
from esurety.services.keep_issuing_rights import BeginsInThePast, EndsBeforeItBegins, EndsInThePast, NotAnApprover, RightHasEnded
from esurety.services.keep_records import ShownIsStale
from esurety.services.sign_in import SignedIn
from esurety.web.access import installation
from esurety.web.answers import now, see_other
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint
from esurety.web.office.people_accounts import PASSWORD_TOO_SHORT, password_field
from esurety.web.office.people_page import Attempt, FormField, FormPage, ListLine, ListPage, form_of, seen_fields, show_form, typed_fields
from esurety.web.office.permissions import operating_person

_PRODUCT = FormField("product", "保証", "select", options=[(one.value, one.label) for one in Product])
_FIELDS = (
    _PRODUCT,
    FormField("up_to", "1件の保証金額の上限", "money"),
    FormField("valid_from", "開始日", "date"),
    FormField("valid_until", "終了日（この日まで）", "date", hint="期限がないときは、空のままにしてください。", required=False),
)
_END_FIELDS = (FormField("valid_until", "終了日（この日まで）", "date"),)
_STOP_FIELDS = (FormField("reason", "停止する理由", "textarea", hint="例：異動のため"),)
_LONGEST_REASON = 500


@blueprint.get("/people/rights")
def people_rights() -> Response:
    """The register of the whole surety."""
    account = operating_person()
    today = japanese_day(now())
    lines = [
        _line(entry, person.display_name, today, is_out=person.disabled_at is not None)
        for entry, person in keep_issuing_rights.register(account)
    ]
    lead = "承認者が、どの保証を、いくらまで、いつからいつまで発行できるかの登録です。登録は、利用者（承認者）の画面から行います。"
    page = ListPage("発行権限", lead, ("承認者・保証", "上限", "期間"), lines)
    return make_response(render_template("office/people/list.html", page=page))


@blueprint.get("/people/accounts/<int:account_id>/rights")
def people_rights_of(account_id: int) -> Response:
    """One person's entries, and the form for another."""
    account = operating_person()
    return _show_rights(account, account_id, None)


@blueprint.post("/people/accounts/<int:account_id>/rights")
def people_grant_right(account_id: int) -> Response:
    """Add an entry."""
    account = operating_person()
    own_account(account, account_id)
    typed = typed_fields(_FIELDS)
    read = TypedForm(typed)
    product, up_to = read.choice("product", "保証", Product), read.amount("up_to", "1件の保証金額の上限")
    valid_from, valid_until = read.day("valid_from", "開始日"), read.day("valid_until", "終了日", required=False)
    if up_to is not None and up_to <= 0:
        read.complain("up_to", "1件の保証金額の上限は1円以上で入力してください")
    if product is None or up_to is None or valid_from is None or read.problems:
        return _show_rights(account, account_id, Attempt(typed, read.problems), 422)
    try:
        keep_issuing_rights.grant_right(
            account=account, account_id=account_id, product=product, up_to=up_to, valid_from=valid_from, valid_until=valid_until, at=now()
        )
    except BeginsInThePast:
        problem = {"valid_from": f"開始日は今日（{era_date(japanese_day(now()), padded=False)}）以降の日付で入力してください"}
        return _show_rights(account, account_id, Attempt(typed, problem), 422)
    except EndsBeforeItBegins:
        return _show_rights(account, account_id, Attempt(typed, {"valid_until": "終了日は開始日以降の日付で入力してください"}), 422)
    except NotAnApprover:
        problem = {"product": "発行権限を登録できるのは、終了していない承認者だけです。利用者の役割を確認してください"}
        return _show_rights(account, account_id, Attempt(typed, problem), 422)
    flash("発行権限を登録しました。", "success")
    return see_other(url_for("office.people_rights_of", account_id=account_id))


@blueprint.get("/people/rights/<int:right_id>")
def people_right(right_id: int) -> Response:
    """One entry, to be ended."""
    return _show_right(operating_person(), right_id)


@blueprint.post("/people/rights/<int:right_id>")
def people_end_right(right_id: int) -> Response:
    """Let an entry end."""
    account = operating_person()
    keep_issuing_rights.one_entry(account, right_id)
    typed = typed_fields(_END_FIELDS)
    read = TypedForm(typed)
    last_day = read.day("valid_until", "終了日")
    if last_day is None:
        return _show_right(account, right_id, ending=Attempt(typed, read.problems), status=422)
    try:
        account_id = keep_issuing_rights.end_right(
            account=account, entry_id=right_id, last_day=last_day, seen_until=seen_fields().get("valid_until", "-"), at=now()
        )
    except ShownIsStale as stale:
        return _show_right(account, right_id, ending=Attempt(typed, stale=stale), status=409)
    except EndsBeforeItBegins:
        problem = "終了日は開始日以降の日付で入力してください。すぐに止めるときは、下の「いますぐ停止する」を使ってください"
        return _show_right(account, right_id, ending=Attempt(typed, {"valid_until": problem}), status=422)
    except EndsInThePast:
        today = era_date(japanese_day(now()), padded=False)
        problem = f"終了日は今日（{today}）以降の日付で入力してください。すぐに止めるときは、下の「いますぐ停止する」を使ってください"
        return _show_right(account, right_id, ending=Attempt(typed, {"valid_until": problem}), status=422)
    flash("発行権限の終了日を登録しました。", "success")
    return see_other(url_for("office.people_rights_of", account_id=account_id))


@blueprint.get("/people/rights/<int:right_id>/stop")
def people_back_to_right(right_id: int) -> Response:
    """Whoever loads the address of the act again gets the entry."""
    operating_person()
    return see_other(url_for("office.people_right", right_id=right_id))


@blueprint.post("/people/rights/<int:right_id>/stop")
def people_stop_right(right_id: int) -> Response:
    """いますぐ停止する."""
    account = operating_person()
    keep_issuing_rights.one_entry(account, right_id)
    typed = typed_fields(_STOP_FIELDS)
    read = TypedForm(typed)
    reason = read.paragraph("reason", "停止する理由", longest=_LONGEST_REASON)
    if read.problems:
        return _show_right(account, right_id, stopping=Attempt(typed, read.problems), status=422)
    account_id = keep_issuing_rights.stop_right(account=account, entry_id=right_id, reason=reason, at=now())
    flash("発行権限を停止しました。いまから発行できません。", "success")
    return see_other(url_for("office.people_rights_of", account_id=account_id))


@blueprint.errorhandler(RightHasEnded)
def explain_right_has_ended(_error: RightHasEnded) -> Response:
    """An ended entry is not revived."""
    return explain(
        409,
        explanation=Explanation(
            "この発行権限は終了しています",
            "終了した発行権限は、終了日を変えることも、もう一度有効にすることもできません。今回の操作は行っていません。",
            "必要な場合は、利用者の画面から新しい発行権限を登録してください。",
        ),
    )


@blueprint.get("/people/accounts/<int:account_id>/password")
def people_password(account_id: int) -> Response:
    """The form for a new password."""
    return show_form(_password_page(operating_person(), account_id, None))


@blueprint.post("/people/accounts/<int:account_id>/password")
def people_reset_password(account_id: int) -> Response:
    """Give a person a new password; every session of the account ends."""
    account = operating_person()
    try:
        reset_password(
            account=account,
            account_id=account_id,
            password=request.form.get("password", ""),
            at=now(),
            keeper=installation().keeper,
        )
    except PasswordTooShort:
        return show_form(_password_page(account, account_id, Attempt({}, {"password": PASSWORD_TOO_SHORT})), 422)
    flash("パスワードを再設定しました。新しいパスワードを、ご本人に安全な方法で伝えてください。", "success")
    return see_other(url_for("office.people_record", kind="accounts", record_id=account_id))


def _show_rights(account: SignedIn, account_id: int, attempt: Attempt | None, status: int = 200) -> Response:
    person, entries = keep_issuing_rights.entries_of(account, account_id)
    today = japanese_day(now())
    action = url_for("office.people_grant_right", account_id=account_id)
    current = {"valid_from": era_date(today, padded=False)}
    page = FormPage(
        f"{person.display_name} の発行権限",
        form_of(_FIELDS, action, "発行権限を登録する", current, attempt),
        trail=_trail(person.id, person.display_name, "発行権限"),
    )
    lines = [_line(entry, "", today, is_out=person.disabled_at is not None) for entry in entries]
    problems = list(page.form.problems.items())
    return make_response(render_template("office/people/rights.html", page=page, lines=lines, problems=problems), status)


def _line(entry: IssuingAuthority, name: str, today: date, *, is_out: bool) -> ListLine:
    until = era_date(entry.valid_until) if entry.valid_until is not None else "期限なし"
    if entry.ended_at is not None:
        until = f"{era_time(entry.ended_at)}に停止"
    product = Product(entry.product).label
    cells = (f"{name}　{product}" if name else product, entry.up_to.text, f"{era_date(entry.valid_from)} ～ {until}")
    return ListLine(url_for("office.people_right", right_id=entry.id), cells, *_state(entry, today, is_out=is_out))


def _state(entry: IssuingAuthority, today: date, *, is_out: bool) -> tuple[str, str]:
    if is_out or keep_issuing_rights.has_ended(entry, today):
        return "終了", "neutral"
    return ("開始前", "info") if today < entry.valid_from else ("有効", "success")


def _show_right(
    account: SignedIn, right_id: int, *, ending: Attempt | None = None, stopping: Attempt | None = None, status: int = 200
) -> Response:
    entry, person = keep_issuing_rights.one_entry(account, right_id)
    current = {"valid_until": keep_issuing_rights.shown_until(entry)}
    lead = f"{person.display_name}：{keep_issuing_rights.right_text(entry)}"
    end = form_of(_END_FIELDS, url_for("office.people_end_right", right_id=right_id), "終了日を登録する", current, ending)
    stop = form_of(_STOP_FIELDS, url_for("office.people_stop_right", right_id=right_id), "いますぐ停止する", {}, stopping)
    stop = replace(stop, tone="danger")
    return make_response(
        render_template(
            "office/people/right.html",
            page=FormPage("発行権限の終了", end, lead, _trail(person.id, person.display_name, "発行権限の終了")),
            stop=stop,
            is_over=keep_issuing_rights.has_ended(entry, japanese_day(now())),
            stopped=era_time(entry.ended_at) if entry.ended_at is not None else "",
            rights_href=url_for("office.people_rights_of", account_id=person.id),
            problems=[*end.problems.items(), *stop.problems.items()],
        ),
        status,
    )


def _password_page(account: SignedIn, account_id: int, attempt: Attempt | None) -> FormPage:
    person = own_account(account, account_id)
    action = url_for("office.people_reset_password", account_id=account_id)
    form = form_of((password_field("新しいパスワード"),), action, "再設定する", {}, attempt)
    lead = f"{person.display_name}（{person.email}）のパスワードを変えます。いま開いている画面は使えなくなり、新しいパスワードでログインし直します。"
    return FormPage("パスワードの再設定", form, lead, _trail(person.id, person.display_name, "パスワードの再設定"))


def _trail(account_id: int, name: str, last: str) -> list[tuple[str, str | None]]:
    return [
        ("組織・利用者", url_for("office.people")),
        ("利用者", url_for("office.people_list", kind="accounts")),
        (name, url_for("office.people_record", kind="accounts", record_id=account_id)),
        (last, None),
    ]
