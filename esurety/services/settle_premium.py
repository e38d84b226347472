"""精算: a difference that a change billed is paid in, a refund is paid back; each once, with its day.

A billed difference is settled by receipts, like every premium; recording its settlement records the receipt that was missing.
What a contract has not paid is taken off its refund (相殺): receipts are recorded for that, and the rest is paid out.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, settlements, unpaid
from esurety.persistence.database import writing
from esurety.persistence.models import PremiumSettlement
from esurety.persistence.settlements import SettlementLine
from esurety.persistence.unpaid import UnpaidPremium
from esurety.services.keep_receipts import add_receipt
from esurety.services.review_application import premium_outstanding
from esurety.services.set_off import UnpaidPart, set_off_of
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile


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
    return _with_received(settlements.open_lines(account.surety_id or 0))


def settled_lately(account: SignedIn) -> list[SettlementLine]:
    """What was settled last, the latest first."""
    return settlements.settled_lines(account.surety_id or 0)


def unpaid_after_issue(account: SignedIn) -> list[UnpaidPremium]:
    """Issued guarantees whose premium by transfer is missing, because a receipt was taken back after the issue; oldest first."""
    return unpaid.unpaid_after_issue(account.surety_id or 0)


def find_settlement(account: SignedIn, settlement_id: int) -> SettlementLine:
    """One settlement. Raises SettlementNotFound."""
    found = settlements.line_of(account.surety_id or 0, settlement_id)
    if found is None:
        raise SettlementNotFound
    return _with_received([found])[0]


def _with_received(lines: Sequence[SettlementLine]) -> list[SettlementLine]:
    billed = {one.application_id for one in lines if one.kind is SettlementKind.BILLED and one.application_id is not None}
    received = settlements.received_of(billed) if billed else {}
    return [replace(one, received=received.get(one.application_id or 0, Yen(0))) for one in lines]


def unpaid_to_set_off(account: SignedIn, line: SettlementLine) -> Yen:
    """相殺する額: what of a refund is taken off for what its contract has not paid."""
    return total([one.amount for one in set_off_of(line, account.surety_id or 0)])


def record_settlement(
    *,
    account: SignedIn,
    settlement_id: int,
    settled_on: date,
    token: str,
    at: datetime,
    method: ReceiptMethod = ReceiptMethod.TRANSFER,
    expected: int | None = None,
) -> None:
    """精算を記録: the whole of what is open. A repeat with the same token does nothing.

    `expected` is what the page showed as what comes in now, or is paid out after the set-off.
    Raises SettlementNotFound, AlreadySettled, SettledTooEarly or ChangedMeanwhile (it is another amount now).
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
            _pay_back(account, line, settled_on=settled_on, method=method, at=at, expected=expected)
        else:
            _pay_in(account, line, settled_on=settled_on, method=method, at=at, expected=expected)
        events.keep_answer(account.account_id, token, act, at)


def settle_refund(account: SignedIn, settlement_id: int, *, settled_on: date, at: datetime, occasion: str, more: str = "") -> None:
    """Record within the running transaction that a refund was paid back. Raises AlreadySettled."""
    held = _hold_open(settlement_id)
    held.settled_on = settled_on
    _record(account, held, "PremiumSettled", f"返還 {held.amount.text}（{occasion}）{more}", at)


def _pay_back(
    account: SignedIn, line: SettlementLine, *, settled_on: date, method: ReceiptMethod, at: datetime, expected: int | None
) -> None:
    for application_id in sorted({one.application_id for one in set_off_of(line, account.surety_id or 0)}):
        applications.lock_application(application_id)
    parts = set_off_of(line, account.surety_id or 0)  # anew: a receipt may just have come in
    off = total([one.amount for one in parts])
    if expected is not None and line.amount - off != expected:
        raise ChangedMeanwhile
    more = f"\n未納の保証料と相殺 {off.text}、支払い {Yen(line.amount - off).text}" if off else ""
    settle_refund(account, line.id, settled_on=settled_on, at=at, occasion=method.label, more=more)
    _receive_set_off(account, line, parts, settled_on=settled_on, at=at)


def _receive_set_off(account: SignedIn, line: SettlementLine, parts: Sequence[UnpaidPart], *, settled_on: date, at: datetime) -> None:
    for one in parts:
        application = applications.lock_application(one.application_id)
        if application is None:
            raise SettlementNotFound
        add_receipt(
            account,
            application,
            received_on=settled_on,
            amount=one.amount,
            method=ReceiptMethod.TRANSFER,
            at=at,
            occasion=f"保証契約番号 {line.number} の返還と相殺（お金の受渡しはありません）",
            for_month=one.for_month,
        )


def _pay_in(
    account: SignedIn, line: SettlementLine, *, settled_on: date, method: ReceiptMethod, at: datetime, expected: int | None
) -> None:
    application = applications.lock_application(line.application_id or 0)
    if application is None:
        raise SettlementNotFound
    held = _hold_open(line.id)
    missing = premium_outstanding(application)
    if expected is not None and missing != expected:
        raise ChangedMeanwhile
    add_receipt(account, application, received_on=settled_on, amount=missing, method=method, at=at)
    _record(account, held, "PremiumSettled", f"追加 {missing.text}（{method.label}）", at)


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
