"""The pages without a portal: the choice of portal, signing in, the guide, health."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from esurety.web.public import certificate_status, demo_mail, guide, health, home, log, schemas, sign_in, verifier, verify  # noqa: E402, F401 - the views register themselves on the blueprint
