"""The shapes of answers: a fragment for htmx or a page, a redirect after an act, a document."""

import hashlib
import secrets
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from flask import Flask, make_response, redirect, request
from werkzeug.wrappers import Response

_STATIC = Path(__file__).resolve().parents[2] / "static"


def attach(app: Flask) -> None:
    """Let templates name static files by content and make tokens."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["new_token"] = new_token


def now() -> datetime:
    """The instant of this request. The clock is read here and in the commands, nowhere below."""
    return datetime.now(UTC)


def wants_fragment() -> bool:
    """Whether htmx asks for part of a page. Not HX-Request: htmx keeps that header across a redirect, which then lost its page."""
    return request.headers.get("HX-Request-Type") == "partial"


def see_other(address: str) -> Response:
    """After an act, on to a page: 303 for a form, HX-Redirect for htmx, which would swap a redirected page into its target."""
    if request.headers.get("HX-Request") == "true":
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def two_shaped(body: str, status: int = 200) -> Response:
    """An answer that depends on who asks, page or fragment: caches must know."""
    response = make_response(body, status)
    response.vary.update(("HX-Request", "HX-Request-Type"))
    return response


def pdf(content: bytes, *, name: str, ascii_name: str, as_download: bool = False) -> Response:
    """A PDF to look at or to keep. Old clients get the ASCII name, the others the Japanese one (RFC 6266)."""
    kind = "attachment" if as_download else "inline"
    return Response(
        content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f"{kind}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"},
    )


def new_token() -> str:
    """A fresh idempotency token for a form."""
    return secrets.token_urlsafe(24)


def asset(path: str) -> str:
    """The address of a static file, changing with its content."""
    return f"/static/{path}?v={_fingerprint(path)}"


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256((_STATIC / path).read_bytes()).hexdigest()[:12]


def static_exists(path: str) -> bool:
    """Whether a static file is there."""
    return (_STATIC / path).is_file()
