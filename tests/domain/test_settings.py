"""Settings: read once, whole, and refused with a plain sentence when unsound."""

import base64
import stat
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from esurety.settings import Settings, UnsoundSettings, read_settings

NAMES = (
    "DATA_DIR",
    "DATABASE_URL",
    "PUBLIC_URL",
    "PORT",
    "PORTALS",
    "DEMO",
    "SECRET_KEY",
    "KEY_PEPPER",
    "KEY_ENCRYPTION_KEY",
    "MAIL_SERVER",
    "MAIL_PORT",
    "MAIL_USE_TLS",
    "MAIL_USERNAME",
    "MAIL_PASSWORD",
    "MAIL_DEFAULT_SENDER",
    "SIGNING_DIR",
    "TIMESTAMP_AUTHORITIES",
    "SIGNING_PKCS11_MODULE",
    "SIGNING_PKCS11_TOKEN",
    "SIGNING_PKCS11_PIN",
    "GATE_CONTRACT_FAILURES",
    "GATE_PER_MINUTE",
)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_without_any_setting_it_starts_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = read(monkeypatch)

    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.dsure_address == "http://127.0.0.1:8000/dsure/"
    assert settings.portals == {"netdesk", "office", "dsure"}
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'esurety.sqlite3'}"
    assert settings.mail_dir == tmp_path / "data" / "mail"
    assert settings.mail.server is None
    assert settings.is_demo is False
    assert settings.cheap_hashing is False
    assert settings.serves_tls is False


def test_the_port_shows_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, PORT="8080").public_url == "http://127.0.0.1:8080"


def test_a_public_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, PUBLIC_URL="https://hosho.example.jp/")

    assert settings.dsure_address == "https://hosho.example.jp/dsure/"
    assert settings.serves_tls is True


@pytest.mark.parametrize("typed", ["postgres://db/esurety", "postgresql://db/esurety", "postgresql+psycopg://db/esurety"])
def test_a_postgresql_address_names_the_installed_driver(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    assert read(monkeypatch, DATABASE_URL=typed).database_url == "postgresql+psycopg://db/esurety"


def test_a_machine_may_serve_one_portal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, PORTALS=" dsure, ").portals == {"dsure"}


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        pytest.param({"PORTALS": "netdesk,shop"}, "PORTALS", id="知らない窓口"),
        pytest.param({"PORTALS": " , "}, "PORTALS", id="窓口なし"),
        pytest.param({"PUBLIC_URL": "hosho.example.jp"}, "PUBLIC_URL", id="httpのないアドレス"),
        pytest.param({"PUBLIC_URL": "http://hosho.example.jp"}, "暗号化なしの公開", id="暗号化なしの公開"),
        pytest.param({"SECRET_KEY": "short"}, "SECRET_KEY", id="短い秘密鍵"),
        pytest.param({"KEY_PEPPER": "dG9vIHNob3J0"}, "KEY_PEPPER", id="短いペッパー"),
        pytest.param({"KEY_ENCRYPTION_KEY": "あ"}, "KEY_ENCRYPTION_KEY", id="base64でない鍵"),
        pytest.param({"DATABASE_URL": "mysql://db/esurety"}, "DATABASE_URL", id="知らないデータベース"),
        pytest.param({"SECRET_KEY_FILE": "/nonexistent/secret"}, "SECRET_KEY_FILE", id="ないファイル"),
    ],
)
def test_an_unsound_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(UnsoundSettings, match=sentence):
        read(monkeypatch, **environment)


def test_a_demonstration_may_run_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, PUBLIC_URL="http://demo.example.jp", DEMO="1").is_demo is True


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pepper = base64.urlsafe_b64encode(bytes(range(32))).decode()
    (tmp_path / "pepper").write_text(pepper + "\n", encoding="ascii")

    settings = read(monkeypatch, KEY_PEPPER_FILE=str(tmp_path / "pepper"))

    assert settings.secrets.key_pepper == bytes(range(32))


def test_secrets_are_made_once_and_kept_for_their_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, second = read(monkeypatch).secrets, read(monkeypatch).secrets
    folder = tmp_path / "data" / "secrets"

    assert first == second
    assert (len(first.key_pepper), len(first.key_encryption_key)) == (32, 32)
    assert len({first.session_key.encode(), first.key_pepper, first.key_encryption_key}) == 3
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["key_encryption_key", "key_pepper", "log_key", "session_key", "witness_key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o400}


def test_secrets_and_passwords_hide_from_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, MAIL_SERVER="mail.example.jp", MAIL_PASSWORD="mail-password", SECRET_KEY="s" * 40)

    shown = repr(settings)

    assert "mail-password" not in shown
    assert "s" * 40 not in shown
    assert repr(settings.secrets.key_pepper) not in shown


def test_mail_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = read(monkeypatch, MAIL_SERVER="mail.example.jp", MAIL_PORT="587", MAIL_USE_TLS="true", MAIL_USERNAME="hosho").mail

    assert (mail.server, mail.port, mail.use_tls, mail.username, mail.password) == ("mail.example.jp", 587, True, "hosho", None)


def test_settings_cannot_be_changed_after_they_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)

    with pytest.raises(FrozenInstanceError):
        settings.is_demo = True  # type: ignore[misc]


def test_signing_is_set_by_folder_authorities_and_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert read(monkeypatch).signing_dir == tmp_path / "data" / "signing"
    assert read(monkeypatch).timestamp_authorities == ()
    assert read(monkeypatch).key_device is None

    settings = read(
        monkeypatch,
        SIGNING_DIR=str(tmp_path / "keys"),
        TIMESTAMP_AUTHORITIES="http://tsa1.example.jp/, https://tsa2.example.jp/tsr ,",
        SIGNING_PKCS11_MODULE="/usr/lib/hsm.so",
        SIGNING_PKCS11_TOKEN="esurety",
        SIGNING_PKCS11_PIN="471100",
    )

    assert settings.signing_dir == tmp_path / "keys"
    assert settings.timestamp_authorities == ("http://tsa1.example.jp/", "https://tsa2.example.jp/tsr")
    assert settings.key_device is not None
    assert settings.key_device.pin == "471100"
    assert "471100" not in repr(settings)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"TIMESTAMP_AUTHORITIES": "tsa.example.jp"}, "TIMESTAMP_AUTHORITIES"),
        ({"TIMESTAMP_AUTHORITIES": "https://tsa.example.jp/,file:///etc/passwd"}, "TIMESTAMP_AUTHORITIES"),
        ({"SIGNING_PKCS11_MODULE": "/usr/lib/hsm.so"}, "SIGNING_PKCS11_PIN"),
    ],
    ids=str,
)
def test_unsound_signing_settings_are_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], named: str) -> None:
    with pytest.raises(UnsoundSettings, match=named):
        read(monkeypatch, **wrong)


def test_the_limits_of_the_gate_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = read(monkeypatch).gate
    assert (usual.contract_failures, usual.contract_per_day, usual.source_failures, usual.source_per_day) == (10, 10, 10, 50)
    assert (usual.failures, usual.per_minute, usual.numbers, usual.numbers_minutes, usual.alarm_failures) == (300, 5, 30, 10, 100)
    assert (usual.code_minutes, usual.code_tries, usual.codes_per_hour) == (10, 5, 3)

    assert read(monkeypatch, GATE_CONTRACT_FAILURES="20").gate.contract_failures == 20
    with pytest.raises(UnsoundSettings, match="GATE_PER_MINUTE には1以上"):
        read(monkeypatch, GATE_PER_MINUTE="0")
