"""The people of a surety."""

from dataclasses import dataclass

from sqlalchemy import select

from esurety.persistence.database import reading
from esurety.persistence.models import Account, Branch


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works, or worked, for a surety."""

    account_id: int
    name: str
    role: str
    branch_id: int | None
    branch: str
    is_active: bool


def staff_of(surety_id: int) -> list[StaffMember]:
    """Everybody of a surety, those who have left too: records go on naming them."""
    rows = reading().execute(
        select(Account.id, Account.display_name, Account.role, Account.branch_id, Branch.name, Account.disabled_at)
        .outerjoin(Branch, Branch.id == Account.branch_id)
        .where(Account.surety_id == surety_id, Account.company_id.is_(None))
        .order_by(Account.id)
    )
    return [
        StaffMember(account_id, name, role, branch_id, branch or "", disabled_at is None)
        for account_id, name, role, branch_id, branch, disabled_at in rows
    ]
