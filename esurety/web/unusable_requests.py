"""Requests that no screen of ours can have sent: refused before anything is asked of the database."""

from urllib.parse import urlsplit

from flask import Flask, abort, request, session
from werkzeug.routing import IntegerConverter

from esurety.domain.file_facts import LARGEST_FILE
from esurety.domain.requested_papers import LARGEST_PAPER
from esurety.web.request_in_memory import RequestInMemory

_ROOM_FOR_FIELDS = 1024 * 1024  # besides the file; a file that is a little too large still gets its own sentence


class _Identifier(IntegerConverter):
    """A number in an address. What has more digits than any id of ours is not found, on PostgreSQL too, whose integers end there."""

    regex = r"\d{1,9}"


def attach(app: Flask) -> None:
    """Put the guard before every view."""
    app.url_map.converters["int"] = _Identifier
    app.request_class = RequestInMemory
    app.before_request(_admit_papers)
    public_url = app.extensions["esurety"].settings.public_url

    @app.before_request
    def refuse_nul() -> None:
        # Nobody can type a NUL, and PostgreSQL has no text with one.
        if any("\0" in text for several in (request.args, request.form) for _, text in several.items(multi=True)):
            abort(400)

    @app.before_request
    def refuse_foreign_pages() -> None:
        # Besides the CSRF token: a browser says where a form came from, and ours come from here.
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            abort(400)
        origin = request.headers.get("Origin", "")
        own = {request.host, urlsplit(public_url).netloc}
        if origin and origin != "null" and urlsplit(origin).netloc not in own:
            abort(400)


def _admit_papers() -> None:
    # Before anybody reads the form: two pages take files, one of them from people who have signed in; elsewhere the small limit stays.
    if request.endpoint == "netdesk.hand_in" and "_user_id" in session:
        request.max_content_length = LARGEST_PAPER + _ROOM_FOR_FIELDS
    elif request.endpoint == "public.verify_file":
        request.max_content_length = LARGEST_FILE + _ROOM_FOR_FIELDS
