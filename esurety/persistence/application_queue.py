"""The office's list of applications, page by page in the order of their waiting."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from esurety.domain.application_state import ApplicationState
from esurety.persistence.database import reading
from esurety.persistence.models import Application

PAGE_SIZE = 30  # with the longest names a page stays under 60 kB


@dataclass(frozen=True)
class QueuePage:
    """Some applications in their order; `after` continues the list."""

    applications: list[Application]
    after: int | None


def queue_page(
    surety_id: int, *, branch_id: int | None, states: Iterable[ApplicationState], newest_first: bool, after: int | None = None
) -> QueuePage:
    """Submitted applications in some states by the time of their submission; `after` is the id of the last one shown before."""
    statement = (
        select(Application)
        .options(
            joinedload(Application.company),
            joinedload(Application.authority),
            joinedload(Application.branch),
            selectinload(Application.requested),
        )
        .where(Application.surety_id == surety_id, Application.state.in_(list(states)), Application.submitted_at.is_not(None))
        .limit(PAGE_SIZE + 1)
    )
    if branch_id is not None:
        statement = statement.where(Application.branch_id == branch_id)
    if after is not None:
        statement = _beyond(statement, surety_id, after, newest_first=newest_first)
    if newest_first:
        statement = statement.order_by(Application.submitted_at.desc(), Application.id.desc())
    else:
        statement = statement.order_by(Application.submitted_at, Application.id)
    found = list(reading().scalars(statement))
    return QueuePage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None)


def _beyond(statement: Select[Application], surety_id: int, after: int, *, newest_first: bool) -> Select[Application]:
    """What follows the application `after` in the order of the list."""
    last = reading().scalar(select(Application.submitted_at).where(Application.id == after, Application.surety_id == surety_id))
    if last is None:
        return statement
    if newest_first:
        return statement.where(or_(Application.submitted_at < last, and_(Application.submitted_at == last, Application.id < after)))
    return statement.where(or_(Application.submitted_at > last, and_(Application.submitted_at == last, Application.id > after)))
