"""The page of one application under review: what its template shows, and the page as an answer to an act that did not work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_rules import RuleOutcome, Verdict, broken
from esurety.domain.application_state import ApplicationAct, ApplicationState, may
from esurety.domain.authority_standing import AUTHORITY_STANDING, ended_authority_text
from esurety.domain.contractor_standing import ended_contractor_text
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.premium_due import may_record_receipt
from esurety.domain.yen import Yen
from esurety.persistence.models import Application, Event
from esurety.persistence.staff import StaffMember
from esurety.services.assemble_change import PlannedChange
from esurety.services.check_entitlement import entitlement
from esurety.services.check_papers import paper_outcomes
from esurety.services.explain_premium import explain_premiums
from esurety.services.read_applications import application_for_office, happened_to, receipts, venture_of
from esurety.services.read_changes import plan_of
from esurety.services.read_queue import colleagues
from esurety.services.request_papers import RequestedPaper, requested_papers
from esurety.services.review_application import rule_outcomes
from esurety.services.sign_in import SignedIn
from esurety.web.answers import now
from esurety.web.applied_words import venture_rows
from esurety.web.change_words import ChangeView, change_view
from esurety.web.office.address import whole
from esurety.web.office.entitlement_words import EntitlementWords, entitlement_words
from esurety.web.office.next_step import next_step
from esurety.web.office.permissions import may_act, may_issue
from esurety.web.office.premium_facts import PremiumFacts, premium_facts
from esurety.web.office.premium_making import premium_makings
from esurety.web.office.review_extras import ReviewExtras, review_extras
from esurety.web.presentation import (
    HappenedLine,
    RequestedLine,
    Tag,
    age_text,
    application_number,
    history_lines,
    lapse_text,
    premium_total_text,
    requested_line,
    sending_rows,
    state_tag,
    works_rows,
)

_TONES = {Verdict.KEPT: "success", Verdict.NOTED: "info", Verdict.WARNING: "warning", Verdict.BROKEN: "danger"}
_REASONED = {"ApplicationReturned", "ApplicationDeclined"}
_REASONED_STATES = {ApplicationState.RETURNED, ApplicationState.DECLINED}
_DECISIONS = (ApplicationAct.START_REVIEW, ApplicationAct.APPROVE, ApplicationAct.RETURN, ApplicationAct.DECLINE, ApplicationAct.REVOKE)
_BEFORE_ISSUE = {ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED}


@dataclass(frozen=True)
class TypedForm:
    """The form that an answer is about: its act, what was typed, what to correct by field."""

    act: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()  # a field's id in the page and its message

    @property
    def errors(self) -> dict[str, str]:
        return dict(self.problems)


@dataclass(frozen=True)
class Notice:
    """A message above the page: why something was not done, and what to do."""

    title: str
    sentences: tuple[str, ...]
    tone: str = "warning"


@dataclass(frozen=True)
class RuleLine:
    """One rule's outcome."""

    rule: str
    verdict: Tag
    text: str
    links: list[tuple[str, str]]  # to the other applications that it speaks of


@dataclass(frozen=True)
class ReviewPage:
    """One application as the office sees it; `acts` holds only what this person can do to it now."""

    id: int
    number: str
    revision: int
    tag: Tag
    state: ApplicationState
    submitted: str
    age: str
    works_name: str
    works_id: int | None
    company_rows: list[tuple[str, str]]
    works: list[tuple[str, str]]
    sending: list[tuple[str, str]]
    lines: list[RequestedLine]
    change: ChangeView | None
    premium_total: str
    rules: list[RuleLine]
    broken: list[str]
    premium: PremiumFacts
    acts: frozenset[str]
    entitled: EntitlementWords
    extras: ReviewExtras
    next_step: str
    reason: str
    history: list[HappenedLine]
    last_act: str
    today: str
    record: Application  # for the issue page, which plans certificates from it
    planned_change: PlannedChange | None

    @property
    def may_decide(self) -> bool:
        """Whether a decision about what is under review is open to this person."""
        return may(ApplicationAct.APPROVE, self.state) and not self.acts.isdisjoint(act.value for act in _DECISIONS)

    @property
    def may_take_back(self) -> bool:
        """Whether this person could take the approval back."""
        return ApplicationAct.REVOKE.value in self.acts

    @property
    def is_prepared(self) -> bool:
        """Whether an issue has begun, drawn its numbers and broken off."""
        return self.state is ApplicationState.APPROVED and any(row.contract is not None for row in self.record.requested)


def review_page(account: SignedIn, application_id: int, *, is_for_issue: bool = False) -> ReviewPage:
    """What the review page shows; for the issue of what is approved, which judges no rule anew, only the papers.

    Raises ApplicationNotFound.
    """
    at = now()
    application = application_for_office(account, application_id)
    events = happened_to(application_id)
    staff = colleagues(account)
    papers = requested_papers(application_id)
    plan = plan_of(application, at)
    spares_rules = is_for_issue and application.state == ApplicationState.APPROVED
    outcomes = paper_outcomes(application, papers) if spares_rules else _judged(application, papers, plan, at)
    premium = premium_facts(
        application, receipts(application_id), staff, plan.premium_before if plan is not None else Yen(0), _issued_at(events)
    )
    state = ApplicationState(application.state)
    entitled = _entitled(account, application, staff, at, plan) if state in _BEFORE_ISSUE else EntitlementWords()
    acts = _acts(account, state, outcomes, premium, entitled)
    submitted_at = application.submitted_at or application.changed_at
    return ReviewPage(
        id=application.id,
        number=application_number(application.id),
        revision=application.revision,
        tag=state_tag(application),
        state=state,
        submitted=era_time(submitted_at),
        age=age_text(submitted_at, at),
        works_name=application.works_name or "",
        works_id=application.works_id,
        company_rows=_company_rows(application),
        works=[*works_rows(application), *_authority_rows(application, at), *venture_rows(venture_of(application))],
        sending=sending_rows(application),
        lines=[requested_line(application, row) for row in application.requested],
        change=change_view(plan, application.change_reason) if plan is not None else None,
        premium_total=premium_total_text(application),
        rules=_rule_lines(application, outcomes),
        broken=[one.finding for one in broken(outcomes)],
        premium=premium,
        acts=acts,
        entitled=entitled,
        extras=review_extras(account, application, outcomes=outcomes, events=events, staff=staff, requested=papers, at=at),
        next_step=lapse_text(events) or next_step(account, state, premium, acts, entitled),
        reason=next((event.note for event in events if event.kind in _REASONED), "") if state in _REASONED_STATES else "",
        history=history_lines(events),
        last_act=_what_was_done(events[0], account, at) if events else "",
        today=era_date(japanese_day(at), padded=False),
        record=application,
        planned_change=plan,
    )


def with_rules(page: ReviewPage) -> ReviewPage:
    """A page that was made for the issue, with the rules too: for an answer that shows all of it."""
    plan = page.planned_change
    outcomes = _judged(page.record, None, plan, now())
    return replace(page, rules=_rule_lines(page.record, outcomes), broken=[one.finding for one in broken(outcomes)])


def _issued_at(events: Sequence[Event]) -> datetime | None:
    """When it was issued; its monthly premium stands on that month's account."""
    return next((event.at for event in events if event.kind in {"GuaranteeIssued", "ChangeIssued"}), None)


def _judged(
    application: Application, papers: Sequence[RequestedPaper] | None, plan: PlannedChange | None, at: datetime
) -> tuple[RuleOutcome, ...]:
    return rule_outcomes(application, today=japanese_day(at), papers=papers, change=plan)


def show_review(page: ReviewPage, *, status: int = 200, form: TypedForm | None = None, notice: Notice | None = None) -> Response:
    """The review page, with the form and the notice that an act came back with."""
    form = form or TypedForm()
    makings = premium_makings(explain_premiums(page.record, page.planned_change))
    return make_response(
        render_template("office/review.html", page=page, form=form, notice=notice, problems=form.problems, makings=makings), status
    )


def show_clash(page: ReviewPage, *, form: TypedForm | None = None) -> Response:
    """409: somebody did something else first. The page as it is now, who did what, what to do; what was typed is kept."""
    notice = Notice(
        "ほかの操作が先に行われたため、今回の操作は行っていません",
        (
            f"最後の操作：{page.last_act}",
            *page.extras.since(whole(request.form, "seen_event")),
            "最新の内容を確認し、必要であればもう一度操作してください。",
        ),
    )
    return show_review(page, status=409, form=form, notice=notice)


def _rule_lines(application: Application, outcomes: Sequence[RuleOutcome]) -> list[RuleLine]:
    """What the rules found. Only while it is under review the clerk is asked to look at what warns; the contractor is never spoken to."""
    is_open = may(ApplicationAct.APPROVE, ApplicationState(application.state))
    return [_rule_line(one, one.text if is_open and one.verdict is Verdict.WARNING else one.finding) for one in outcomes]


def _rule_line(outcome: RuleOutcome, text: str) -> RuleLine:
    links = [
        (f"申込番号 {application_number(other)} を開く", url_for("office.review", application_id=other)) for other in outcome.applications
    ]
    links += [(f"{number} を開く", url_for("office.contract", number=number)) for number in outcome.contracts]
    return RuleLine(outcome.rule, Tag(outcome.verdict.label, _TONES[outcome.verdict]), text, links)


def _what_was_done(event: Event, account: SignedIn, at: datetime) -> str:
    line = history_lines([event])[0]
    who = "ご自身" if event.actor_id == account.account_id else line.who
    return f"{line.what}（{who}、{line.when}、{age_text(event.at, at)}）"


def _acts(
    account: SignedIn, state: ApplicationState, outcomes: tuple[RuleOutcome, ...], premium: PremiumFacts, entitled: EntitlementWords
) -> frozenset[str]:
    """What this person can do now; the names are those of the acts, and "premium" for recording a receipt."""
    if not may_act(account):
        return frozenset()
    acts = {act.value for act in _DECISIONS if may(act, state)}
    if broken(outcomes) or entitled.to_approve:
        acts.discard(ApplicationAct.APPROVE.value)
    if not premium.is_nothing and may_record_receipt(state):
        acts.add("premium")
    if may(ApplicationAct.ISSUE, state) and premium.outstanding == 0 and may_issue(account) and not entitled.to_issue:
        acts.add(ApplicationAct.ISSUE.value)
    return frozenset(acts)


def _authority_rows(application: Application, at: datetime) -> list[tuple[str, str]]:
    ended_on = application.authority.ended_on if application.authority is not None else None
    return [(AUTHORITY_STANDING, ended_authority_text(ended_on, japanese_day(at)))] if ended_on is not None else []


def _company_rows(application: Application) -> list[tuple[str, str]]:
    company = application.company
    rows = [
        ("商号", company.name),
        ("登録", ended_contractor_text(company.ended_on) if company.ended_on is not None else ""),
        ("代表者", company.representative),
        ("住所", company.address),
        ("預託金融機関", company.depository),
        ("保証料の納付", "一括納付" if company.pays_monthly else "振込"),
    ]
    return [(term, value) for term, value in rows if value]


def _entitled(
    account: SignedIn, application: Application, staff: Sequence[StaffMember], at: datetime, plan: PlannedChange | None
) -> EntitlementWords:
    before = plan.before.guaranteed_amount if plan is not None else None
    return entitlement_words(entitlement(account, application, japanese_day(at), before=before), application, staff)
