"""精算: the differences to be paid in and the refunds to be paid back, of all contracts; recording each."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import Product
from esurety.domain.typed_fields import TypedForm
from esurety.domain.yen import Yen
from esurety.persistence.settlements import SettlementLine
from esurety.persistence.unpaid import UnpaidPremium
from esurety.services.settle_premium import (
    AlreadySettled,
    NotToBeReopened,
    SettledTooEarly,
    SettlementNotFound,
    find_settlement,
    open_settlements,
    record_settlement,
    reopen_refund,
    settled_lately,
    unpaid_after_issue,
    unpaid_to_set_off,
)
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.money_words import METHODS, not_before, typed_payment
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import application_number, version_text

_LONGEST_REASON = 400
_DIGITS_OF_AN_AMOUNT = 15


@dataclass(frozen=True)
class SettlementView:
    """One difference or refund as a list shows it."""

    id: int
    number: str
    works_name: str
    product: str
    company: str
    occasion: str
    kind: str
    is_refund: bool
    amount: str
    payment: str
    arose_on: str
    settled_on: str
    application_id: int | None
    month: str
    received: str  # 入金済み of a difference; empty where nothing came in
    still_open: str  # 残り


@dataclass(frozen=True)
class UnpaidView:
    """One issued application whose premium is missing."""

    application_id: int
    number: str
    works_name: str
    company: str
    missing: str


@blueprint.get("/premiums/settlements/")
def settlements() -> str:
    """What is open, to be paid in and to be paid back; ?state=settled what was settled last."""
    is_settled = request.args.get("state") == "settled"
    lines = [_view(one) for one in (settled_lately if is_settled else open_settlements)(person())]
    return render_template(
        "office/settlements.html",
        groups=[
            ("お支払いいただく差額", [one for one in lines if not one.is_refund]),
            ("返還する保証料", [one for one in lines if one.is_refund]),
        ],
        unpaid=[] if is_settled else [_unpaid(one) for one in unpaid_after_issue(person())],
        is_settled=is_settled,
        may_record=may_act(person()),
    )


@blueprint.get("/premiums/settlements/<int:settlement_id>")
def settlement(settlement_id: int) -> Response:
    """One of them, to record its settlement or to take the record back."""
    return _show(settlement_id, {"paid_on": era_date(japanese_day(now()), padded=False)}, {}, 200)


@blueprint.post("/premiums/settlements/<int:settlement_id>")
def settle(settlement_id: int) -> Response:
    """精算を記録."""
    account, read = acting_person(), typed_payment("精算日")
    if read.paid_on is None or read.method is None or read.form.problems:
        return _show(settlement_id, request.form, read.form.problems, 422)
    try:
        record_settlement(
            account=account,
            settlement_id=settlement_id,
            settled_on=read.paid_on,
            token=request.form.get("token", "")[:64] or new_token(),
            at=now(),
            method=read.method,
            expected=whole(request.form, "expected", longest=_DIGITS_OF_AN_AMOUNT),
        )
    except SettlementNotFound:
        abort(404)
    except (AlreadySettled, ChangedMeanwhile):
        return _show(settlement_id, request.form, {}, 409)
    except SettledTooEarly as no:
        return _show(settlement_id, request.form, {"paid_on": not_before("精算日", no.arose_on)}, 422)
    flash(f"精算（{era_date(read.paid_on)}）を記録しました。", "success")
    return see_other(url_for("office.settlements"))


@blueprint.post("/premiums/settlements/<int:settlement_id>/reopen")
def reopen_settlement(settlement_id: int) -> Response:
    """精算の記録を取り消す, with the reason; of a refund, as a difference is opened again by its receipt."""
    account, form = acting_person(), TypedForm(request.form)
    reason = form.paragraph("reason", "取消しの理由", longest=_LONGEST_REASON)
    if form.problems:
        return _show(settlement_id, request.form, form.problems, 422)
    try:
        reopen_refund(account=account, settlement_id=settlement_id, reason=reason, at=now())
    except SettlementNotFound:
        abort(404)
    except NotToBeReopened:
        return _show(settlement_id, request.form, {}, 409)
    flash("精算の記録を取り消しました。この返還は、未精算に戻りました。", "success")
    return see_other(url_for("office.settlement", settlement_id=settlement_id))


@blueprint.get("/premiums/settlements/<int:settlement_id>/reopen")
def back_to_settlement(settlement_id: int) -> Response:
    """Whoever loads the address again, after an answer that showed what to correct, gets the page."""
    return see_other(url_for("office.settlement", settlement_id=settlement_id))


def _show(settlement_id: int, typed: Mapping[str, str], problems: Mapping[str, str], status: int) -> Response:
    try:
        found = find_settlement(person(), settlement_id)
    except SettlementNotFound:
        abort(404)
    set_off = unpaid_to_set_off(person(), found)
    return make_response(
        render_template(
            "office/settlement.html",
            line=_view(found),
            set_off=set_off.text if set_off else "",
            amount_now=Yen(found.still_open - set_off),
            may_record=may_act(person()),
            methods=METHODS,
            is_stale=status == 409,  # noqa: PLR2004 - conflict
            typed=typed,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )


def _unpaid(one: UnpaidPremium) -> UnpaidView:
    return UnpaidView(one.application_id, application_number(one.application_id), one.works_name, one.company, one.missing.text)


def _view(one: SettlementLine) -> SettlementView:
    arose_on = japanese_day(one.created_at)
    return SettlementView(
        id=one.id,
        number=one.number,
        works_name=one.works_name,
        product=Product(one.product).label,
        company=one.company,
        occasion="解約" if one.is_of_cancellation else version_text(one.version),
        kind=one.kind.label,
        is_refund=one.kind is SettlementKind.REFUND,
        amount=one.amount.text,
        payment=one.payment_method.label,
        arose_on=era_date(arose_on),
        settled_on=era_date(one.settled_on) if one.settled_on is not None else "",
        application_id=one.application_id,
        month=f"{arose_on:%Y-%m}",
        received=one.received.text if one.received else "",
        still_open=one.still_open.text,
    )
