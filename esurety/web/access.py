"""Who may see what: the session of a signed-in person, and the gate that each portal puts before its pages."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from esurety.services.installation import Installation
from esurety.services.sign_in import Role, SignedIn, who_is
from esurety.web.answers import see_other

LONGEST_SESSION = timedelta(hours=12)
ACTING_FOR = "acting_for"  # in the session of an operator of no surety: the one chosen

# No context processor: it would load the user again at every render.
_manager = LoginManager(add_context_processor=False)


class _SessionUser(UserMixin):  # type: ignore[misc] # Flask-Login ships no types
    """The signed-in person in the shape that Flask-Login wants; the id carries the account's session epoch."""

    def __init__(self, person: SignedIn) -> None:
        self.person = person

    def get_id(self) -> str:
        return f"{self.person.account_id}.{self.person.session_epoch}"


def attach(app: Flask) -> None:
    """Let Flask-Login keep who is signed in."""
    _manager.session_protection = None  # binds to the address, and phones change theirs
    _manager.init_app(app)


@_manager.user_loader  # type: ignore[untyped-decorator] # Flask-Login ships no types
def _load(user_id: str) -> _SessionUser | None:
    account_id, _, epoch = user_id.partition(".")
    if not (account_id.isdigit() and epoch.isdigit()):
        return None
    chosen = session.get(ACTING_FOR)
    person = who_is(int(account_id), acting_for=chosen if isinstance(chosen, int) else None)
    return _SessionUser(person) if person is not None and person.session_epoch == int(epoch) else None


def begin_session(account_id: int) -> SignedIn:
    """Sign a person in: whatever the session held before is gone."""
    person = who_is(account_id)
    if person is None:
        abort(404)
    opened_in_dsure = session.get("dsure")  # signing in says nothing to D-Sure, and takes nothing from it
    session.clear()
    if opened_in_dsure is not None:
        session["dsure"] = opened_in_dsure
    session.permanent = True
    login_user(_SessionUser(person))
    return person


def end_session() -> None:
    """Sign out; nothing of the session stays."""
    logout_user()
    session.clear()


def person() -> SignedIn:
    """Who is signed in, on a page that is gated."""
    signed_in: SignedIn = current_user.person
    return signed_in


def person_or_none() -> SignedIn | None:
    """Who is signed in, if anybody; asked of the session only once a request."""
    if "person" not in g:
        g.person = current_user.person if current_user.is_authenticated else None
    found: SignedIn | None = g.person
    return found


def installation() -> Installation:
    """This installation's settings and keepers of secrets."""
    found: Installation = current_app.extensions["esurety"]
    return found


def admit_only(blueprint: Blueprint, roles: Iterable[Role]) -> None:
    """Deny every page of a portal to anybody without one of these roles: strangers sign in first, others find nothing."""
    admitted = frozenset(roles)

    def gate() -> Response | None:
        signed_in = person_or_none()
        if signed_in is None:
            return see_other(url_for("public.login", next=_page_to_come_back_to()))
        if signed_in.role not in admitted:
            abort(404)
        return None

    blueprint.before_request(gate)


def _page_to_come_back_to() -> str | None:
    """The page that was asked for; not for an act or a fragment, which are no pages."""
    is_page = request.method == "GET" and request.headers.get("HX-Request") != "true"
    return request.full_path.rstrip("?") if is_page else None


def own_path(address: str | None) -> str | None:
    """The address if it is a path of this server; None for anything that could lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or any(character <= " " for character in address):
        return None
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and "\\" not in address else None


def source() -> str:
    """The address a request comes from; a forwarded one counts only behind the proxies that TRUSTED_PROXIES names."""
    return request.remote_addr or "unknown"


def landing(signed_in: SignedIn) -> str:
    """The home of a person's portal; the choice of portals where this process does not serve it."""
    home = "netdesk.home" if signed_in.role is Role.CONTRACTOR else "office.home"
    return url_for(home if home in current_app.view_functions else "public.home")
