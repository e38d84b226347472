"""The log in the database: appended in the transaction of the act, read in batches; never updated, never deleted."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, and_, bindparam, cast, func, or_, select, text
from sqlalchemy.orm import Session

from esurety.domain.merkle_tree import Node
from esurety.persistence.database import db, reading
from esurety.persistence.models import LogCheckpoint, LogEntryRow, LogNode

_LOCK = 0x65737572_6C6F6701  # "esurlog" and one: any number that no other lock of ours uses
_SLOTS = 24  # a right edge or a path of sixteen million entries

# What appending asks is made once: this is inside everybody's write transaction, and SQLAlchemy takes longer to build a statement than
# the database to answer it.
_ENTRIES, _NODES, _HEADS = (LogNode.metadata.tables[name] for name in ("log_entries", "log_nodes", "log_checkpoints"))
_LAST_ENTRY = select(_ENTRIES.c.leaf_index, _ENTRIES.c.chain_hash).order_by(_ENTRIES.c.leaf_index.desc()).limit(1)
# Not (level, position) IN …: SQLite would read the whole table for it.
_SOME_NODES = select(_NODES.c.level, _NODES.c.position, _NODES.c.hash).where(
    or_(*[and_(_NODES.c.level == bindparam(f"l{slot}"), _NODES.c.position == bindparam(f"p{slot}")) for slot in range(_SLOTS)])
)


@dataclass(frozen=True)
class Head:
    """The newest signed head."""

    size: int
    root: str
    note: str
    signed_at: datetime


def hold_log() -> None:
    """Let nobody else append until the running transaction ends. On SQLite the write transaction itself is that lock."""
    reading().flush()  # the act's own rows first: nothing that others may hold is wanted after this lock
    if reading().get_bind().dialect.name == "postgresql":
        reading().execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def log_end() -> tuple[int, str]:
    """How many entries there are, and the chain's last hash; no hash for an empty log."""
    row = reading().execute(_LAST_ENTRY).first()
    return (0, "") if row is None else (row.leaf_index + 1, row.chain_hash)


def append_entry(**values: object) -> None:
    """Write an entry with the running transaction."""
    reading().execute(_ENTRIES.insert(), [values])


def append_nodes(nodes: Iterable[tuple[Node, bytes]]) -> None:
    reading().execute(_NODES.insert(), [{"level": level, "position": position, "hash": made} for (level, position), made in nodes])


def append_checkpoint(size: int, root: str, note: str, at: datetime) -> None:
    reading().execute(_HEADS.insert(), [{"tree_size": size, "root": root, "note": note, "signed_at": at}])


def hashes_of(nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The hashes of complete subtrees, those that are kept."""
    wanted = list(dict.fromkeys(nodes))
    found: dict[Node, bytes] = {}
    for start in range(0, len(wanted), _SLOTS):
        some = wanted[start : start + _SLOTS]
        some += [(-1, -1)] * (_SLOTS - len(some))
        asked = {name: value for slot, node in enumerate(some) for name, value in zip((f"l{slot}", f"p{slot}"), node, strict=True)}
        found |= {(level, position): bytes(made) for level, position, made in reading().execute(_SOME_NODES, asked)}
    return found


def hashes_of_level(level: int, first: int, count: int) -> list[bytes]:
    """Up to `count` neighbouring hashes of a level, from `first` on."""
    statement = (
        select(LogNode.hash)
        .where(LogNode.level == level, LogNode.position >= first, LogNode.position < first + count)
        .order_by(LogNode.position)
    )
    return [bytes(made) for made in reading().scalars(statement)]


def newest_head(*, at_most: int | None = None) -> Head | None:
    """The newest signed head, or the newest one up to a size."""
    statement = select(LogCheckpoint.tree_size, LogCheckpoint.root, LogCheckpoint.note, LogCheckpoint.signed_at)
    if at_most is not None:
        statement = statement.where(LogCheckpoint.tree_size <= at_most)
    row = reading().execute(statement.order_by(LogCheckpoint.tree_size.desc()).limit(1)).first()
    return None if row is None else Head(*row)


def salted_entries(first: int, count: int) -> list[tuple[bytes, str]]:
    """Salt and text of neighbouring entries."""
    statement = (
        select(LogEntryRow.salt, LogEntryRow.entry)
        .where(LogEntryRow.leaf_index >= first, LogEntryRow.leaf_index < first + count)
        .order_by(LogEntryRow.leaf_index)
    )
    return [(bytes(salt), entry) for salt, entry in reading().execute(statement)]


def entry_of_version(contract_id: int, version: int) -> LogEntryRow | None:
    """The entry that a version's issue or change made."""
    return reading().scalar(
        select(LogEntryRow)
        .where(
            LogEntryRow.contract_id == contract_id,
            LogEntryRow.version == version,
            LogEntryRow.event.in_(["issued", "changed"]),
        )
        .order_by(LogEntryRow.leaf_index)
        .limit(1)
    )


def entry_of_cancellation(contract_id: int) -> LogEntryRow | None:
    """The entry that a contract's cancellation made."""
    cancelled = select(LogEntryRow).where(LogEntryRow.contract_id == contract_id, LogEntryRow.event == "cancelled")
    return reading().scalar(cancelled.order_by(LogEntryRow.leaf_index).limit(1))


def standing_in_log(contract_id: int) -> tuple[int, bool]:
    """The newest version that the log has entered for a contract (-1: none), and whether it has entered a cancellation."""
    rows = reading().execute(select(LogEntryRow.event, LogEntryRow.version).where(LogEntryRow.contract_id == contract_id)).all()
    newest = max((version for event, version in rows if event in {"issued", "changed"}), default=-1)
    return newest, any(event == "cancelled" for event, _ in rows)


# ---- reading all of it, for the audit and the export ----


@contextmanager
def one_moment() -> Iterator[Session]:
    """A session that sees the database as it was at one moment, however long the reading takes."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
    try:
        yield db.session()
    finally:
        db.session.rollback()


@dataclass(frozen=True)
class EntryFacts:
    """An entry as it is stored."""

    leaf_index: int
    at: datetime
    event: str
    contract_id: int
    version: int
    entry: str
    salt: bytes
    previous_hash: str
    chain_hash: str


def entries_from(first: int, count: int) -> list[EntryFacts]:
    """Up to `count` entries with at least this index, in order."""
    columns = (
        LogEntryRow.leaf_index,
        LogEntryRow.at,
        LogEntryRow.event,
        LogEntryRow.contract_id,
        LogEntryRow.version,
        LogEntryRow.entry,
        cast(LogEntryRow.salt, LargeBinary).label("salt"),  # SQLite keeps whatever was put there, text as well
        LogEntryRow.previous_hash,
        LogEntryRow.chain_hash,
    )
    rows = reading().execute(select(*columns).where(LogEntryRow.leaf_index >= first).order_by(LogEntryRow.leaf_index).limit(count))
    return [EntryFacts(*row[:6], bytes(row.salt), *row[7:]) for row in rows]


def nodes_between(ranges: Sequence[tuple[int, int, int]]) -> dict[Node, bytes]:
    """The kept hashes of (level, first position, last position)."""
    within = [and_(LogNode.level == level, LogNode.position.between(first, last)) for level, first, last in ranges]
    made_as_bytes = cast(LogNode.hash, LargeBinary)
    rows = reading().execute(select(LogNode.level, LogNode.position, made_as_bytes).where(or_(*within)))
    return {(level, position): bytes(made) for level, position, made in rows}


def heads_between(first: int, last: int) -> dict[int, tuple[str, str]]:
    """Root and note of the heads of these sizes."""
    rows = reading().execute(
        select(LogCheckpoint.tree_size, LogCheckpoint.root, LogCheckpoint.note).where(LogCheckpoint.tree_size.between(first, last))
    )
    return {size: (root, note) for size, root, note in rows}


def counts() -> tuple[int, int, int]:
    """How many entries, subtrees and heads are kept."""
    return (
        reading().scalar(select(func.count()).select_from(LogEntryRow)) or 0,
        reading().scalar(select(func.count()).select_from(LogNode)) or 0,
        reading().scalar(select(func.count()).select_from(LogCheckpoint)) or 0,
    )
