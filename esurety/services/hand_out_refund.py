"""Handing out 返還計算書: of a change that made the premium smaller, or of a cancellation."""

from esurety.documents.refund_statement import render_refund_statement
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import PremiumPaymentMethod, Product
from esurety.domain.refund_statement import RefundStatement
from esurety.domain.yen import Yen
from esurety.persistence import changes, contracts, reference_data
from esurety.persistence.database import end_reading
from esurety.persistence.models import CertificateVersion, GuaranteeContract, PremiumSettlement
from esurety.services.assemble_change import last_application
from esurety.services.hand_out_documents import NoSuchDocument


def settlements(contract: GuaranteeContract) -> list[PremiumSettlement]:
    """What of the premium has been billed or paid back since the original, oldest first."""
    return changes.settlements_of(contract.id)


def refund_statement(*, contract: GuaranteeContract, version: int) -> bytes:
    """返還計算書 of a version, or of the cancellation, which counts as the one after the last. Raises NoSuchDocument."""
    refund = next((one for one in settlements(contract) if one.kind == "refund" and one.version == version), None)
    before = contracts.version_of(contract.id, version - 1)
    if refund is None or before is None:
        raise NoSuchDocument
    after = contracts.version_of(contract.id, version) if version <= contract.current_version else None
    statement = _statement(contract, refund, before, after)
    end_reading()
    return render_refund_statement(statement)


def _statement(
    contract: GuaranteeContract, refund: PremiumSettlement, before: CertificateVersion, after: CertificateVersion | None
) -> RefundStatement:
    content = CertificateContent.from_json(before.content)
    following = CertificateContent.from_json(after.content) if after is not None else None
    applied = last_application(contract, before)
    row = next(one for one in applied.requested if one.product == contract.product)
    tariff = reference_data.tariffs_by_id([row.tariff_id])[row.tariff_id]
    return RefundStatement(
        works_name=content.works_name,
        contractor_name=content.principal_name,
        billing_name=applied.premium_billing_name,
        product=Product(contract.product),
        guarantee_contract_number=GuaranteeContractNumber(contract.number),
        occasion=following.version_text if following is not None else _cancellation(contract),
        guaranteed_before=content.guaranteed_amount,
        guaranteed_after=following.guaranteed_amount if following is not None else None,
        premium_before=before.premium,
        premium_after=Yen(before.premium - refund.amount),
        refunded=refund.amount,
        payment_method=PremiumPaymentMethod(row.premium_payment_method).label,
        tariff_label=tariff.label,
        issued_on=japanese_day(refund.created_at),
        surety_name=content.surety_name,
        branch_name=content.branch_name,
        branch_phone=content.branch_phone,
        branch_hours=content.branch_hours,
        is_specimen=content.is_specimen,
    )


def _cancellation(contract: GuaranteeContract) -> str:
    return f"解約（{era_date(contract.cancelled_on)}）" if contract.cancelled_on is not None else "解約"
