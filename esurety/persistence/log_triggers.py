"""The triggers that make the log append-only, as they have to be: somebody with full rights can take them away, or put others there.

They are made by migration 0006; what stands here is what the database says of them afterwards.
"""

import re
from collections.abc import Iterator

from sqlalchemy import text

from esurety.persistence.database import reading

_KEYS = {"log_entries": "leaf_index", "log_nodes": "level, position", "log_checkpoints": "tree_size", "log_witnesses": "origin, tree_size"}
_SQLITE = text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
# tgenabled: O wakes as always, A for replicas too; D sleeps and R wakes for replicas alone.
_POSTGRESQL = text(
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid) || CASE WHEN tgenabled IN ('O', 'A') THEN '' ELSE ' asleep' END || prosrc"
    " FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal"
)
_FUNCTION = " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END "


def unguarded_tables() -> list[str]:
    """The log's tables on which one of the triggers is gone, sleeps, or does something else, or on which there are others."""
    is_sqlite = reading().get_bind().dialect.name == "sqlite"
    rows = reading().execute(_SQLITE if is_sqlite else _POSTGRESQL)
    found = {(table, name, _plain(said)) for table, name, said in rows if table in _KEYS}
    expected = {(table, name, _plain(said)) for table, name, said in (_of_sqlite() if is_sqlite else _of_postgresql())}
    return sorted({table for table, _, _ in found ^ expected})


def _of_sqlite() -> Iterator[tuple[str, str, str]]:
    for table, key in _KEYS.items():
        refuse = f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{act.lower()}"
            yield table, name, f"CREATE TRIGGER {name} BEFORE {act} ON {table}{refuse}"
        same = " AND ".join(f"{name} = NEW.{name}" for name in key.split(", "))
        once = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - compared, never run
        yield table, f"{table}_refuse_replace", f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} {once}{refuse}"


def _of_postgresql() -> Iterator[tuple[str, str, str]]:
    for table in _KEYS:
        acts = {"rewriting": ("DELETE OR UPDATE", "ROW"), "truncate": ("TRUNCATE", "STATEMENT")}
        for what, (act, each) in acts.items():
            name = f"{table}_refuse_{what}"
            begins = f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH {each}"
            yield table, name, f"{begins} EXECUTE FUNCTION refuse_rewriting(){_FUNCTION}"


def _plain(said: str) -> str:
    """Without line breaks, and without the schema that PostgreSQL names."""
    return re.sub(r" ON \w+\.", " ON ", re.sub(r"\s+", " ", said)).strip()
