"""The surety's office: reviewing applications, recording premiums, issuing guarantees."""

from flask import Blueprint

from esurety.services.sign_in import Role
from esurety.web.access import admit_only

blueprint = Blueprint("office", __name__, url_prefix="/office")
admit_only(blueprint, {Role.CLERK, Role.APPROVER, Role.ADMIN})

from esurety.web.office import contracts, decisions, issue, mails, premium, queue, review  # noqa: E402, F401 - the views register themselves
