"""The surety's office: reviewing applications, recording premiums, issuing guarantees."""

from flask import Blueprint

from esurety.services.sign_in import Role
from esurety.web.access import admit_only

blueprint = Blueprint("office", __name__, url_prefix="/office")
admit_only(blueprint, {Role.CLERK, Role.APPROVER, Role.ADMIN})

from esurety.web.office import (  # noqa: E402 - the views register themselves
    acting_surety,  # noqa: F401
    after_issue,  # noqa: F401
    assignment,  # noqa: F401
    contracts,  # noqa: F401
    decisions,  # noqa: F401
    gate,  # noqa: F401
    issue,  # noqa: F401
    key_reissue,  # noqa: F401
    mails,  # noqa: F401
    monthly_accounts,  # noqa: F401
    next_in_queue,  # noqa: F401
    papers,  # noqa: F401
    people,  # noqa: F401
    people_records,  # noqa: F401
    people_rights,  # noqa: F401
    people_sureties,  # noqa: F401
    premium,  # noqa: F401
    premium_lists,  # noqa: F401
    queue,  # noqa: F401
    reports,  # noqa: F401
    returns,  # noqa: F401
    review,  # noqa: F401
    rules_authorities,  # noqa: F401
    rules_endings,  # noqa: F401
    rules_home,  # noqa: F401
    rules_imports,  # noqa: F401
    rules_policy,  # noqa: F401
    rules_tariffs,  # noqa: F401
    rules_withdrawals,  # noqa: F401
    settlements,  # noqa: F401
    works,  # noqa: F401
)
