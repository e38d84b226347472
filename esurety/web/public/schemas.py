"""`/schemas/`: the published forms of the data that the product hands out, as JSON Schema."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Response, abort, render_template

from esurety.web.public import blueprint

_FOLDER = Path(__file__).resolve().parents[3] / "docs" / "schemas"
_SUFFIX = ".schema.json"


@dataclass(frozen=True)
class PublishedSchema:
    """One form of data."""

    file_name: str
    title: str
    description: str
    text: str


@cache
def _published() -> dict[str, PublishedSchema]:
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob(f"*{_SUFFIX}"))}
    said = {name: json.loads(text) for name, text in texts.items()}
    return {name: PublishedSchema(name, said[name]["title"], said[name].get("description", ""), text) for name, text in texts.items()}


@blueprint.get("/schemas/")
def schemas() -> str:
    """What data there is, and where its form is described."""
    return render_template("shared/schemas.html", schemas=list(_published().values()))


@blueprint.get("/schemas/<schema>.schema.json")
def schema(schema: str) -> Response:
    """One form; it never changes under its name, a new one gets the next number."""
    found = _published().get(f"{schema}{_SUFFIX}")
    if found is None:
        abort(404)
    return Response(found.text, mimetype="application/schema+json")
