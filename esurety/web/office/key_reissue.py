"""認証キーの再発行: the wishes that wait, the act by an approver with the password, and declining with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, era_time
from esurety.domain.products import Product
from esurety.domain.typed_fields import TypedForm
from esurety.persistence.key_requests import KeyRequest
from esurety.services.answer_key_request import NothingAsked, decline_key_request, open_key_requests
from esurety.services.read_contracts import find_contract
from esurety.services.reissue_key import HasNoKey, KeyMovedOn, NotEntitledToReissue, key_lines, open_request, reissue_key
from esurety.services.sign_in import SignedIn
from esurety.web.access import installation, person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.password_check import MISSING, wrong_password
from esurety.web.office.permissions import may_issue
from esurety.web.presentation import age_text

_LONGEST_REASON = 500


@dataclass(frozen=True)
class KeyRequestLine:
    """One contract that waits for a new key."""

    number: str
    works_name: str
    product: str
    company: str
    branch: str
    reason: str
    asked: str
    age: str


@blueprint.get("/key-requests/")
def key_requests() -> str:
    """認証キーの再発行の依頼, the longest waiting first."""
    return render_template(
        "office/key_requests.html", lines=[_line(one) for one in open_key_requests(person())], may_answer=may_issue(person())
    )


@blueprint.get("/contracts/<number>/reissue-key")
def confirm_reissue(number: str) -> Response:
    """認証キーを再発行: the reason, and what it does."""
    _approver()
    return _show_reissue(number, None, {}, 200)


@blueprint.post("/contracts/<number>/reissue-key")
def reissue(number: str) -> Response:
    """「認証キーを再発行」, by somebody who gives the password again."""
    account = _approver()
    find_contract(account, number)
    form = TypedForm(request.form)
    reason = form.paragraph("reason", "再発行の理由", longest=_LONGEST_REASON)
    if not form.raw("password"):
        form.complain("password", MISSING)
    if form.problems:
        return _show_reissue(number, form.raw("reason"), form.problems, 422)
    refusal = wrong_password(account, nothing_done="まだ再発行していません")
    if refusal is not None:
        return refusal.mark(_show_reissue(number, reason, {"password": refusal.message}, refusal.status))
    token = request.form.get("token", "")[:64] or new_token()
    try:
        reissue_key(
            account=account,
            number=number,
            reason=reason,
            token=token,
            at=now(),
            installation=installation(),
            key_seen=whole(request.form, "key_seen") or 0,
        )
    except KeyMovedOn as moved:
        return _show_reissue(number, reason, {}, 409, reissued_at=era_time(moved.reissued_at))
    except HasNoKey:
        return _show_reissue(number, reason, {}, 409)
    flash("認証キーを再発行しました。以前の認証キーは、もう使えません。受注者にメールでお知らせします。", "success")
    return see_other(url_for("office.contract", number=number))


@blueprint.post("/contracts/<number>/decline-key")
def decline_key(number: str) -> Response:
    """「依頼を断る」, with the reason: the key stays as it is."""
    account = _approver()
    find_contract(account, number)
    form = TypedForm(request.form)
    reason = form.paragraph("decline_reason", "断る理由", longest=_LONGEST_REASON)
    if form.problems:
        return _show_reissue(number, None, form.problems, 422, declining=form.raw("decline_reason"))
    try:
        decline_key_request(account=account, number=number, reason=reason, at=now(), installation=installation())
    except NothingAsked:
        flash("この依頼には、すでに対応が終わっています。今回の操作は行っていません。", "info")
        return see_other(url_for("office.contract", number=number))
    flash("再発行の依頼を断りました。いまの認証キーは引き続き使えます。受注者にメールでお知らせします。", "success")
    return see_other(url_for("office.contract", number=number))


@blueprint.get("/contracts/<number>/decline-key")
def back_to_reissue(number: str) -> Response:
    """Whoever loads the address again, after an answer that showed what to correct, gets the page."""
    return see_other(url_for("office.confirm_reissue", number=number))


def _approver() -> SignedIn:
    account = person()
    if not may_issue(account):
        raise NotEntitledToReissue
    return account


def _show_reissue(
    number: str, reason: str | None, problems: Mapping[str, str], status: int, *, declining: str = "", reissued_at: str = ""
) -> Response:
    found = find_contract(person(), number)
    asked, keys = open_request(found), key_lines(found)
    return make_response(
        render_template(
            "office/reissue_key.html",
            number=number,
            works_name=found.works_name,
            has_key=found.certificate_form == "electronic",
            cancelled_on=era_date(found.cancelled_on) if found.cancelled_on is not None else "",
            asked=asked.note if asked is not None else "",
            key_seen=keys[0].key_version if keys else 0,
            reissued_at=reissued_at,
            is_asked=asked is not None,
            reason=(asked.note if asked is not None else "") if reason is None else reason,
            declining=declining,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )


def _line(one: KeyRequest) -> KeyRequestLine:
    return KeyRequestLine(
        number=one.contract.number,
        works_name=one.contract.works_name,
        product=Product(one.contract.product).label,
        company=one.contract.company.name,
        branch=one.contract.branch.name,
        reason=one.reason,
        asked=era_time(one.asked_at),
        age=age_text(one.asked_at, now()),
    )
