"""Finding the issued version that a file, a status address or a number is about; for nobody in particular."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from esurety.domain.issuing_rights import IssuingRight
from esurety.persistence.database import reading
from esurety.persistence.issuing_register import rights_of
from esurety.persistence.models import CertificateVersion, GuaranteeContract


@dataclass(frozen=True)
class FoundVersion:
    """An issued version with its contract."""

    version: CertificateVersion
    contract: GuaranteeContract

    def issuer_rights(self) -> list[IssuingRight]:
        """The register's entries of the person who issued it, ended ones too."""
        return rights_of(self.version.issued_by) if self.version.issued_by is not None else []


def version_of_file(sha256: str) -> FoundVersion | None:
    """The version whose file has this hash."""
    return _first(_issued().where(CertificateVersion.file_sha256 == sha256))


def version_of_status_id(status_id: str) -> FoundVersion | None:
    """The version that bears the address of this status page."""
    return _first(_issued().where(CertificateVersion.status_id == status_id))


def versions_of_status_ids(status_ids: Sequence[str]) -> dict[str, FoundVersion]:
    """The versions that bear these addresses, by id, in the order asked; one query however many."""
    rows = reading().execute(_all_issued().where(CertificateVersion.status_id.in_(status_ids))).all() if status_ids else []
    found = {str(version.status_id): FoundVersion(version, contract) for version, contract in rows}
    return {one: found[one] for one in status_ids if one in found}


def versions_of_numbers(numbers: Sequence[str]) -> list[FoundVersion]:
    """Every issued version of these contracts, the newer ones first; one query however many."""
    rows = reading().execute(_all_issued().where(GuaranteeContract.number.in_(numbers))).all() if numbers else []
    return [FoundVersion(version, contract) for version, contract in reversed(rows)]


def _issued() -> Select[CertificateVersion, GuaranteeContract]:
    return _all_issued().limit(1)


def _all_issued() -> Select[CertificateVersion, GuaranteeContract]:
    return (
        select(CertificateVersion, GuaranteeContract)
        .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
        .where(CertificateVersion.issued_at.is_not(None), GuaranteeContract.issued_at.is_not(None))
        .order_by(CertificateVersion.contract_id, CertificateVersion.version)
    )


def _first(statement: Select[CertificateVersion, GuaranteeContract]) -> FoundVersion | None:
    row = reading().execute(statement).first()
    return None if row is None else FoundVersion(row[0], row[1])
