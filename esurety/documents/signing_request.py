"""A new key of a surety and the request for its certificate; and the exchange of the old pair for the new one."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from esurety.documents.signing_identity import CERTIFICATE_FILE, KEY_FILE, SigningIdentity, SigningKey, UnusableIdentity, load_identity
from esurety.documents.trusted_roots import FORMER
from esurety.domain.signing_problem import SigningProblem

REQUEST_FILE = "request.pem"
_LONGEST_NAME = 64  # of organisation and common name, X.520


class RequestUnderWay(Exception):
    """A key waits for its certificate already; a second one would make the CA's answer useless."""


class NameTooLong(ValueError):
    """A name in a certificate has at most 64 characters."""


def waiting_folder(signing_dir: Path, surety_id: int) -> Path:
    """Where a new key waits for its certificate, while the old pair goes on signing."""
    return signing_dir / f"{surety_id}.next"


def request_certificate(signing_dir: Path, surety_id: int, name: str) -> Path:
    """Make a P-256 key that only its owner can read, and a request (CSR) for the CA; answers the request's path.

    Raises RequestUnderWay, NameTooLong, OSError.
    """
    if not 0 < len(name) <= _LONGEST_NAME:
        raise NameTooLong
    folder = waiting_folder(signing_dir, surety_id)
    signing_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise RequestUnderWay from None
    key = ec.generate_private_key(ec.SECP256R1())
    _write(
        folder / KEY_FILE, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    named = ((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, name), (NameOID.COMMON_NAME, name))
    subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in named])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    _write(folder / REQUEST_FILE, request.public_bytes(serialization.Encoding.PEM), mode=0o444)
    return folder / REQUEST_FILE


def offered_identity(signing_dir: Path, surety_id: int, certificates: bytes, in_device: SigningKey | None) -> SigningIdentity:
    """The pair that a certificate from the CA makes with the key that waits for it, or with the one in the device.

    Puts the certificate where the pair waits to be used. Raises UnusableIdentity.
    """
    folder = waiting_folder(signing_dir, surety_id)
    if in_device is not None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    elif not (folder / KEY_FILE).exists():
        raise UnusableIdentity(SigningProblem.NO_KEY)
    offered = folder / CERTIFICATE_FILE
    with suppress(FileNotFoundError):
        offered.unlink()
    _write(offered, certificates, mode=0o444)
    return load_identity(folder, in_device)


def put_into_use(signing_dir: Path, surety_id: int) -> Path | None:
    """Exchange the surety's folder for the one that waited; answers where the old pair went, if there was one."""
    folder, waiting = signing_dir / str(surety_id), waiting_folder(signing_dir, surety_id)
    former = None
    if folder.exists():
        (signing_dir / FORMER).mkdir(exist_ok=True, mode=0o700)
        former = _free(signing_dir / FORMER, surety_id)
        folder.rename(former)
    waiting.rename(folder)
    return former


def give_up_request(signing_dir: Path, surety_id: int) -> None:
    """Throw away a key that waits for a certificate which will not come."""
    shutil.rmtree(waiting_folder(signing_dir, surety_id), ignore_errors=True)


def _free(folder: Path, surety_id: int) -> Path:
    return next(path for number in range(1, 10_000) if not (path := folder / f"{surety_id}-{number}").exists())


def _write(path: Path, content: bytes, *, mode: int = 0o400) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
