"""見本認証局: the demonstration's own certification and timestamp authority. What it certifies always reads 見本."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from esurety.documents.signing_identity import CERTIFICATE_FILE, DEMO_AUTHORITY_NAME, KEY_FILE

DEMO_ROOTS_FILE = "demo-roots.pem"
TIMESTAMP_KEY_FILE, TIMESTAMP_FILE = "timestamp-key.pem", "timestamp.pem"
_FOLDER = "demo-authority"
_ROOT_KEY_FILE, _ROOT_FILE = "root-key.pem", "root.pem"
_VALID_FROM = datetime(2024, 1, 1, tzinfo=UTC)  # before the demonstration's oldest certificate
_VALID_UNTIL = datetime(2044, 1, 1, tzinfo=UTC)
_ROOT_NAME = f"{DEMO_AUTHORITY_NAME}（デモ用。効力はありません）"

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class _Root:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def ensure_demo_identity(signing_dir: Path, surety_id: int, surety_name: str) -> None:
    """Give a surety of a demonstration a key and a certificate, unless its folder has something already."""
    folder = signing_dir / str(surety_id)
    if folder.exists():
        return
    root = _root(signing_dir)

    def fill(fresh: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(f"見本　{surety_name}"[:64], surety_name)
        certificate = _certified(root, subject, key, (x509.BasicConstraints(ca=False, path_length=None), _uses(signing=True)))
        _write_key(fresh / KEY_FILE, key)
        _write(fresh / CERTIFICATE_FILE, _pem(certificate))

    _make_folder_once(folder, fill)


def demo_timestamp_folder(signing_dir: Path) -> Path:
    """Where key and certificate of the demonstration's timestamp authority lie; they are made when they are not there."""
    _root(signing_dir)
    return signing_dir / _FOLDER


def _root(signing_dir: Path) -> _Root:
    folder = signing_dir / _FOLDER
    _make_folder_once(folder, _fill_authority)
    published = signing_dir / DEMO_ROOTS_FILE
    if not published.exists():
        fresh = published.with_name(f"{published.name}.{os.getpid()}")
        _write(fresh, (folder / _ROOT_FILE).read_bytes())
        fresh.replace(published)
    key = serialization.load_pem_private_key((folder / _ROOT_KEY_FILE).read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "we made it ourselves"  # noqa: S101
    return _Root(key, x509.load_pem_x509_certificate((folder / _ROOT_FILE).read_bytes()))


def _fill_authority(fresh: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(_ROOT_NAME, DEMO_AUTHORITY_NAME)
    itself = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    uses = _uses(signing=False)
    root = _Root(key, _sealed(itself, key, key, (x509.BasicConstraints(ca=True, path_length=0), uses)))
    # pyHanko's small timestamp authority signs with RSA.
    stamping_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    only_stamps = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    no_authority = x509.BasicConstraints(ca=False, path_length=None)
    stamping = _certified(
        root, _name("見本タイムスタンプ局", DEMO_AUTHORITY_NAME), stamping_key, (no_authority, _uses(signing=True), only_stamps)
    )
    _write_key(fresh / _ROOT_KEY_FILE, key)
    _write(fresh / _ROOT_FILE, _pem(root.certificate))
    _write_key(fresh / TIMESTAMP_KEY_FILE, stamping_key)
    _write(fresh / TIMESTAMP_FILE, _pem(stamping))


def _name(common: str, organisation: str) -> x509.Name:
    named = ((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, organisation[:64]), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in named])


def _uses(*, signing: bool) -> x509.KeyUsage:
    """For signing documents, or for certifying."""
    return x509.KeyUsage(
        digital_signature=signing,
        content_commitment=signing,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signing,
        crl_sign=not signing,
        encipher_only=False,
        decipher_only=False,
    )


def _certified(root: _Root, subject: x509.Name, key: _Key, extensions: tuple[x509.ExtensionType, ...]) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(root.certificate.subject)
    return _sealed(builder, key, root.key, extensions)


def _sealed(
    builder: x509.CertificateBuilder, key: _Key, by: ec.EllipticCurvePrivateKey, extensions: tuple[x509.ExtensionType, ...]
) -> x509.Certificate:
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return (
        builder.public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_UNTIL)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, key: _Key) -> None:
    _write(path, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), mode=0o400)


def _write(path: Path, content: bytes, *, mode: int = 0o444) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _make_folder_once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make a folder whole or not at all; of several processes that start together the first one wins."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        fill(fresh)
        with contextlib.suppress(OSError):  # another process was faster: renaming onto its folder, which is not empty, is refused
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
