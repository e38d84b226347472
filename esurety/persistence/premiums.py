"""Premiums over many applications: one receipt, the monthly accounts, what has to be posted on paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Application,
    CertificateVersion,
    Company,
    GuaranteeContract,
    PremiumReceipt,
    RequestedGuaranteeRow,
)

MOST_TO_POST = 200


@dataclass(frozen=True)
class MonthlyPremium:
    """One certificate's premium on a company's monthly account: a whole premium, or what a change made of it."""

    company_id: int
    company: str
    number: str
    works_name: str
    product: str
    version: int
    issued_at: datetime
    premium: Yen
    previous: Yen | None


@dataclass(frozen=True)
class PaperToPost:
    """A 保証料計算書 or a 領収証 that has not been posted yet. `id` is the contract's or the receipt's."""

    id: int
    application_id: int
    number: str
    company: str
    address: str
    works_name: str
    since: date
    amount: Yen | None


def receipt_of(application_id: int, receipt_id: int) -> PremiumReceipt | None:
    """One receipt of an application, held until the transaction ends."""
    return reading().scalar(
        select(PremiumReceipt)
        .where(PremiumReceipt.id == receipt_id, PremiumReceipt.application_id == application_id)
        .with_for_update(of=PremiumReceipt)
        .execution_options(populate_existing=True)
    )


def monthly_premiums(surety_id: int, *, begins_at: datetime, ends_at: datetime) -> list[MonthlyPremium]:
    """What was issued in a span of time for companies that pay by monthly account, by company and contract."""
    before = aliased(CertificateVersion)
    rows = reading().execute(
        select(
            Company.id,
            Company.name,
            GuaranteeContract.number,
            GuaranteeContract.works_name,
            GuaranteeContract.product,
            CertificateVersion.version,
            CertificateVersion.issued_at,
            CertificateVersion.premium,
            before.premium,
        )
        .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
        .join(RequestedGuaranteeRow, RequestedGuaranteeRow.id == GuaranteeContract.requested_guarantee_id)
        .join(Company, Company.id == GuaranteeContract.company_id)
        .outerjoin(before, and_(before.contract_id == CertificateVersion.contract_id, before.version == CertificateVersion.version - 1))
        .where(
            GuaranteeContract.surety_id == surety_id,
            RequestedGuaranteeRow.premium_payment_method == PremiumPaymentMethod.LUMP_MONTHLY,
            CertificateVersion.issued_at >= begins_at,
            CertificateVersion.issued_at < ends_at,
        )
        .order_by(Company.folded_name, Company.id, CertificateVersion.issued_at, GuaranteeContract.id)
    )
    return [
        MonthlyPremium(company_id, company, number, works, product, version, issued_at, premium, previous)
        for company_id, company, number, works, product, version, issued_at, premium, previous in rows
        if issued_at is not None
    ]


def statements_to_post(surety_id: int) -> list[PaperToPost]:
    """保証料計算書(紙), where wished and not posted yet, oldest first."""
    rows = reading().execute(
        select(
            GuaranteeContract.id,
            GuaranteeContract.application_id,
            GuaranteeContract.number,
            Company.name,
            Company.address,
            GuaranteeContract.works_name,
            GuaranteeContract.issued_at,
        )
        .join(Application, Application.id == GuaranteeContract.application_id)
        .join(Company, Company.id == GuaranteeContract.company_id)
        .where(
            GuaranteeContract.surety_id == surety_id,
            GuaranteeContract.issued_at.is_not(None),
            GuaranteeContract.statement_posted_on.is_(None),
            Application.premium_statement_on_paper,
        )
        .order_by(GuaranteeContract.id)
        .limit(MOST_TO_POST)
    )
    return [
        PaperToPost(contract, application, number, company, address, works, japanese_day(issued_at), None)
        for contract, application, number, company, address, works, issued_at in rows
        if issued_at is not None
    ]


def receipts_to_post(surety_id: int) -> list[PaperToPost]:
    """領収証 of what has been received and not reversed, not posted yet, oldest first."""
    rows = reading().execute(
        select(
            PremiumReceipt.id,
            Application.id,
            Company.name,
            Company.address,
            Application.works_name,
            PremiumReceipt.received_on,
            PremiumReceipt.amount,
        )
        .join(Application, Application.id == PremiumReceipt.application_id)
        .join(Company, Company.id == Application.company_id)
        .where(
            Application.surety_id == surety_id,
            PremiumReceipt.reversed_at.is_(None),
            PremiumReceipt.receipt_posted_on.is_(None),
        )
        .order_by(PremiumReceipt.id)
        .limit(MOST_TO_POST)
    )
    return [
        PaperToPost(receipt, application, "", company, address, works or "", since, amount)
        for receipt, application, company, address, works, since, amount in rows
    ]


def contracts_with_statement(surety_id: int, contract_ids: Iterable[int]) -> list[GuaranteeContract]:
    """The contracts among these whose statement has not been posted, held until the transaction ends."""
    return list(
        reading().scalars(
            select(GuaranteeContract)
            .where(
                GuaranteeContract.id.in_(list(contract_ids)),
                GuaranteeContract.surety_id == surety_id,
                GuaranteeContract.issued_at.is_not(None),
                GuaranteeContract.statement_posted_on.is_(None),
            )
            .order_by(GuaranteeContract.id)
            .with_for_update(of=GuaranteeContract)
            .execution_options(populate_existing=True)
        )
    )


def receipts_unposted(surety_id: int, receipt_ids: Iterable[int]) -> list[PremiumReceipt]:
    """The receipts among these that have not been posted, held until the transaction ends."""
    of_surety = select(Application.id).where(Application.surety_id == surety_id)
    return list(
        reading().scalars(
            select(PremiumReceipt)
            .where(
                PremiumReceipt.id.in_(list(receipt_ids)),
                PremiumReceipt.application_id.in_(of_surety),
                PremiumReceipt.receipt_posted_on.is_(None),
                PremiumReceipt.reversed_at.is_(None),
            )
            .order_by(PremiumReceipt.id)
            .with_for_update(of=PremiumReceipt)
            .execution_options(populate_existing=True)
        )
    )
