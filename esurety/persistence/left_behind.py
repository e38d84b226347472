"""What still hangs on a branch, a contractor, an authority or a person: counted before it is ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from esurety.persistence.database import reading
from esurety.persistence.models import Account, Application, Branch, GuaranteeContract

_OPEN = ("submitted", "in_review", "approved")
NAMED = 20  # open applications that are named; all of them are counted


@dataclass(frozen=True)
class LeftBehind:
    """Open applications (how many, and the oldest with their works), contracts still running, people who still sign in."""

    applications: int
    oldest: tuple[tuple[int, str], ...]
    contracts: int
    people: int


def left_by_branch(branch_id: int, today: date) -> LeftBehind:
    """What is with a branch."""
    return _left(Application.branch_id == branch_id, GuaranteeContract.branch_id == branch_id, Account.branch_id == branch_id, today)


def left_by_company(company_id: int, today: date) -> LeftBehind:
    """What a contractor has under way."""
    return _left(Application.company_id == company_id, GuaranteeContract.company_id == company_id, Account.company_id == company_id, today)


def left_by_authority(authority_id: int, surety_id: int, today: date) -> LeftBehind:
    """What one surety has under way with an authority; authorities are everybody's, applications are not."""
    applied = and_(Application.authority_id == authority_id, Application.surety_id == surety_id)
    guaranteed = and_(GuaranteeContract.authority_id == authority_id, GuaranteeContract.surety_id == surety_id)
    return _left(applied, guaranteed, false(), today)


def left_by_account(account_id: int) -> LeftBehind:
    """What a person of the surety is on, or a contractor's person applied for."""
    own = _open(or_(Application.assignee_id == account_id, Application.created_by == account_id))
    return LeftBehind(reading().scalar(select(func.count()).select_from(Application).where(*own)) or 0, _oldest(own), 0, 0)


def other_living_branches(surety_id: int, branch_id: int) -> int:
    """How many branches a surety has besides one."""
    others = (
        select(func.count()).select_from(Branch).where(Branch.surety_id == surety_id, Branch.id != branch_id, Branch.ended_on.is_(None))
    )
    return reading().scalar(others) or 0


def _open(whose: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    return whose, Application.state.in_(_OPEN)


def _left(
    of_applications: ColumnElement[bool], of_contracts: ColumnElement[bool], of_people: ColumnElement[bool], today: date
) -> LeftBehind:
    own = _open(of_applications)
    runs = (of_contracts, GuaranteeContract.issued_at.is_not(None), GuaranteeContract.cancelled_on.is_(None))
    row = (
        reading()
        .execute(
            select(
                select(func.count()).select_from(Application).where(*own).scalar_subquery(),
                select(func.count())
                .select_from(GuaranteeContract)
                .where(*runs, GuaranteeContract.guarantee_ends_on >= today)
                .scalar_subquery(),
                select(func.count()).select_from(Account).where(of_people, Account.disabled_at.is_(None)).scalar_subquery(),
            )
        )
        .one()
    )
    return LeftBehind(row[0], _oldest(own), row[1], row[2])


def _oldest(own: tuple[ColumnElement[bool], ...]) -> tuple[tuple[int, str], ...]:
    rows = reading().execute(select(Application.id, Application.works_name).where(*own).order_by(Application.id).limit(NAMED))
    return tuple((one, name or "") for one, name in rows)
