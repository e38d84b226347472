"""Copying the whole database out of use and back in: SQLite by its backup API, PostgreSQL by pg_dump and pg_restore.

A copy of the file alone loses what still stands in the write-ahead log; only these two see one consistent instant.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.engine import URL

from esurety.persistence.database import db, end_reading, reading
from esurety.persistence.models import AuthenticationKeyRow, CertificateFile, GuaranteeContract, UploadedPaper
from esurety.persistence.schema import MIGRATIONS

_TOOL_SECONDS = 6 * 3600
_VERSIONS = "alembic_version"


class ToolMissing(Exception):
    """pg_dump or pg_restore is not on this machine; `tool` names it."""

    def __init__(self, tool: str) -> None:
        super().__init__(tool)
        self.tool = tool


class CopyFailed(Exception):
    """The database or its tool refused; the text is the tool's own."""


class NotEmpty(Exception):
    """The database has tables already."""


@dataclass(frozen=True)
class DatabaseCopy:
    """A copy made: its file's name, the schema that it has, the rows that it holds."""

    kind: str
    file_name: str
    schema_version: str
    rows: dict[str, int]


def copy_database(folder: Path) -> DatabaseCopy:
    """Write the database as it is at one instant into the folder, while others read and write. Raises ToolMissing, CopyFailed."""
    end_reading()
    return _copy_sqlite(folder) if _is_sqlite() else _copy_postgresql(folder)


def restore_database(source: Path) -> None:
    """Read a copy into this database, which must have no table. Raises NotEmpty, ToolMissing, CopyFailed."""
    end_reading()
    if inspect(db.engine).get_table_names():
        raise NotEmpty
    _restore_sqlite(source) if _is_sqlite() else _restore_postgresql(source)


def database_kind() -> str:
    return "sqlite" if _is_sqlite() else "postgresql"


def knows_schema(version: str) -> bool:
    """Whether a schema is one that this release has migrations for; a newer release's is not."""
    return version in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def rows_now() -> dict[str, int]:
    """How many rows each table holds."""
    with db.engine.connect() as connection:
        return _count_rows(connection)


def integrity_problems() -> list[str]:
    """What the database itself finds wrong: SQLite's integrity and foreign-key checks. Empty on PostgreSQL, which checks while loading."""
    if not _is_sqlite():
        return []
    with db.engine.connect() as connection:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")) if row[0] != "ok"]
        return found + [f"{row[0]}: {row[2]}" for row in connection.execute(text("PRAGMA foreign_key_check"))]


def damaged_certificates() -> Iterator[str]:
    """The SHA-256 of each stored certificate whose bytes have another one; read one at a time."""
    for sha256 in list(reading().scalars(select(CertificateFile.sha256))):
        content = reading().scalar(select(CertificateFile.pdf).where(CertificateFile.sha256 == sha256))
        if hashlib.sha256(content or b"").hexdigest() != sha256:
            yield sha256
        reading().expire_all()


def named_papers() -> set[str]:
    """The SHA-256 of every handed-in paper that a row names."""
    return set(reading().scalars(select(UploadedPaper.sha256)))


def newest_sealed_key() -> tuple[str, int, bytes] | None:
    """Contract number, key version and sealed key of the newest key, to try the secrets with."""
    found = reading().execute(
        select(GuaranteeContract.number, AuthenticationKeyRow.key_version, AuthenticationKeyRow.sealed)
        .join(GuaranteeContract, GuaranteeContract.id == AuthenticationKeyRow.contract_id)
        .order_by(AuthenticationKeyRow.id.desc())
        .limit(1)
    )
    row = found.one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _copy_sqlite(folder: Path) -> DatabaseCopy:
    path = folder / "database.sqlite3"
    target = sqlite3.connect(path)
    try:
        with db.engine.connect() as connection:
            _driver(connection).backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        tables = [name for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        rows = {name: int(target.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in tables}  # noqa: S608 - names from the schema
        version = str(target.execute(f"SELECT version_num FROM {_VERSIONS}").fetchone()[0])  # noqa: S608 - a constant
    except sqlite3.Error as no:
        raise CopyFailed(str(no)) from no
    finally:
        target.close()
    return DatabaseCopy("sqlite", path.name, version, rows)


def _restore_sqlite(source: Path) -> None:
    copy = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    try:
        with db.engine.connect() as connection:
            copy.backup(_driver(connection))
    except sqlite3.Error as no:
        raise CopyFailed(str(no)) from no
    finally:
        copy.close()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _copy_postgresql(folder: Path) -> DatabaseCopy:
    path = folder / "database.pgdump"
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        # The rows are counted in the very snapshot that pg_dump writes out.
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
        rows = _count_rows(connection)
        version = str(connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar_one())  # noqa: S608 - a constant
        _run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}")
    return DatabaseCopy("postgresql", path.name, version, rows)


def _restore_postgresql(source: Path) -> None:
    name = str(db.engine.url.database)
    _run_tool("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={name}", str(source))


def _count_rows(connection: Connection) -> dict[str, int]:
    names = sorted(inspect(connection).get_table_names())
    return {name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one()) for name in names}


def _run_tool(tool: str, *arguments: str) -> None:
    path = shutil.which(tool)
    if path is None:
        raise ToolMissing(tool)
    done = subprocess.run(  # noqa: S603 - our own command; what it connects to is in its environment, not in the process list
        [path, *arguments], env={**os.environ, **_connection(db.engine.url)}, capture_output=True, timeout=_TOOL_SECONDS, check=False
    )
    if done.returncode:
        raise CopyFailed(done.stderr.decode(errors="replace").strip()[:500])


def _connection(url: URL) -> dict[str, str]:
    """The address as libpq's tools read it from the environment."""
    host = url.host or url.query.get("host")
    parts = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password, "PGDATABASE": url.database}
    return {name: str(value) for name, value in parts.items() if value}
