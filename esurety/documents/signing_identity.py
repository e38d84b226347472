"""The key and the organisation certificate that a surety signs with, read from its folder and kept in memory until the files change."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Protocol

from asn1crypto import pem, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_private_key

from esurety.domain.signing_problem import SigningProblem

KEY_FILE, CERTIFICATE_FILE = "key.pem", "certificate.pem"
# Every certificate below a demonstration's own authority carries this organisation; no real installation signs with one.
DEMO_AUTHORITY_NAME = "見本認証局"
_SIGNING_USES = {"digital_signature", "non_repudiation"}


class UnusableIdentity(Exception):
    """A surety cannot sign; `problem` is the cause."""

    def __init__(self, problem: SigningProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class SigningKey(Protocol):
    """What signs: a key in memory, or one in a device that never gives it away."""

    def signature(self, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256, as DER."""


@dataclass(frozen=True)
class KeyInMemory:
    """A key read from a file. It never shows itself."""

    _key: ec.EllipticCurvePrivateKey = field(repr=False)

    def signature(self, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256, as DER."""
        return self._key.sign(data, ec.ECDSA(SHA256()))


@dataclass(frozen=True)
class SigningIdentity:
    """A key with its certificate and the intermediates that lead to the root. It never shows its key."""

    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)
    _key: SigningKey = field(repr=False)

    @property
    def subject(self) -> str:
        return str(self.certificate.subject.human_friendly)

    @property
    def valid_from(self) -> datetime:
        return as_utc(self.certificate.not_valid_before)

    @property
    def valid_until(self) -> datetime:
        return as_utc(self.certificate.not_valid_after)

    @property
    def is_demo(self) -> bool:
        return is_demo_certificate(self.certificate)

    def signature(self, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256, as DER. Raises UnusableIdentity when the key is in a device that does not answer."""
        return self._key.signature(data)

    def require_valid(self, at: datetime) -> None:
        """Raise UnusableIdentity outside the certificate's period."""
        if at < self.valid_from:
            raise UnusableIdentity(SigningProblem.NOT_YET_VALID)
        if at > self.valid_until:
            raise UnusableIdentity(SigningProblem.EXPIRED)


def identity_in(folder: Path, key: SigningKey | None = None) -> SigningIdentity:
    """The identity in a surety's folder, from memory as long as its files are the same ones; new files need no restart.

    `key` is one in a device, instead of key.pem. Raises UnusableIdentity.
    """
    seen, place = _fingerprint(folder), (folder, key)
    with _loading:
        known = _LOADED.get(place)
        if known is None or known[0] != seen:
            _LOADED.pop(place, None)
            known = _LOADED[place] = (seen, load_identity(folder, key))
        return known[1]


def load_identity(folder: Path, key: SigningKey | None = None) -> SigningIdentity:
    """Read key.pem, unless there is a key already, and certificate.pem (the surety's first, then intermediates). Raises UnusableIdentity."""
    key = key or _read_key(folder / KEY_FILE)
    certificates = _read_certificates(folder / CERTIFICATE_FILE)
    _require_pair(key, certificates[0])
    uses = certificates[0].key_usage_value
    if certificates[0].ca or (uses is not None and not _SIGNING_USES & uses.native):
        raise UnusableIdentity(SigningProblem.CERTIFICATE_NOT_FOR_SIGNING)
    return SigningIdentity(certificates[0], certificates[1:], key)


def _require_pair(key: SigningKey, certificate: x509.Certificate) -> None:
    """Asked by a signature, because a device may not tell its public keys."""
    said = b"does this key belong to this certificate?"
    public = load_der_public_key(certificate.public_key.dump())
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise UnusableIdentity(SigningProblem.KEY_IS_NOT_P256)
    try:
        public.verify(key.signature(said), said, ec.ECDSA(SHA256()))
    except InvalidSignature:
        raise UnusableIdentity(SigningProblem.KEY_OF_ANOTHER_CERTIFICATE) from None


def certificates_of(text: bytes) -> tuple[x509.Certificate, ...]:
    """Every certificate of a PEM file, in its order. Raises ValueError when there is none or one cannot be read."""
    found = tuple(x509.Certificate.load(der) for kind, _, der in pem.unarmor(text, multiple=True) if kind == "CERTIFICATE")
    if not found:
        raise ValueError("no certificate")
    for one in found:
        _ = one.native  # asn1crypto reads lazily: an unreadable one must show here, not at the first signature
    return found


def is_demo_certificate(certificate: x509.Certificate) -> bool:
    """Whether a certificate stands below a demonstration's authority, or is its root."""
    names = {**dict(certificate.issuer.native), **{f"own {key}": value for key, value in dict(certificate.subject.native).items()}}
    return any(DEMO_AUTHORITY_NAME in str(value) for value in names.values())


def as_utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _read_key(path: Path) -> KeyInMemory:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        raise UnusableIdentity(SigningProblem.NO_KEY) from None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: the key is encrypted
        raise UnusableIdentity(SigningProblem.UNREADABLE_KEY) from None  # the library's message could quote the file
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UnusableIdentity(SigningProblem.KEY_IS_NOT_P256)
    return KeyInMemory(key)


def _read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return certificates_of(path.read_bytes())
    except FileNotFoundError:
        raise UnusableIdentity(SigningProblem.NO_CERTIFICATE) from None
    except (OSError, ValueError, TypeError) as no:
        raise UnusableIdentity(SigningProblem.UNREADABLE_CERTIFICATE) from no


_Fingerprint = tuple[tuple[int, int, int] | None, ...]
_LOADED: dict[tuple[Path, SigningKey | None], tuple[_Fingerprint, SigningIdentity]] = {}
_loading = Lock()


def _fingerprint(folder: Path) -> _Fingerprint:
    """What changes when a file is put in the place of another."""

    def of(path: Path) -> tuple[int, int, int] | None:
        try:
            found = path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    return of(folder / KEY_FILE), of(folder / CERTIFICATE_FILE)
