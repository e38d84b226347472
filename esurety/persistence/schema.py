"""Whether the database has the schema that this code was written for."""

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from esurety.persistence.database import db, end_reading

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class DatabaseUnreachable(Exception):
    """The database does not answer."""


def is_current() -> bool:
    """Whether the newest migration has been applied. Raises DatabaseUnreachable."""
    try:
        with db.engine.connect() as connection:
            applied = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as no:
        end_reading()
        raise DatabaseUnreachable from no
    return applied == ScriptDirectory(str(MIGRATIONS)).get_current_head()
