"""Heads of other logs that this installation has seen as their witness; kept for ever, so that nobody is shown two histories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from esurety.persistence.database import reading
from esurety.persistence.models import LogWitness


@dataclass(frozen=True)
class SeenHead:
    """The head of a log as it was when it was co-signed."""

    origin: str
    size: int
    root: str
    note: str
    key: str
    seen_at: datetime


_COLUMNS = (LogWitness.origin, LogWitness.tree_size, LogWitness.root, LogWitness.note, LogWitness.key, LogWitness.seen_at)


def last_seen(origin: str) -> SeenHead | None:
    """The largest head of a log that was ever seen."""
    row = reading().execute(select(*_COLUMNS).where(LogWitness.origin == origin).order_by(LogWitness.tree_size.desc()).limit(1)).first()
    return None if row is None else SeenHead(*row)


def newest_of_each_log() -> Sequence[SeenHead]:
    """The newest head of each log that is witnessed here, by name."""
    largest = select(LogWitness.origin, func.max(LogWitness.tree_size).label("size")).group_by(LogWitness.origin).subquery()
    rows = reading().execute(
        select(*_COLUMNS)
        .join(largest, (largest.c.origin == LogWitness.origin) & (largest.c.size == LogWitness.tree_size))
        .order_by(LogWitness.origin)
        .limit(100)
    )
    return [SeenHead(*row) for row in rows]


def keep_seen(seen: SeenHead) -> None:
    """Remember a head with the running transaction."""
    reading().execute(
        insert(LogWitness).values(
            origin=seen.origin, tree_size=seen.size, root=seen.root, note=seen.note, key=seen.key, seen_at=seen.seen_at
        )
    )
