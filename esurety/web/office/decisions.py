"""The decisions: 審査を始める, 承認, 差戻し, 謝絶."""

from collections.abc import Mapping

from flask import request, url_for
from werkzeug.wrappers import Response

from esurety.domain import typed_fields
from esurety.domain.application_state import ActNotPossible, ApplicationAct
from esurety.services.assign_application import AssignedToColleague
from esurety.services.check_entitlement import NeedsAnotherPerson
from esurety.services.review_application import RulesBroken, WarningsNotAcknowledged, decide
from esurety.services.sign_in import SignedIn
from esurety.services.take_back_approval import NumbersPrepared
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.access import installation
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import posted_revision, whole
from esurety.web.office.entitlement_words import whom_to_ask_to_approve, why_not_approve
from esurety.web.office.next_in_queue import go_on_to_next, offer_next
from esurety.web.office.overrides import read_overrides, typed_overrides
from esurety.web.office.permissions import acting_person
from esurety.web.office.review_page import Notice, ReviewPage, TypedForm, review_page, show_clash, show_review

_LONGEST_REASON = 1000
_REASONS = {ApplicationAct.REVOKE: "承認を取り消す理由"}
_DONE = {
    ApplicationAct.START_REVIEW: "審査を始めました。受注者の画面には「審査中」と表示されます。",
    ApplicationAct.APPROVE: "承認しました。",
    ApplicationAct.RETURN: "差し戻しました。理由は受注者の画面に表示され、メールでもお知らせします。",
    ApplicationAct.DECLINE: "謝絶しました。理由は受注者の画面に表示され、メールでもお知らせします。",
    ApplicationAct.REVOKE: "承認を取り消しました。受注者の画面には「審査中」と表示されます。もう一度審査してください。",
}


@blueprint.post("/applications/<int:application_id>/start-review")
def start_review(application_id: int) -> Response:
    """審査を始める."""
    return _decide(ApplicationAct.START_REVIEW, application_id)


@blueprint.post("/applications/<int:application_id>/approve")
def approve(application_id: int) -> Response:
    """承認."""
    return _decide(ApplicationAct.APPROVE, application_id)


@blueprint.post("/applications/<int:application_id>/return")
def return_application(application_id: int) -> Response:
    """差戻し, with what the contractor is to correct."""
    return _decide_with_reason(ApplicationAct.RETURN, application_id)


@blueprint.post("/applications/<int:application_id>/decline")
def decline(application_id: int) -> Response:
    """謝絶, with the reason."""
    return _decide_with_reason(ApplicationAct.DECLINE, application_id)


@blueprint.post("/applications/<int:application_id>/revoke")
def revoke_approval(application_id: int) -> Response:
    """承認を取り消す, with the reason: back to the review."""
    return _decide_with_reason(ApplicationAct.REVOKE, application_id)


def _decide_with_reason(act: ApplicationAct, application_id: int) -> Response:
    account = acting_person()
    read = typed_fields.TypedForm(request.form)
    reason = read.paragraph("reason", _REASONS.get(act, f"{act.label}の理由"), longest=_LONGEST_REASON)
    if read.problems:
        problems = tuple((f"{act.value}-reason", message) for message in read.problems.values())
        return show_review(review_page(account, application_id), status=422, form=TypedForm(act.value, {"reason": reason}, problems))
    return _decide(act, application_id, reason=reason)


def _decide(act: ApplicationAct, application_id: int, *, reason: str = "") -> Response:  # noqa: PLR0911 - a return for each cause
    account = acting_person()
    overrides, unreadable = read_overrides(request.form) if act is ApplicationAct.APPROVE else ({}, {})
    if unreadable:
        return _ask_for_reasons(account, application_id, unreadable)
    try:
        decide(
            act,
            account=account,
            application_id=application_id,
            revision=posted_revision(),
            at=now(),
            installation=installation(),
            reason=reason,
            overrides=overrides,
            assignee_seen=whole(request.form, "seen_assignee"),
            is_taking_over="take_over" in request.form,
        )
    except (ChangedMeanwhile, ActNotPossible):
        return show_clash(
            review_page(account, application_id), form=TypedForm(act.value, {"reason": reason, **typed_overrides(request.form)})
        )
    except NumbersPrepared:
        return _show_prepared(review_page(account, application_id), TypedForm(act.value, {"reason": reason}))
    except WarningsNotAcknowledged as no:
        return _ask_for_reasons(
            account, application_id, {one.rule: f"「{one.rule}」を確認し、承認する理由を入力してください" for one in no.outcomes}
        )
    except RulesBroken as no:
        problems = tuple(("rules", outcome.finding) for outcome in no.outcomes)
        notice = Notice("不適合の項目があるため、承認していません", ("差戻しで、受注者に修正を求めてください。",), "danger")
        return show_review(review_page(account, application_id), status=422, form=TypedForm(act.value, {}, problems), notice=notice)
    except (NeedsAnotherPerson, AssignedToColleague) as no:
        return _leave_to_another(review_page(account, application_id), act, no)
    return _go_on(act, application_id)


def _go_on(act: ApplicationAct, application_id: int) -> Response:
    """Back to the page, or on to the next of the queue where that button was pressed."""
    if request.form.get("then") == "next":
        return go_on_to_next(_DONE[act], application_id)
    offer_next(_DONE[act], application_id)
    return see_other(url_for("office.review", application_id=application_id))


def _leave_to_another(page: ReviewPage, act: ApplicationAct, no: NeedsAnotherPerson | AssignedToColleague) -> Response:
    """422: a colleague is on it, and taking over has to be said. 403: somebody else begins the review, or approves."""
    if isinstance(no, AssignedToColleague):
        problem = f"{page.extras.colleague}さんが担当しています。担当を引き継ぐ場合は、確認にチェックを入れてください"
        return show_review(page, status=422, form=TypedForm(act.value, {}, (("take_over", problem),)))
    whom = (whom_to_ask_to_approve(page.entitled),) if no.is_reviewed else ()
    title = "別の人が承認します" if no.is_reviewed else "先に審査を始めます"
    return show_review(page, status=403, notice=Notice(title, (why_not_approve(no), *whom, "今回の操作は行っていません。")))


def _show_prepared(page: ReviewPage, kept: TypedForm) -> Response:
    """409: an issue has begun and drawn its numbers."""
    what_to_do = "発行の途中で中断し、保証契約番号がすでに決まっています。もう一度「発行する」を行ってください。"
    return show_review(page, status=409, form=kept, notice=Notice("承認を取り消せません", (what_to_do, "今回の操作は行っていません。")))


def _ask_for_reasons(account: SignedIn, application_id: int, messages: Mapping[str, str]) -> Response:
    """422: the rules that warn and still need a reason, each at its own field."""
    page = review_page(account, application_id)
    problems = tuple((f"override-{one.number}", messages[one.rule]) for one in page.extras.warnings if one.rule in messages)
    return show_review(page, status=422, form=TypedForm(ApplicationAct.APPROVE.value, typed_overrides(request.form), problems))
