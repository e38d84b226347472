"""The database: one connection recipe for SQLite and PostgreSQL, and the one way to write."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from esurety.domain.yen import Yen
from esurety.settings import Settings

_is_writing: ContextVar[bool] = ContextVar("_is_writing", default=False)
_after_commit: ContextVar[list[Callable[[], object]] | None] = ContextVar("_after_commit", default=None)


class Base(DeclarativeBase):
    """The base of every model; constraints are named so that both databases and the migrations agree."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",  # with the other table's name, some would outgrow PostgreSQL's 63 characters
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate(compare_type=True, render_as_batch=True)


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite would silently turn 09:00+09:00 into a naive 09:00."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class YenColumn(TypeDecorator[Yen]):
    """An amount of whole yen."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Yen | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else Yen(value)


def connect_database(app: Flask, settings: Settings, migrations_folder: str) -> None:
    """Bind the models to the database of the settings."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "hide_parameters": True,  # a fault's log line must not carry what people typed
    }
    db.init_app(app)
    migrate.init_app(app, db, directory=migrations_folder)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _follow_sqlite_recipe(db.engine)


def _follow_sqlite_recipe(engine: Engine) -> None:
    """WAL and FULL so that an acknowledged guarantee survives a power cut; our own BEGIN because the driver's loses updates."""

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A deferred BEGIN that turns into a write fails on a stale snapshot without honouring busy_timeout.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writing.get() else "BEGIN")


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: committed when the block ends well, rolled back by any exception.

    Whatever was read before is read anew, so that a decision rests on what is true inside the transaction.
    """
    db.session.rollback()
    token, then = _is_writing.set(True), _after_commit.set([])
    try:
        yield db.session()
        db.session.commit()
        _act_after_commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _is_writing.reset(token)
        _after_commit.reset(then)


def _act_after_commit() -> None:
    for act in _after_commit.get() or []:
        with suppress(OSError):  # a full disk under the log must not tell anybody that a committed act has failed
            act()


def after_commit(act: Callable[[], object]) -> None:
    """Do something light, such as writing a log line, once the running transaction has been committed; never if it is not."""
    waiting = _after_commit.get()
    if waiting is not None:
        waiting.append(act)


def reading() -> Session:
    """The session of this request, for queries."""
    return db.session()


def insert(table: type[Base]) -> SqliteInsert | PostgresqlInsert:
    """An INSERT that can say ON CONFLICT: both databases know it, each in its own dialect."""
    is_postgresql = reading().get_bind().dialect.name == "postgresql"
    return postgresql_insert(table) if is_postgresql else sqlite_insert(table)


def end_reading() -> None:
    """Give the connection back before slow work (rendering, mail): no transaction stays open meanwhile."""
    db.session.rollback()
