"""相殺: what a contract has not paid yet is taken off a refund before anything is paid out."""

from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import settlements
from esurety.persistence.models import GuaranteeContract
from esurety.persistence.settlements import SettlementLine


@dataclass(frozen=True)
class UnpaidPart:
    """What one application of a contract has not paid; `for_month` is the month of the account that it is on."""

    application_id: int
    amount: Yen
    for_month: date | None


def unpaid_of(contract: GuaranteeContract) -> Yen:
    """未納: what of a contract's premium has not come in, the differences of its changes included."""
    return total([one.amount for one in _unpaid(contract.surety_id, contract.id)])


def set_off_of(line: SettlementLine, surety_id: int) -> list[UnpaidPart]:
    """What a refund is set off against, the oldest first: at most the refund. Nothing once it is settled."""
    if line.kind is not SettlementKind.REFUND or line.settled_on is not None:
        return []
    left, parts = int(line.amount), []
    for one in _unpaid(surety_id, line.contract_id):
        amount = min(left, int(one.amount))
        if amount:
            parts.append(UnpaidPart(one.application_id, Yen(amount), one.for_month))
            left -= amount
    return parts


def _unpaid(surety_id: int, contract_id: int) -> list[UnpaidPart]:
    found = [*_of_original(contract_id), *_of_changes(surety_id, contract_id)]
    return [one for one in found if one.amount]


def _of_original(contract_id: int) -> list[UnpaidPart]:
    """Of an application with several guarantees at most what this one cost."""
    original = settlements.original_premium(contract_id)
    if original is None:
        return []
    still_open = settlements.open_premiums([original.application_id])[original.application_id]
    is_on_account = original.payment_method is PremiumPaymentMethod.LUMP_MONTHLY
    amount = min(original.premium, still_open.on_account if is_on_account else still_open.by_transfer)
    return [UnpaidPart(original.application_id, amount, _month(original.issued_at) if is_on_account else None)]


def _of_changes(surety_id: int, contract_id: int) -> list[UnpaidPart]:
    billed = settlements.billed_lines(surety_id, contract_id)
    received = settlements.received_of([one.application_id for one in billed if one.application_id is not None]) if billed else {}
    return [
        UnpaidPart(
            one.application_id,
            Yen(max(0, one.amount - received.get(one.application_id, Yen(0)))),
            _month(one.created_at) if one.payment_method is PremiumPaymentMethod.LUMP_MONTHLY else None,
        )
        for one in billed
        if one.application_id is not None
    ]


def _month(at: datetime) -> date:
    return japanese_day(at).replace(day=1)
