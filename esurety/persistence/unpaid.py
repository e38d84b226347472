"""発行済みで未入金: issued guarantees whose premium was paid by transfer and whose receipt was taken back afterwards.

Nothing is issued by transfer before its premium is in, so an application without a reversed receipt cannot be among them.
What changes bill is in `settlements`, what is on a monthly account in its month; so what came in for a month does not count here.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from esurety.domain.application_state import ApplicationState
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import Application, Company, PremiumReceipt, RequestedGuaranteeRow

MOST_SHOWN = 200


@dataclass(frozen=True)
class UnpaidPremium:
    """One application's premium; `missing` is what is still to come."""

    application_id: int
    works_name: str
    company: str
    missing: Yen


def unpaid_after_issue(surety_id: int) -> list[UnpaidPremium]:
    """Oldest first."""
    rows = reading().execute(_unpaid(surety_id).order_by(Application.id).limit(MOST_SHOWN))
    return [UnpaidPremium(identity, works or "", company, Yen(int(missing))) for identity, works, company, missing in rows]


def counted_unpaid(surety_id: int) -> ScalarSelect[int]:
    """How many they are."""
    return select(func.count()).select_from(_unpaid(surety_id).subquery()).scalar_subquery()


def _unpaid(surety_id: int) -> Select[int, str | None, str, int]:
    due = _sum(RequestedGuaranteeRow.premium).where(
        RequestedGuaranteeRow.application_id == Application.id,
        RequestedGuaranteeRow.premium_payment_method == PremiumPaymentMethod.TRANSFER,
    )
    received = _sum(PremiumReceipt.amount).where(
        PremiumReceipt.application_id == Application.id, PremiumReceipt.reversed_at.is_(None), PremiumReceipt.for_month.is_(None)
    )
    missing = (due.scalar_subquery() - received.scalar_subquery()).label("missing")
    taken_back = select(PremiumReceipt.application_id).where(PremiumReceipt.reversed_at.is_not(None))
    return (
        select(Application.id, Application.works_name, Company.name, missing)
        .join(Company, Company.id == Application.company_id)
        .where(
            Application.id.in_(taken_back),
            Application.surety_id == surety_id,
            Application.state == ApplicationState.ISSUED,
            Application.changed_contract_id.is_(None),
            missing > 0,
        )
    )


def _sum(amount: InstrumentedAttribute[Yen]) -> Select[int]:
    return select(func.coalesce(func.sum(amount, type_=BigInteger), 0))
