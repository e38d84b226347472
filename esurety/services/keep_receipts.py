"""A premium receipt as a record, however it came about; and the billed difference of a change, which is settled by its receipts."""

from datetime import date, datetime

from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, settlements
from esurety.persistence.models import Application, PremiumReceipt
from esurety.services.sign_in import SignedIn


def add_receipt(
    account: SignedIn,
    application: Application,
    *,
    received_on: date,
    amount: Yen,
    method: ReceiptMethod,
    at: datetime,
    occasion: str = "",
    for_month: date | None = None,
    is_beyond_due: bool = False,
) -> None:
    """Record a receipt within the running transaction; `occasion` says what it was part of, `for_month` of which month's 一括納付."""
    applications.add(
        PremiumReceipt(
            application_id=application.id,
            received_on=received_on,
            amount=amount,
            method=method.value,
            recorded_at=at,
            recorded_by=account.account_id,
            for_month=for_month,
            is_beyond_due=is_beyond_due,
        )
    )
    events.record_event(
        at=at,
        kind="PremiumReceived",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=application.id,
        note=f"{amount.text}（{method.label}）" + (f"\n{occasion}" if occasion else ""),
    )
    keep_settlement_in_step(application)


def keep_settlement_in_step(application: Application) -> None:
    """A billed difference is settled on the day its receipts became complete, and open again once one is taken back."""
    billed = settlements.billed_by(application.id)
    if billed is None:
        return
    counted = [one for one in applications.receipts_of(application.id) if one.reversed_at is None]
    is_complete = total([one.amount for one in counted]) >= billed.amount
    billed.settled_on = max(one.received_on for one in counted) if counted and is_complete else None
