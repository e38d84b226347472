"""申込一覧, one application, checking it before it goes out, taking it back."""

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_content import IncompleteApplication
from esurety.domain.application_rules import Verdict
from esurety.domain.application_state import ApplicationAct, ApplicationState, may
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.products import Product
from esurety.domain.yen import percentage_text, total
from esurety.persistence.models import Application
from esurety.services.read_applications import (
    form_reference,
    happened_to,
    latest_reason,
    own_application,
    own_applications,
    typed_of,
    wanted_products,
)
from esurety.services.write_application import (
    AssessedApplication,
    FormIdentity,
    assess_application,
    submit_application,
    withdraw_application,
)
from esurety.web.access import installation, person
from esurety.web.answers import now, see_other
from esurety.web.netdesk import blueprint
from esurety.web.presentation import (
    Tag,
    application_number,
    premium_total_text,
    public_history_lines,
    requested_line,
    sending_rows,
    state_tag,
    works_rows,
)


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
    )


@blueprint.get("/applications/")
def applications() -> str:
    """申込一覧."""
    state, word = request.args.get("state", ""), request.args.get("works_name", "")[:100]
    older_than = request.args.get("older_than", "")
    page = own_applications(
        person(),
        state=ApplicationState(state) if state in set(ApplicationState) else None,
        word=word,
        older_than=int(older_than) if older_than.isascii() and older_than.isdigit() else None,
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
    state = ApplicationState(found.state)
    reasons = {ApplicationState.RETURNED, ApplicationState.DECLINED}
    return render_template(
        "netdesk/application.html",
        line=application_line(found),
        application=found,
        works=works_rows(found) if found.submitted_at else [],
        requested=[requested_line(found, row) for row in found.requested],
        sending=sending_rows(found) if found.submitted_at else [],
        premium_total=premium_total_text(found),
        reason=latest_reason(application_id) if state in reasons else "",
        history=public_history_lines(happened_to(application_id)),
        can_withdraw=may(ApplicationAct.WITHDRAW, state),
        next_step=_NEXT_STEPS[state],
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
def application_received(application_id: int) -> str:
    """申込みを受け付けました: the number, and what happens next."""
    found = own_application(person(), application_id)
    return render_template("netdesk/application_received.html", line=application_line(found), application=found)


@blueprint.get("/applications/<int:application_id>/confirm")
def confirm_application(application_id: int) -> Response | str:
    """Check the answers before they go out."""
    found = own_application(person(), application_id)
    if not may(ApplicationAct.SUBMIT, ApplicationState(found.state)):
        return see_other(url_for("netdesk.application", application_id=application_id))
    try:
        assessed = assess_application(account=person(), typed=typed_of(found), today=japanese_day(now()))
    except IncompleteApplication:
        flash("まだ入力が必要なところがあります。「確認画面へ進む」を押すと、どこを直すかが表示されます。", "warning")
        return see_other(url_for("netdesk.edit_application", application_id=application_id))
    return render_template("netdesk/application_confirm.html", application=found, check=_check(assessed))


@blueprint.post("/applications/<int:application_id>/confirm")
def submit_confirmed(application_id: int) -> Response:
    """「この内容で申し込む」: once, however often it is pressed."""
    found = own_application(person(), application_id)
    revision = request.form.get("revision", "")
    try:
        submitted = submit_application(
            account=person(),
            typed=typed_of(found),
            page=FormIdentity("", application_id, int(revision) if revision.isascii() and revision.isdigit() else -1),
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
    return render_template("netdesk/application_withdraw.html", line=application_line(found), application=found)


@blueprint.post("/applications/<int:application_id>/withdraw")
def withdraw(application_id: int) -> Response:
    """「取り下げる」."""
    revision = request.form.get("revision", "")
    withdraw_application(
        account=person(),
        application_id=application_id,
        revision=int(revision) if revision.isascii() and revision.isdigit() else -1,
        at=now(),
    )
    flash("申込みを取り下げました。", "success")
    return see_other(url_for("netdesk.application", application_id=application_id))


@dataclass(frozen=True)
class CheckGroup:
    """Some answers under a heading; each (term, value, field to change)."""

    title: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Check:
    """Everything the check page shows."""

    groups: list[CheckGroup]
    outcomes: list[tuple[str, str, str]]  # rule, text, tone
    premium_total: str


def _check(assessed: AssessedApplication) -> Check:
    content = assessed.content
    authorities, branches = form_reference(person(), today=japanese_day(now()))
    authority = next(one.name for one in authorities if one.id == content.contracting_authority_id)
    branch = next(one.name for one in branches if one.id == content.branch_id)
    works = [
        ("発注者", authority, "contracting_authority_id"),
        ("工事名", content.works_name, "works_name"),
        ("工事番号", content.works_number or "（なし）", "works_number"),
        ("工事場所", content.works_place, "works_place"),
        ("種別", content.works_kind.label, "works_kind"),
        ("請負金額", content.contract_price.text, "contract_price"),
        ("低入札", "該当する" if content.is_low_bid else "該当しない", "is_low_bid"),
        ("契約日", era_date(content.contracted_on), "contracted_on"),
        ("工期の初日", era_date(content.construction_starts_on), "construction_starts_on"),
        ("工期の末日", era_date(content.construction_ends_on), "construction_ends_on"),
    ]
    if content.announced_on:
        works.insert(7, ("公告日", era_date(content.announced_on), "announced_on"))
    groups = [CheckGroup("発注者と工事", works)]
    for requested in content.guarantees:
        prefix, base = requested.product.value, requested.ratio_base(content.contract_price)
        rows = [
            ("保証証書の形式", requested.certificate_form.label, f"{prefix}-certificate_form"),
            (
                f"{requested.product.label}金額",
                f"{requested.guaranteed_amount.text}（{percentage_text(requested.guaranteed_amount, base)}）",
                f"{prefix}-guaranteed_amount",
            ),
        ]
        if requested.fiscal_year_amount:
            rows.insert(1, ("今年度対象額", requested.fiscal_year_amount.text, f"{prefix}-fiscal_year_amount"))
        if not requested.product.is_advance:
            rows.append(("契約保証料支払方法", requested.premium_payment_method.label, f"{prefix}-premium_payment_method"))
        rows.append(("保証料（見込み）", assessed.premiums[requested.product][1].amount.text, ""))
        groups.append(CheckGroup(requested.product.label, rows))
    sending = [
        ("申込送信先", branch, "branch_id"),
        ("保証料請求先", content.premium_billing_name, "premium_billing_name"),
        ("保証料計算書(紙)", "希望する" if content.premium_statement_on_paper else "希望しない", "premium_statement_on_paper"),
        (
            "電子保証発行完了のお知らせ",
            f"希望する（{content.notification_email}）" if content.notification_email else "希望しない",
            "notify_on_issue",
        ),
    ]
    if content.certificate_delivery:
        sending.append(("保証証書受取", content.certificate_delivery.label, "certificate_delivery"))
    groups.append(CheckGroup("申込送信先、保証証書受取", sending))
    tones = {Verdict.KEPT: "success", Verdict.WARNING: "warning", Verdict.BROKEN: "danger"}
    premiums = total([premium.amount for _, premium in assessed.premiums.values()])
    return Check(groups, [(one.rule, one.text, tones[one.verdict]) for one in assessed.outcomes], premiums.text)
