"""Requests that no screen of ours can have sent: refused before a database that cannot store them is asked."""

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter


class _Identifier(IntegerConverter):
    """A number in an address. What has more digits than any id of ours is not found, on PostgreSQL too, whose integers end there."""

    regex = r"\d{1,9}"


def attach(app: Flask) -> None:
    """Put the guard before every view."""
    app.url_map.converters["int"] = _Identifier

    @app.before_request
    def refuse_nul() -> None:
        # Nobody can type a NUL, and PostgreSQL has no text with one.
        if any("\0" in text for several in (request.args, request.form) for _, text in several.items(multi=True)):
            abort(400)
