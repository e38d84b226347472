"""What pages read of changes: the one that a contract has open, and what one leads to."""

from datetime import datetime

from esurety.persistence import changes
from esurety.persistence.models import Application, GuaranteeContract
from esurety.services.assemble_change import PlannedChange, planned_change


def open_change_of(contract: GuaranteeContract) -> Application | None:
    """The change of a contract that is under review, approved, or returned for correction."""
    return changes.open_change(contract.id)


def plan_of(application: Application, at: datetime) -> PlannedChange | None:
    """What a submitted change leads to; None for any other application."""
    if application.changed_contract_id is None or application.submitted_at is None:
        return None
    return planned_change(application, at)
