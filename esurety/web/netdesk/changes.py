"""変更の申込み from the contract's page: the form, checking before and after, handing it in. Comparing versions."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.change_request import IncompleteChange, typed_change
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.persistence.models import GuaranteeContract
from esurety.services.apply_for_change import (
    AnotherChangeOpen,
    ChangeForm,
    ContractIsCancelled,
    assess_change,
    change_form,
    preview_change,
    submit_change,
)
from esurety.services.compare_versions import compare_versions
from esurety.services.hand_out_refund import refund_statement
from esurety.services.read_applications import latest_reason
from esurety.services.read_contracts import find_contract, versions
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import installation, person
from esurety.web.answers import new_token, now, pdf, see_other, two_shaped, wants_fragment
from esurety.web.change_words import WHY_THE_FORM_STAYS, asked_versions, change_view, comparison_view, only_extension, staying_rows
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.change_figures import change_echoes, change_figures
from esurety.web.netdesk.contracts import asked_version
from esurety.web.presentation import application_number, version_text

_DIGITS = 10  # a revision with as many is none of ours


@dataclass(frozen=True)
class _Answer:
    """What came back with the form."""

    typed: Mapping[str, str]
    problems: Mapping[str, str]
    token: str


@blueprint.get("/contracts/<number>/change")
def change_contract(number: str) -> Response | str:
    """変更の申込み, filled with everything as it is now."""
    try:
        form = change_form(person(), number, follows_works=request.args.get("follow") == "works")
    except (ContractIsCancelled, AnotherChangeOpen) as no:
        return _not_now(number, no, 200)
    return _show(form, _Answer(form.typed, {}, new_token()), 200)


@blueprint.post("/contracts/<number>/change")
def apply_for_change(number: str) -> Response:
    """Check the change (action=confirm), go back to it (edit), or hand it in (submit)."""
    typed, token = typed_change(request.form), request.form.get("token", "")[:64] or new_token()
    action = request.form.get("action", "confirm")
    try:
        if action == "submit":
            return _submit(number, typed, token)
        form = change_form(person(), number)
        if action == "edit":
            return _show(form, _Answer(typed, {}, token), 200)
        return _confirm(form, typed, token)
    except IncompleteChange as incomplete:
        return _show(change_form(person(), number), _Answer(typed, incomplete.problems, token), 422)
    except (ContractIsCancelled, AnotherChangeOpen) as no:
        return _not_now(number, no, 409)
    except ChangedMeanwhile:
        flash("この画面を開いたあとに、同じ変更の申込みが別の画面で進みました。内容を確認して、もう一度お申し込みください。", "warning")
        return _show(change_form(person(), number), _Answer(typed, {}, new_token()), 409)


@blueprint.post("/contracts/<number>/change/figures")
def change_figures_of(number: str) -> Response:
    """What the change would come to as typed so far: period, premium, rules; without htmx the whole form again."""
    typed = typed_change(request.form)
    try:
        if not wants_fragment():
            return _show(change_form(person(), number), _Answer(typed, {}, request.form.get("token", "")[:64] or new_token()), 200)
        preview = preview_change(account=person(), number=number, typed=typed, at=now())
    except (ContractIsCancelled, AnotherChangeOpen) as no:
        return _not_now(number, no, 409)
    return two_shaped(render_template("netdesk/_change_figures.html", figures=change_figures(preview, typed)))


def _submit(number: str, typed: Mapping[str, str], token: str) -> Response:
    application_id = submit_change(
        account=person(), number=number, typed=typed, revision=_revision(), token=token, at=now(), installation=installation()
    )
    return see_other(url_for("netdesk.application_received", application_id=application_id))


def _revision() -> int | None:
    """The revision of the returned change that the page was made from; None for a new one."""
    typed = request.form.get("revision", "")
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < _DIGITS else -1


def _confirm(form: ChangeForm, typed: Mapping[str, str], token: str) -> Response:
    assessed = assess_change(account=person(), number=form.contract.number, typed=typed, at=now())
    return make_response(
        render_template(
            "netdesk/change_confirm.html",
            number=form.contract.number,
            works_name=form.contract.works_name,
            view=change_view(assessed.plan, assessed.reason),
            why_the_form_stays=WHY_THE_FORM_STAYS,
            warnings=[one for one in assessed.outcomes if one.verdict != "kept"],
            typed=typed,
            token=token,
            revision=form.returned.revision if form.returned is not None else "",
        )
    )


def _show(form: ChangeForm, answer: _Answer, status: int) -> Response:
    return make_response(
        render_template(
            "netdesk/change.html",
            number=form.contract.number,
            works_name=form.contract.works_name,
            product=form.before.product.label,
            has_year_amount=form.before.fiscal_year_amount is not None,
            now=form.before,
            stays=staying_rows(form.before),
            form_label=form.before.certificate_form.label,
            why_the_form_stays=WHY_THE_FORM_STAYS,
            return_reason=latest_reason(form.returned.id) if form.returned is not None else "",
            typed=answer.typed,
            echoes=change_echoes(form.before, answer.typed, {}),
            is_interim=form.before.product is Product.INTERIM_ADVANCE_PAYMENT,
            ends_on_now=era_date(form.before.construction_ends_on, padded=False),
            only_extension=only_extension(form.before.guarantee_ends_on, japanese_day(now())),
            errors=answer.problems,
            problems=list(answer.problems.items()),
            token=answer.token,
            revision=form.returned.revision if form.returned is not None else "",
        ),
        status,
    )


def _not_now(number: str, no: ContractIsCancelled | AnotherChangeOpen, status: int) -> Response:
    """Why no change can be applied for, and what to do."""
    found = find_contract(person(), number)
    application_id = no.application_id if isinstance(no, AnotherChangeOpen) else None
    return make_response(
        render_template(
            "netdesk/change_not_now.html",
            number=number,
            works_name=found.works_name,
            application_id=application_id,
            application_number=application_number(application_id) if application_id is not None else "",
        ),
        status,
    )


@blueprint.get("/contracts/<number>/compare")
def compare_contract(number: str) -> str:
    """Two versions, field by field."""
    found = find_contract(person(), number)
    issued = versions(found)
    older, newer = asked_versions()
    compared = compare_versions(issued, older=older, newer=newer)
    return render_template(
        "netdesk/compare.html",
        number=number,
        works_name=found.works_name,
        action=url_for("netdesk.compare_contract", number=number),
        view=comparison_view(compared),
        choices=[(str(one.version), version_text(one.version)) for one in issued],
        chosen_from=compared.before.version,
        chosen_to=compared.after.version,
    )


@blueprint.get("/contracts/<number>/refund-statement.pdf")
def refund_statement_pdf(number: str) -> Response:
    """返還計算書 of ?version=n."""
    found: GuaranteeContract = find_contract(person(), number)
    version = asked_version()
    content = refund_statement(contract=found, version=-1 if version is None else version)
    return pdf(content, name=f"返還計算書_{number}.pdf", ascii_name=f"refund-statement_{number}.pdf")
