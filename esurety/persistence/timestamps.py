"""Which issued certificates still wait for their timestamp, and the tokens that came later."""

from dataclasses import dataclass

from sqlalchemy import select

from esurety.domain.timestamp_state import TimestampState
from esurety.persistence.database import reading
from esurety.persistence.models import CertificateTimestamp, CertificateVersion


@dataclass(frozen=True)
class WaitingFile:
    """An issued file without a timestamp."""

    contract_id: int
    version: int
    sha256: str


def longest_waiting() -> WaitingFile | None:
    """The file that has waited longest for its timestamp."""
    row = (
        reading()
        .execute(
            select(CertificateVersion.contract_id, CertificateVersion.version, CertificateVersion.file_sha256)
            .where(CertificateVersion.timestamp_state == TimestampState.PENDING, CertificateVersion.file_sha256.is_not(None))
            .order_by(CertificateVersion.issued_at, CertificateVersion.contract_id, CertificateVersion.version)
            .limit(1)
        )
        .first()
    )
    return None if row is None else WaitingFile(row[0], row[1], row[2] or "")


def lock_waiting(file: WaitingFile) -> CertificateVersion | None:
    """The version of a file, held by the running write transaction; None when another worker was faster."""
    return reading().scalar(
        select(CertificateVersion)
        .where(
            CertificateVersion.contract_id == file.contract_id,
            CertificateVersion.version == file.version,
            CertificateVersion.file_sha256 == file.sha256,
            CertificateVersion.timestamp_state == TimestampState.PENDING,
        )
        .with_for_update()
    )


def timestamp_of(contract_id: int, version: int) -> CertificateTimestamp | None:
    """The token beside a version's file."""
    return reading().get(CertificateTimestamp, (contract_id, version))
