"""`/log/`: the public log. A page that explains it, and its static files for programs (C2SP tlog-tiles); nobody signs in."""

from flask import abort, render_template
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_time
from esurety.domain.log_tiles import NoSuchTile
from esurety.domain.signed_note import Checkpoint, SignedNote
from esurety.services.keep_log import checkpoint_note
from esurety.services.show_log import newest_head, public_file, witnessed_heads, witnessed_note
from esurety.web.access import installation
from esurety.web.public import blueprint

_FOR_EVER = "public, max-age=31536000, immutable"  # a tile's content never changes under its address
_NEVER_STALE = "public, no-cache"


@blueprint.get("/log/")
def log() -> str:
    """What the log is, its newest head, and how to hold us to it."""
    head = newest_head()
    note = checkpoint_note(installation())
    said = Checkpoint.parse(SignedNote.parse(note).text)
    return render_template(
        "log/index.html",
        origin=said.origin,
        size=said.size,
        root=said.root.hex(),
        signed_at=era_time(head.signed_at) if head is not None else "",
        note=note,
        key=installation().log_signer.key.text,
        witnessed=[(one.origin, one.size, era_time(one.seen_at)) for one in witnessed_heads()],
        witness_key=installation().witness_signer.key.text,
    )


@blueprint.get("/log/checkpoint")
def log_checkpoint() -> Response:
    """The newest signed head."""
    return _text(checkpoint_note(installation()))


@blueprint.get("/log/key")
def log_key() -> Response:
    """The key to check heads with (vkey)."""
    return _text(installation().log_signer.key.text + "\n")


@blueprint.get("/log/tile/<path:place>")
def log_tile(place: str) -> Response:
    """Hashes of the tree, or commitments of the entries, 256 at a time."""
    try:
        data = public_file(place)
    except NoSuchTile:
        abort(404)
    return Response(data, content_type="application/octet-stream", headers={"Cache-Control": _FOR_EVER})


@blueprint.get("/log/witness/key")
def log_witness_key() -> Response:
    """The key to check our co-signatures with."""
    return _text(installation().witness_signer.key.text + "\n")


@blueprint.get("/log/witness/<origin_hash>")
def log_witness(origin_hash: str) -> Response:
    """The newest head of another log that this installation has co-signed; addressed by the SHA-256 of its origin."""
    note = witnessed_note(origin_hash)
    if note is None:
        abort(404)
    return _text(note)


def _text(text: str) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": _NEVER_STALE})
