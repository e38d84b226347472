"""一括納付 month by month, and what has to be posted on paper."""

import re
from dataclasses import dataclass
from datetime import date

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.persistence.premiums import PaperToPost
from esurety.services.monthly_accounts import MonthlyAccount, difference, monthly_accounts
from esurety.services.post_papers import mark_posted, papers_to_post
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import application_number, version_text

_MONTH = re.compile(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])")
_MONTHS_OFFERED = 24
_TICKED = re.compile(r"(?P<what>statement|receipt)-(?P<id>\d{1,9})")


@dataclass(frozen=True)
class AccountLine:
    """One certificate on a monthly account."""

    number: str
    works_name: str
    product: str
    version: str
    issued_on: str
    amount: str


@dataclass(frozen=True)
class AccountSheet:
    """One company's month."""

    company: str
    lines: list[AccountLine]
    total: str


@dataclass(frozen=True)
class PostLine:
    """One paper to be posted."""

    field: str
    what: str
    application_id: int
    application: str
    company: str
    address: str
    works_name: str
    since: str
    amount: str


@blueprint.get("/premiums/monthly/")
def monthly_premiums() -> str:
    """一括納付: each company's premiums of a month; the page prints as a list."""
    today = japanese_day(now())
    month = _typed_month(today)
    accounts = monthly_accounts(person(), month=month)
    return render_template(
        "office/monthly_premiums.html",
        sheets=[_sheet(one) for one in accounts],
        month_name=_month_name(month),
        month=f"{month:%Y-%m}",
        months=[(f"{one:%Y-%m}", _month_name(one)) for one in _months_back(max(today.replace(day=1), month))],
        total=_yen(sum(one.total for one in accounts)),
    )


@blueprint.get("/premiums/to-post/")
def to_post() -> str:
    """発送するもの: 保証料計算書(紙) where wished, 領収証 of every receipt."""
    statements, receipts = papers_to_post(person())
    return render_template(
        "office/to_post.html",
        statements=[_post_line(f"statement-{one.id}", f"保証料計算書　{one.number}", one) for one in statements],
        receipts=[_post_line(f"receipt-{one.id}", "領収証", one) for one in receipts],
        may_mark=may_act(person()),
    )


@blueprint.post("/premiums/to-post/")
def mark_as_posted() -> Response:
    """発送済にする, for those that are ticked."""
    account, at = acting_person(), now()
    ticked = [match for name in request.form if (match := _TICKED.fullmatch(name))]
    marked = mark_posted(
        account=account,
        statements=[int(one["id"]) for one in ticked if one["what"] == "statement"],
        receipts=[int(one["id"]) for one in ticked if one["what"] == "receipt"],
        posted_on=japanese_day(at),
        at=at,
    )
    if marked:
        flash(f"{marked}通を発送済にしました。", "success")
    elif ticked:
        flash("選ばれたものは、すでに発送済になっています。", "info")
    else:
        flash("発送したものにチェックを入れてから、「発送済にする」を押してください。", "warning")
    return see_other(url_for("office.to_post"))


def _typed_month(today: date) -> date:
    match = _MONTH.fullmatch(request.args.get("month", ""))
    year = int(match["year"]) if match else 0
    return date(year, int(match["month"]), 1) if match and 1900 <= year <= 2999 else today.replace(day=1)  # noqa: PLR2004


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
        account.company,
        [
            AccountLine(
                number=one.number,
                works_name=one.works_name,
                product=Product(one.product).label,
                version=version_text(one.version),
                issued_on=era_date(japanese_day(one.issued_at)),
                amount=_yen(difference(one)),
            )
            for one in account.lines
        ],
        _yen(account.total),
    )


def _post_line(field: str, what: str, one: PaperToPost) -> PostLine:
    return PostLine(
        field=field,
        what=what,
        application_id=one.application_id,
        application=application_number(one.application_id),
        company=one.company,
        address=one.address,
        works_name=one.works_name,
        since=era_date(one.since),
        amount=one.amount.text if one.amount is not None else "",
    )


def _yen(amount: int) -> str:
    """Amounts that may be below zero, which Yen never is."""
    return f"{amount:,}円" if amount >= 0 else f"△{-amount:,}円"
