"""What every test can ask for: settings, a migrated database of its own on SQLite and on PostgreSQL, the application, its people."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Dialect, event, make_url, text

from esurety.documents.certificate import render_certificate
from esurety.domain.certificate_content import CertificateContent
from esurety.persistence.database import db
from esurety.services import make_certificate
from esurety.settings import MailSettings, Secrets, Settings
from esurety.web import create_app
from tests.example_of_record import APPLIED_AT
from tests.private_postgres import PrivatePostgres, private_postgres
from tests.signing import signing_folder
from tests.stage import Stage, settle

DATABASES = ("sqlite", "postgresql")
_SECRETS = Secrets(
    session_key="a session key that only tests know",
    key_pepper=b"p" * 32,
    key_encryption_key=b"e" * 32,
    log_key="PRIVATE+KEY+127.0.0.1:8000/log+337a0a29+AWxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxs",
    witness_key="PRIVATE+KEY+127.0.0.1:8000/witness+940f98a2+BHd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3",
)


def settings_for(database_url: str, data_dir: Path) -> Settings:
    """Settings as a demonstration on this machine has them, with hashing made cheap."""
    return Settings(
        database_url=database_url,
        data_dir=data_dir,
        public_url="http://127.0.0.1:8000",
        portals=frozenset({"netdesk", "office", "dsure"}),
        is_demo=False,
        trusted_proxies=0,
        mail=MailSettings(server=None, port=25, use_tls=False, username=None, password=None, sender="esurety@demo.example"),
        secrets=_SECRETS,
        cheap_hashing=True,
        signing_folder=signing_folder(),
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


class StandingApp:
    """One application a session and kind of database, whose connections lead to the database of the test that runs.

    What it has compiled, templates and SQL, is kept from test to test; of data nothing is.
    """

    def __init__(self, settings: Settings, compiled_templates: FileSystemBytecodeCache) -> None:
        self._target = make_url(settings.database_url)
        self.app = create_app(settings)
        self.app.jinja_env.bytecode_cache = compiled_templates
        with self.app.app_context():
            event.listen(db.engine, "do_connect", self._redirect)

    def lead_to(self, database_url: str) -> Flask:
        self._target = make_url(database_url)
        return self.app

    def _redirect(self, dialect: Dialect, _record: object, arguments: list[object], options: dict[str, object]) -> None:
        arguments[:], there = dialect.create_connect_args(self._target)
        options.update(there)


@pytest.fixture(scope="session")
def standing_apps() -> Iterator[dict[str, StandingApp]]:
    """By kind of database, made when the first test wants one."""
    standing: dict[str, StandingApp] = {}
    yield standing
    for one in standing.values():
        let_go(one.app)


@pytest.fixture
def app(
    standing_apps: dict[str, StandingApp],
    settings: Settings,
    compiled_templates: FileSystemBytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The application. Requests bring their own application context: push none around them."""
    kind = settings.database_url.split(":")[0]
    if kind not in standing_apps:
        data_dir = tmp_path_factory.mktemp("data")
        standing_apps[kind] = StandingApp(replace(settings, data_dir=data_dir), compiled_templates)
    standing = standing_apps[kind].lead_to(settings.database_url)
    yield standing
    let_go(standing)


_RENDERED: dict[str, bytes] = {}


@pytest.fixture
def rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same certificate is typeset once a session: a quarter of a second each, and tests/documents looks at the typesetting."""

    def render(content: CertificateContent) -> bytes:
        # Status page and log head differ in every test; only the data attached to the signed file has them right then.
        content = replace(content, status_id="", status_address="", log_origin="", log_head_size=None, log_head_root="")
        said = content.to_json()
        if said not in _RENDERED:
            _RENDERED[said] = render_certificate(content)
        return _RENDERED[said]

    monkeypatch.setattr(make_certificate, "render_certificate", render)


@pytest.fixture
def stage(app: Flask, rendered_once: None) -> Stage:
    """The people of the demonstration, who act through the services."""
    return Stage(app)


@pytest.fixture
def tamper(stage: Stage) -> Callable[..., None]:
    """What somebody with full rights on the database can do: no trigger and no foreign key stands in the way."""

    def act(*statements: str) -> None:
        with stage._engine.connect() as connection:
            if stage._engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            else:
                connection.rollback()
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
                connection.exec_driver_sql("BEGIN")
                kept = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
                for name, _ in kept:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.exec_driver_sql(statement)  # text() would take the colons of JSON for parameters
            if stage._engine.dialect.name != "postgresql":
                for _, made in kept:
                    connection.exec_driver_sql(made)  # as a careful intruder leaves it
            connection.commit()
            connection.invalidate()  # not back into the pool with its foreign keys off

    return act
