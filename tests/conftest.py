"""What every test can ask for: settings, a migrated database of its own on SQLite and on PostgreSQL, the application, its people."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache

from esurety.persistence.database import db
from esurety.settings import MailSettings, Secrets, Settings
from esurety.web import create_app
from tests.example_of_record import APPLIED_AT
from tests.private_postgres import PrivatePostgres, private_postgres
from tests.stage import Stage, settle

DATABASES = ("sqlite", "postgresql")
_SECRETS = Secrets(session_key="a session key that only tests know", key_pepper=b"p" * 32, key_encryption_key=b"e" * 32)


def settings_for(database_url: str, data_dir: Path) -> Settings:
    """Settings as a demonstration on this machine has them, with hashing made cheap."""
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        public_url="http://127.0.0.1:8000",
        portals=frozenset({"netdesk", "office", "dsure"}),
        is_demo=False,
        mail=MailSettings(server=None, port=25, use_tls=False, username=None, password=None, sender="esurety@demo.example"),
        secrets=_SECRETS,
        cheap_hashing=True,
    )


def let_go(app: Flask) -> None:
    """Close the connections of an application that is done."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _settle_new_database(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade()
        settle(app.extensions["esurety"], APPLIED_AT)
    let_go(app)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """The tests' own PostgreSQL, started when the first test wants it."""
    with private_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def settled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file, migrated and settled once, to be copied."""
    folder = tmp_path_factory.mktemp("settled")
    _settle_new_database(f"sqlite:///{folder / 'settled.sqlite3'}", folder)
    return folder / "settled.sqlite3"


@pytest.fixture(scope="session")
def settled_postgres(postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database, migrated and settled once, to be copied."""
    name = postgres.create()
    _settle_new_database(postgres.url(name), tmp_path_factory.mktemp("settled"))
    return name


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A settled database for this test alone; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("settled_sqlite"), tmp_path / "test.sqlite3")
        yield f"sqlite:///{tmp_path / 'test.sqlite3'}"
        return
    server: PrivatePostgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("settled_postgres"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=DATABASES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    server: PrivatePostgres = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings built directly: no environment, fixed secrets, cheap hashing."""
    return settings_for(database_url, tmp_path / "data")


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all applications of the session."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(settings: Settings, compiled_templates: FileSystemBytecodeCache) -> Iterator[Callable[..., Flask]]:
    """Applications on this test's database, with settings of their own: make_app(is_demo=True)."""
    made: list[Flask] = []

    def make(**changes: object) -> Flask:
        app = create_app(replace(settings, **changes))  # type: ignore[arg-type] # the caller names fields of Settings
        app.jinja_env.bytecode_cache = compiled_templates
        made.append(app)
        return app

    yield make
    for app in made:
        let_go(app)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The application. Requests bring their own application context: push none around them."""
    return make_app()


@pytest.fixture
def stage(app: Flask) -> Stage:
    """The people of the demonstration, who act through the services."""
    return Stage(app)
