"""A premium receipt that was recorded by mistake: taken back with a reason. The record stays; totals leave it out."""

from datetime import datetime

from esurety.persistence import applications, events, premiums, repayments
from esurety.persistence.database import writing
from esurety.persistence.models import PremiumReceipt
from esurety.services.keep_receipts import keep_settlement_in_step
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound


class ReceiptNotFound(LookupError):
    """There is no such receipt for this application."""


class AlreadyReversed(Exception):
    """The receipt has been taken back before."""


class MoneyGivenBack(Exception):
    """Money has been given back since the receipt: the record of that is to be taken back first, or the money drops out of sight."""


def reverse_receipt(*, account: SignedIn, application_id: int, receipt_id: int, reason: str, at: datetime) -> None:
    """Take a mistaken receipt back, once. Raises ApplicationNotFound, ReceiptNotFound, AlreadyReversed or MoneyGivenBack."""
    with writing():
        application = applications.lock_application(application_id)
        if application is None or application.surety_id != account.surety_id or application.submitted_at is None:
            raise ApplicationNotFound
        receipt = premiums.receipt_of(application_id, receipt_id)
        if receipt is None:
            raise ReceiptNotFound
        if receipt.reversed_at is not None:
            raise AlreadyReversed
        _refuse_given_back(receipt)
        receipt.reversed_at, receipt.reversed_by, receipt.reversal_reason = at, account.account_id, reason
        keep_settlement_in_step(application)
        events.record_event(
            at=at,
            kind="PremiumReceiptReversed",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application_id,
            note=f"{receipt.amount.text}\n理由：{reason}",
        )


def _refuse_given_back(receipt: PremiumReceipt) -> None:
    standing = [one for one in repayments.repayments_of(receipt.application_id) if one.reversed_at is None]
    if any(one.recorded_at >= receipt.recorded_at for one in standing):
        raise MoneyGivenBack
