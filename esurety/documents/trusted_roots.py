"""Whom this installation trusts: real roots in roots.pem, a demonstration's in demo-roots.pem and never mixed up with them.

A public authority certifies anybody: below its root, only the certificates that a surety of ours signs or has signed with count.
"""

from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import x509

from esurety.documents.demo_authority import DEMO_ROOTS_FILE
from esurety.documents.signing_identity import CERTIFICATE_FILE, certificates_of, is_demo_certificate

ROOTS_FILE = "roots.pem"
FORMER = "former"  # the folder of the pairs that a surety no longer signs with


class UnreadableRoots(Exception):
    """A file of roots is there but cannot be read: nothing can be told about any signer."""


@dataclass(frozen=True)
class TrustedRoots:
    """The roots of real authorities, and those whose signatures only ever mean 見本."""

    real: tuple[x509.Certificate, ...] = field(repr=False)
    demo: tuple[x509.Certificate, ...] = field(repr=False)
    signers: frozenset[bytes] = field(default=frozenset(), repr=False)  # SHA-256 of the sureties' own certificates, former ones too


def trusted_roots(signing_dir: Path) -> TrustedRoots:
    """The roots in the signing folder; a demonstration's root is one wherever it lies. Raises UnreadableRoots."""
    found = (*_roots_of(signing_dir / ROOTS_FILE), *_roots_of(signing_dir / DEMO_ROOTS_FILE))
    demo = {one.sha256: one for one in found if is_demo_certificate(one)}
    return TrustedRoots(tuple(one for one in found if one.sha256 not in demo), tuple(demo.values()), _signers_in(signing_dir))


def _signers_in(signing_dir: Path) -> frozenset[bytes]:
    """Of every surety: the certificate in its folder, and those that it has laid aside."""
    folders = [one for one in signing_dir.glob("*") if one.name.isdigit()]
    files = [folder / CERTIFICATE_FILE for folder in (*folders, *(signing_dir / FORMER).glob("*-*"))]
    return frozenset(own.sha256 for path in files if (own := _first(path)) is not None)


def _first(path: Path) -> x509.Certificate | None:
    try:
        return certificates_of(path.read_bytes())[0]
    except (OSError, ValueError, TypeError, IndexError):
        return None  # who cannot be read is not known


def _roots_of(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return certificates_of(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as no:
        raise UnreadableRoots(str(path)) from no
