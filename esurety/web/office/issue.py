"""発行: the confirmation page, and the act itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain import typed_fields
from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm
from esurety.services.check_entitlement import NeedsAnotherPerson, NoRightToIssue
from esurety.services.check_papers import PapersOpen
from esurety.services.check_period import GuaranteeIsOver, over_by
from esurety.services.issue_change import issue_change
from esurety.services.issue_guarantee import AlreadyIssued, CannotBePrinted, NotYetApproved, PremiumOutstanding, issue_guarantees
from esurety.services.make_certificate import CannotBeSigned
from esurety.services.plan_issue import PlannedIssue, plan_issue
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import installation
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import posted_revision
from esurety.web.office.entitlement_words import advice
from esurety.web.office.issue_facts import deciding_rows, money_rows
from esurety.web.office.password_check import wrong_password
from esurety.web.office.permissions import issuing_person
from esurety.web.office.review_page import Notice, ReviewPage, review_page, show_clash, show_review, with_rules
from esurety.web.presentation import principal_rows

_LONGEST_REASON = 500
_REASON_NEEDED = "受領していない書類があるまま発行する理由を入力してください"


@dataclass(frozen=True)
class PlannedLine:
    """One certificate that issuing will make."""

    product: str
    form: str
    amount: str
    ratio: str
    period: str


@blueprint.get("/applications/<int:application_id>/issue")
def issue(application_id: int) -> Response:
    """What will be issued, to be confirmed."""
    page = review_page(issuing_person(), application_id, is_for_issue=True)
    if page.state is ApplicationState.ISSUED:
        return _issued_before(application_id)
    return _what_hinders(page) or _show(page)


@blueprint.post("/applications/<int:application_id>/issue")
def issue_now(application_id: int) -> Response:
    """発行する, by somebody who gives the password again. What has been issued before needs none: nothing is done any more."""
    account = issuing_person()
    page = review_page(account, application_id, is_for_issue=True)
    if page.state is not ApplicationState.ISSUED:
        refusal = _what_hinders(page) or _refuse_without_reason(page) or _refuse_without_password(account, page)
        if refusal is not None:
            return refusal
    return _issue(account, page)


def _issue(account: SignedIn, page: ReviewPage) -> Response:  # noqa: PLR0911 - a return for each cause
    application_id = page.id
    try:
        (issue_guarantees if page.change is None else issue_change)(
            account=account,
            application_id=application_id,
            revision=posted_revision(),
            token=request.form.get("token", "")[:64] or new_token(),
            at=now(),
            installation=installation(),
            papers_reason=_papers_reason()[0],
        )
    except AlreadyIssued:
        return _issued_before(application_id)
    except PremiumOutstanding:
        return _premium_outstanding(review_page(account, application_id))
    except NotYetApproved:
        return _not_yet_approved(review_page(account, application_id))
    except ChangedMeanwhile:
        return show_clash(review_page(account, application_id))
    except PapersOpen:
        return _show(review_page(account, application_id, is_for_issue=True), status=422, problems={"papers_reason": _REASON_NEEDED})
    except (CannotBePrinted, CannotBeSigned, GuaranteeIsOver) as no:
        return _show(review_page(account, application_id, is_for_issue=True), status=422 if isinstance(no, CannotBePrinted) else 409)
    except (NoRightToIssue, NeedsAnotherPerson):
        return _not_entitled(review_page(account, application_id))
    lines = [line for line in review_page(account, application_id).lines if line.number]
    flash(f"発行しました。{'、'.join(f'{line.product} {line.number}' for line in lines)}", "success")
    return see_other(url_for("office.review", application_id=application_id))


def _what_hinders(page: ReviewPage) -> Response | None:
    """What stands in the way before anybody is asked for a password."""
    if page.state is ApplicationState.APPROVED and not page.premium.outstanding and not page.entitled.to_issue:
        return None
    whole = with_rules(page) if page.state is ApplicationState.APPROVED else page
    if page.state is not ApplicationState.APPROVED:
        return _not_yet_approved(whole)
    return _premium_outstanding(whole) if page.premium.outstanding else _not_entitled(whole)


def _refuse_without_reason(page: ReviewPage) -> Response | None:
    """Open papers need a reason; None when one is given or none is open."""
    reason, problem = _papers_reason()
    if not problem and (reason or not page.extras.open_papers):
        return None
    return _show(page, status=422, problems={"papers_reason": problem or _REASON_NEEDED})


def _papers_reason() -> tuple[str, str]:
    """The reason as typed, empty for none, and what is wrong with it."""
    read = typed_fields.TypedForm(request.form)
    typed = request.form.get("papers_reason", "").strip()
    reason = read.paragraph("papers_reason", "受領していない書類があるまま発行する理由", longest=_LONGEST_REASON) if typed else ""
    return reason, read.problems.get("papers_reason", "")


def _refuse_without_password(account: SignedIn, page: ReviewPage) -> Response | None:
    """Judge the password typed on the confirmation page; None when it is right."""
    wrong = wrong_password(account, nothing_done="まだ何も発行していません")
    return wrong.mark(_show(page, status=wrong.status, problems={"password": wrong.message})) if wrong is not None else None


def _issued_before(application_id: int) -> Response:
    flash("この申込みの保証証書は、すでに発行されています。保証契約番号は下の「申し込まれた保証」にあります。", "info")
    return see_other(url_for("office.review", application_id=application_id))


def _not_yet_approved(page: ReviewPage) -> Response:
    what_to_do = "審査の結果を確認し、承認してから発行してください。今回の操作は行っていません。"
    return show_review(page, status=409, notice=Notice("承認されていない申込みは発行できません", (what_to_do,)))


def _premium_outstanding(page: ReviewPage) -> Response:
    what_to_do = "入金を確認し、下の「保証料」で記録してから発行してください。今回の操作は行っていません。"
    return show_review(page, status=409, notice=Notice("保証料が入金されるまで発行できません", (what_to_do,)))


def _not_entitled(page: ReviewPage) -> Response:
    sentences = (page.entitled.to_issue, advice(page.entitled), "今回の操作は行っていません。")
    return show_review(page, status=403, notice=Notice("あなたはこの申込みを発行できません", sentences))


def _show(page: ReviewPage, *, status: int = 200, problems: Mapping[str, str] | None = None) -> Response:
    plan = plan_issue(page.record, at=now(), installation=installation(), change=page.planned_change)
    over = over_by(plan.contents, now())
    return make_response(
        render_template(
            "office/issue.html",
            page=page,
            lines=[_line(content) for content in plan.contents],
            common=_common_rows(plan.contents[0]),
            has_electronic=any(content.certificate_form is CertificateForm.ELECTRONIC for content in plan.contents),
            has_paper=any(content.certificate_form is CertificateForm.PAPER for content in plan.contents),
            recipient=page.record.notification_email,
            unprintable="".join(f"「{character}」" for character in plan.unprintable),
            money=money_rows(page),
            deciding=deciding_rows(page),
            papers_reason=request.form.get("papers_reason", ""),
            unsignable=plan.unsignable.sentence if plan.unsignable else "",
            over=[f"{one.product.label}（{era_date(one.guarantee_ends_on)}まで）" for one in over],
            is_over_for_nothing=any(not one.product.is_advance for one in over),
            errors=problems or {},
            problems=_problems(plan, problems or {}),
        ),
        status,
    )


def _problems(plan: PlannedIssue, problems: Mapping[str, str]) -> list[tuple[str, str]]:
    if plan.unprintable:
        return [("", "証書に印刷できない文字があります")]
    if plan.unsignable:
        return [("", plan.unsignable.sentence)]
    return list(problems.items())


def _line(content: CertificateContent) -> PlannedLine:
    return PlannedLine(
        product=content.product.label,
        form=content.certificate_form.label,
        amount=content.guaranteed_amount.text,
        ratio=content.ratio_text,
        period=f"{era_date(content.guarantee_starts_on)} ～ {era_date(content.guarantee_ends_on)}",
    )


def _common_rows(content: CertificateContent) -> list[tuple[str, str]]:
    return [
        ("被保証者", f"{content.obligee_head} 様"),
        *principal_rows(content),
        ("工事名", content.works_name),
        ("請負金額", content.contract_price.text),
        ("発行日", era_date(content.issued_on)),
        ("取扱店", content.branch_name),
    ]
