"""`/healthz`: the process answers. `/readyz`: it can also do its work."""

from flask import Response

from esurety.services.check_readiness import readiness
from esurety.services.keep_signing_keys import signing_is_ready
from esurety.web.access import installation
from esurety.web.answers import now
from esurety.web.public import blueprint


@blueprint.get("/healthz")
def healthz() -> Response:
    """Alive."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Ready: one line per part; 503 when one is not. Signing is shown only: without it nothing is issued, but everything else works."""
    parts = readiness(now=now())
    shown = {**parts, "signing": parts["migrations"] and signing_is_ready(at=now(), installation=installation())}
    text = "".join(f"{name}: {'ok' if good else 'not ready'}\n" for name, good in shown.items())
    return Response(text, status=200 if all(parts.values()) else 503, mimetype="text/plain")
