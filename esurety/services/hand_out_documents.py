"""Handing out documents: the certificate's file, the key notice."""

from datetime import datetime

from esurety.documents.key_notice import render_key_notice
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.other_documents import KeyNotice
from esurety.persistence import contracts, events
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import CertificateVersion, GuaranteeContract
from esurety.services.installation import Installation
from esurety.services.sign_in import SignedIn


class NoSuchDocument(LookupError):
    """There is no such document: a paper contract has no key, a version may not exist."""


def certificate_file(contract: GuaranteeContract, *, version: int | None = None) -> bytes:
    """The file of a version, the newest unless named. Raises NoSuchDocument."""
    found = content_row(contract, version=version)
    pdf = contracts.file_bytes(found.file_sha256 or "")
    if pdf is None:
        raise NoSuchDocument
    return pdf


def content_row(contract: GuaranteeContract, *, version: int | None = None) -> CertificateVersion:
    """The record of an issued version, the newest unless named. Raises NoSuchDocument."""
    wanted = contract.current_version if version is None else version
    found = contracts.version_of(contract.id, wanted)
    if found is None or found.issued_at is None:
        raise NoSuchDocument
    return found


def certificate_content(contract: GuaranteeContract, *, version: int | None = None) -> CertificateContent:
    """What a version says. Raises NoSuchDocument."""
    return CertificateContent.from_json(content_row(contract, version=version).content)


def key_notice(*, account: SignedIn, contract: GuaranteeContract, at: datetime, installation: Installation) -> bytes:
    """電子保証にかかる「認証キー」のお知らせ of an electronic contract; that it was taken is recorded. Raises NoSuchDocument."""
    row = contracts.valid_key(contract.id)
    if row is None:
        raise NoSuchDocument
    content = certificate_content(contract)
    number = GuaranteeContractNumber(contract.number)
    notice = KeyNotice(
        works_name=content.works_name,
        contractor_name=content.principal_name,
        product=content.product,
        guarantee_contract_number=number,
        authentication_key=installation.vault.unseal(row.sealed, number, row.key_version),
        dsure_address=installation.settings.dsure_address,
        issued_on=japanese_day(row.created_at),
        obligee_head=content.obligee_head,
        surety_name=content.surety_name,
        branch_name=content.branch_name,
        branch_phone=content.branch_phone,
        branch_hours=content.branch_hours,
        is_specimen=content.is_specimen,
    )
    contract_id = contract.id
    end_reading()
    pdf = render_key_notice(notice)
    with writing():
        events.record_event(
            at=at, kind="KeyNoticeTaken", actor_id=account.account_id, actor_name=account.actor_name, contract_id=contract_id
        )
    return pdf
