"""返還: money that came in and has to go back, because its application came to nothing or more came in than was due.

What is to be given back is never stored: it is what came in, less what was due, less what was given back. So nothing that ends an
application (謝絶, 取下げ, the cancellation that ends an open change) can forget it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.application_state import ApplicationState
from esurety.domain.premium_due import is_over, to_give_back
from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, repayments, settlements
from esurety.persistence.database import writing
from esurety.persistence.models import Application, PremiumRepayment
from esurety.persistence.repayments import DoneRepayment
from esurety.services.review_application import due_of
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile


class RepaidTooEarly(ValueError):
    """The day lies before the money came in; `received_on` is the day of the last receipt."""

    def __init__(self, received_on: date) -> None:
        super().__init__(f"it came in on {received_on}")
        self.received_on = received_on


class RepaymentNotFound(LookupError):
    """There is no such 返還 for this application."""


class RepaymentReversed(Exception):
    """The record has been taken back before."""


@dataclass(frozen=True)
class MoneyOwed:
    """What of one application's money has to go back."""

    application: Application
    received: Yen
    repaid: Yen
    owed: Yen
    last_received_at: datetime | None


def money_to_return(account: SignedIn) -> list[MoneyOwed]:
    """Every application of the surety from which money has to go back, oldest first."""
    return _owed(repayments.owing(account.surety_id or 0))


def returned_lately(account: SignedIn) -> list[DoneRepayment]:
    """What was given back last, the latest first."""
    return repayments.done_lately(account.surety_id or 0)


def money_of(account: SignedIn, application_id: int) -> tuple[MoneyOwed, list[PremiumRepayment]]:
    """One application's, with what was given back, reversed records among it. Raises ApplicationNotFound."""
    found = repayments.application_with_company(application_id, account.surety_id or 0)
    if found is None:
        raise ApplicationNotFound
    return _owed([found])[0], repayments.repayments_of(application_id)


@dataclass(frozen=True)
class OwnMoney:
    """What a contractor is told of money that goes back: nothing while the application is under way."""

    owed: Yen
    is_overpayment: bool  # 過払い of what was issued, not money of what came to nothing
    given_back: tuple[tuple[date, Yen], ...]


def own_money(application: Application) -> OwnMoney:
    """Of a contractor's own application."""
    state = ApplicationState(application.state)
    if not is_over(state):
        return OwnMoney(Yen(0), is_overpayment=False, given_back=())
    standing = [one for one in repayments.repayments_of(application.id) if one.reversed_at is None]
    return OwnMoney(
        owed=_owed([application])[0].owed,
        is_overpayment=state is ApplicationState.ISSUED,
        given_back=tuple((one.repaid_on, one.amount) for one in standing),
    )


def held_money(application: Application) -> Yen:
    """お預かりした保証料: what has come in and goes back if the application comes to nothing."""
    return applications.received_total(application.id)


def repaid_total(application: Application) -> Yen:
    """What has been given back of an application's money."""
    return repayments.repaid_of([application.id]).get(application.id, Yen(0))


def mark_overpayment(application: Application) -> None:
    """At the issue: note on the last receipt that more came in than was due, also where the premium sank after it came in."""
    counted = [one for one in applications.receipts_of(application.id) if one.reversed_at is None]
    if counted and total([one.amount for one in counted]) > due_of(application):
        counted[-1].is_beyond_due = True


def record_repayment(
    *,
    account: SignedIn,
    application_id: int,
    repaid_on: date,
    expected: int,
    token: str,
    at: datetime,
    method: ReceiptMethod = ReceiptMethod.TRANSFER,
) -> None:
    """返還を記録: all that has to go back. A repeat with the same token does nothing.

    `expected` is what the page showed, in yen. Raises ApplicationNotFound, ChangedMeanwhile (it is another amount now, or nothing)
    or RepaidTooEarly.
    """
    act = f"repay:{application_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        applications.lock_application(application_id)
        money, _ = money_of(account, application_id)
        if money.owed == 0 or money.owed != expected:
            raise ChangedMeanwhile
        last = max(one.received_on for one in applications.receipts_of(application_id) if one.reversed_at is None)
        if repaid_on < last:
            raise RepaidTooEarly(last)
        applications.add(
            PremiumRepayment(
                application_id=application_id,
                amount=money.owed,
                method=method.value,
                repaid_on=repaid_on,
                recorded_at=at,
                recorded_by=account.account_id,
            )
        )
        _record(account, application_id, "PremiumReturned", f"{money.owed.text}（{method.label}）", at)
        events.keep_answer(account.account_id, token, act, at)


def reverse_repayment(*, account: SignedIn, application_id: int, repayment_id: int, reason: str, at: datetime) -> None:
    """Take a mistaken record back, once. Raises ApplicationNotFound, RepaymentNotFound or RepaymentReversed."""
    with writing():
        money_of(account, application_id)
        held = repayments.lock_repayment(application_id, repayment_id)
        if held is None:
            raise RepaymentNotFound
        if held.reversed_at is not None:
            raise RepaymentReversed
        held.reversed_at, held.reversed_by, held.reversal_reason = at, account.account_id, reason
        _record(account, application_id, "PremiumReturnReversed", f"{held.amount.text}\n理由：{reason}", at)


def _owed(found: list[Application]) -> list[MoneyOwed]:
    identities = [one.id for one in found]
    received, repaid = settlements.received_of(identities), repayments.repaid_of(identities)
    billed, came_at = repayments.billed_of(identities), repayments.last_received_at(identities)
    return [
        MoneyOwed(
            application=one,
            received=received.get(one.id, Yen(0)),
            repaid=repaid.get(one.id, Yen(0)),
            owed=to_give_back(
                ApplicationState(one.state),
                received=received.get(one.id, Yen(0)),
                due=_due(one, billed),
                repaid=repaid.get(one.id, Yen(0)),
            ),
            last_received_at=came_at.get(one.id),
        )
        for one in found
    ]


def _due(application: Application, billed: Mapping[int, Yen]) -> Yen:
    """Of one that is issued: what it cost, of a change what it billed."""
    if application.changed_contract_id is not None:
        return billed.get(application.id, Yen(0))
    return total([row.premium for row in application.requested])


def _record(account: SignedIn, application_id: int, kind: str, note: str, at: datetime) -> None:
    events.record_event(
        at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, application_id=application_id, note=note
    )
