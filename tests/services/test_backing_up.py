"""Backups: taken while people write, proved when they come back, refused when something is off."""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands
from esurety.services.back_up import back_up
from esurety.settings import Settings
from esurety.web import create_app
from tests.conftest import let_go
from tests.example_of_record import ISSUED_AT
from tests.private_postgres import PrivatePostgres
from tests.stage import Stage


@pytest.fixture(autouse=True)
def tools_of_the_same_version(postgres: PrivatePostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' PostgreSQL brings its own pg_dump and pg_restore; another version's would refuse."""
    monkeypatch.setenv("PATH", f"{postgres.tools}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def running(make_app: Callable[..., Flask], stage: Stage) -> Flask:
    """An installation with one issued guarantee and one handed-in paper's file."""
    stage.issued()
    app = make_app()
    papers = app.extensions["esurety"].settings.data_dir / "papers"
    papers.mkdir(parents=True, mode=0o700)
    (papers / hashlib.sha256(b"paper").hexdigest()).write_bytes(b"paper")
    return app


@pytest.fixture
def elsewhere(settings: Settings, postgres: PrivatePostgres, tmp_path: Path) -> Iterator[Flask]:
    """An empty installation on the same kind of database, with secrets of its own, as a new machine has them."""
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}" if settings.database_url.startswith("sqlite") else postgres.url(postgres.create())
    fresh = replace(settings.secrets, session_key="s" * 32, key_pepper=b"1" * 32, key_encryption_key=b"2" * 32)
    app = create_app(replace(settings, database_url=url, data_dir=tmp_path / "elsewhere", secrets=fresh))
    (tmp_path / "elsewhere").mkdir()
    yield app
    let_go(app)


def command(app: Flask, *arguments: str) -> tuple[int, str]:
    if "backup" not in app.cli.commands:
        register_commands(app)
    done = FlaskCliRunner(app).invoke(args=list(arguments))
    return done.exit_code, done.output


def test_a_backup_comes_back_whole_on_another_machine(running: Flask, elsewhere: Flask, stage: Stage, tmp_path: Path) -> None:
    backup, keys = str(tmp_path / "backup"), str(tmp_path / "keys.tar")

    made = command(running, "backup", backup, "--with-secrets", keys)
    restored = command(elsewhere, "restore", backup, "--secrets", keys)

    assert (made[0], restored[0]) == (0, 0), (made, restored)
    assert "認証キーの控えを開けます" in restored[1]
    assert "問題" not in restored[1]
    there = Stage(elsewhere)
    assert there.rows("SELECT number FROM guarantee_contracts") == stage.rows("SELECT number FROM guarantee_contracts")
    paper = elsewhere.extensions["esurety"].settings.data_dir / "papers" / hashlib.sha256(b"paper").hexdigest()
    assert paper.read_bytes() == b"paper"
    assert oct(Path(keys).stat().st_mode)[-3:] == "400"


def test_without_the_secrets_a_restore_says_that_no_key_can_be_read(running: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    command(running, "backup", str(tmp_path / "backup"))

    code, said = command(elsewhere, "restore", str(tmp_path / "backup"))

    assert code == 1
    assert "認証キーの控えを開けません" in said


def test_a_backup_holds_no_secret(running: Flask, settings: Settings, tmp_path: Path) -> None:
    command(running, "backup", str(tmp_path / "backup"))

    together = b"".join(path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())

    for value in (settings.secrets.session_key.encode(), *settings.secrets.as_files().values(), settings.secrets.key_pepper):
        assert value not in together


def test_an_altered_backup_is_refused_and_restores_nothing(running: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    command(running, "backup", str(tmp_path / "backup"))
    copy = next((tmp_path / "backup").glob("database.*"))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)

    code, said = command(elsewhere, "restore", str(tmp_path / "backup"))

    assert code == 1
    assert "変わっています" in said
    assert "すでに表があります" not in command(elsewhere, "restore", str(tmp_path / "backup"))[1]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        pytest.param('"schema_version": "', '"schema_version": "9999_', "知りません", id="新しい版のもの"),
        pytest.param("esurety-backup-1", "something-else", "バックアップではありません", id="別の書式"),
        pytest.param('"papers/', '"../papers/', "使えない名前", id="外を指す名前"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(old: str, new: str, said: str, running: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    command(running, "backup", str(tmp_path / "backup"))
    manifest = tmp_path / "backup" / "manifest.json"
    manifest.write_text(manifest.read_text().replace(old, new))

    code, output = command(elsewhere, "restore", str(tmp_path / "backup"))

    assert (code, said in output) == (1, True), output


def test_nothing_is_overwritten(running: Flask, tmp_path: Path) -> None:
    first = command(running, "backup", str(tmp_path / "backup"))
    again = command(running, "backup", str(tmp_path / "backup"))
    into_use = command(running, "restore", str(tmp_path / "backup"))

    assert (first[0], again[0], into_use[0]) == (0, 1, 1)
    assert "すでにあります" in again[1]
    assert "空の" in into_use[1] or "すでに表があります" in into_use[1]


def test_a_backup_taken_while_people_write_is_one_instant(settings: Settings, running: Flask, stage: Stage, tmp_path: Path) -> None:
    """A writer adds to two tables in one transaction; whenever the copy is taken, both agree."""
    if not settings.database_url.startswith("sqlite"):
        pytest.skip("pg_dump reads one snapshot by its own promise")
    stop = threading.Event()

    def write() -> None:
        connection = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=10, isolation_level=None)
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            for _ in range(2):
                connection.execute(
                    "INSERT INTO gate_attempts (source, at, outcome, times) VALUES ('writer', '2026-01-01 00:00:00', 'failed', 1)"
                )
            connection.execute("COMMIT")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            with running.app_context():
                back_up(tmp_path / f"b{number}", at=ISSUED_AT, installation=running.extensions["esurety"])
    finally:
        stop.set()
        writer.join()

    counts = []
    for number in range(5):
        copy = sqlite3.connect(tmp_path / f"b{number}" / "database.sqlite3")
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        counts.append(copy.execute("SELECT count(*) FROM gate_attempts WHERE source = 'writer'").fetchone()[0])
        copy.close()
    assert all(count % 2 == 0 for count in counts)
    assert counts[-1] > counts[0]
