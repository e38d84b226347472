"""`flask audit verify` and `flask log …` as an operator types them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands
from esurety.domain.log_entry import LogEntry, LogEvent
from esurety.domain.log_tiles import TilePlace
from esurety.domain.tlog_proof import TlogProof
from tests.example_of_record import ISSUED_ON, with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, changed
from tests.services.test_log import check_signature, entries, new_key
from tests.stage import Stage


@pytest.fixture
def flask_command(make_app: Callable[..., Flask]) -> FlaskCliRunner:
    app = make_app()
    register_commands(app)
    return app.test_cli_runner()


def test_a_sound_log_ends_with_zero_and_says_what_was_checked(flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path) -> None:
    stage.issued(**with_performance())
    (tmp_path / "head").write_text(flask_command.invoke(args=["log", "head"]).stdout, encoding="utf-8")
    root = stage.scalar("SELECT root FROM log_checkpoints WHERE tree_size = 1")

    alone = flask_command.invoke(args=["audit", "verify"])
    against = flask_command.invoke(args=["audit", "verify", "--head", str(tmp_path / "head"), "--printed", f"1:{root[:16]}"])

    assert (alone.exit_code, against.exit_code) == (0, 0), alone.output + against.output
    assert "問題は見つかりませんでした（記録2件、証書ファイル2個を確かめました）" in alone.stdout
    assert "--head で指定してください" in alone.stdout
    assert "この監査が照らし合わせないもの：" in alone.stdout
    for what in ("紙の証書の台帳の内容", "操作の記録（events）", "発行した人と発行権限の登録"):
        assert f"・{what}" in alone.stdout
    assert "以前の先頭値2個" in against.stdout


def test_what_was_rewritten_is_said_and_ends_with_one(flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path) -> None:
    stage.issued()
    stage.change("UPDATE certificate_files SET pdf = (SELECT hash FROM log_nodes)")

    wrong = flask_command.invoke(args=["audit", "verify"])
    other = flask_command.invoke(args=["audit", "verify", "--printed", "1:0000000000000000"])

    assert (wrong.exit_code, other.exit_code) == (1, 1)
    assert "問題が1件見つかりました" in wrong.stderr
    assert "当初の証書ファイルが書き換えられています" in wrong.stderr
    assert "証書に印刷された先頭値（第1件時点）と合いません" in other.stderr


def test_what_cannot_be_checked_ends_with_two(flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path) -> None:
    stage.issued()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "text").write_text("なにもない", encoding="utf-8")

    tries = {
        "--head": [str(tmp_path / "absent"), str(tmp_path / "bytes"), str(tmp_path / "text"), str(tmp_path)],
        "--printed": ["1", "x:00000000", "1:123", "1:zzzzzzzz"],
    }
    for option, values in tries.items():
        for value in values:
            done = flask_command.invoke(args=["audit", "verify", option, value])
            assert done.exit_code == 2, (value, done.output)
            assert "確かめられませんでした" in done.stderr


def test_a_log_that_cannot_even_be_read_is_never_called_sound(flask_command: FlaskCliRunner, stage: Stage) -> None:
    stage.issued()
    for table in ("log_nodes", "log_entries"):
        stage.change(f"ALTER TABLE {table} RENAME COLUMN {'hash' if table == 'log_nodes' else 'salt'} TO something")

        done = flask_command.invoke(args=["audit", "verify"])

        assert done.exit_code == 2
        assert "読み取れない値があります" in done.stderr


def test_a_cancellation_has_a_proof_too(flask_command: FlaskCliRunner, stage: Stage) -> None:
    first, second = stage.issued(**with_performance()).numbers
    stage.cancel(second, on=ISSUED_ON, at=CHANGED_AT)

    done = flask_command.invoke(args=["log", "proof", second, "--cancellation"])
    none = flask_command.invoke(args=["log", "proof", first, "--cancellation"])

    entry = LogEntry.from_json(TlogProof.parse(done.stdout).entry.decode())
    assert (entry.event, entry.guarantee_contract_number, entry.cancelled_on) == (LogEvent.CANCELLED, second, ISSUED_ON)
    assert none.exit_code == 1
    assert "解約の記録が" in none.stderr


def test_the_keys_are_printed(flask_command: FlaskCliRunner, stage: Stage) -> None:
    said = flask_command.invoke(args=["log", "key"]).stdout.split()

    assert said == [stage.installation.log_signer.key.text, stage.installation.witness_signer.key.text]
    check_signature(stage, flask_command.invoke(args=["log", "head"]).stdout)


def test_the_export_is_what_the_server_serves_and_grows(flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path) -> None:
    number = stage.issued(**with_performance()).number
    folder = tmp_path / "static"

    first = flask_command.invoke(args=["log", "export", str(folder)])
    new_key(stage, number)
    second = flask_command.invoke(args=["log", "export", str(folder)])
    third = flask_command.invoke(args=["log", "export", str(folder)])

    assert (first.exit_code, second.exit_code, third.exit_code) == (0, 0, 0), first.output
    assert "公開記録 3件を" in second.stdout
    assert "（2ファイル）" in third.stdout  # head and key alone
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == [
        "checkpoint", "key", "tile/0/000.p/2", "tile/0/000.p/3", "tile/entries/000.p/2", "tile/entries/000.p/3",
    ]  # fmt: skip
    client = stage.app.test_client()
    for name in files:
        answer = client.get(f"/log/{name}")
        assert answer.data == (folder / name).read_bytes(), name
        answer.close()
    assert TilePlace.parse("000.p/3").width == 3


def test_an_installation_that_issued_before_there_was_a_log_enters_it_all_once(
    flask_command: FlaskCliRunner, stage: Stage, tamper: Callable[..., None]
) -> None:
    first, second = stage.issued(**with_performance()).numbers
    changed(stage, first, **LARGER)
    new_key(stage, first)
    stage.cancel(second, on=ISSUED_ON, at=CHANGED_AT)
    before = entries(stage)
    tamper("DELETE FROM log_entries", "DELETE FROM log_nodes", "DELETE FROM log_checkpoints")

    unlogged = flask_command.invoke(args=["audit", "verify"])
    begun = flask_command.invoke(args=["log", "begin"])
    again = flask_command.invoke(args=["log", "begin"])

    assert unlogged.exit_code == 1
    assert "flask log begin" in unlogged.stderr
    assert (begun.exit_code, again.exit_code) == (0, 1), begun.output
    assert "5件を、公開記録に入れました" in begun.stdout
    assert "もう始まっています" in again.stderr
    assert sorted(entries(stage)) == sorted(before)
    assert flask_command.invoke(args=["audit", "verify"]).exit_code == 0


def test_an_export_to_nowhere_is_told(flask_command: FlaskCliRunner, stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    done = flask_command.invoke(args=["log", "export", str(tmp_path / "file" / "below")])

    assert done.exit_code == 1
    assert "書き出せませんでした" in done.stderr
