"""The commands that operators type."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands
from tests.stage import Stage


@pytest.fixture
def flask_command(make_app: Callable[..., Flask]) -> FlaskCliRunner:
    app = make_app()
    register_commands(app)
    return app.test_cli_runner()


def test_the_first_administrator_is_made_by_command(flask_command: FlaskCliRunner, stage: Stage) -> None:
    options = ["account", "create", "Boss@Example.jp", "--name", "運用 次郎", "--password", "a long enough password"]

    made = flask_command.invoke(args=options)
    again = flask_command.invoke(args=options)

    assert (made.exit_code, again.exit_code) == (0, 1)
    assert stage.rows("SELECT email, role, display_name FROM accounts WHERE email LIKE 'boss%'") == [
        ("boss@example.jp", "admin", "運用 次郎")
    ]
    assert "a long enough password" not in str(stage.rows("SELECT * FROM accounts"))


def test_a_short_password_is_refused(flask_command: FlaskCliRunner, stage: Stage) -> None:
    refused = flask_command.invoke(args=["account", "create", "boss@example.jp", "--name", "運用", "--password", "fourteen chars"])

    assert refused.exit_code == 1
    assert "15文字以上" in refused.stderr
    assert stage.scalar("SELECT count(*) FROM accounts WHERE email = 'boss@example.jp'") == 0


def test_the_worker_sends_what_is_due_and_stops(
    flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("esurety.cli.worker"), "_stop_when_told", list)  # the tests keep their own signals
    stage.issued()

    done = flask_command.invoke(args=["worker", "--once"])

    assert done.exit_code == 0, done.output
    assert set(stage.column("SELECT state FROM outbox_mails")) == {"sent"}
    assert len(list((tmp_path / "data" / "mail").glob("*.eml"))) == 2


def test_demonstration_data_goes_into_a_demonstration_only(flask_command: FlaskCliRunner, stage: Stage) -> None:
    before = stage.census()

    refused = flask_command.invoke(args=["demo", "load"])

    assert refused.exit_code == 1
    assert stage.census() == before
