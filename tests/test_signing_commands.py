"""`flask signing …` as an operator types it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskCliRunner

from esurety.cli import register_commands, stamping
from esurety.cli.stamping import Stamping
from esurety.documents.signing_identity import identity_in
from esurety.services.stamp_later import stamp_one_waiting_file
from tests.documents.test_timestamps import NOBODY
from tests.signing import PEM, SURETY_NAME, TestAuthority, put_identity, the_root
from tests.softhsm import certificate_of_key, needs_softhsm, the_device
from tests.stage import Stage
from tests.timestamp_server import timestamp_server

NOW = datetime.now(UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "signing"
    folder.mkdir()
    (folder / "roots.pem").write_bytes(the_root().pem)
    return folder


@pytest.fixture
def command(make_app: Callable[..., Flask], folder: Path) -> FlaskCliRunner:
    app = make_app(signing_folder=folder)
    register_commands(app)
    return app.test_cli_runner()


def certified(request: Path, authority: TestAuthority, *, until: datetime = NOW + timedelta(days=700)) -> bytes:
    """What a CA answers to a request."""
    asked = x509.load_pem_x509_csr(request.read_bytes())
    assert asked.is_signature_valid
    key = asked.public_key()

    class OnlyPublic:
        def public_key(self) -> object:
            return key

    return authority.certify(SURETY_NAME, OnlyPublic(), valid_until=until).public_bytes(PEM)  # type: ignore[arg-type]


def test_a_surety_gets_its_first_key(command: FlaskCliRunner, folder: Path, tmp_path: Path) -> None:
    assert "署名鍵（key.pem）がありません" in command.invoke(args=["signing", "check"]).output

    asked = command.invoke(args=["signing", "request"])
    request = folder / "1.next/request.pem"
    (tmp_path / "answer.pem").write_bytes(certified(request, the_root()))
    installed = command.invoke(args=["signing", "install", str(tmp_path / "answer.pem")])
    checked = command.invoke(args=["signing", "check"])

    assert (asked.exit_code, installed.exit_code, checked.exit_code) == (0, 0, 0), installed.stderr
    assert str(request) in asked.output
    assert "署名できます" in checked.output
    assert SURETY_NAME in checked.output
    assert (folder / "1/key.pem").stat().st_mode & 0o777 == 0o400
    assert (folder / "1").stat().st_mode & 0o077 == 0
    assert "PRIVATE" not in asked.output + installed.output + checked.output


def test_the_request_is_for_the_surety_and_a_p256_key(command: FlaskCliRunner, folder: Path) -> None:
    command.invoke(args=["signing", "request", "--surety", SURETY_NAME])

    request = x509.load_pem_x509_csr((folder / "1.next/request.pem").read_bytes())
    assert request.subject.rfc4514_string() == f"CN={SURETY_NAME},O={SURETY_NAME},C=JP"
    assert isinstance(request.public_key(), ec.EllipticCurvePublicKey)
    assert request.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
    assert request.signature_hash_algorithm is not None
    assert request.signature_hash_algorithm.name == "sha256"


def test_the_old_key_signs_on_until_the_new_certificate_is_installed(command: FlaskCliRunner, folder: Path, tmp_path: Path) -> None:
    put_identity(folder / "1", the_root())
    before = identity_in(folder / "1").certificate.serial_number

    command.invoke(args=["signing", "request"])
    meanwhile = identity_in(folder / "1").certificate.serial_number
    waiting = command.invoke(args=["signing", "check"]).output
    (tmp_path / "answer.pem").write_bytes(certified(folder / "1.next/request.pem", the_root()))
    installed = command.invoke(args=["signing", "install", str(tmp_path / "answer.pem")])

    assert meanwhile == before
    assert "申請中の鍵があります" in waiting
    assert identity_in(folder / "1").certificate.serial_number != before
    assert identity_in(folder / "former/1-1").certificate.serial_number == before
    assert str(folder / "former/1-1") in installed.output


def test_a_second_request_would_make_the_cas_answer_useless(command: FlaskCliRunner, folder: Path) -> None:
    command.invoke(args=["signing", "request"])
    first = (folder / "1.next/key.pem").read_bytes()

    refused = command.invoke(args=["signing", "request"])
    assert refused.exit_code == 1
    assert "--again" in refused.stderr
    assert (folder / "1.next/key.pem").read_bytes() == first

    assert command.invoke(args=["signing", "request", "--again"]).exit_code == 0
    assert (folder / "1.next/key.pem").read_bytes() != first


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda request: certified(request, TestAuthority.root("知らない認証局")), "roots.pem の認証局につながっていません"),
        (lambda request: certified(request, the_root(), until=NOW - timedelta(days=1)), "有効期間が終わっています"),
        (lambda _request: the_root().pem, "対になっていません"),
        (lambda _request: b"nonsense", "読み取れません"),
    ],
    ids=["unknown authority", "expired", "of another key", "no certificate"],
)
def test_an_answer_that_does_not_fit_changes_nothing(
    command: FlaskCliRunner, folder: Path, tmp_path: Path, answer: Callable[[Path], bytes], says: str
) -> None:
    put_identity(folder / "1", the_root())
    before = identity_in(folder / "1").certificate.serial_number
    command.invoke(args=["signing", "request"])
    (tmp_path / "answer.pem").write_bytes(answer(folder / "1.next/request.pem"))

    refused = command.invoke(args=["signing", "install", str(tmp_path / "answer.pem")])

    assert refused.exit_code == 1
    assert says in refused.stderr
    assert "何も変えていません" in refused.stderr
    assert identity_in(folder / "1").certificate.serial_number == before
    # and the right answer may still come
    (tmp_path / "answer.pem").write_bytes(certified(folder / "1.next/request.pem", the_root()))
    assert command.invoke(args=["signing", "install", str(tmp_path / "answer.pem")]).exit_code == 0


def test_check_warns_before_the_certificate_ends(command: FlaskCliRunner, folder: Path) -> None:
    put_identity(folder / "1", the_root(), valid_until=NOW + timedelta(days=20, hours=1))
    (folder / "1/key.pem").chmod(0o400)

    soon = command.invoke(args=["signing", "check"])
    later = command.invoke(args=["signing", "check", "--days", "10"])

    assert soon.exit_code == 1
    assert "有効期間はあと20日です" in soon.output
    assert later.exit_code == 0


def test_check_finds_what_others_could_not_verify_or_could_read(command: FlaskCliRunner, folder: Path) -> None:
    put_identity(folder / "1", TestAuthority.root("知らない認証局"))
    (folder / "1/key.pem").chmod(0o644)

    found = command.invoke(args=["signing", "check"])

    assert found.exit_code == 1
    assert "roots.pem の認証局につながっていません" in found.output
    assert "chmod 400" in found.output


def test_unreadable_roots_are_neither_good_nor_bad(command: FlaskCliRunner, folder: Path) -> None:
    (folder / "roots.pem").write_text("nonsense")

    assert command.invoke(args=["signing", "check"]).exit_code == 2


def test_a_surety_that_is_not_there_is_refused(command: FlaskCliRunner) -> None:
    refused = command.invoke(args=["signing", "request", "--surety", "別の会社"])

    assert refused.exit_code == 1
    assert "--surety" in refused.stderr


def test_authorities_are_asked_on_demand(make_app: Callable[..., Flask], folder: Path) -> None:
    put_identity(folder / "1", the_root())
    (folder / "1/key.pem").chmod(0o400)
    with timestamp_server() as good, timestamp_server("garbage") as bad:
        app = make_app(signing_folder=folder, timestamp_authorities=(good.address, bad.address))
        register_commands(app)
        command = app.test_cli_runner()
        silent = command.invoke(args=["signing", "check"])
        asked = command.invoke(args=["signing", "check", "--ask-authorities"])

    assert silent.exit_code == 0
    assert (len(good.asked), len(bad.asked)) == (1, 1)
    assert asked.exit_code == 1
    assert f"{good.address}　応答しました" in asked.output
    assert f"{bad.address}　×　正しい応答がありません" in asked.output


def test_an_authority_that_others_could_not_verify_is_named(make_app: Callable[..., Flask], folder: Path) -> None:
    put_identity(folder / "1", the_root())
    (folder / "1/key.pem").chmod(0o400)
    (folder / "roots.pem").write_bytes(TestAuthority.root("別の認証局").pem)
    with timestamp_server() as server:
        app = make_app(signing_folder=folder, timestamp_authorities=(server.address,))
        register_commands(app)
        asked = app.test_cli_runner().invoke(args=["signing", "check", "--ask-authorities"])

    assert asked.exit_code == 1
    assert "この局のルート証明書を roots.pem に入れてください" in asked.output


def test_the_worker_adds_missing_timestamps_and_asks_ever_more_seldom(
    make_app: Callable[..., Flask], stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = stage.installation.settings
    stage.installation = replace(stage.installation, settings=replace(settings, timestamp_authorities=(NOBODY,)))
    stage.issued()
    seconds = [0.0]
    monkeypatch.setattr(stamping, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    asked = []
    monkeypatch.setattr(stamping, "stamp_one_waiting_file", lambda **named: asked.append(seconds[0]) or stamp_one_waiting_file(**named))

    with stage.context(), timestamp_server() as server:
        duty = Stamping(stage.installation)
        for second in range(0, 2_000, 10):
            seconds[0] = float(second)
            assert not duty.try_one()
        assert asked == [0, 60, 180, 420, 900, 1_800]  # after 1, 2, 4, 8 and 15 minutes
        duty = Stamping(replace(stage.installation, settings=replace(settings, timestamp_authorities=(server.address,))))
        assert [duty.try_one(), duty.try_one()] == [True, False]

    assert stage.column("SELECT timestamp_state FROM certificate_versions") == ["detached"]


def test_a_fault_while_stamping_leaves_mail_going(make_app: Callable[..., Flask], stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamping, "stamp_one_waiting_file", lambda **_named: (_ for _ in ()).throw(RuntimeError("disk")))

    with stage.context():
        assert Stamping(stage.installation).try_one() is False


@needs_softhsm
def test_a_certificate_for_a_key_in_a_device_is_installed_likewise(make_app: Callable[..., Flask], folder: Path, tmp_path: Path) -> None:
    app = make_app(signing_folder=folder, key_device=the_device())
    register_commands(app)
    command = app.test_cli_runner()
    (tmp_path / "answer.pem").write_bytes(certificate_of_key("surety-2"))
    (tmp_path / "right.pem").write_bytes(certificate_of_key("surety-1"))

    made_elsewhere = command.invoke(args=["signing", "request"])
    of_another = command.invoke(args=["signing", "install", str(tmp_path / "answer.pem")])
    left_behind = list(folder.glob("*.next"))
    installed = command.invoke(args=["signing", "install", str(tmp_path / "right.pem")])
    checked = command.invoke(args=["signing", "check"])

    assert (made_elsewhere.exit_code, of_another.exit_code, installed.exit_code, checked.exit_code) == (1, 1, 0, 0), installed.stderr
    assert left_behind == []
    assert "製造元の道具" in made_elsewhere.stderr
    assert "対になっていません" in of_another.stderr
    assert sorted(path.name for path in (folder / "1").iterdir()) == ["certificate.pem"]
    assert "署名できます" in checked.output
