"""Certificates as others get them: the roots to believe, and the fingerprints of the sureties' own."""

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

from asn1crypto import x509

from esurety.documents.signing_identity import CERTIFICATE_FILE, certificates_of
from esurety.documents.trusted_roots import FORMER, trusted_roots


class UnreadableCertificate(Exception):
    """A surety's certificate is there but cannot be read."""


def published_roots(signing_dir: Path) -> tuple[list[str], list[str]]:
    """The real roots and a demonstration's, each as base64 of its DER. Raises UnreadableRoots."""
    roots = trusted_roots(signing_dir)
    return _encoded(roots.real), _encoded(roots.demo)


def signer_fingerprints(signing_dir: Path, surety_id: int) -> list[str]:
    """SHA-256 (hexadecimal) of the certificates that a surety signs and has signed with. Raises UnreadableCertificate."""
    return sorted({_first(path).sha256.hex() for path in _certificate_files(signing_dir, surety_id)})


def _certificate_files(signing_dir: Path, surety_id: int) -> Iterator[Path]:
    folders = (signing_dir / str(surety_id), *(signing_dir / FORMER).glob(f"{surety_id}-*"))
    return (path for folder in folders if (path := folder / CERTIFICATE_FILE).exists())


def _first(path: Path) -> x509.Certificate:
    try:
        return certificates_of(path.read_bytes())[0]
    except (OSError, ValueError, TypeError) as no:
        raise UnreadableCertificate(str(path)) from no


def _encoded(certificates: Sequence[x509.Certificate]) -> list[str]:
    return [base64.b64encode(one.dump()).decode() for one in certificates]
