"""返還するもの: what came in for applications that came to nothing, or beyond the premium; and what of it was given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from esurety.domain.application_state import ApplicationState
from esurety.domain.premium_due import SettlementKind
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Application,
    Branch,
    CertificateVersion,
    Company,
    PremiumReceipt,
    PremiumRepayment,
    PremiumSettlement,
    RequestedGuaranteeRow,
)

MOST_SHOWN = 200
_ENDED_UNISSUED = (ApplicationState.DECLINED.value, ApplicationState.WITHDRAWN.value)


@dataclass(frozen=True)
class DoneRepayment:
    """One recorded 返還 with the company it went to."""

    record: PremiumRepayment
    company: str
    works_name: str


def owing(surety_id: int) -> list[Application]:
    """The applications whose money has to go back, oldest first: ended without issue, or paid beyond what was due."""
    found = {
        one.id: one
        for wanted in _owing(surety_id)
        for one in reading().scalars(
            wanted.options(selectinload(Application.requested), joinedload(Application.company)).order_by(Application.id).limit(MOST_SHOWN)
        )
    }
    return [found[identity] for identity in sorted(found)]


def counted_owing(surety_id: int) -> ColumnElement[int]:
    """How many they are."""
    ended, overpaid = (select(func.count()).select_from(one.subquery()).scalar_subquery() for one in _owing(surety_id))
    return ended + overpaid


def _owing(surety_id: int) -> tuple[Select[Application], Select[Application]]:
    """Ended without issue; and issued, of those that were paid beyond what was due at some time."""
    received = _sum(PremiumReceipt.amount).where(PremiumReceipt.application_id == Application.id, PremiumReceipt.reversed_at.is_(None))
    repaid = _sum(PremiumRepayment.amount).where(PremiumRepayment.application_id == Application.id, PremiumRepayment.reversed_at.is_(None))
    premium = _sum(RequestedGuaranteeRow.premium).where(RequestedGuaranteeRow.application_id == Application.id)
    billed = _sum(PremiumSettlement.amount).where(
        PremiumSettlement.kind == SettlementKind.BILLED.value,
        CertificateVersion.contract_id == PremiumSettlement.contract_id,
        CertificateVersion.version == PremiumSettlement.version,
        CertificateVersion.application_id == Application.id,
        CertificateVersion.issued_at.is_not(None),
    )
    due = case((Application.changed_contract_id.is_(None), premium.scalar_subquery()), else_=billed.scalar_subquery())
    left = received.scalar_subquery() - repaid.scalar_subquery()
    beyond = select(PremiumReceipt.application_id).where(PremiumReceipt.is_beyond_due)
    branches = select(Branch.id).where(Branch.surety_id == surety_id)
    of_surety = select(Application).where(Application.surety_id == surety_id, Application.branch_id.in_(branches))
    return (
        of_surety.where(Application.state.in_(_ENDED_UNISSUED), left > 0),
        of_surety.where(Application.id.in_(beyond), Application.state == ApplicationState.ISSUED, left > due),
    )


def _sum(amount: InstrumentedAttribute[Yen]) -> Select[int]:
    return select(func.coalesce(func.sum(amount, type_=BigInteger), 0))


def application_with_company(application_id: int, surety_id: int) -> Application | None:
    """A submitted application of the surety, with what a page about its money shows."""
    return reading().scalar(
        select(Application)
        .where(Application.id == application_id, Application.surety_id == surety_id, Application.submitted_at.is_not(None))
        .options(selectinload(Application.requested), joinedload(Application.company))
    )


def repaid_of(application_ids: Iterable[int]) -> dict[int, Yen]:
    """What has been given back for each application; a reversed record does not count."""
    rows = reading().execute(
        select(PremiumRepayment.application_id, func.sum(PremiumRepayment.amount))
        .where(PremiumRepayment.application_id.in_(list(application_ids)), PremiumRepayment.reversed_at.is_(None))
        .group_by(PremiumRepayment.application_id)
    )
    return {application_id: Yen(int(amount)) for application_id, amount in rows}


def last_received_at(application_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last receipt of each application was recorded."""
    rows = reading().execute(
        select(PremiumReceipt.application_id, PremiumReceipt.recorded_at)
        .where(PremiumReceipt.application_id.in_(list(application_ids)), PremiumReceipt.reversed_at.is_(None))
        .order_by(PremiumReceipt.id)
    )
    return {row[0]: row[1] for row in rows}  # the last one wins


def billed_of(application_ids: Iterable[int]) -> dict[int, Yen]:
    """The difference that the issue of each change billed; a change that billed none is missing."""
    version = and_(CertificateVersion.contract_id == PremiumSettlement.contract_id, CertificateVersion.version == PremiumSettlement.version)
    rows = reading().execute(
        select(CertificateVersion.application_id, PremiumSettlement.amount)
        .join(PremiumSettlement, version)
        .where(
            CertificateVersion.application_id.in_(list(application_ids)),
            CertificateVersion.issued_at.is_not(None),
            PremiumSettlement.kind == SettlementKind.BILLED.value,
        )
    )
    return {row[0]: row[1] for row in rows}


def repayments_of(application_id: int) -> list[PremiumRepayment]:
    """Every 返還 of an application, oldest first, reversed ones among them."""
    wanted = select(PremiumRepayment).where(PremiumRepayment.application_id == application_id)
    return list(reading().scalars(wanted.order_by(PremiumRepayment.id)))


def lock_repayment(application_id: int, repayment_id: int) -> PremiumRepayment | None:
    """One 返還 of an application, held until the transaction ends."""
    return reading().scalar(
        select(PremiumRepayment)
        .where(PremiumRepayment.id == repayment_id, PremiumRepayment.application_id == application_id)
        .with_for_update(of=PremiumRepayment)
        .execution_options(populate_existing=True)
    )


def done_lately(surety_id: int) -> list[DoneRepayment]:
    """What was given back last, the latest first."""
    rows = reading().execute(
        select(PremiumRepayment, Company.name, Application.works_name)
        .join(Application, Application.id == PremiumRepayment.application_id)
        .join(Company, Company.id == Application.company_id)
        .where(Application.surety_id == surety_id, PremiumRepayment.reversed_at.is_(None))
        .order_by(PremiumRepayment.repaid_on.desc(), PremiumRepayment.id.desc())
        .limit(MOST_SHOWN)
    )
    return [DoneRepayment(record, company, works or "") for record, company, works in rows]
