"""一括納付: what a month has put on each company's account, what of it is still to pay, and recording that it was paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.japanese_calendar import JAPAN, japanese_day
from esurety.domain.premium_due import OpenPremium, SettlementKind
from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen
from esurety.persistence import applications, events, premiums, settlements
from esurety.persistence.database import writing
from esurety.services.keep_receipts import add_receipt
from esurety.services.settle_premium import settle_refund
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile


class AccountNotFound(LookupError):
    """The company has nothing on its account in this month."""


class PaidTooEarly(ValueError):
    """The day lies before what is paid for arose; `arose_on` is the latest of those days."""

    def __init__(self, arose_on: date) -> None:
        super().__init__(f"the last of it arose on {arose_on}")
        self.arose_on = arose_on


@dataclass(frozen=True)
class MonthlyLine:
    """One premium, one difference or one refund on a company's account; amounts in yen, below zero for a refund."""

    company_id: int
    company: str
    number: str
    works_name: str
    product: str
    version: int
    is_of_cancellation: bool
    arose_at: datetime
    amount: int
    open_of_application: int  # of everything that its application put on the account
    application_id: int | None
    settlement_id: int | None  # of a refund, which is settled by itself

    @property
    def is_settled(self) -> bool:
        return self.open_of_application == 0

    @property
    def is_partly_settled(self) -> bool:
        return 0 < self.open_of_application < self.amount


@dataclass(frozen=True)
class MonthlyAccount:
    """One company's month."""

    company_id: int
    company: str
    lines: tuple[MonthlyLine, ...]

    @property
    def total(self) -> int:
        """In yen; below zero where refunds outweigh what was issued."""
        return sum(one.amount for one in self.lines)

    @property
    def open_amounts(self) -> tuple[int, ...]:
        """What of each application and of each refund is still open: an application once, however many guarantees it has."""
        open_ones = {(one.application_id, one.settlement_id): one.open_of_application for one in self.lines if not one.is_settled}
        return tuple(open_ones.values())

    @property
    def still_to_pay(self) -> int:
        """In yen; below zero when the surety pays."""
        return sum(self.open_amounts)


def monthly_accounts(account: SignedIn, *, month: date) -> list[MonthlyAccount]:
    """The accounts of the month that a day lies in, by company; months begin at midnight in Japan."""
    lines = _lines(account, month, None)
    companies = dict.fromkeys((one.company_id, one.company) for one in lines)
    return [MonthlyAccount(identity, name, tuple(one for one in lines if one.company_id == identity)) for identity, name in companies]


def monthly_account(account: SignedIn, company_id: int, *, month: date) -> MonthlyAccount:
    """One company's. Raises AccountNotFound."""
    lines = _lines(account, month, company_id)
    if not lines:
        raise AccountNotFound
    return MonthlyAccount(company_id, lines[0].company, tuple(lines))


def record_monthly_payment(
    *,
    account: SignedIn,
    company_id: int,
    month: date,
    paid_on: date,
    expected: int,
    token: str,
    at: datetime,
    method: ReceiptMethod = ReceiptMethod.TRANSFER,
) -> None:
    """Record that a company has paid what was still to pay for a month, refunds set off: a receipt for each application.

    `expected` is what the page showed as still to pay. A repeat with the same token does nothing.
    Raises AccountNotFound, ChangedMeanwhile (something was recorded, or nothing is open any more) or PaidTooEarly.
    """
    act = f"monthly-payment:{company_id}:{month:%Y-%m}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        _hold(monthly_account(account, company_id, month=month))
        found = monthly_account(account, company_id, month=month)  # anew: two clerks may hold the same transfer slip
        if found.still_to_pay != expected or not found.open_amounts:
            raise ChangedMeanwhile
        _settle_all(account, found, month, paid_on=paid_on, method=method, at=at)
        events.keep_answer(account.account_id, token, act, at)


def _hold(found: MonthlyAccount) -> None:
    for application_id in sorted({one.application_id for one in found.lines if one.application_id is not None}):
        applications.lock_application(application_id)
    for settlement_id in sorted({one.settlement_id for one in found.lines if one.settlement_id is not None}):
        settlements.lock_settlement(settlement_id)


def _settle_all(account: SignedIn, found: MonthlyAccount, month: date, *, paid_on: date, method: ReceiptMethod, at: datetime) -> None:
    arose_on = max(japanese_day(one.arose_at) for one in found.lines if not one.is_settled)
    if paid_on < arose_on:
        raise PaidTooEarly(arose_on)
    occasion = f"一括納付　{month.year}年{month.month}月分"
    for application_id, amount in {one.application_id: one.open_of_application for one in found.lines if not one.is_settled}.items():
        application = applications.lock_application(application_id) if application_id is not None else None
        if application is not None:
            add_receipt(
                account, application, received_on=paid_on, amount=Yen(amount), method=method, at=at, occasion=occasion, for_month=month
            )
    for line in found.lines:
        if line.settlement_id is not None and not line.is_settled:
            settle_refund(account, line.settlement_id, settled_on=paid_on, at=at, occasion=occasion)


def _lines(account: SignedIn, month: date, company_id: int | None) -> list[MonthlyLine]:
    surety_id, begins_at = account.surety_id or 0, _begin_of(month.year, month.month)
    ends_at = _begin_of(month.year + month.month // 12, month.month % 12 + 1)
    issued = premiums.monthly_premiums(surety_id, begins_at=begins_at, ends_at=ends_at, company_id=company_id)
    settled = settlements.monthly_lines(surety_id, begins_at=begins_at, ends_at=ends_at, company_id=company_id)
    received = settlements.received_of({one.application_id for one in settled if one.application_id is not None})
    still_open = settlements.open_premiums({one.application_id for one in issued})
    lines = [_of_issue(one, still_open[one.application_id]) for one in issued] + [_of_settlement(one, received) for one in settled]
    return sorted(lines, key=lambda one: (one.company, one.company_id, one.arose_at, one.number))


def _of_issue(one: premiums.MonthlyPremium, still_open: OpenPremium) -> MonthlyLine:
    return MonthlyLine(
        company_id=one.company_id,
        company=one.company,
        number=one.number,
        works_name=one.works_name,
        product=one.product,
        version=0,
        is_of_cancellation=False,
        arose_at=one.issued_at,
        amount=int(one.premium),
        open_of_application=int(still_open.on_account),  # what is paid by transfer besides is not the month's
        application_id=one.application_id,
        settlement_id=None,
    )


def _of_settlement(one: settlements.SettlementLine, received: Mapping[int, Yen]) -> MonthlyLine:
    is_refund = one.kind is SettlementKind.REFUND
    billed_open = max(0, int(one.amount) - int(received.get(one.application_id or 0, Yen(0))))
    return MonthlyLine(
        company_id=one.company_id,
        company=one.company,
        number=one.number,
        works_name=one.works_name,
        product=one.product,
        version=one.version,
        is_of_cancellation=one.is_of_cancellation,
        arose_at=one.created_at,
        amount=one.signed,
        open_of_application=(0 if one.settled_on is not None else one.signed) if is_refund else billed_open,
        application_id=None if is_refund else one.application_id,
        settlement_id=one.id if is_refund else None,
    )


def _begin_of(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=JAPAN)
