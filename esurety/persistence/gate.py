"""The D-Sure gate's memory: tries, budgets, mailed codes, stopped sources. In the database, so that every process knows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, exists, func, or_, select, tuple_, update

from esurety.persistence.database import insert, reading
from esurety.persistence.models import GateAttempt, GateBudget, GateCode, GateStop

BudgetName = tuple[str, str]  # kind and name
WHOLE_GATE: BudgetName = ("gate", "")


def number_budget(number: str) -> BudgetName:
    """What unknown visitors may fail with one number."""
    return ("number", number)


def source_budget(source: str) -> BudgetName:
    """What one source may fail with all numbers together."""
    return ("source", source)


def known_budget(number: str, source: str) -> BudgetName:
    """What a source may fail with a number that it has opened before."""
    return ("known", f"{number} {source}")


def code_budget(code_id: int, source: str) -> BudgetName:
    """How often one source may try one mailed code."""
    return ("code", f"{code_id} {source}")


def lock_budgets(names: Iterable[BudgetName], at: datetime) -> dict[BudgetName, GateBudget]:
    """These budgets, full where they are new, held until the transaction ends; always taken in one order, so that nobody waits in a ring."""
    wanted = sorted(names)
    values = [{"kind": kind, "name": name, "full_at": at, "failures": 0} for kind, name in wanted]
    reading().execute(insert(GateBudget).values(values).on_conflict_do_nothing(index_elements=["kind", "name"]))
    found = reading().scalars(
        select(GateBudget)
        .where(tuple_(GateBudget.kind, GateBudget.name).in_(wanted))
        .order_by(GateBudget.kind, GateBudget.name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {(one.kind, one.name): one for one in found}


def forget_failures(number: str) -> None:
    """A number has been opened: its failures begin to count anew."""
    reading().execute(update(GateBudget).where(GateBudget.kind == "number", GateBudget.name == number).values(failures=0, told_at=None))


# ---- tries ----


def record_attempt(number: str | None, source: str, at: datetime) -> int:
    """Write a try that is about to be judged, as a failure, and return its id."""
    attempt = GateAttempt(number=number, source=source, at=at, outcome="failed")
    reading().add(attempt)
    reading().flush()
    return attempt.id


def record_held(number: str | None, source: str, at: datetime, *, together_since: datetime) -> None:
    """Write a try that is not judged; those of one source with one number share a row for a while, so that a flood stays small."""
    same_number = GateAttempt.number.is_(None) if number is None else GateAttempt.number == number
    raised = reading().scalars(
        update(GateAttempt)
        .where(GateAttempt.source == source, same_number, GateAttempt.outcome == "held", GateAttempt.at > together_since)
        .values(times=GateAttempt.times + 1)
        .returning(GateAttempt.id)
    )
    if raised.first() is None:
        reading().add(GateAttempt(number=number, source=source, at=at, outcome="held"))
        reading().flush()


def mark_opened(attempt_id: int) -> None:
    reading().execute(update(GateAttempt).where(GateAttempt.id == attempt_id).values(outcome="opened"))


def forget_attempt(attempt_id: int) -> None:
    """A try that could not be judged after all."""
    attempt = reading().get(GateAttempt, attempt_id)
    if attempt is not None:
        reading().delete(attempt)


def is_known(number: str, source: str, *, opened_since: datetime, proved_since: datetime) -> bool:
    """Whether the source has opened this number, or used a code that was mailed for it."""
    opened = exists().where(
        GateAttempt.number == number, GateAttempt.source == source, GateAttempt.outcome == "opened", GateAttempt.at > opened_since
    )
    proved = exists().where(GateCode.number == number, GateCode.used_by == source, GateCode.used_at > proved_since)
    return bool(reading().scalar(select(or_(opened, proved))))


def different_numbers_failed(source: str, *, since: datetime) -> int:
    """How many different numbers one source has failed with or been held back with since an instant."""
    statement = select(func.count(GateAttempt.number.distinct())).where(
        GateAttempt.source == source, GateAttempt.at > since, GateAttempt.outcome != "opened"
    )
    return reading().scalar(statement) or 0


# ---- codes ----


def live_code(number: str, *, since: datetime) -> GateCode | None:
    """The newest unused code that was asked for a number since an instant, held until the transaction ends."""
    return reading().scalar(
        select(GateCode)
        .where(GateCode.number == number, GateCode.asked_at > since, GateCode.used_at.is_(None))
        .order_by(GateCode.asked_at.desc(), GateCode.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def codes_asked(*, since: datetime, number: str | None = None, source: str | None = None) -> int:
    """How many codes were asked for since an instant, for a number or by a source."""
    statement = select(func.count()).select_from(GateCode).where(GateCode.asked_at > since)
    if number is not None:
        statement = statement.where(GateCode.number == number)
    if source is not None:
        statement = statement.where(GateCode.source == source)
    return reading().scalar(statement) or 0


def add(row: GateCode | GateStop) -> None:
    reading().add(row)
    reading().flush()


def claim_asked_code(now: datetime) -> GateCode | None:
    """Take the code that was asked for first and has not been seen to; no other worker gets it."""
    first = select(GateCode.id).where(GateCode.settled_at.is_(None)).order_by(GateCode.id).limit(1).with_for_update(skip_locked=True)
    code_id = reading().scalar(first)
    if code_id is None:
        return None
    taken = update(GateCode).where(GateCode.id == code_id, GateCode.settled_at.is_(None)).values(settled_at=now).returning(GateCode.id)
    return reading().get(GateCode, code_id, populate_existing=True) if reading().scalar(taken) is not None else None


def oldest_asked_code() -> datetime | None:
    """Since when somebody has been waiting whose code no worker has seen to."""
    return reading().scalar(select(func.min(GateCode.asked_at)).where(GateCode.settled_at.is_(None)))


# ---- stopped sources ----


def stop_of(source: str, at: datetime) -> GateStop | None:
    """The stop that a source is under."""
    return reading().scalar(
        select(GateStop)
        .where(GateStop.source == source, GateStop.ends_at > at, GateStop.released_at.is_(None))
        .order_by(GateStop.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def last_released_at(source: str) -> datetime | None:
    """When a person last let a source in again."""
    return reading().scalar(select(func.max(GateStop.released_at)).where(GateStop.source == source))


# ---- what the worker sees to ----


def guessed_numbers(at_least: int, *, limit: int) -> list[str]:
    """Numbers with too many failures that nobody has been told of."""
    statement = select(GateBudget.name).where(GateBudget.kind == "number", GateBudget.failures >= at_least, GateBudget.told_at.is_(None))
    return list(reading().scalars(statement.order_by(GateBudget.name).limit(limit)))


def take_guessed(number: str, at: datetime) -> int:
    """How often a number has failed, for the one worker that tells of it; 0 for any other."""
    taken = (
        update(GateBudget)
        .where(GateBudget.kind == "number", GateBudget.name == number, GateBudget.told_at.is_(None))
        .values(told_at=at)
        .returning(GateBudget.failures)
    )
    return reading().scalar(taken) or 0


def forget_before(day: datetime) -> bool:
    """Delete what is older; whether there was anything."""
    old = (
        delete(GateAttempt).where(GateAttempt.at < day),
        delete(GateCode).where(GateCode.asked_at < day),
        delete(GateStop).where(GateStop.ends_at < day),
        delete(GateBudget).where(GateBudget.full_at < day),
    )
    deleted = [cast("CursorResult[Any]", reading().execute(one)).rowcount for one in old]
    return any(deleted)


def release_budget(name: BudgetName, at: datetime) -> bool:
    """Fill a budget up and forget its failures; False when there was nothing to fill or forget."""
    released = (
        update(GateBudget)
        .where(GateBudget.kind == name[0], GateBudget.name == name[1], or_(GateBudget.full_at > at, GateBudget.failures > 0))
        .values(full_at=at, failures=0, told_at=None)
        .returning(GateBudget.name)
    )
    return reading().scalar(released) is not None
