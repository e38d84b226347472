"""精算: a difference that a change billed is paid in, a refund is paid back; each once, with its day.

A billed difference is settled by receipts, like every premium; recording its settlement records the receipt that was missing.
"""

from datetime import date, datetime

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import ReceiptMethod
from esurety.persistence import applications, events, settlements, unpaid
from esurety.persistence.database import writing
from esurety.persistence.models import PremiumSettlement
from esurety.persistence.settlements import SettlementLine
from esurety.persistence.unpaid import UnpaidPremium
from esurety.services.keep_receipts import add_receipt
from esurety.services.review_application import premium_outstanding
from esurety.services.sign_in import SignedIn


class SettlementNotFound(LookupError):
    """There is no such settlement of this person's surety."""


class AlreadySettled(Exception):
    """It was settled before, or set off in a monthly account."""


class NotToBeReopened(Exception):
    """It is not settled; or it is a billed difference, which is opened again by taking its receipt back."""


class SettledTooEarly(ValueError):
    """The day lies before the difference arose; `arose_on` is that day."""

    def __init__(self, arose_on: date) -> None:
        super().__init__(f"it arose on {arose_on}")
        self.arose_on = arose_on


def open_settlements(account: SignedIn) -> list[SettlementLine]:
    """What is still to be paid in or back, the oldest first."""
    return settlements.open_lines(account.surety_id or 0)


def settled_lately(account: SignedIn) -> list[SettlementLine]:
    """What was settled last, the latest first."""
    return settlements.settled_lines(account.surety_id or 0)


def waiting_settlements(account: SignedIn) -> int:
    """How many are open."""
    return settlements.count_open(account.surety_id or 0)


def unpaid_after_issue(account: SignedIn) -> list[UnpaidPremium]:
    """Issued guarantees whose premium by transfer is missing, because a receipt was taken back after the issue; oldest first."""
    return unpaid.unpaid_after_issue(account.surety_id or 0)


def count_unpaid_after_issue(account: SignedIn) -> int:
    """How many they are."""
    return unpaid.count_unpaid_after_issue(account.surety_id or 0)


def find_settlement(account: SignedIn, settlement_id: int) -> SettlementLine:
    """One settlement. Raises SettlementNotFound."""
    found = settlements.line_of(account.surety_id or 0, settlement_id)
    if found is None:
        raise SettlementNotFound
    return found


def record_settlement(
    *,
    account: SignedIn,
    settlement_id: int,
    settled_on: date,
    token: str,
    at: datetime,
    method: ReceiptMethod = ReceiptMethod.TRANSFER,
) -> None:
    """精算を記録: the whole of what is open. A repeat with the same token does nothing.

    Raises SettlementNotFound, AlreadySettled or SettledTooEarly.
    """
    act = f"settle:{settlement_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        line = find_settlement(account, settlement_id)
        arose_on = japanese_day(line.created_at)
        if settled_on < arose_on:
            raise SettledTooEarly(arose_on)
        if line.kind is SettlementKind.REFUND:
            settle_refund(account, settlement_id, settled_on=settled_on, at=at, occasion=method.label)
        else:
            _pay_in(account, line, settled_on=settled_on, method=method, at=at)
        events.keep_answer(account.account_id, token, act, at)


def settle_refund(account: SignedIn, settlement_id: int, *, settled_on: date, at: datetime, occasion: str) -> None:
    """Record within the running transaction that a refund was paid back. Raises AlreadySettled."""
    held = _hold_open(settlement_id)
    held.settled_on = settled_on
    _record(account, held, "PremiumSettled", f"返還 {held.amount.text}（{occasion}）", at)


def _pay_in(account: SignedIn, line: SettlementLine, *, settled_on: date, method: ReceiptMethod, at: datetime) -> None:
    application = applications.lock_application(line.application_id or 0)
    if application is None:
        raise SettlementNotFound
    held = _hold_open(line.id)
    missing = premium_outstanding(application)
    add_receipt(account, application, received_on=settled_on, amount=missing, method=method, at=at)
    _record(account, held, "PremiumSettled", f"追加 {held.amount.text}（{method.label}）", at)


def _hold_open(settlement_id: int) -> PremiumSettlement:
    held = settlements.lock_settlement(settlement_id)
    if held is None:
        raise SettlementNotFound
    if held.settled_on is not None:
        raise AlreadySettled
    return held


def reopen_refund(*, account: SignedIn, settlement_id: int, reason: str, at: datetime) -> None:
    """Take back a refund's settlement that was recorded by mistake. Raises SettlementNotFound or NotToBeReopened."""
    with writing():
        line = find_settlement(account, settlement_id)
        held = settlements.lock_settlement(settlement_id)
        if held is None or held.settled_on is None or line.kind is not SettlementKind.REFUND:
            raise NotToBeReopened
        held.settled_on = None
        _record(account, held, "PremiumSettlementReversed", f"返還 {held.amount.text}\n理由：{reason}", at)


def _record(account: SignedIn, settlement: PremiumSettlement, kind: str, note: str, at: datetime) -> None:
    events.record_event(
        at=at,
        kind=kind,
        actor_id=account.account_id,
        actor_name=account.actor_name,
        contract_id=settlement.contract_id,
        note=note,
    )
