"""Whether a signer's certificate leads to a root."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathError, ValidationError

from esurety.documents.signing_identity import SigningIdentity


def leads_to_root(identity: SigningIdentity, roots: Sequence[x509.Certificate], at: datetime) -> bool:
    """Whether the identity's certificate, with the intermediates it brings along, led to one of the roots at that time."""
    context = ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False)
    validator = CertificateValidator(identity.certificate, list(identity.chain), validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except (PathBuildingError, PathError, ValidationError):
        return False
    return True
