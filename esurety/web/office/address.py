"""Whole numbers out of addresses and forms; what is none is as if it were not there."""

from collections.abc import Mapping

from flask import request


def typed_whole(name: str) -> int | None:
    """A number of the address's query."""
    return whole(request.args, name)


def posted_revision() -> int:
    """The revision that a form was made from; a form without one is stale."""
    found = whole(request.form, "revision")
    return -1 if found is None else found


def whole(typed: Mapping[str, str], name: str, *, longest: int = 9) -> int | None:
    """A whole number of at most `longest` digits."""
    text = typed.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None
