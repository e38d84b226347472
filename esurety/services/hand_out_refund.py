"""Handing out 返還計算書: of a change that made the premium smaller, or of a cancellation."""

from datetime import date

from esurety.documents.refund_statement import render_refund_statement
from esurety.domain.certificate_changes import change_kinds
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.guarantee_premium import rounding_text
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import PremiumPaymentMethod, Product
from esurety.domain.refund_statement import PremiumMaking, RefundStatement
from esurety.domain.yen import Yen
from esurety.persistence import changes, contracts
from esurety.persistence.database import end_reading
from esurety.persistence.models import Application, CertificateVersion, GuaranteeContract, PremiumSettlement, RequestedGuaranteeRow
from esurety.services.assemble_change import last_application
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.hand_out_premium_statement import premium_lines, premium_of_version


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
    row = _row(applied, contract)
    makings = [_making("これまでの保証料" if after is not None else "保証料", before, row)]
    if after is not None:
        makings.append(_making("変更後の保証料", after, _row(last_application(contract, after), contract)))
    return RefundStatement(
        works_name=content.works_name,
        contractor_name=content.principal_name,
        billing_name=applied.premium_billing_name,
        product=Product(contract.product),
        guarantee_contract_number=GuaranteeContractNumber(contract.number),
        occasion=_change(content, following) if following is not None else _cancellation(contract),
        guaranteed_before=content.guaranteed_amount,
        guaranteed_after=following.guaranteed_amount if following is not None else None,
        premium_before=before.premium,
        premium_after=Yen(before.premium - refund.amount),
        refunded=refund.amount,
        payment_method=PremiumPaymentMethod(row.premium_payment_method).label,
        tariff_label=makings[-1].tariff_label,
        issued_on=japanese_day(refund.created_at),
        surety_name=content.surety_name,
        branch_name=content.branch_name,
        branch_phone=content.branch_phone,
        branch_hours=content.branch_hours,
        is_specimen=content.is_specimen,
        makings=tuple(makings),
        account_month=_account_month(row, refund),
    )


def _account_month(row: RequestedGuaranteeRow, refund: PremiumSettlement) -> date | None:
    is_on_account = row.premium_payment_method == PremiumPaymentMethod.LUMP_MONTHLY
    return japanese_day(refund.created_at).replace(day=1) if is_on_account else None


def _row(applied: Application, contract: GuaranteeContract) -> RequestedGuaranteeRow:
    return next(one for one in applied.requested if one.product == contract.product)


def _making(title: str, version: CertificateVersion, row: RequestedGuaranteeRow) -> PremiumMaking:
    tariff, premium = premium_of_version(version, row)
    return PremiumMaking(f"{title}の計算の内訳", premium_lines(premium), rounding_text(premium), tariff.label)


def _change(before: CertificateContent, after: CertificateContent) -> str:
    """変更第1回（減額・保証期限変更）."""
    kinds = "・".join(kind.label for kind in change_kinds(before, after))
    return f"{after.version_text}（{kinds or '契約内容の変更'}）"


def _cancellation(contract: GuaranteeContract) -> str:
    return f"解約（{era_date(contract.cancelled_on)}）" if contract.cancelled_on is not None else "解約"
