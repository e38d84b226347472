"""What the office sees of the D-Sure gate. A surety sees tries with its own numbers and with numbers of nobody, never another's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select

from esurety.persistence.database import reading
from esurety.persistence.models import GateAttempt, GateBudget, GateStop, GuaranteeContract, OutboxMail
from esurety.persistence.outbox import waiting_since

PAGE_SIZE = 30  # a try is a card on a phone


@dataclass(frozen=True)
class Slowed:
    """A number or source whose budget is used up, and when it would be full again."""

    name: str
    full_at: datetime
    failures: int


def whole_gate_full_at() -> datetime | None:
    """When the whole gate's budget will be full again; None when nothing was ever taken of it."""
    return reading().scalar(select(GateBudget.full_at).where(GateBudget.kind == "gate"))


def stops(at: datetime, *, limit: int) -> list[GateStop]:
    """Sources that are stopped now, newest first."""
    statement = select(GateStop).where(GateStop.ends_at > at, GateStop.released_at.is_(None))
    return list(reading().scalars(statement.order_by(GateStop.id.desc()).limit(limit)))


def used_up_sources(at: datetime, *, fuller_than: timedelta, limit: int) -> list[Slowed]:
    """Sources whose budget will not have filled up within `fuller_than`: nothing is left of it."""
    statement = select(GateBudget.name, GateBudget.full_at, GateBudget.failures).where(
        GateBudget.kind == "source", GateBudget.full_at > at + fuller_than
    )
    return [Slowed(*row) for row in reading().execute(statement.order_by(GateBudget.full_at.desc(), GateBudget.name).limit(limit))]


def used_up_numbers(surety_id: int, at: datetime, *, fuller_than: timedelta, alarm_from: int, limit: int) -> list[Slowed]:
    """Contracts of a surety that ask strangers for a code, or that have failed so often that somebody was told."""
    statement = (
        select(GateBudget.name, GateBudget.full_at, GateBudget.failures)
        .join(GuaranteeContract, GuaranteeContract.number == GateBudget.name)
        .where(
            GateBudget.kind == "number",
            GuaranteeContract.surety_id == surety_id,
            or_(GateBudget.full_at > at + fuller_than, GateBudget.failures >= alarm_from),
        )
    )
    return [Slowed(*row) for row in reading().execute(statement.order_by(GateBudget.failures.desc(), GateBudget.name).limit(limit))]


def attempts(surety_id: int, *, older_than: int | None) -> tuple[list[tuple[GateAttempt, bool]], int | None]:
    """A page of tries, newest first, each with whether its number is a contract of this surety; and where it goes on."""
    statement = (
        select(GateAttempt, GuaranteeContract.id.is_not(None))
        .outerjoin(GuaranteeContract, GuaranteeContract.number == GateAttempt.number)
        .where(_visible_to(surety_id))
        .order_by(GateAttempt.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if older_than is not None:
        statement = statement.where(GateAttempt.id < older_than)
    found = [(row[0], bool(row[1])) for row in reading().execute(statement)]
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1][0].id if len(found) > PAGE_SIZE else None


def _visible_to(surety_id: int) -> ColumnElement[bool]:
    return or_(GuaranteeContract.id.is_(None), GuaranteeContract.surety_id == surety_id)


@dataclass(frozen=True)
class Alarms:
    """What somebody in the office has to look at."""

    mail_waits_since: datetime | None
    unknown_mails: int
    stopped_sources: int


def alarms(surety_id: int, at: datetime) -> Alarms:
    """In one question, because every page of the office asks it."""
    of_surety = OutboxMail.surety_id == surety_id
    waits_since = select(func.min(waiting_since())).where(of_surety, OutboxMail.state.in_(["queued", "sending"]))
    unknown = select(func.count()).select_from(OutboxMail).where(of_surety, OutboxMail.state == "unknown")
    stopped = select(func.count()).select_from(GateStop).where(GateStop.ends_at > at, GateStop.released_at.is_(None))
    row = reading().execute(select(waits_since.scalar_subquery(), unknown.scalar_subquery(), stopped.scalar_subquery())).one()
    return Alarms(*row)
