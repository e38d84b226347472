"""What the session knows of an opened certificate: one contract, for half an hour. Signing in elsewhere neither gives nor takes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, g, request, session, url_for
from werkzeug.wrappers import Response

from esurety.services.open_certificate_with_key import OPEN_FOR, OpenedCertificate, opened_certificate
from esurety.web.answers import now, see_other

_ENTRY = "dsure"
_MINUTES = int(OPEN_FOR.total_seconds() // 60)
_NOT_OPENED = "証書はまだ開いていません。保証契約番号と認証キーを入力してください。"
_TIME_UP = f"閲覧の時間（{_MINUTES}分）が過ぎました。もう一度、保証契約番号と認証キーを入力してください。"
_KEY_REVOKED = "この認証キーは使えなくなりました。認証キーが再発行されたと考えられます。新しい「認証キーのお知らせ」を受注者から受け取り、もう一度入力してください。"


@dataclass(frozen=True)
class _Entry:
    contract_id: int
    key_id: int
    until: datetime


def remember_opened(contract_id: int, key_id: int, *, opened_at: datetime) -> None:
    """Let this session look at this contract, and at no other one."""
    session[_ENTRY] = {"contract_id": contract_id, "key_id": key_id, "until": (opened_at + OPEN_FOR).isoformat()}


def forget_opened() -> None:
    """End the looking. Whoever is signed in to another portal stays so."""
    session.pop(_ENTRY, None)


def open_until(at: datetime) -> datetime | None:
    """Until when this session may look at a certificate; None when it may not."""
    entry = _entry()
    return entry.until if entry is not None and at < entry.until else None


def opened() -> OpenedCertificate:
    """The certificate that this session has opened, on a page behind the gate."""
    found: OpenedCertificate = g.opened_certificate
    return found


def admit_only_opened(blueprint: Blueprint, *, but_everybody_to: Iterable[str]) -> None:
    """Send everybody who has no certificate open to the gate, except on these endpoints."""
    public = frozenset(but_everybody_to)

    def gate() -> Response | None:
        if request.endpoint in public:
            return None
        reason = _refused(now())
        if reason is None:
            return None
        forget_opened()
        flash(reason, "warning")
        return see_other(url_for("dsure.home"))

    blueprint.before_request(gate)


def _refused(at: datetime) -> str | None:
    """Why a page is not shown. The contract and its key are asked for anew at each access."""
    entry = _entry()
    if entry is None:
        return _NOT_OPENED
    if at >= entry.until:
        return _TIME_UP
    certificate = opened_certificate(contract_id=entry.contract_id, key_id=entry.key_id)
    if certificate is None:
        return _KEY_REVOKED
    g.opened_certificate = certificate
    return None


def _entry() -> _Entry | None:
    kept = session.get(_ENTRY)
    return None if kept is None else _Entry(kept["contract_id"], kept["key_id"], datetime.fromisoformat(kept["until"]))
