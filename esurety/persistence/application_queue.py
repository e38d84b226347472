"""The office's list of applications, page by page in the order of their waiting."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload

from esurety.domain.application_state import ApplicationState
from esurety.domain.products import Product
from esurety.domain.search_words import folded
from esurety.domain.waiting_age import WaitingAge
from esurety.persistence.database import reading
from esurety.persistence.joint_ventures import ventures_named
from esurety.persistence.models import Application, Company, RequestedGuaranteeRow

PAGE_SIZE = 30  # with the longest names a page stays under 60 kB
_DIGITS_OF_NO_ID = 10  # larger than any id of ours
_Select = TypeVar("_Select", bound=Select[Any])


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to; None means everything."""

    branch_id: int | None = None
    states: frozenset[ApplicationState] = frozenset(ApplicationState)
    product: Product | None = None
    kind: str | None = None  # new or change
    assignee_id: int | None = None
    is_unassigned: bool = False
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    word: str = ""  # of the contractor's name, the works' name or number; or an application's number


@dataclass(frozen=True)
class QueuePage:
    """Some applications in their order; `after` continues the list."""

    applications: list[Application]
    after: int | None


def queue_page(surety_id: int, narrowed: QueueFilter, *, newest_first: bool, after: int | None = None) -> QueuePage:
    """Submitted applications by the time of their submission; `after` is the id of the last one shown before."""
    statement = (
        _narrowed(select(Application), surety_id, narrowed)
        .options(
            joinedload(Application.company),
            joinedload(Application.authority),
            joinedload(Application.branch),
            selectinload(Application.requested),
        )
        .limit(PAGE_SIZE + 1)
    )
    if after is not None:
        statement = _beyond(statement, surety_id, after, newest_first=newest_first)
    if newest_first:
        statement = statement.order_by(Application.submitted_at.desc(), Application.id.desc())
    else:
        statement = statement.order_by(Application.submitted_at, Application.id)
    found = list(reading().scalars(statement))
    return QueuePage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None)


def queue_order(surety_id: int, narrowed: QueueFilter, *, newest_first: bool, most: int) -> list[int]:
    """The ids of all applications of the queue in its order, at most so many: read once, however many batches follow."""
    order = (Application.submitted_at.desc(), Application.id.desc()) if newest_first else (Application.submitted_at, Application.id)
    return list(reading().scalars(_narrowed(select(Application.id), surety_id, narrowed).order_by(*order).limit(most)))


def applications_in_order(surety_id: int, ids: Sequence[int]) -> list[Application]:
    """Some applications of a surety in the order of their ids given, without what was typed."""
    found = reading().scalars(
        select(Application)
        .where(Application.surety_id == surety_id, Application.id.in_(ids))
        .options(
            defer(Application.typed),
            joinedload(Application.company),
            joinedload(Application.authority),
            joinedload(Application.branch),
            selectinload(Application.requested),
        )
    )
    by_id = {one.id: one for one in found}
    return [by_id[identity] for identity in ids if identity in by_id]


def next_in_queue(surety_id: int, narrowed: QueueFilter, *, besides: int) -> int | None:
    """The application to open next: the one behind `besides` while that still waits, else the longest waiting; None when there is none."""
    waiting = _narrowed(select(Application.id), surety_id, narrowed).order_by(Application.submitted_at, Application.id).limit(1)
    still_waits = reading().scalar(_narrowed(select(Application.id), surety_id, narrowed).where(Application.id == besides))
    if still_waits is not None:
        behind = reading().scalar(_beyond(waiting, surety_id, besides, newest_first=False))
        if behind is not None:
            return behind
    return reading().scalar(waiting.where(Application.id != besides))


def queue_counts(
    surety_id: int, narrowed: QueueFilter, states: Iterable[ApplicationState], *, since_today: datetime, since_few_days: datetime
) -> dict[tuple[ApplicationState, WaitingAge], int]:
    """How many applications wait in each state, by how long; the filter's own states and ages are left aside."""
    age = case(
        (Application.submitted_at >= since_today, WaitingAge.TODAY.value),
        (Application.submitted_at >= since_few_days, WaitingAge.FEW_DAYS.value),
        else_=WaitingAge.LONG.value,
    ).label("age")
    everything = replace(narrowed, states=frozenset(states), submitted_from=None, submitted_before=None)
    rows = reading().execute(
        _narrowed(select(Application.state, age, func.count()), surety_id, everything).group_by(Application.state, age)
    )
    return {(ApplicationState(state), WaitingAge(waited)): count for state, waited, count in rows}


def _narrowed(statement: _Select, surety_id: int, by: QueueFilter) -> _Select:
    statement = statement.where(
        Application.surety_id == surety_id, Application.state.in_(sorted(by.states)), Application.submitted_at.is_not(None)
    )
    if by.branch_id is not None:
        statement = statement.where(Application.branch_id == by.branch_id)
    if by.kind is not None:
        statement = statement.where(Application.kind == by.kind)
    if by.product is not None:
        wanted = RequestedGuaranteeRow.application_id == Application.id, RequestedGuaranteeRow.product == by.product.value
        statement = statement.where(exists().where(*wanted))
    if by.assignee_id is not None:
        statement = statement.where(Application.assignee_id == by.assignee_id)
    if by.is_unassigned:
        statement = statement.where(Application.assignee_id.is_(None))
    statement = _with_word(statement, surety_id, by.word)
    if by.submitted_from is not None:
        statement = statement.where(Application.submitted_at >= by.submitted_from)
    if by.submitted_before is not None:
        statement = statement.where(Application.submitted_at < by.submitted_before)
    return statement


def _with_word(statement: _Select, surety_id: int, word: str) -> _Select:
    """Names are compared folded, as elsewhere; digits may be the application's number."""
    key = folded(word)
    if not key:
        return statement
    companies = select(Company.id).where(Company.surety_id == surety_id, Company.folded_name.contains(key, autoescape=True))
    places = [
        Application.company_id.in_(companies),
        Application.id.in_(ventures_named(word)),
        Application.folded_works_name.contains(key, autoescape=True),
        Application.works_number == word.strip(),
    ]
    is_number = key.isascii() and key.isdigit() and len(key) < _DIGITS_OF_NO_ID
    return statement.where(or_(*places, Application.id == int(key)) if is_number else or_(*places))


def _beyond(statement: _Select, surety_id: int, after: int, *, newest_first: bool) -> _Select:
    """What follows the application `after` in the order of the list."""
    last = reading().scalar(select(Application.submitted_at).where(Application.id == after, Application.surety_id == surety_id))
    if last is None:
        return statement
    if newest_first:
        return statement.where(or_(Application.submitted_at < last, and_(Application.submitted_at == last, Application.id < after)))
    return statement.where(or_(Application.submitted_at > last, and_(Application.submitted_at == last, Application.id > after)))
