"""`/verify/esurety_verify.py`: the stand-alone verifier, for checking certificates where there is no connection."""

from functools import cache
from pathlib import Path

from flask import Response

from esurety.web.public import blueprint

_FILE = Path(__file__).resolve().parents[3] / "tools" / "esurety_verify.py"


@cache
def _program() -> bytes:
    return _FILE.read_bytes()


@blueprint.get("/verify/esurety_verify.py")
def verifier() -> Response:
    """The program, to be saved and not to be shown."""
    return Response(
        _program(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{_FILE.name}"'},
    )
