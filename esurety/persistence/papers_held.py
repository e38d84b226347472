"""発送: the records of papers, held until the transaction ends so that each is marked once."""

from sqlalchemy import select

from esurety.domain.products import CertificateForm
from esurety.persistence.database import reading
from esurety.persistence.models import Application, CertificateVersion, GuaranteeContract, PremiumReceipt, PremiumSettlement


def certificate(surety_id: int, contract_id: int, version: int) -> tuple[CertificateVersion, GuaranteeContract] | None:
    """One issued version on paper."""
    row = reading().execute(
        select(CertificateVersion, GuaranteeContract)
        .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
        .where(
            CertificateVersion.contract_id == contract_id,
            CertificateVersion.version == version,
            CertificateVersion.issued_at.is_not(None),
            GuaranteeContract.surety_id == surety_id,
            GuaranteeContract.certificate_form == CertificateForm.PAPER,
        )
        .with_for_update(of=CertificateVersion)
        .execution_options(populate_existing=True)
    )
    found = row.first()
    return (found[0], found[1]) if found is not None else None


def settlement(surety_id: int, settlement_id: int) -> tuple[PremiumSettlement, GuaranteeContract] | None:
    """One settlement with its contract."""
    row = reading().execute(
        select(PremiumSettlement, GuaranteeContract)
        .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
        .where(PremiumSettlement.id == settlement_id, GuaranteeContract.surety_id == surety_id)
        .with_for_update(of=PremiumSettlement)
        .execution_options(populate_existing=True)
    )
    found = row.first()
    return (found[0], found[1]) if found is not None else None


def contract(surety_id: int, contract_id: int) -> GuaranteeContract | None:
    """One issued contract, for the statement of its original."""
    return reading().scalar(
        select(GuaranteeContract)
        .where(GuaranteeContract.id == contract_id, GuaranteeContract.surety_id == surety_id, GuaranteeContract.issued_at.is_not(None))
        .with_for_update(of=GuaranteeContract)
        .execution_options(populate_existing=True)
    )


def receipts(surety_id: int, receipt_id: int, *, of_month: bool) -> list[PremiumReceipt]:
    """One receipt; `of_month` with all that the same act recorded for the company's month."""
    named = reading().execute(
        select(PremiumReceipt, Application.company_id)
        .join(Application, Application.id == PremiumReceipt.application_id)
        .where(PremiumReceipt.id == receipt_id, Application.surety_id == surety_id)
    )
    found = named.first()
    if found is None or of_month != (found[0].for_month is not None):
        return []
    one, company_id = found
    of_company = select(Application.id).where(Application.company_id == company_id, Application.surety_id == surety_id)
    wanted = select(PremiumReceipt).where(PremiumReceipt.id == receipt_id)
    if of_month:
        wanted = select(PremiumReceipt).where(
            PremiumReceipt.application_id.in_(of_company),
            PremiumReceipt.for_month == one.for_month,
            PremiumReceipt.received_on == one.received_on,
            PremiumReceipt.recorded_at == one.recorded_at,
            PremiumReceipt.id <= receipt_id,
        )
    return list(
        reading().scalars(wanted.order_by(PremiumReceipt.id).with_for_update(of=PremiumReceipt).execution_options(populate_existing=True))
    )
