"""Headers of every answer: nothing foreign runs, nothing private stays in a cache."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class _NoSessionInSharedCaches(SecureCookieSessionInterface):
    """An answer that caches may hand to anybody carries nobody's session, and does not depend on one."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)  # type: ignore[arg-type] # likewise


def attach(app: Flask) -> None:
    """Harden every answer of the application."""
    app.session_interface = _NoSessionInSharedCaches()
    tls = app.config["SESSION_COOKIE_SECURE"]

    @app.after_request
    def harden(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)  # a file from outside brings a stricter one
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # Shared PCs: nothing of a page stays behind, the back button after signing out shows nothing.
        response.headers.setdefault("Cache-Control", "no-store")  # the public log alone says otherwise
        if tls:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        return response


def harden_static(headers: Any, _path: str, _url: str) -> None:
    """Static files say what they are and who may use them."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Content-Security-Policy"] = "default-src 'none'"
