"""All settings, read once from the environment, frozen, refused with a plain sentence when unsound."""

import base64
import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PORTALS = frozenset({"netdesk", "office", "dsure"})


_SECRET_BYTES = 32
_LOG, _WITNESS = 0x01, 0x04  # what a note key signs: heads of our own log, co-signatures (C2SP signed-note, signature types)


class UnsoundSettings(Exception):
    """A setting that the product refuses to start with; the text is a plain sentence for the operator."""


@dataclass(frozen=True)
class Secrets:
    """What must never be in the database or its backups. Each holds 32 bytes; the names of the files are in docs/operation.md."""

    session_key: str
    key_pepper: bytes
    key_encryption_key: bytes
    log_key: str  # in the note signer's form PRIVATE+KEY+origin+id+base64: it carries the log's name for ever
    witness_key: str  # likewise, for co-signing heads of other logs

    def __repr__(self) -> str:
        return "Secrets(hidden)"

    def as_files(self) -> dict[str, bytes]:
        """Each secret as the file in DATA_DIR/secrets that stands for it, for a backup of the secrets."""
        return {
            "session_key": self.session_key.encode(),
            "key_pepper": base64.urlsafe_b64encode(self.key_pepper),
            "key_encryption_key": base64.urlsafe_b64encode(self.key_encryption_key),
            "log_key": self.log_key.encode(),
            "witness_key": self.witness_key.encode(),
        }

    def read_again(self, folder: Path) -> "Secrets":
        """These secrets with what opens keys taken from files, after they have been replaced. OSError where one is missing."""
        pepper, encryption = (base64.urlsafe_b64decode((folder / name).read_bytes()) for name in ("key_pepper", "key_encryption_key"))
        return replace(self, key_pepper=pepper, key_encryption_key=encryption)


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves. Without a server it stays in the data folder as .eml."""

    server: str | None
    port: int
    use_tls: bool
    username: str | None
    password: str | None
    sender: str

    def __repr__(self) -> str:
        return f"MailSettings(server={self.server!r})"


@dataclass(frozen=True)
class KeyDevice:
    """Where signing keys are that never leave their device (HSM), asked over PKCS#11."""

    module: str  # the path of the maker's library
    token: str
    pin: str = field(repr=False)


@dataclass(frozen=True)
class GateSettings:
    """How much the D-Sure gate bears before it asks an unknown visitor for a mailed code. Starting values, see docs/security.md."""

    contract_failures: int = 10  # of one contract, from everywhere
    contract_per_day: int = 10
    source_failures: int = 10  # of one source, with whatever numbers
    source_per_day: int = 50
    failures: int = 300  # of the whole gate
    per_minute: int = 5
    numbers: int = 30  # different numbers that one source may fail with …
    numbers_minutes: int = 10  # … in this time, before it is stopped …
    stop_hours: int = 24  # … for this long
    alarm_failures: int = 100  # of one contract without a success, until contractor and surety are told
    known_days: int = 90  # how long a source is known that has opened a contract
    code_minutes: int = 10
    code_tries: int = 5  # of one code by one source
    codes_per_hour: int = 3  # mailed for one contract
    source_codes_per_hour: int = 10  # asked for by one source


@dataclass(frozen=True)
class Settings:
    """The product's settings; addresses and names are those of the interface description in the README."""

    database_url: str = field(repr=False)  # carries a password
    data_dir: Path
    public_url: str
    portals: frozenset[str]
    is_demo: bool
    trusted_proxies: int  # how many proxies of ours stand in front; only their word on addresses counts
    mail: MailSettings
    secrets: Secrets
    gate: GateSettings = field(default_factory=GateSettings)
    cheap_hashing: bool = False  # only ever set by tests
    signing_folder: Path | None = None  # SIGNING_DIR; keys may lie on a medium of their own
    timestamp_authorities: tuple[str, ...] = ()  # RFC 3161, asked in this order
    key_device: KeyDevice | None = None  # SIGNING_PKCS11_…; without it, keys are files
    former_public_urls: tuple[str, ...] = ()  # printed on certificates of earlier years; their status addresses are still ours
    log_head_recipient: str = ""  # who gets the log's newest head by mail each day, to hold it as an anchor

    @property
    def mail_dir(self) -> Path:
        """Where mail is kept that no server takes."""
        return self.data_dir / "mail"

    @property
    def signing_dir(self) -> Path:
        """Where each surety's key and certificate lie, in a folder named by its id, beside the trusted roots."""
        return self.signing_folder or self.data_dir / "signing"

    @property
    def public_urls(self) -> tuple[str, ...]:
        """Every address under which status pages were printed on certificates, the present one first."""
        return (self.public_url, *self.former_public_urls)

    @property
    def dsure_address(self) -> str:
        """What the key notice tells the authority to open."""
        return f"{self.public_url}/dsure/"

    @property
    def serves_tls(self) -> bool:
        return self.public_url.startswith("https://")


def read_settings() -> Settings:
    """The settings of this process. NAME_FILE stands for NAME with the value in a file. Raises UnsoundSettings."""
    data_dir = Path(_read("DATA_DIR", "data")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)  # everything private lies in there
    port = _read("PORT", "8000")
    settings = Settings(
        database_url=_database_url(_read("DATABASE_URL", f"sqlite:///{data_dir / 'esurety.sqlite3'}")),
        data_dir=data_dir,
        public_url=_read("PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        former_public_urls=tuple(one.strip().rstrip("/") for one in _read("FORMER_PUBLIC_URLS", "").split(",") if one.strip()),
        portals=frozenset(name.strip() for name in _read("PORTALS", "netdesk,office,dsure").split(",") if name.strip()),
        is_demo=_flag("DEMO"),
        trusted_proxies=_whole_number("TRUSTED_PROXIES", 0),
        mail=MailSettings(
            server=_read("MAIL_SERVER", "") or None,
            port=_whole_number("MAIL_PORT", 25),
            use_tls=_flag("MAIL_USE_TLS"),
            username=_read("MAIL_USERNAME", "") or None,
            password=_read("MAIL_PASSWORD", "") or None,
            sender=_read("MAIL_DEFAULT_SENDER", "esurety@localhost.localdomain"),
        ),
        secrets=_secrets(data_dir / "secrets", _host(_read("PUBLIC_URL", f"http://127.0.0.1:{port}"))),
        log_head_recipient=_read("LOG_HEAD_RECIPIENT", "kansa@demo.example" if _flag("DEMO") else "").strip(),
        signing_folder=Path(_read("SIGNING_DIR", "")).resolve() if _read("SIGNING_DIR", "") else None,
        key_device=_key_device(),
        timestamp_authorities=tuple(one.strip() for one in _read("TIMESTAMP_AUTHORITIES", "").split(",") if one.strip()),
        gate=_gate_settings(),
    )
    _refuse_unsound(settings)
    return settings


def _read(name: str, default: str) -> str:
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as no:
            raise UnsoundSettings(f"{name}_FILE のファイル {file_name} を読めません（{no.strerror}）。") from no
    return os.environ.get(name, default)


def _key_device() -> KeyDevice | None:
    module, token, pin = (_read(f"SIGNING_PKCS11_{name}", "") for name in ("MODULE", "TOKEN", "PIN"))
    if not (module or token or pin):
        return None
    if not (module and token and pin):
        raise UnsoundSettings("SIGNING_PKCS11_MODULE、SIGNING_PKCS11_TOKEN、SIGNING_PKCS11_PIN は、3つとも指定してください。")
    return KeyDevice(module, token, pin)


def _flag(name: str) -> bool:
    value = _read(name, "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"", "0", "false", "no", "off"}:
        return False
    raise UnsoundSettings(f"{name} には 1 か 0 を指定してください。")


def _whole_number(name: str, default: int) -> int:
    value = _read(name, str(default))
    if not value.isascii() or not value.isdigit():
        raise UnsoundSettings(f"{name} には数字を指定してください。")
    return int(value)


def _gate_settings() -> GateSettings:
    """GATE_CONTRACT_FAILURES and so on: each field in capitals, a whole number of at least 1."""
    usual = GateSettings()
    read = {one.name: _whole_number(f"GATE_{one.name.upper()}", getattr(usual, one.name)) for one in fields(usual)}
    for name, value in read.items():
        if value < 1:
            raise UnsoundSettings(f"GATE_{name.upper()} には1以上の数字を指定してください。")
    return GateSettings(**read)


def _database_url(url: str) -> str:
    """PostgreSQL addresses as people write them, made to name the driver that is installed."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secrets(folder: Path, host: str) -> Secrets:
    return Secrets(
        session_key=_read("SECRET_KEY", "") or _kept_secret(folder / "session_key"),
        key_pepper=_bytes_of("KEY_PEPPER", folder / "key_pepper"),
        key_encryption_key=_bytes_of("KEY_ENCRYPTION_KEY", folder / "key_encryption_key"),
        log_key=_note_key("LOG_KEY", folder, f"{host}/log", _LOG),
        witness_key=_note_key("WITNESS_KEY", folder, f"{host}/witness", _WITNESS),
    )


def _bytes_of(name: str, path: Path) -> bytes:
    try:
        value = base64.urlsafe_b64decode(_read(name, "") or _kept_secret(path))
    except ValueError:
        value = b""
    if len(value) != _SECRET_BYTES:
        raise UnsoundSettings(f"{name} は{_SECRET_BYTES}バイトを base64url で表したものにしてください。")
    return value


def _host(public_url: str) -> str:
    """The host that names our log, with its port. Judged before a key is made that would carry a wrong name for ever."""
    host = urlsplit(public_url).netloc
    if not host or "+" in host:
        raise UnsoundSettings("PUBLIC_URL は http:// または https:// で始まるアドレスにしてください。")
    return host


def _note_key(variable: str, folder: Path, name: str, kind: int) -> str:
    text = _read(variable, "") or _kept_secret(folder / variable.lower(), lambda: _fresh_note_key(name, kind))
    parts = text.split("+", 4)
    try:
        key = base64.b64decode(parts[-1], validate=True)
    except ValueError:
        key = b""
    if parts[:2] != ["PRIVATE", "KEY"] or len(key) != 1 + _SECRET_BYTES or key[0] != kind:
        raise UnsoundSettings(f"{variable} は PRIVATE+KEY+名前+番号+鍵 の形にしてください（はじめの起動で作られた値）。")
    return text


def _fresh_secret() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _fresh_note_key(name: str, kind: int) -> str:
    """A new Ed25519 key in the note signer's form; its id is the beginning of a hash over name, kind and public key."""
    key = Ed25519PrivateKey.generate()
    said = name.encode() + b"\n" + bytes([kind])
    identity = hashlib.sha256(said + key.public_key().public_bytes_raw()).digest()[:4]
    return f"PRIVATE+KEY+{name}+{identity.hex()}+{base64.b64encode(bytes([kind]) + key.private_bytes_raw()).decode()}"


def _kept_secret(path: Path, make: Callable[[], str] = _fresh_secret) -> str:
    """The secret in a file, made once when absent; readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as file:
            file.write(make())
        try:
            os.link(fresh, path)  # whole or not at all, and the first of several starting processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii").strip()


def _refuse_unsound(settings: Settings) -> None:
    unknown = settings.portals - PORTALS
    if unknown or not settings.portals:
        raise UnsoundSettings(f"PORTALS には {'、'.join(sorted(PORTALS))} のいずれかを指定してください。")
    if not settings.public_url.startswith(("http://", "https://")):
        raise UnsoundSettings("PUBLIC_URL は http:// または https:// で始まるアドレスにしてください。")
    if len(settings.secrets.session_key) < _SECRET_BYTES:
        raise UnsoundSettings("SECRET_KEY は32文字以上にしてください。")
    local = urlsplit(settings.public_url).hostname in {"127.0.0.1", "localhost", "::1"}
    if not settings.is_demo and not settings.serves_tls and not local:
        raise UnsoundSettings("PUBLIC_URL は https:// で始まるアドレスにしてください（暗号化なしの公開はできません）。")
    if not all(one.startswith(("http://", "https://")) for one in settings.former_public_urls):
        raise UnsoundSettings("FORMER_PUBLIC_URLS には http:// または https:// で始まるアドレスを、カンマで区切って指定してください。")
    if not all(one.startswith(("http://", "https://")) for one in settings.timestamp_authorities):
        raise UnsoundSettings("TIMESTAMP_AUTHORITIES には http:// または https:// で始まるアドレスを、カンマで区切って指定してください。")
    if not settings.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise UnsoundSettings("DATABASE_URL には SQLite か PostgreSQL のアドレスを指定してください。")
