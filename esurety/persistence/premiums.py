"""Premiums over many applications: one receipt, the monthly accounts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import CertificateVersion, Company, GuaranteeContract, PremiumReceipt, RequestedGuaranteeRow


@dataclass(frozen=True)
class MonthlyPremium:
    """One guarantee's premium on a company's monthly account; what changes make of it later is in `settlements`."""

    company_id: int
    company: str
    number: str
    works_name: str
    product: str
    issued_at: datetime
    premium: Yen
    application_id: int


def receipt_of(application_id: int, receipt_id: int) -> PremiumReceipt | None:
    """One receipt of an application, held until the transaction ends."""
    return reading().scalar(
        select(PremiumReceipt)
        .where(PremiumReceipt.id == receipt_id, PremiumReceipt.application_id == application_id)
        .with_for_update(of=PremiumReceipt)
        .execution_options(populate_existing=True)
    )


def monthly_premiums(surety_id: int, *, begins_at: datetime, ends_at: datetime, company_id: int | None = None) -> list[MonthlyPremium]:
    """The guarantees that were issued in a span of time on a monthly account, by company and contract."""
    wanted = (
        select(
            Company.id,
            Company.name,
            GuaranteeContract.number,
            GuaranteeContract.works_name,
            GuaranteeContract.product,
            CertificateVersion.issued_at,
            CertificateVersion.premium,
            CertificateVersion.application_id,
        )
        .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
        .join(RequestedGuaranteeRow, RequestedGuaranteeRow.id == GuaranteeContract.requested_guarantee_id)
        .join(Company, Company.id == GuaranteeContract.company_id)
        .where(
            GuaranteeContract.surety_id == surety_id,
            RequestedGuaranteeRow.premium_payment_method == PremiumPaymentMethod.LUMP_MONTHLY,
            CertificateVersion.version == 0,
            CertificateVersion.issued_at >= begins_at,
            CertificateVersion.issued_at < ends_at,
        )
        .order_by(Company.folded_name, Company.id, CertificateVersion.issued_at, GuaranteeContract.id)
    )
    if company_id is not None:
        wanted = wanted.where(GuaranteeContract.company_id == company_id)
    return [
        MonthlyPremium(company_id, company, number, works, product, issued_at, premium, application_id)
        for company_id, company, number, works, product, issued_at, premium, application_id in reading().execute(wanted)
        if issued_at is not None
    ]
