"""申込一覧, one application, checking it before it goes out, taking it back."""

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_content import IncompleteApplication
from esurety.domain.application_state import ApplicationAct, ApplicationState, may
from esurety.domain.japanese_calendar import era_time, japanese_day
from esurety.domain.products import Product
from esurety.persistence.models import Application
from esurety.services.read_applications import (
    happened_to,
    latest_reason,
    own_application,
    own_applications,
    typed_of,
    venture_of,
    wanted_products,
)
from esurety.services.read_changes import plan_of
from esurety.services.read_works import left_behind_by
from esurety.services.request_papers import requested_papers
from esurety.services.return_premium import held_money
from esurety.services.write_application import (
    FormIdentity,
    assess_application,
    submit_application,
    withdraw_application,
)
from esurety.web.access import installation, person
from esurety.web.answers import now, see_other
from esurety.web.applied_words import venture_rows
from esurety.web.change_words import change_view
from esurety.web.contract_search import older_than
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.check_page import check_page
from esurety.web.netdesk.money_lines import money_lines
from esurety.web.presentation import (
    Tag,
    application_number,
    lapse_text,
    premium_total_text,
    public_history_lines,
    requested_line,
    sending_rows,
    state_tag,
    works_rows,
)
from esurety.web.works_page import sibling_lines


@dataclass(frozen=True)
class ApplicationLine:
    """One application in a list."""

    id: int
    number: str
    works_name: str
    authority: str
    products: str
    changed: str
    tag: Tag
    can_edit: bool
    is_change: bool


def application_line(application: Application) -> ApplicationLine:
    """An application as lists show it."""
    products = [Product(row.product) for row in application.requested] or wanted_products(application)
    return ApplicationLine(
        id=application.id,
        number=application_number(application.id),
        works_name=application.works_name or "（工事名は未入力）",
        authority=application.authority.name if application.authority else "",
        products="・".join(product.label for product in products),
        changed=era_time(application.changed_at),
        tag=state_tag(application),
        can_edit=may(ApplicationAct.SUBMIT, ApplicationState(application.state)),
        is_change=application.changed_contract_id is not None,
    )


_DIGITS = 10  # a revision with as many is none of ours


@blueprint.get("/applications/")
def applications() -> str:
    """申込一覧."""
    state, word = request.args.get("state", ""), request.args.get("works_name", "")[:100]
    page = own_applications(
        person(),
        state=ApplicationState(state) if state in set(ApplicationState) else None,
        word=word,
        older_than=older_than(),
    )
    return render_template(
        "netdesk/applications.html",
        lines=[application_line(one) for one in page.applications],
        older_than=page.older_than,
        state=state,
        works_name=word,
        states=[("", "すべて"), *((one.value, one.label) for one in ApplicationState)],
    )


@blueprint.get("/applications/<int:application_id>")
def application(application_id: int) -> str:
    """One application: what was applied for, how far it is, what happened."""
    found = own_application(person(), application_id)
    state, events = ApplicationState(found.state), happened_to(application_id)
    reasons = {ApplicationState.RETURNED, ApplicationState.DECLINED}
    return render_template(
        "netdesk/application.html",
        line=application_line(found),
        application=found,
        works=[*works_rows(found), *venture_rows(venture_of(found))] if found.submitted_at else [],
        requested=[requested_line(found, row) for row in found.requested],
        sending=sending_rows(found) if found.submitted_at else [],
        change=change_view(plan, found.change_reason) if (plan := plan_of(found, now())) is not None else None,
        premium_total=premium_total_text(found),
        reason=latest_reason(application_id) if state in reasons else "",
        papers=[one.state for one in requested_papers(application_id)],
        money=money_lines(found),
        history=public_history_lines(events),
        can_withdraw=may(ApplicationAct.WITHDRAW, state),
        next_step=lapse_text(events) or _NEXT_STEPS[state],
    )


_NEXT_STEPS = {
    ApplicationState.DRAFT: "下書きです。まだ申し込まれていません。続きを入力して、申し込んでください。",
    ApplicationState.SUBMITTED: "保証会社が審査を始めるのをお待ちください。審査が始まるまでは取り下げることができます。",
    ApplicationState.IN_REVIEW: "保証会社が審査しています。結果はメールとこの画面でお知らせします。",
    ApplicationState.RETURNED: "内容の確認が必要です。下の理由をお読みになり、修正してもう一度お申し込みください。",
    ApplicationState.DECLINED: "お引き受けできませんでした。下の理由をご確認ください。",
    ApplicationState.APPROVED: "承認されました。保証料の入金を確認したあと（一括納付の場合はそのまま）、発行します。",
    ApplicationState.ISSUED: "発行済みです。証書の内容を確認し、認証キーのお知らせを発注者に提出してください。",
    ApplicationState.WITHDRAWN: "取り下げた申込みです。内容を写して、新しい申込みを作ることができます。",
}


@blueprint.get("/applications/<int:application_id>/received")
def application_received(application_id: int) -> Response | str:
    """申込みを受け付けました: the number, and what happens next; for what was not received, the application itself."""
    found = own_application(person(), application_id)
    if found.submitted_at is None or found.state == ApplicationState.WITHDRAWN:
        return see_other(url_for("netdesk.application", application_id=application_id))
    return render_template(
        "netdesk/application_received.html",
        line=application_line(found),
        application=found,
        siblings=sibling_lines(left_behind_by(found, today=japanese_day(now()))),
    )


@blueprint.get("/applications/<int:application_id>/confirm")
def confirm_application(application_id: int) -> Response | str:
    """Check the answers before they go out."""
    found = own_application(person(), application_id)
    if found.changed_contract_id is not None or not may(ApplicationAct.SUBMIT, ApplicationState(found.state)):
        return see_other(url_for("netdesk.application", application_id=application_id))
    try:
        assessed = assess_application(account=person(), typed=typed_of(found), today=japanese_day(now()), application_id=application_id)
    except IncompleteApplication:
        flash("まだ入力が必要なところがあります。「確認画面へ進む」を押すと、どこを直すかが表示されます。", "warning")
        return see_other(url_for("netdesk.edit_application", application_id=application_id))
    return render_template(
        "netdesk/application_confirm.html",
        application=found,
        check=check_page(assessed, found),
    )


@blueprint.post("/applications/<int:application_id>/confirm")
def submit_confirmed(application_id: int) -> Response:
    """「この内容で申し込む」: once, however often it is pressed."""
    found = own_application(person(), application_id)
    revision = request.form.get("revision", "")
    try:
        submitted = submit_application(
            account=person(),
            typed=typed_of(found),
            page=FormIdentity(
                "", application_id, int(revision) if revision.isascii() and revision.isdigit() and len(revision) < _DIGITS else -1
            ),
            at=now(),
            installation=installation(),
        )
    except IncompleteApplication:
        return see_other(url_for("netdesk.confirm_application", application_id=application_id))
    return see_other(url_for("netdesk.application_received", application_id=submitted))


@blueprint.get("/applications/<int:application_id>/withdraw")
def confirm_withdrawal(application_id: int) -> Response | str:
    """Ask before taking an application back."""
    found = own_application(person(), application_id)
    if not may(ApplicationAct.WITHDRAW, ApplicationState(found.state)):
        return see_other(url_for("netdesk.application", application_id=application_id))
    held = held_money(found)
    return render_template(
        "netdesk/application_withdraw.html", line=application_line(found), application=found, held=held.text if held else ""
    )


@blueprint.post("/applications/<int:application_id>/withdraw")
def withdraw(application_id: int) -> Response:
    """「取り下げる」."""
    revision = request.form.get("revision", "")
    withdraw_application(
        account=person(),
        application_id=application_id,
        revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < _DIGITS else -1,
        at=now(),
    )
    flash("申込みを取り下げました。", "success")
    return see_other(url_for("netdesk.application", application_id=application_id))
