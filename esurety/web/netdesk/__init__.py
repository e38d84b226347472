"""Net Desk: the contractor's portal."""

from flask import Blueprint

from esurety.services.sign_in import Role
from esurety.web.access import admit_only

blueprint = Blueprint("netdesk", __name__, url_prefix="/netdesk")
admit_only(blueprint, {Role.CONTRACTOR})

from esurety.web.netdesk import application_form, applications, changes, contracts, documents, home, papers, reissue_key, works  # noqa: E402, F401 - the views register themselves
