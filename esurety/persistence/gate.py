"""Tries at the D-Sure gate, counted in the database so that every process knows them."""

from datetime import datetime

from sqlalchemy import func, select

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


def failures_since(since: datetime, *, number: str | None = None, source: str | None = None) -> tuple[int, datetime | None]:
    """How many tries failed since an instant for a number or from a source, and when the last one was."""
    statement = select(func.count(), func.max(GateAttempt.at)).where(GateAttempt.at > since, GateAttempt.succeeded.is_(False))
    if number is not None:
        statement = statement.where(GateAttempt.number == number)
    if source is not None:
        statement = statement.where(GateAttempt.source == source)
    count, last = reading().execute(statement).one()
    return count, last
