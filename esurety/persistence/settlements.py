"""精算: the differences that changes bill, and what changes and cancellations pay back, over all contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import (
    CertificateVersion,
    Company,
    GuaranteeContract,
    PremiumReceipt,
    PremiumSettlement,
    RequestedGuaranteeRow,
)

MOST_SHOWN = 200


@dataclass(frozen=True)
class SettlementLine:
    """One difference billed or paid back; `application_id` is the change it came from, None for a cancellation."""

    id: int
    kind: SettlementKind
    amount: Yen
    version: int
    created_at: datetime
    settled_on: date | None
    application_id: int | None
    number: str
    works_name: str
    product: str
    company_id: int
    company: str
    payment_method: PremiumPaymentMethod

    @property
    def is_of_cancellation(self) -> bool:
        return self.application_id is None

    @property
    def signed(self) -> int:
        """In yen; below zero for what is paid back."""
        return self.kind.signed(self.amount)


def _lines(surety_id: int) -> Select[PremiumSettlement, GuaranteeContract, str, str, int]:
    version = and_(
        CertificateVersion.contract_id == PremiumSettlement.contract_id,
        CertificateVersion.version == PremiumSettlement.version,
        CertificateVersion.issued_at.is_not(None),
    )
    return (
        select(
            PremiumSettlement,
            GuaranteeContract,
            Company.name,
            RequestedGuaranteeRow.premium_payment_method,
            CertificateVersion.application_id,
        )
        .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
        .join(RequestedGuaranteeRow, RequestedGuaranteeRow.id == GuaranteeContract.requested_guarantee_id)
        .join(Company, Company.id == GuaranteeContract.company_id)
        .outerjoin(CertificateVersion, version)
        .where(GuaranteeContract.surety_id == surety_id)
    )


def _line(row: Any) -> SettlementLine:
    settlement, contract, company, method, application_id = row
    return SettlementLine(
        id=settlement.id,
        kind=SettlementKind(settlement.kind),
        amount=settlement.amount,
        version=settlement.version,
        created_at=settlement.created_at,
        settled_on=settlement.settled_on,
        application_id=application_id,
        number=contract.number,
        works_name=contract.works_name,
        product=contract.product,
        company_id=contract.company_id,
        company=company,
        payment_method=PremiumPaymentMethod(method),
    )


def open_lines(surety_id: int) -> list[SettlementLine]:
    """What is still to be paid in or back, the oldest first."""
    wanted = _lines(surety_id).where(PremiumSettlement.settled_on.is_(None)).order_by(PremiumSettlement.id).limit(MOST_SHOWN)
    return [_line(row) for row in reading().execute(wanted)]


def settled_lines(surety_id: int) -> list[SettlementLine]:
    """What was settled last, the latest first."""
    wanted = (
        _lines(surety_id)
        .where(PremiumSettlement.settled_on.is_not(None))
        .order_by(PremiumSettlement.settled_on.desc(), PremiumSettlement.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_line(row) for row in reading().execute(wanted)]


def monthly_lines(surety_id: int, *, begins_at: datetime, ends_at: datetime, company_id: int | None = None) -> list[SettlementLine]:
    """What arose in a span of time for companies that pay by monthly account."""
    wanted = _lines(surety_id).where(
        RequestedGuaranteeRow.premium_payment_method == PremiumPaymentMethod.LUMP_MONTHLY,
        PremiumSettlement.created_at >= begins_at,
        PremiumSettlement.created_at < ends_at,
    )
    if company_id is not None:
        wanted = wanted.where(GuaranteeContract.company_id == company_id)
    return [_line(row) for row in reading().execute(wanted.order_by(PremiumSettlement.id))]


def line_of(surety_id: int, settlement_id: int) -> SettlementLine | None:
    """One settlement of the surety; None for another's, as for none at all."""
    row = reading().execute(_lines(surety_id).where(PremiumSettlement.id == settlement_id)).first()
    return _line(row) if row is not None else None


def count_open(surety_id: int) -> int:
    """How many are still to be paid in or back."""
    counted = (
        select(func.count())
        .select_from(PremiumSettlement)
        .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
        .where(GuaranteeContract.surety_id == surety_id, PremiumSettlement.settled_on.is_(None))
    )
    return reading().scalar(counted) or 0


def lock_settlement(settlement_id: int) -> PremiumSettlement | None:
    """A settlement, held until the transaction ends."""
    return reading().scalar(
        select(PremiumSettlement)
        .where(PremiumSettlement.id == settlement_id)
        .with_for_update(of=PremiumSettlement)
        .execution_options(populate_existing=True)
    )


def billed_by(application_id: int) -> PremiumSettlement | None:
    """The difference that the issue of a change billed."""
    return reading().scalar(
        select(PremiumSettlement)
        .join(
            CertificateVersion,
            and_(CertificateVersion.contract_id == PremiumSettlement.contract_id, CertificateVersion.version == PremiumSettlement.version),
        )
        .where(
            CertificateVersion.application_id == application_id,
            CertificateVersion.issued_at.is_not(None),
            PremiumSettlement.kind == SettlementKind.BILLED.value,
        )
        .with_for_update(of=PremiumSettlement)
    )


def premiums_of(application_ids: Iterable[int]) -> dict[int, Yen]:
    """What each application's products cost together."""
    wanted = RequestedGuaranteeRow.application_id.in_(list(application_ids))
    rows = reading().execute(
        select(RequestedGuaranteeRow.application_id, func.sum(RequestedGuaranteeRow.premium))
        .where(wanted)
        .group_by(RequestedGuaranteeRow.application_id)
    )
    return {application_id: Yen(int(amount)) for application_id, amount in rows}


def received_of(application_ids: Iterable[int]) -> dict[int, Yen]:
    """What has been received for each application; a reversed record does not count."""
    rows = reading().execute(
        select(PremiumReceipt.application_id, func.sum(PremiumReceipt.amount))
        .where(PremiumReceipt.application_id.in_(list(application_ids)), PremiumReceipt.reversed_at.is_(None))
        .group_by(PremiumReceipt.application_id)
    )
    return {application_id: Yen(int(amount)) for application_id, amount in rows}
