"""The gate: two fields, one answer for everything that does not open."""

import unicodedata
from datetime import datetime, timedelta
from math import ceil

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.authentication_key import LENGTH as KEY_LENGTH
from esurety.domain.japanese_calendar import era_time
from esurety.services.open_certificate_with_key import GateSlowed, NotOpened, open_certificate_with_key
from esurety.web.access import installation, source
from esurety.web.answers import now, see_other
from esurety.web.dsure import blueprint
from esurety.web.dsure.opened_session import forget_opened, open_until, remember_opened

_NUMBER_MISSING = ("guarantee_contract_number", "保証契約番号を入力してください")
_KEY_MISSING = ("authentication_key", "認証キーを入力してください")
_NOT_OPENED = ("authentication_key", "証書を開けませんでした。保証契約番号と認証キーの両方を確かめて、認証キーをもう一度入力してください")
_LONGEST_NUMBER = 12  # eleven letters and digits, and one struck twice


@blueprint.get("/")
def home() -> str:
    """The gate. Looking at it opens nothing and ends nothing."""
    return _page()


@blueprint.post("/")
def open_certificate() -> Response | tuple[str, int]:
    """Open one certificate. Unknown number, wrong key and malformed key get the same page."""
    number, key = request.form.get("guarantee_contract_number", ""), request.form.get("authentication_key", "")
    missing = [problem for typed, problem in ((number, _NUMBER_MISSING), (key, _KEY_MISSING)) if not typed.strip()]
    if missing:
        return _page(number=number, problems=missing), 422
    at = now()
    try:
        contract_id, key_id = open_certificate_with_key(
            typed_number=number, typed_key=key, source=source(), at=at, vault=installation().vault
        )
    except NotOpened:
        return _page(number=number, problems=[_NOT_OPENED]), 422
    except GateSlowed as slowed:
        return _slowed(number, slowed.until, at)
    remember_opened(contract_id, key_id, opened_at=at)
    return see_other(url_for("dsure.certificate"))


@blueprint.post("/close")
def close() -> Response:
    """閲覧を終わる."""
    forget_opened()
    flash("閲覧を終わりました。", "success")
    response = see_other(url_for("dsure.home"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _slowed(number: str, until: datetime, at: datetime) -> Response:
    # To the next whole minute: who comes back at the time that was named must be heard.
    named = until + timedelta(seconds=-until.timestamp() % 60)
    response = make_response(_page(number=number, slowed_until=era_time(named)), 429)
    response.headers["Retry-After"] = str(ceil((named - at).total_seconds()))
    return response


def _page(*, number: str = "", problems: list[tuple[str, str]] | None = None, slowed_until: str = "") -> str:
    until = open_until(now())
    return render_template(
        "dsure/gate.html",
        number=_shown_again(number),
        problems=problems or [],
        errors=dict(problems or []),
        slowed_until=slowed_until,
        open_until=era_time(until) if until is not None else "",
    )


def _shown_again(typed: str) -> str:
    """What was typed as the number, unless a key may be in it: swapped fields, or both pasted into one."""
    characters = sum(character.isascii() and character.isalnum() for character in unicodedata.normalize("NFKC", typed[:100]))
    return typed[:100] if characters != KEY_LENGTH and characters <= _LONGEST_NUMBER else ""
