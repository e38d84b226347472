"""`flask certificate verify FILE`: the page's words and exit codes 0, 1, 2."""

from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli.certificate import certificate
from tests.example_of_record import OPENED_AT
from tests.stage import Stage


@pytest.fixture
def verify(make_app: Callable[..., Flask]) -> Callable[..., tuple[int, str]]:
    app = make_app()
    app.cli.add_command(certificate)
    runner: FlaskCliRunner = app.test_cli_runner()

    def run(*arguments: object) -> tuple[int, str]:
        with time_machine.travel(OPENED_AT, tick=True):
            done = runner.invoke(args=["certificate", "verify", *(str(one) for one in arguments)])
        return done.exit_code, done.output

    return run


@pytest.fixture
def good(stage: Stage, tmp_path: Path) -> Path:
    stage.issued()
    file = tmp_path / "good.pdf"
    file.write_bytes(stage.scalar("SELECT pdf FROM certificate_files"))
    return file


def test_a_good_certificate_holds(good: Path, verify: Callable[..., tuple[int, str]]) -> None:
    code, said = verify(good)

    assert code == 0
    assert said.startswith("有効（現行）：")
    assert "内容は発行時のままか　はい" in said


def test_a_changed_one_does_not(good: Path, verify: Callable[..., tuple[int, str]]) -> None:
    good.write_bytes(good.read_bytes() + b"more")

    code, said = verify(good)

    assert code == 1
    assert said.startswith("改変あり：")
    assert "末尾に、余分なデータ" in said
    assert "次にすること1：" in said


def test_another_number_does_not(good: Path, verify: Callable[..., tuple[int, str]]) -> None:
    assert verify(good, "--number", "99999-00005M")[0] == 1


@pytest.mark.parametrize("content", [b"", b"no certificate"])
def test_what_is_no_certificate_cannot_be_told(content: bytes, tmp_path: Path, verify: Callable[..., tuple[int, str]]) -> None:
    (tmp_path / "file.pdf").write_bytes(content)

    code, said = verify(tmp_path / "file.pdf")

    assert code == 2
    assert said.startswith("判定不能：")


def test_a_missing_file_and_a_wrong_number_cannot_be_told(good: Path, tmp_path: Path, verify: Callable[..., tuple[int, str]]) -> None:
    assert verify(tmp_path / "missing.pdf")[0] == 2
    assert verify(good, "--number", "12-3")[0] == 2
