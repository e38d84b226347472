"""Run migrations on the application's own engine, so that SQLite gets the same recipe as in service."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator


def _plain_type(kind: str, thing: object, _context: object) -> str | bool:
    """Name the database's own type: a landed migration must not change when our column types do."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def _hold_references(connection: Connection, *, are_held: bool) -> None:
    """SQLite builds a table anew to change it, and dropping the old one would break every reference to it meanwhile.

    The switch is ignored inside a transaction, so it goes past SQLAlchemy, which would begin one.
    """
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={'ON' if are_held else 'OFF'}")  # type: ignore[union-attr]


def _refuse_broken_references(*, ctx: Any, **_applied: object) -> None:
    """What SQLite did not hold while migrating is looked at before the migration is committed."""
    if ctx.dialect.name == "sqlite" and (broken := ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
        raise RuntimeError(f"references without their row: {broken[:5]}")


def run_migrations() -> None:
    """Apply or undo migrations, each in a transaction of its own."""
    migrate = current_app.extensions["migrate"]
    with migrate.db.engine.connect() as connection:
        _hold_references(connection, are_held=False)
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadatas[None],
            transaction_per_migration=True,
            compare_type=True,
            render_as_batch=True,
            render_item=_plain_type,
            on_version_apply=_refuse_broken_references,
        )
        try:
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            _hold_references(connection, are_held=True)


run_migrations()
