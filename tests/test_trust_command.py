"""`flask trust export FILE`: what it writes is what the stand-alone verifier reads."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.services.note_keys import NoteSigner
from esurety.settings import _fresh_note_key
from tests.signing import SURETY_NAME, put_identity, the_root
from tests.stage import Stage
from tests.verifier import verifier


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "signing"
    folder.mkdir()
    (folder / "roots.pem").write_bytes(the_root().pem)
    put_identity(folder / "1", the_root())
    return folder


@pytest.fixture
def command(make_app: Callable[..., Flask], folder: Path) -> FlaskCliRunner:
    app = make_app(signing_folder=folder)
    register_commands(app)
    return app.test_cli_runner()


def test_the_verifier_reads_what_is_written(stage: Stage, command: FlaskCliRunner, tmp_path: Path, folder: Path) -> None:
    stage.issued()
    put_identity(folder / "former" / "1-1", the_root())
    ensure_demo_identity(folder, 9, "別の会社")
    witness = NoteSigner(_fresh_note_key("witness.example.jp", 4)).key.text

    done = command.invoke(args=["trust", "export", str(tmp_path / "trust.json"), "--witness", witness])

    assert done.exit_code == 0, done.output
    trust = verifier().Trust.read((tmp_path / "trust.json").read_text(encoding="utf-8"))
    assert [one.raw for one in trust.roots] == [the_root().certificate.public_bytes(Encoding.DER)]
    assert [one.is_demo for one in trust.demo_roots] == [True]
    assert len(trust.signers[SURETY_NAME]) == 2
    assert trust.head.size == 1
    assert trust.log.name == stage.installation.log_signer.key.name
    assert [one.name for one in trust.witnesses] == ["witness.example.jp"]
    assert {"esurety-certificate-1", "esurety-log-entry-1"} <= trust.schemas.keys()
    said = json.loads((tmp_path / "trust.json").read_text(encoding="utf-8"))
    assert base64.b64decode(said["roots"][0])
    assert "PRIVATE" not in json.dumps(said)


@pytest.mark.parametrize("witness", ["no key", "127.0.0.1:8000/log+00000000+AAAA"])
def test_a_witness_that_is_none_is_refused(command: FlaskCliRunner, tmp_path: Path, witness: str) -> None:
    done = command.invoke(args=["trust", "export", str(tmp_path / "trust.json"), "--witness", witness])

    assert (done.exit_code, (tmp_path / "trust.json").exists()) == (1, False)
    assert "検証鍵" in done.output


def test_a_logs_own_key_is_no_witness(stage: Stage, command: FlaskCliRunner, tmp_path: Path) -> None:
    key = stage.installation.log_signer.key.text

    assert command.invoke(args=["trust", "export", str(tmp_path / "trust.json"), "--witness", key]).exit_code == 1


def test_without_roots_nothing_is_written(command: FlaskCliRunner, tmp_path: Path, folder: Path) -> None:
    (folder / "roots.pem").unlink()

    done = command.invoke(args=["trust", "export", str(tmp_path / "trust.json")])

    assert (done.exit_code, (tmp_path / "trust.json").exists()) == (1, False)
    assert "roots.pem" in done.output


@pytest.mark.parametrize("name", ["roots.pem", "1/certificate.pem"])
def test_an_unreadable_certificate_is_named(command: FlaskCliRunner, tmp_path: Path, folder: Path, name: str) -> None:
    (folder / name).write_text("nonsense", encoding="utf-8")

    done = command.invoke(args=["trust", "export", str(tmp_path / "trust.json")])

    assert done.exit_code == 1
    assert Path(name).name in done.output
