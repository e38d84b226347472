"""Amounts and days of accounts, in words; what the lists of premiums share."""

from dataclasses import dataclass
from datetime import date

from flask import request

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import ReceiptMethod
from esurety.domain.typed_fields import TypedForm
from esurety.web.answers import now

METHODS = [(one.value, one.label) for one in ReceiptMethod]


@dataclass(frozen=True)
class TypedPayment:
    """What was read of a form that records money: the day and the way."""

    form: TypedForm
    paid_on: date | None
    method: ReceiptMethod | None


def typed_payment(label: str) -> TypedPayment:
    """Read `paid_on`, which lies not in the future, and `method`."""
    form, today = TypedForm(request.form), japanese_day(now())
    paid_on, method = form.day("paid_on", label), form.choice("method", "方法", ReceiptMethod)
    if paid_on is not None and paid_on > today:
        form.complain("paid_on", f"{label}は今日（{era_date(today, padded=False)}）までの日付で入力してください")
    return TypedPayment(form, paid_on, method)


def not_before(label: str, arose_on: date) -> str:
    return f"{label}は、差額や返還の生じた日（{era_date(arose_on, padded=False)}）以後の日付で入力してください"


def signed_yen(amount: int) -> str:
    """Amounts that may be below zero, which Yen never is: △1,000円, as accounts write it."""
    return f"{amount:,}円" if amount >= 0 else f"△{-amount:,}円"
