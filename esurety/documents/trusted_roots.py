"""Which roots this installation trusts: real ones in roots.pem, a demonstration's in demo-roots.pem and never mixed up with them."""

from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import x509

from esurety.documents.demo_authority import DEMO_ROOTS_FILE
from esurety.documents.signing_identity import certificates_of, is_demo_certificate

ROOTS_FILE = "roots.pem"


class UnreadableRoots(Exception):
    """A file of roots is there but cannot be read: nothing can be told about any signer."""


@dataclass(frozen=True)
class TrustedRoots:
    """The roots of real authorities, and those whose signatures only ever mean 見本."""

    real: tuple[x509.Certificate, ...] = field(repr=False)
    demo: tuple[x509.Certificate, ...] = field(repr=False)


def trusted_roots(signing_dir: Path) -> TrustedRoots:
    """The roots in the signing folder; a demonstration's root is one wherever it lies. Raises UnreadableRoots."""
    found = (*_roots_of(signing_dir / ROOTS_FILE), *_roots_of(signing_dir / DEMO_ROOTS_FILE))
    demo = {one.sha256: one for one in found if is_demo_certificate(one)}
    return TrustedRoots(tuple(one for one in found if one.sha256 not in demo), tuple(demo.values()))


def _roots_of(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return certificates_of(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError) as no:
        raise UnreadableRoots(str(path)) from no
