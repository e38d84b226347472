"""Tries at the D-Sure gate, counted in the database so that every process knows them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from esurety.persistence.database import reading
from esurety.persistence.models import GateAttempt


def record_gate_attempt(number: str | None, source: str, at: datetime) -> int:
    """Write a try and return its id."""
    attempt = GateAttempt(number=number, source=source, at=at)
    reading().add(attempt)
    reading().flush()
    return attempt.id


def mark_gate_success(attempt_id: int) -> None:
    attempt = reading().get(GateAttempt, attempt_id)
    if attempt is not None:
        attempt.succeeded = True


@dataclass(frozen=True)
class Failures:
    """How many, and when the last one was."""

    count: int
    last_at: datetime | None


def failures(*, number: str | None, source: str | None = None, since: datetime) -> Failures:
    """Failed tries of a number (None: of what was no number) since an instant, from one source or from everywhere."""
    statement = _failed(since).where(GateAttempt.number.is_(None) if number is None else GateAttempt.number == number)
    if source is not None:
        statement = statement.where(GateAttempt.source == source)
    return Failures(*reading().execute(statement.with_only_columns(func.count(), func.max(GateAttempt.at))).one())


def different_numbers_failed(*, source: str, since: datetime) -> Failures:
    """How many different numbers one source has failed with since an instant."""
    statement = _failed(since).where(GateAttempt.source == source)
    return Failures(
        *reading().execute(statement.with_only_columns(func.count(GateAttempt.number.distinct()), func.max(GateAttempt.at))).one()
    )


def _failed(since: datetime) -> Select[GateAttempt]:
    return select(GateAttempt).where(GateAttempt.at > since, GateAttempt.succeeded.is_(False))
