"""The gate: two fields, one answer for everything that does not open; a third field where too much has failed."""

import unicodedata
from datetime import datetime
from math import ceil

from flask import flash, make_response, render_template, request, session, url_for
from werkzeug.wrappers import Response

from esurety.domain.authentication_key import LENGTH as KEY_LENGTH
from esurety.domain.japanese_calendar import era_time
from esurety.services.mail_gate_codes import NumberNotReadable, ask_for_code
from esurety.services.open_certificate_with_key import CodeWanted, GateBusy, NotOpened, open_certificate_with_key
from esurety.web.access import installation, source
from esurety.web.answers import now, see_other
from esurety.web.dsure import blueprint
from esurety.web.dsure.opened_session import forget_opened, open_until, remember_opened

_NUMBER_MISSING = ("guarantee_contract_number", "保証契約番号を入力してください")
_NUMBER_UNREADABLE = ("guarantee_contract_number", "保証契約番号を、お知らせのとおりに入力してください（例：99999-00005M）")
_KEY_MISSING = ("authentication_key", "認証キーを入力してください")
_NOT_OPENED = ("authentication_key", "証書を開けませんでした。保証契約番号と認証キーの両方を確かめて、認証キーをもう一度入力してください")
_NOT_OPENED_WITH_CODE = (
    "authentication_key",
    "証書を開けませんでした。保証契約番号・認証キー・確認コードを確かめて、認証キーと確認コードをもう一度入力してください",
)
_LONGEST_NUMBER = 12  # eleven letters and digits, and one struck twice
_BUSY_SECONDS = 5
_ASKED = "dsure_asked"  # the number that a code was asked for: the page after it has the number filled in
_WITH_CODE = "code"


@blueprint.get("/")
def home() -> str:
    """The gate. Looking at it opens nothing and ends nothing."""
    with_code = request.args.get("with") == _WITH_CODE
    return _page(number=str(session.get(_ASKED, "")) if with_code else "", with_code=with_code)


@blueprint.post("/")
def open_certificate() -> Response | tuple[str, int]:
    """Open one certificate. Unknown number, wrong key and malformed key get the same page."""
    number, key = request.form.get("guarantee_contract_number", ""), request.form.get("authentication_key", "")
    code = request.form.get("one_time_code", "").strip()
    with_code = "one_time_code" in request.form
    missing = [problem for typed, problem in ((number, _NUMBER_MISSING), (key, _KEY_MISSING)) if not typed.strip()]
    if missing:
        return _page(number=number, problems=missing, with_code=with_code), 422
    at = now()
    try:
        contract_id, key_id = open_certificate_with_key(
            typed_number=number, typed_key=key, typed_code=code, source=source(), at=at, installation=installation()
        )
    except NotOpened:
        return _page(number=number, problems=[_NOT_OPENED_WITH_CODE if with_code else _NOT_OPENED], with_code=with_code), 422
    except CodeWanted as wanted:
        return _retry_after(_page(number=number, with_code=True, is_held=True), 429, (wanted.until - at).total_seconds())
    except GateBusy:
        return _retry_after(_page(number=number, with_code=with_code, is_busy=True), 503, _BUSY_SECONDS)
    session.pop(_ASKED, None)
    remember_opened(contract_id, key_id, opened_at=at)
    return see_other(url_for("dsure.certificate"))


@blueprint.post("/code")
def ask_for_gate_code() -> Response | tuple[str, int]:
    """確認コードをメールで送る: the same answer whether or not there is such a contract, and whether or not a mail goes out."""
    number = request.form.get("guarantee_contract_number", "")
    try:
        ask_for_code(typed_number=number, source=source(), at=now(), installation=installation())
    except NumberNotReadable:
        return _page(number=number, problems=[_NUMBER_UNREADABLE if number.strip() else _NUMBER_MISSING], with_code=True), 422
    session[_ASKED] = _shown_again(number)
    flash(_sent_words(), "info")
    return see_other(f"{url_for('dsure.home')}?with={_WITH_CODE}")


@blueprint.post("/close")
def close() -> Response:
    """閲覧を終わる."""
    forget_opened()
    flash("閲覧を終わりました。", "success")
    response = see_other(url_for("dsure.home"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _sent_words() -> str:
    gate = installation().settings.gate
    return (
        "確認コードの送信を受け付けました。この番号の保証契約があり、発注者のメールアドレスが登録されていれば、数分のうちに届きます。"
        f"いまから{gate.code_minutes}分以内に入力してください。"
        f"送れるのは1件の契約につき1時間に{gate.codes_per_hour}通までです。{gate.code_minutes}分以内に送ったメールがあるときは、そのコードを使ってください。"
    )


def _retry_after(page: str, status: int, seconds: float) -> Response:
    response = make_response(page, status)
    response.headers["Retry-After"] = str(max(1, ceil(seconds)))
    return response


def _page(
    *,
    number: str = "",
    problems: list[tuple[str, str]] | None = None,
    with_code: bool = False,
    is_held: bool = False,
    is_busy: bool = False,
) -> str:
    until: datetime | None = open_until(now())
    return render_template(
        "dsure/gate.html",
        number=_shown_again(number),
        problems=problems or [],
        errors=dict(problems or []),
        with_code=with_code,
        is_held=is_held,
        is_busy=is_busy,
        code_minutes=installation().settings.gate.code_minutes,
        open_until=era_time(until) if until is not None else "",
    )


def _shown_again(typed: str) -> str:
    """What was typed as the number, unless a key may be in it: swapped fields, or both pasted into one."""
    characters = sum(character.isascii() and character.isalnum() for character in unicodedata.normalize("NFKC", typed[:100]))
    return typed[:100] if characters != KEY_LENGTH and characters <= _LONGEST_NUMBER else ""
