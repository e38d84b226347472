"""`flask check` says in sentences what is wrong, and nothing when nothing is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands
from esurety.services.check_installation import Finding, Result, check_installation, overall
from esurety.settings import MailSettings
from tests.example_of_record import ISSUED_AT
from tests.stage import Stage

AT = ISSUED_AT + timedelta(minutes=1)


def findings(app: Flask, *, at: object = AT) -> list[Finding]:
    with app.app_context():
        return check_installation(installation=app.extensions["esurety"], at=at)  # type: ignore[arg-type]


def said(found: list[Finding], result: Result) -> str:
    return "".join(one.sentence for one in found if one.result is result)


@pytest.fixture
def sound(make_app: Callable[..., Flask], stage: Stage, settings: object, tmp_path: Path) -> Flask:
    stage.issued()
    (tmp_path / "data").mkdir(mode=0o700, exist_ok=True)
    return make_app(public_url="https://hosho.example.jp")


def test_a_sound_installation_has_nothing_to_do(sound: Flask) -> None:
    found = findings(sound)

    assert said(found, Result.DOES_NOT) == ""
    assert overall(found) is Result.HOLDS


def test_a_certificate_with_other_bytes_is_named(sound: Flask, stage: Stage) -> None:
    sha256 = stage.scalar("SELECT sha256 FROM certificate_files")
    stage.change("UPDATE certificate_files SET pdf = :other", other=b"%PDF-1.4 something else")

    assert f"証書のファイル {sha256}" in said(findings(sound), Result.DOES_NOT)


def test_mail_that_waits_and_a_clock_that_went_back_are_said(sound: Flask) -> None:
    assert "1時間以上送れていないメール" in said(findings(sound, at=AT + timedelta(hours=2)), Result.DOES_NOT)
    assert "時計が" in said(findings(sound, at=ISSUED_AT - timedelta(days=1)), Result.DOES_NOT)


def test_an_authority_that_no_code_can_be_mailed_to_is_named(sound: Flask, stage: Stage) -> None:
    stage.change("UPDATE authority_policies SET performance_recipient = '契約担当', advance_recipient = '工事担当課'")

    assert "発注者 2件（〇〇区、長生村）の提出先にメールアドレスがなく" in said(findings(sound), Result.DOES_NOT)


def test_secrets_that_others_can_read_are_named(sound: Flask, tmp_path: Path) -> None:
    (tmp_path / "data" / "secrets").mkdir()
    (tmp_path / "data" / "secrets" / "key_pepper").touch(mode=0o644)

    assert "key_pepper を、ほかの利用者も読めます" in said(findings(sound), Result.DOES_NOT)


def test_a_mail_server_that_is_not_there_is_said(make_app: Callable[..., Flask], sound: Flask) -> None:
    nobody = MailSettings(server="127.0.0.1", port=1, use_tls=False, username=None, password=None, sender="a@b.example")

    found = findings(make_app(mail=nobody, public_url="https://hosho.example.jp"))

    assert "メールサーバー 127.0.0.1:1 に接続できません" in said(found, Result.DOES_NOT)


def test_a_database_that_is_not_there_is_said(make_app: Callable[..., Flask], sound: Flask) -> None:
    lost = make_app(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing", public_url="https://hosho.example.jp")

    assert "データベースに接続できません" in said(findings(lost), Result.DOES_NOT)


def test_the_command_ends_with_what_it_found(make_app: Callable[..., Flask], stage: Stage) -> None:
    app = make_app(public_url="http://127.0.0.1:8000")
    register_commands(app)

    done = FlaskCliRunner(app).invoke(args=["check"])

    assert done.exit_code == 1
    assert "要対応　PUBLIC_URL が https:// ではありません" in done.output
