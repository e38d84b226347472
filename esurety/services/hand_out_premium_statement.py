"""Handing out 保証料計算書: of the original, and of each change that raised the premium."""

from esurety.documents.premium_statement import render_premium_statement
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.guarantee_premium import (
    GuaranteePeriod,
    Premium,
    Tariff,
    exact_yen_text,
    premium_for,
    rate_text,
    rounding_text,
    tier_text,
)
from esurety.domain.other_documents import PremiumIncrease, PremiumLine, PremiumStatement
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import PremiumPaymentMethod, Product
from esurety.domain.yen import Yen
from esurety.persistence import changes, contracts, reference_data
from esurety.persistence.database import end_reading
from esurety.persistence.models import CertificateVersion, GuaranteeContract, RequestedGuaranteeRow
from esurety.services.assemble_change import last_application
from esurety.services.hand_out_documents import NoSuchDocument, content_row


def premium_statement(*, contract: GuaranteeContract, version: int | None = None) -> bytes:
    """保証料計算書 of a version, the newest that has one unless named. Raises NoSuchDocument.

    A change that did not raise the premium has none: what it pays back stands in a 返還計算書.
    """
    billed = {one.version: one.amount for one in changes.settlements_of(contract.id) if one.kind == SettlementKind.BILLED}
    wanted = max(billed, default=0) if version is None else version
    if wanted != 0 and wanted not in billed:
        raise NoSuchDocument
    found = content_row(contract, version=wanted)
    before = contracts.version_of(contract.id, wanted - 1) if wanted else None
    statement = _statement(contract, found, _increase(found, before, billed[wanted]) if before is not None else None)
    end_reading()
    return render_premium_statement(statement)


def _increase(version: CertificateVersion, before: CertificateVersion, difference: Yen) -> PremiumIncrease:
    return PremiumIncrease(
        version_text=CertificateContent.from_json(version.content).version_text,
        previous_guaranteed=CertificateContent.from_json(before.content).guaranteed_amount,
        previous=before.premium,
        difference=difference,
    )


def premium_of_version(version: CertificateVersion, row: RequestedGuaranteeRow) -> tuple[Tariff, Premium]:
    """The tariff that a version was reckoned on, and how its premium comes about, for the period that the version names."""
    content = CertificateContent.from_json(version.content)
    tariff = reference_data.tariffs_by_id([row.tariff_id])[row.tariff_id]
    period = GuaranteePeriod(content.guarantee_starts_on, content.guarantee_ends_on)
    return tariff, premium_for(tariff, row.guaranteed_amount, period=period)


def premium_lines(premium: Premium) -> tuple[PremiumLine, ...]:
    """The tiers of a premium as statements print them."""
    return tuple(
        PremiumLine(tier_text(part), part.amount, rate_text(part.tier.rate), exact_yen_text(part.premium)) for part in premium.parts
    )


def _statement(contract: GuaranteeContract, version: CertificateVersion, increase: PremiumIncrease | None) -> PremiumStatement:
    application = last_application(contract, version)
    row = next((one for one in application.requested if one.product == contract.product), None)
    if row is None:
        raise NoSuchDocument
    content = CertificateContent.from_json(version.content)
    tariff, premium = premium_of_version(version, row)
    return PremiumStatement(
        works_name=content.works_name,
        contractor_name=content.principal_name,
        billing_name=application.premium_billing_name,
        product=Product(contract.product),
        guarantee_contract_number=GuaranteeContractNumber(contract.number),
        guaranteed_amount=row.guaranteed_amount,
        lines=premium_lines(premium),
        rounding_text=rounding_text(premium),
        premium=row.premium,
        payment_method=PremiumPaymentMethod(row.premium_payment_method),
        tariff_label=tariff.label,
        issued_on=content.issued_on,
        surety_name=content.surety_name,
        branch_name=content.branch_name,
        branch_phone=content.branch_phone,
        branch_hours=content.branch_hours,
        is_specimen=content.is_specimen,
        increase=increase,
    )
