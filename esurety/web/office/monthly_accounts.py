"""一括納付 month by month: each company's account, and recording that it was paid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.services.monthly_accounts import (
    AccountNotFound,
    MonthlyAccount,
    MonthlyLine,
    PaidTooEarly,
    monthly_account,
    monthly_accounts,
    record_monthly_payment,
)
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.money_words import METHODS, signed_yen, typed_payment
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import Tag, version_text

_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")
_MONTHS_OFFERED = 24
_AMOUNT = re.compile(r"-?\d{1,15}")


@dataclass(frozen=True)
class AccountLine:
    """One premium, difference or refund on a monthly account."""

    number: str
    works_name: str
    product: str
    occasion: str
    arose_on: str
    amount: str
    tag: Tag


@dataclass(frozen=True)
class AccountSheet:
    """One company's month."""

    company_id: int
    company: str
    lines: list[AccountLine]
    total: str
    still_to_pay: str
    is_open: bool


@blueprint.get("/premiums/monthly/")
def monthly_premiums() -> str:
    """一括納付: each company's premiums, differences and refunds of a month; the page prints as a list."""
    today = japanese_day(now())
    month = _month(request.args.get("month", "")) or today.replace(day=1)
    accounts = monthly_accounts(person(), month=month)
    return render_template(
        "office/monthly_premiums.html",
        sheets=[_sheet(one) for one in accounts],
        month_name=_month_name(month),
        month=f"{month:%Y-%m}",
        months=[(f"{one:%Y-%m}", _month_name(one)) for one in _months_back(max(today.replace(day=1), month))],
        total=signed_yen(sum(one.total for one in accounts)),
        open_total=signed_yen(sum(one.still_to_pay for one in accounts)),
        may_record=may_act(person()),
    )


@blueprint.get("/premiums/monthly/<int:company_id>/<month>")
def monthly_payment(company_id: int, month: str) -> Response:
    """One company's month, to record its payment."""
    acting_person()
    return _show(company_id, _known_month(month), {"paid_on": era_date(japanese_day(now()), padded=False)}, {}, 200)


@blueprint.post("/premiums/monthly/<int:company_id>/<month>")
def record_payment_of_month(company_id: int, month: str) -> Response:
    """納付を記録: everything of the month that is still open, refunds set off."""
    account, day = acting_person(), _known_month(month)
    read = typed_payment("納付日")
    seen = request.form.get("expected", "")
    if read.paid_on is None or read.method is None or read.form.problems:
        return _show(company_id, day, request.form, read.form.problems, 422)
    try:
        record_monthly_payment(
            account=account,
            company_id=company_id,
            month=day,
            paid_on=read.paid_on,
            expected=int(seen) if _AMOUNT.fullmatch(seen) else 0,
            token=request.form.get("token", "")[:64] or new_token(),
            at=now(),
            method=read.method,
        )
    except AccountNotFound:
        abort(404)
    except ChangedMeanwhile:
        return _show(company_id, day, request.form, {}, 409)
    except PaidTooEarly as no:
        wrong = f"納付日は、この月の最後の発行や変更の日（{era_date(no.arose_on, padded=False)}）以後の日付で入力してください"
        return _show(company_id, day, request.form, {"paid_on": wrong}, 422)
    flash(f"{_month_name(day)}分の納付（{era_date(read.paid_on)}）を記録しました。", "success")
    return see_other(url_for("office.monthly_premiums", month=f"{day:%Y-%m}"))


def _show(company_id: int, month: date, typed: Mapping[str, str], problems: Mapping[str, str], status: int) -> Response:
    try:
        found = monthly_account(person(), company_id, month=month)
    except AccountNotFound:
        abort(404)
    return make_response(
        render_template(
            "office/monthly_payment.html",
            sheet=_sheet(found),
            expected=found.still_to_pay,
            pays_back=found.still_to_pay < 0,
            amount=signed_yen(abs(found.still_to_pay)),
            month=f"{month:%Y-%m}",
            month_name=_month_name(month),
            methods=METHODS,
            is_stale=status == 409,  # noqa: PLR2004 - conflict
            typed=typed,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )


def _month(typed: str) -> date | None:
    match = _MONTH.fullmatch(typed)
    year = int(match["year"]) if match else 0
    return date(year, int(match["month"]), 1) if match and 1900 <= year <= 2999 else None  # noqa: PLR2004


def _known_month(typed: str) -> date:
    return _month(typed) or abort(404)


def _months_back(month: date) -> list[date]:
    months = [month]
    while len(months) < _MONTHS_OFFERED:
        last = months[-1]
        months.append(date(last.year - 1, 12, 1) if last.month == 1 else last.replace(month=last.month - 1))
    return months


def _month_name(month: date) -> str:
    return era_date(month, padded=False).removesuffix("1日")


def _sheet(account: MonthlyAccount) -> AccountSheet:
    return AccountSheet(
        account.company_id,
        account.company,
        [
            AccountLine(
                number=one.number,
                works_name=one.works_name,
                product=Product(one.product).label,
                occasion="解約" if one.is_of_cancellation else version_text(one.version),
                arose_on=era_date(japanese_day(one.arose_at)),
                amount=signed_yen(one.amount),
                tag=_tag(one),
            )
            for one in account.lines
        ],
        signed_yen(account.total),
        signed_yen(account.still_to_pay),
        is_open=bool(account.open_amounts),
    )


def _tag(line: MonthlyLine) -> Tag:
    if line.is_settled:
        return Tag("精算済" if line.settlement_id is not None else "納付済", "success")
    return Tag("一部納付" if line.is_partly_settled else "未精算" if line.settlement_id is not None else "未納", "warning")
