"""D-Sure: the authority opens one certificate with the contract number and the authentication key; nobody signs in here."""

from flask import Blueprint

from esurety.web.dsure.opened_session import admit_only_opened

blueprint = Blueprint("dsure", __name__, url_prefix="/dsure")
admit_only_opened(blueprint, but_everybody_to={"dsure.home", "dsure.open_certificate", "dsure.ask_for_gate_code", "dsure.close"})

from esurety.web.dsure import certificate, compare, gate  # noqa: E402, F401 - the views register themselves
