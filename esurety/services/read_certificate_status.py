"""The public status page of a certificate, by its unguessable id: number, version, state, day of issue, issuer; no names, no amounts, no key."""

import re
from datetime import date

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_status import CertificateStatus, PublicState, status_of
from esurety.persistence import certificate_lookup

_STATUS_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{16}")


def certificate_status(status_id: str, *, today: date) -> CertificateStatus:
    """The status of the version that bears this id; 該当なし for any other text."""
    typed = status_id.upper()
    found = certificate_lookup.version_of_status_id(typed) if _STATUS_ID.fullmatch(typed) else None
    if found is None:
        return CertificateStatus(PublicState.UNKNOWN)
    return status_of(
        CertificateContent.from_json(found.version.content),
        newest_version=found.contract.current_version,
        ends_on=found.contract.guarantee_ends_on,
        cancelled_on=found.contract.cancelled_on,
        today=today,
    )
