"""After the issue: 変更 (who applies for it), 解約, and comparing versions. An approver acts."""

from collections.abc import Mapping

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.domain.typed_fields import TypedForm
from esurety.domain.yen import Yen
from esurety.services.cancel_contract import (
    AlreadyCancelled,
    AlreadyExpired,
    CancelledOnAnImpossibleDay,
    NotEntitledToCancel,
    RefundsTooMuch,
    cancel_contract,
    most_refundable,
    received_for_open_change,
)
from esurety.services.compare_versions import compare_versions
from esurety.services.hand_out_refund import refund_statement
from esurety.services.read_changes import open_change_of
from esurety.services.read_contracts import find_contract, versions
from esurety.services.read_works import beside_in_force
from esurety.services.reissue_key import NotEntitledToReissue
from esurety.services.set_off import unpaid_of
from esurety.services.sign_in import SignedIn
from esurety.web.access import installation, person
from esurety.web.answers import now, pdf, see_other
from esurety.web.change_words import WHY_THE_FORM_STAYS, asked_versions, comparison_view, only_extension
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.password_check import MISSING, wrong_password
from esurety.web.office.permissions import may_issue
from esurety.web.presentation import application_number, version_text

_LONGEST_REASON = 500


@blueprint.errorhandler(NotEntitledToCancel)
@blueprint.errorhandler(NotEntitledToReissue)
def explain_approvers_only(_error: PermissionError) -> Response:
    """What somebody reads who tried to cancel or to re-issue a key without being an approver."""
    return explain(
        403,
        explanation=Explanation(
            "解約と認証キーの再発行は承認者だけが行えます",
            "お使いのアカウントには、この操作をする権限がありません。今回の操作は行っていません。",
            "取扱店の承認者に依頼してください。",
        ),
    )


def _approver() -> SignedIn:
    account = person()
    if not may_issue(account):
        raise NotEntitledToCancel
    return account


@blueprint.get("/contracts/<number>/change")
def change_contract(number: str) -> str:
    """変更: the contractor applies for it; a change that is open is linked."""
    found = find_contract(person(), number)
    waiting = open_change_of(found)
    return render_template(
        "office/change.html",
        number=number,
        works_name=found.works_name,
        is_cancelled=found.cancelled_on is not None,
        why_the_form_stays=WHY_THE_FORM_STAYS,
        only_extension=only_extension(found.guarantee_ends_on, japanese_day(now())),
        application_id=waiting.id if waiting is not None else None,
        application_number=application_number(waiting.id) if waiting is not None else "",
    )


@blueprint.get("/contracts/<number>/compare")
def compare_contract(number: str) -> str:
    """Two versions, field by field."""
    found = find_contract(person(), number)
    issued = versions(found)
    older, newer = asked_versions()
    compared = compare_versions(issued, older=older, newer=newer)
    return render_template(
        "office/compare.html",
        number=number,
        works_name=found.works_name,
        action=url_for("office.compare_contract", number=number),
        view=comparison_view(compared),
        choices=[(str(one.version), version_text(one.version)) for one in issued],
        chosen_from=compared.before.version,
        chosen_to=compared.after.version,
    )


@blueprint.get("/contracts/<number>/refund-statement.pdf")
def refund_statement_pdf(number: str) -> Response:
    """返還計算書 of ?version=n."""
    found, version = find_contract(person(), number), typed_whole("version")
    content = refund_statement(contract=found, version=-1 if version is None else version)
    return pdf(content, name=f"返還計算書_{number}.pdf", ascii_name=f"refund-statement_{number}.pdf")


@blueprint.get("/contracts/<number>/cancel")
def confirm_cancellation(number: str) -> Response:
    """解約: day, reason, what is paid back."""
    _approver()
    return _show_cancellation(number, {"cancelled_on": era_date(japanese_day(now()), padded=False)}, {}, 200)


@blueprint.post("/contracts/<number>/cancel")
def cancel(number: str) -> Response:
    """「解約する」, by somebody who gives the password again."""
    account = _approver()
    find_contract(account, number)
    form = TypedForm(request.form)
    cancelled_on = form.day("cancelled_on", "解約日")
    reason = form.paragraph("reason", "解約の理由", longest=_LONGEST_REASON)
    refund = _refund(form)
    if not form.raw("password"):
        form.complain("password", MISSING)
    if form.problems or cancelled_on is None:
        return _show_cancellation(number, request.form, form.problems, 422)
    wrong = wrong_password(account, nothing_done="まだ解約していません")
    if wrong is not None:
        return wrong.mark(_show_cancellation(number, request.form, {"password": wrong.message}, wrong.status))
    try:
        cancel_contract(
            account=account, number=number, cancelled_on=cancelled_on, reason=reason, at=now(), installation=installation(), refund=refund
        )
    except (CancelledOnAnImpossibleDay, RefundsTooMuch) as no:
        return _show_cancellation(number, request.form, _problem(no), 422)
    except AlreadyExpired:
        return _show_cancellation(number, request.form, {}, 409)
    except AlreadyCancelled:
        flash("この保証契約は、すでに解約されています。今回の操作は行っていません。", "info")
        return see_other(url_for("office.contract", number=number))
    flash("解約しました。受注者にメールでお知らせします。", "success")
    return see_other(url_for("office.contract", number=number))


def _problem(no: CancelledOnAnImpossibleDay | RefundsTooMuch) -> dict[str, str]:
    if isinstance(no, CancelledOnAnImpossibleDay):
        return {"cancelled_on": f"解約日は、{no.advice}"}
    return {"refund": f"返還する保証料は、保証料の全額 {no.most.text} 以下で入力してください"}


def _refund(form: TypedForm) -> Yen | None:
    """What is paid back; nothing and 0 are none."""
    typed = form.raw("refund").strip().translate(str.maketrans("０", "0")).removesuffix("円")
    return None if typed.strip("0") == "" else form.amount("refund", "返還する保証料")


def _show_cancellation(number: str, typed: Mapping[str, str], problems: Mapping[str, str], status: int) -> Response:
    found = find_contract(person(), number)
    waiting = open_change_of(found)
    came_in = received_for_open_change(waiting)
    unpaid, beside = unpaid_of(found), beside_in_force(found, today=japanese_day(now()))
    is_expired = found.guarantee_ends_on < japanese_day(now())
    return make_response(
        render_template(
            "office/cancel.html",
            number=number,
            works_name=found.works_name,
            amount=found.guaranteed_amount.text,
            company=found.company.name,
            authority=found.authority.name,
            is_cancelled=found.cancelled_on is not None,
            ended_on=era_date(found.guarantee_ends_on) if is_expired else "",
            premium=most_refundable(found).text,
            unpaid=unpaid.text if unpaid else "",
            came_in=came_in.text if came_in else "",
            beside=[(one.number, f"{one.name} {one.amount.text}") for one in beside],
            is_first_advance=found.product == Product.ADVANCE_PAYMENT,
            change_number=application_number(waiting.id) if waiting is not None else "",
            typed=typed,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )
