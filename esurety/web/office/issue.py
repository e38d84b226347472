"""発行: the confirmation page, and the act itself."""

from dataclasses import dataclass

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm
from esurety.services.check_entitlement import NeedsAnotherPerson, NoRightToIssue
from esurety.services.issue_change import issue_change
from esurety.services.issue_guarantee import AlreadyIssued, CannotBePrinted, NotYetApproved, PremiumOutstanding, issue_guarantees
from esurety.services.make_certificate import CannotBeSigned
from esurety.services.plan_issue import PlannedIssue, plan_issue
from esurety.services.sign_in import SignedIn, SignInSlowed, WrongCredentials, confirm_password
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import installation, source
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import posted_revision
from esurety.web.office.entitlement_words import advice
from esurety.web.office.permissions import issuing_person
from esurety.web.office.review_page import Notice, ReviewPage, review_page, show_clash, show_review

_NO_PASSWORD = "パスワードを入力してください"  # noqa: S105 - a sentence


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
    page = review_page(issuing_person(), application_id)
    if page.state is ApplicationState.ISSUED:
        return _issued_before(application_id)
    return _what_hinders(page) or _show(page)


@blueprint.post("/applications/<int:application_id>/issue")
def issue_now(application_id: int) -> Response:
    """発行する, by somebody who gives the password again. What has been issued before needs none: nothing is done any more."""
    account = issuing_person()
    page = review_page(account, application_id)
    if page.state is not ApplicationState.ISSUED:
        refusal = _what_hinders(page) or _refuse_without_password(account, page)
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
        )
    except AlreadyIssued:
        return _issued_before(application_id)
    except PremiumOutstanding:
        return _premium_outstanding(review_page(account, application_id))
    except NotYetApproved:
        return _not_yet_approved(review_page(account, application_id))
    except ChangedMeanwhile:
        return show_clash(review_page(account, application_id))
    except CannotBePrinted:
        return _show(review_page(account, application_id), status=422)
    except CannotBeSigned:
        return _show(review_page(account, application_id), status=409)
    except (NoRightToIssue, NeedsAnotherPerson):
        return _not_entitled(review_page(account, application_id))
    lines = [line for line in review_page(account, application_id).lines if line.number]
    flash(f"発行しました。{'、'.join(f'{line.product} {line.number}' for line in lines)}", "success")
    return see_other(url_for("office.review", application_id=application_id))


def _what_hinders(page: ReviewPage) -> Response | None:
    """What stands in the way before anybody is asked for a password."""
    if page.state is not ApplicationState.APPROVED:
        return _not_yet_approved(page)
    if page.premium.outstanding > 0:
        return _premium_outstanding(page)
    return _not_entitled(page) if page.entitled.to_issue else None


def _refuse_without_password(account: SignedIn, page: ReviewPage) -> Response | None:
    """Judge the password typed on the confirmation page; None when it is right."""
    password = request.form.get("password", "")
    if not password:
        return _show(page, status=422, password_problem=_NO_PASSWORD)
    try:
        confirm_password(account=account, password=password, source=source(), at=now(), keeper=installation().keeper)
    except WrongCredentials:
        wrong = "パスワードが違います。ログインに使うパスワードを、もう一度入力してください。まだ何も発行していません"
        return _show(page, status=422, password_problem=wrong)
    except SignInSlowed as slowed:
        seconds = max(1, int((slowed.until - now()).total_seconds()) + 1)
        wait = f"続けて失敗したため、受け付けを止めています。{seconds}秒ほど待ってから、もう一度お試しください。まだ何も発行していません"
        answer = _show(page, status=429, password_problem=wait)
        answer.headers["Retry-After"] = str(seconds)
        return answer
    return None


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
    sentences = (page.entitled.to_issue, advice(page.entitled.issuers), "今回の操作は行っていません。")
    return show_review(page, status=403, notice=Notice("あなたはこの申込みを発行できません", sentences))


def _show(page: ReviewPage, *, status: int = 200, password_problem: str = "") -> Response:
    plan = plan_issue(page.record, at=now(), installation=installation(), change=page.planned_change)
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
            unsignable=plan.unsignable.sentence if plan.unsignable else "",
            password_problem=password_problem,
            problems=_problems(plan, password_problem),
        ),
        status,
    )


def _problems(plan: PlannedIssue, password_problem: str) -> list[tuple[str, str]]:
    if plan.unprintable:
        return [("", "証書に印刷できない文字があります")]
    if plan.unsignable:
        return [("", plan.unsignable.sentence)]
    return [("password", password_problem)] if password_problem else []


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
        ("保証契約者", content.principal_name),
        ("工事名", content.works_name),
        ("請負金額", content.contract_price.text),
        ("発行日", era_date(content.issued_on)),
        ("取扱店", content.branch_name),
    ]
