"""Field by field, what differs between two versions of a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass

from esurety.domain.certificate_changes import FieldDifference, differences
from esurety.domain.certificate_content import CertificateContent
from esurety.persistence.models import CertificateVersion
from esurety.services.hand_out_documents import NoSuchDocument


@dataclass(frozen=True)
class ComparedVersions:
    """Two versions side by side, the older one first unless asked otherwise."""

    before: CertificateContent
    after: CertificateContent
    differences: tuple[FieldDifference, ...]


def compare_versions(issued: Sequence[CertificateVersion], *, older: int | None, newer: int | None) -> ComparedVersions:
    """Two of a contract's issued versions (newest first); by default the newest and the one before. Raises NoSuchDocument."""
    contents = {one.version: CertificateContent.from_json(one.content) for one in issued}
    after = contents.get(issued[0].version if newer is None else newer) if issued else None
    before = contents.get((after.version - 1 if after is not None and after.version else 0) if older is None else older)
    if before is None or after is None:
        raise NoSuchDocument
    return ComparedVersions(before, after, differences(before, after))
