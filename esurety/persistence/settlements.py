"""精算: the differences that changes bill, and what changes and cancellations pay back, over all contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, case, func, select

from esurety.domain.premium_due import OpenPremium, SettlementKind, open_by_method
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
_NOTHING = Yen(0)


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
    contract_id: int
    received: Yen = _NOTHING  # of a billed one, where the caller has read it

    @property
    def is_of_cancellation(self) -> bool:
        return self.application_id is None

    @property
    def signed(self) -> int:
        """In yen; below zero for what is paid back."""
        return self.kind.signed(self.amount)

    @property
    def still_open(self) -> Yen:
        """What of a billed one has not come in; of a refund all of it, until it is settled."""
        return Yen(0) if self.settled_on is not None else Yen(max(0, self.amount - self.received))


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
        contract_id=contract.id,
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


def counted_open(surety_id: int) -> ScalarSelect[int]:
    """How many are still to be paid in or back."""
    return (
        select(func.count())
        .select_from(PremiumSettlement)
        .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
        .where(GuaranteeContract.surety_id == surety_id, PremiumSettlement.settled_on.is_(None))
        .scalar_subquery()
    )


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


@dataclass(frozen=True)
class OriginalPremium:
    """What the first version of a contract cost, and how it is paid."""

    application_id: int
    payment_method: PremiumPaymentMethod
    premium: Yen
    issued_at: datetime


def original_premium(contract_id: int) -> OriginalPremium | None:
    """Of an issued contract."""
    row = (
        reading()
        .execute(
            select(
                CertificateVersion.application_id,
                RequestedGuaranteeRow.premium_payment_method,
                CertificateVersion.premium,
                CertificateVersion.issued_at,
            )
            .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
            .join(RequestedGuaranteeRow, RequestedGuaranteeRow.id == GuaranteeContract.requested_guarantee_id)
            .where(CertificateVersion.contract_id == contract_id, CertificateVersion.version == 0)
        )
        .first()
    )
    if row is None or row[3] is None:
        return None
    return OriginalPremium(row[0], PremiumPaymentMethod(row[1]), row[2], row[3])


def billed_lines(surety_id: int, contract_id: int) -> list[SettlementLine]:
    """The differences of one contract that are still to be paid in."""
    wanted = _lines(surety_id).where(
        PremiumSettlement.contract_id == contract_id,
        PremiumSettlement.kind == SettlementKind.BILLED.value,
        PremiumSettlement.settled_on.is_(None),
    )
    return [_line(row) for row in reading().execute(wanted.order_by(PremiumSettlement.id))]


def open_premiums(application_ids: Iterable[int]) -> dict[int, OpenPremium]:
    """What of each issued application's premiums is still to come, by the way it is paid."""
    identities = list(application_ids)
    due, received = _premiums_by_method(identities), _received_by_way(identities)
    return {
        identity: open_by_method(
            to_transfer=due.get((identity, PremiumPaymentMethod.TRANSFER.value), Yen(0)),
            on_account=due.get((identity, PremiumPaymentMethod.LUMP_MONTHLY.value), Yen(0)),
            by_hand=received.get((identity, False), Yen(0)),
            for_month=received.get((identity, True), Yen(0)),
        )
        for identity in identities
    }


def _premiums_by_method(application_ids: list[int]) -> dict[tuple[int, str], Yen]:
    method = RequestedGuaranteeRow.premium_payment_method
    rows = reading().execute(
        select(RequestedGuaranteeRow.application_id, method, func.sum(RequestedGuaranteeRow.premium))
        .where(RequestedGuaranteeRow.application_id.in_(application_ids))
        .group_by(RequestedGuaranteeRow.application_id, method)
    )
    return {(application_id, by): Yen(int(amount)) for application_id, by, amount in rows}


def _received_by_way(application_ids: list[int]) -> dict[tuple[int, bool], Yen]:
    """(application, whether for a month) → yen; a reversed record does not count."""
    for_month = case((PremiumReceipt.for_month.is_(None), 0), else_=1)
    rows = reading().execute(
        select(PremiumReceipt.application_id, for_month, func.sum(PremiumReceipt.amount))
        .where(PremiumReceipt.application_id.in_(application_ids), PremiumReceipt.reversed_at.is_(None))
        .group_by(PremiumReceipt.application_id, for_month)
    )
    return {(application_id, bool(is_for_month)): Yen(int(amount)) for application_id, is_for_month, amount in rows}


def received_of(application_ids: Iterable[int]) -> dict[int, Yen]:
    """What has been received for each application; a reversed record does not count."""
    rows = reading().execute(
        select(PremiumReceipt.application_id, func.sum(PremiumReceipt.amount))
        .where(PremiumReceipt.application_id.in_(list(application_ids)), PremiumReceipt.reversed_at.is_(None))
        .group_by(PremiumReceipt.application_id)
    )
    return {application_id: Yen(int(amount)) for application_id, amount in rows}
