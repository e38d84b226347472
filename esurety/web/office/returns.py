"""返還するもの: money of applications that were declined or withdrawn, and 過払い; recording that it was given back."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import ReceiptMethod
from esurety.domain.typed_fields import TypedForm
from esurety.persistence.models import PremiumRepayment
from esurety.services.return_premium import (
    MoneyOwed,
    RepaidTooEarly,
    RepaymentNotFound,
    RepaymentReversed,
    money_of,
    money_to_return,
    record_repayment,
    returned_lately,
    reverse_repayment,
)
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile
from esurety.web.access import person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.money_words import METHODS, typed_payment
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import application_number, state_tag

_LONGEST_REASON = 400
_CONFLICT = 409


@dataclass(frozen=True)
class OwedLine:
    """One application whose money goes back."""

    application_id: int
    number: str
    works_name: str
    company: str
    address: str
    why: str
    received: str
    repaid: str
    owed: str
    since: str


@dataclass(frozen=True)
class RepaidLine:
    """One recorded 返還."""

    id: int
    application_id: int
    number: str
    works_name: str
    company: str
    repaid_on: str
    amount: str
    method: str
    is_reversed: bool
    reason: str


@blueprint.get("/premiums/returns/")
def returns() -> str:
    """What has to go back, the oldest first, and what went back last."""
    account = person()
    return render_template(
        "office/returns.html",
        lines=[_line(one) for one in money_to_return(account)],
        done=[_repaid(one.record, one.company, one.works_name) for one in returned_lately(account)],
        may_record=may_act(account),
    )


@blueprint.get("/premiums/returns/<int:application_id>")
def money_return(application_id: int) -> Response:
    """One application's money, to record that it was given back."""
    return _show(application_id, {"paid_on": era_date(japanese_day(now()), padded=False)}, {}, 200)


@blueprint.post("/premiums/returns/<int:application_id>")
def record_return(application_id: int) -> Response:
    """返還を記録."""
    account, read = acting_person(), typed_payment("返還日")
    if read.paid_on is None or read.method is None or read.form.problems:
        return _show(application_id, request.form, read.form.problems, 422)
    try:
        record_repayment(
            account=account,
            application_id=application_id,
            repaid_on=read.paid_on,
            expected=whole(request.form, "expected", longest=15) or 0,
            token=request.form.get("token", "")[:64] or new_token(),
            at=now(),
            method=read.method,
        )
    except ApplicationNotFound:
        abort(404)
    except ChangedMeanwhile:
        return _show(application_id, request.form, {}, _CONFLICT)
    except RepaidTooEarly as no:
        wrong = f"返還日は、入金日（{era_date(no.received_on, padded=False)}）以後の日付で入力してください"
        return _show(application_id, request.form, {"paid_on": wrong}, 422)
    flash(f"返還（{era_date(read.paid_on)}）を記録しました。", "success")
    return see_other(url_for("office.returns"))


@blueprint.post("/premiums/returns/<int:application_id>/<int:repayment_id>/reverse")
def reverse_return(application_id: int, repayment_id: int) -> Response:
    """返還の記録を取り消す, with the reason."""
    account, form = acting_person(), TypedForm(request.form)
    reason = form.paragraph("reason", "取消しの理由", longest=_LONGEST_REASON)
    if form.problems:
        return _show(application_id, request.form, form.problems, 422)
    try:
        reverse_repayment(account=account, application_id=application_id, repayment_id=repayment_id, reason=reason, at=now())
    except (ApplicationNotFound, RepaymentNotFound):
        abort(404)
    except RepaymentReversed:
        return _show(application_id, request.form, {}, _CONFLICT)
    flash("返還の記録を取り消しました。", "success")
    return see_other(url_for("office.money_return", application_id=application_id))


@blueprint.get("/premiums/returns/<int:application_id>/<int:repayment_id>/reverse")
def back_to_return(application_id: int, repayment_id: int) -> Response:  # noqa: ARG001 - the address names it
    """Whoever loads the address again, after an answer that showed what to correct, gets the page."""
    return see_other(url_for("office.money_return", application_id=application_id))


def _show(application_id: int, typed: Mapping[str, str], problems: Mapping[str, str], status: int) -> Response:
    try:
        money, records = money_of(person(), application_id)
    except ApplicationNotFound:
        abort(404)
    line = _line(money)
    return make_response(
        render_template(
            "office/money_return.html",
            line=line,
            tag=state_tag(money.application),
            expected=int(money.owed),
            done=[_repaid(one, line.company, line.works_name) for one in records],
            may_record=may_act(person()),
            methods=METHODS,
            is_stale=status == _CONFLICT,
            typed=typed,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )


def _line(money: MoneyOwed) -> OwedLine:
    one = money.application
    return OwedLine(
        application_id=one.id,
        number=application_number(one.id),
        works_name=one.works_name or "",
        company=one.company.name,
        address=one.company.address,
        why="過払い" if one.state == ApplicationState.ISSUED else ApplicationState(one.state).label,
        received=money.received.text,
        repaid=money.repaid.text,
        owed=money.owed.text,
        since=era_date(japanese_day(max(one.changed_at, money.last_received_at or one.changed_at))),
    )


def _repaid(record: PremiumRepayment, company: str, works_name: str) -> RepaidLine:
    return RepaidLine(
        id=record.id,
        application_id=record.application_id,
        number=application_number(record.application_id),
        works_name=works_name,
        company=company,
        repaid_on=era_date(record.repaid_on),
        amount=record.amount.text,
        method=ReceiptMethod(record.method).label,
        is_reversed=record.reversed_at is not None,
        reason=record.reversal_reason,
    )
