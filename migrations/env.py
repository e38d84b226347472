"""Run migrations on the application's own engine, so that SQLite gets the same recipe as in service."""

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator


def _plain_type(kind: str, thing: object, _context: object) -> str | bool:
    """Name the database's own type: a landed migration must not change when our column types do."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl!r}"
    return False


def run_migrations() -> None:
    """Apply or undo migrations, each in a transaction of its own."""
    migrate = current_app.extensions["migrate"]
    with migrate.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadatas[None],
            transaction_per_migration=True,
            compare_type=True,
            render_as_batch=True,
            render_item=_plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
