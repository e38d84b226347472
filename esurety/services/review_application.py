"""What the surety decides about an application: begin the review, return, decline, approve; and record the premium."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from esurety.domain.application_rules import RuleOutcome, broken, check_application, warning
from esurety.domain.application_state import ApplicationAct, ApplicationState, after
from esurety.domain.authority_standing import authority_outcome
from esurety.domain.contractor_standing import contractor_outcome
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.premium_due import may_record_receipt, premium_due
from esurety.domain.products import PremiumPaymentMethod, ReceiptMethod
from esurety.domain.works_in_step import speaks_of_siblings
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, reference_data
from esurety.persistence.database import writing
from esurety.persistence.models import Application, WarningOverride
from esurety.persistence.works import guarantees_alike, open_for_the_same_works, works_standing
from esurety.services.assemble_change import PlannedChange, guarantee_before, premium_before
from esurety.services.assign_application import put_on_it, refuse_unseen_assignee
from esurety.services.check_entitlement import refuse_same_person_approving
from esurety.services.check_papers import paper_outcomes
from esurety.services.installation import Installation
from esurety.services.keep_receipts import add_receipt
from esurety.services.queue_mail import queue_application_mail
from esurety.services.request_papers import RequestedPaper
from esurety.services.sign_in import SignedIn
from esurety.services.take_back_approval import undo_approval
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile

_EVENTS = {
    ApplicationAct.START_REVIEW: "ReviewStarted",
    ApplicationAct.RETURN: "ApplicationReturned",
    ApplicationAct.DECLINE: "ApplicationDeclined",
    ApplicationAct.APPROVE: "ApplicationApproved",
    ApplicationAct.REVOKE: "ApprovalRevoked",
}
_MAILS = {ApplicationAct.RETURN: "returned", ApplicationAct.DECLINE: "declined"}


_TO_BE_APPROVED = {ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW}


class RulesBroken(Exception):
    """The application breaks rules, so it cannot be approved."""

    def __init__(self, outcomes: tuple[RuleOutcome, ...]) -> None:
        super().__init__(f"{len(outcomes)} rules are broken")
        self.outcomes = outcomes


class WarningsNotAcknowledged(Exception):
    """Rules warn and no reason was given for going on; `outcomes` are those without one."""

    def __init__(self, outcomes: tuple[RuleOutcome, ...]) -> None:
        super().__init__(f"{len(outcomes)} warnings need a reason")
        self.outcomes = outcomes


class PremiumNotRecordable(Exception):
    """The application is in a state in which no premium is received."""


class ReceivedBeforeApplication(Exception):
    """The receipt is dated before the application came in; `applied_on` is that day."""

    def __init__(self, applied_on: date) -> None:
        super().__init__(f"the application came in on {applied_on}")
        self.applied_on = applied_on


class MoreThanOutstanding(Exception):
    """The amount is more than is still to come, and nobody has confirmed that; `outstanding` is what is."""

    def __init__(self, outstanding: Yen) -> None:
        super().__init__(f"only {outstanding} is outstanding")
        self.outstanding = outstanding


def rule_outcomes(
    application: Application, *, today: date, papers: Sequence[RequestedPaper] | None = None, change: PlannedChange | None = None
) -> tuple[RuleOutcome, ...]:
    """Every rule's outcome for a submitted application, under the policy in force when it was submitted; open papers come last.

    `papers` are the requested papers, `change` what a change leads to, where the caller has read them already.
    """
    return (
        *_outcomes_of_content(application, today, change),
        *_outcomes_of_parties(application, today),
        *paper_outcomes(application, papers),
    )


def _outcomes_of_parties(application: Application, today: date) -> tuple[RuleOutcome, ...]:
    """The warnings about a contractor or an authority that has ended, as long as the application can still be approved."""
    if application.state not in _TO_BE_APPROVED:
        return ()
    company, authority = reference_data.company(application.company_id), reference_data.authority(application.authority_id or 0)
    outcomes = (
        contractor_outcome(company.name, company.ended_on) if company is not None else None,
        authority_outcome(authority.name, authority.ended_on, today) if authority is not None else None,
    )
    return tuple(one for one in outcomes if one is not None)


def _outcomes_of_content(application: Application, today: date, change: PlannedChange | None) -> tuple[RuleOutcome, ...]:
    content = applications.content_of(application)
    judged_on = japanese_day(application.submitted_at) if application.submitted_at is not None else today
    known = change.authority if change is not None else None
    authority = known or reference_data.authority_on(content.contracting_authority_id, judged_on)
    assert authority is not None, "a submitted application names its authority"  # noqa: S101 - a foreign key holds it
    standing = works_standing(application.works_id, but_of_application=application.id)
    is_change = application.changed_contract_id is not None
    before = ((change.standing if change is not None else None) or guarantee_before(application)) if is_change else None
    is_to_be_approved = application.state in _TO_BE_APPROVED
    others = open_for_the_same_works(application) if is_to_be_approved and not is_change else ()
    alike = guarantees_alike(content, surety_id=application.surety_id, works_id=application.works_id) if is_to_be_approved else ()
    outcomes = check_application(
        content, authority.policy, applied_on=judged_on, works=standing, others=others, alike=alike, changes=before
    )
    if application.state != ApplicationState.ISSUED:
        return outcomes
    return tuple(one for one in outcomes if not speaks_of_siblings(one))  # what became of the works since is shown with the works


def decide(
    act: ApplicationAct,
    *,
    account: SignedIn,
    application_id: int,
    revision: int,
    at: datetime,
    installation: Installation,
    reason: str = "",
    overrides: Mapping[str, str] | None = None,
    assignee_seen: int | None = None,
    is_taking_over: bool = False,
) -> None:
    """Take one of the decisions (START_REVIEW, RETURN, DECLINE, APPROVE, REVOKE). `overrides` gives a reason for each rule that warns.

    `assignee_seen` is who the page said was on it, 0 for nobody. Raises ApplicationNotFound, ActNotPossible (the state has moved
    on), ChangedMeanwhile; for a review begun in a colleague's place without `is_taking_over` AssignedToColleague; for an approval
    RulesBroken, WarningsNotAcknowledged or NeedsAnotherPerson; for taking one back NumbersPrepared.
    """
    with writing():
        application = _lock_of_surety(account, application_id)
        next_state = after(act, ApplicationState(application.state))
        if application.revision != revision:
            raise ChangedMeanwhile
        refuse_unseen_assignee(application, account, assignee_seen)
        if act is ApplicationAct.APPROVE:
            _refuse_broken(application, japanese_day(at))
            refuse_same_person_approving(account, application)
            _keep_overrides(application, overrides or {}, account, at)
            application.approver_id = account.account_id
        if application.state == ApplicationState.APPROVED:
            undo_approval(application)
            application.approver_id = None
        if application.state == ApplicationState.SUBMITTED:
            application.reviewer_id = account.account_id  # whoever takes it up is its reviewer; an earlier review ended in 差戻し
        application.state = next_state
        application.revision += 1
        application.changed_at = at
        if act is ApplicationAct.START_REVIEW:
            put_on_it(account, application, at, is_taking_over=is_taking_over)
        else:
            application.decided_at = at if act is not ApplicationAct.REVOKE else None
        events.record_event(
            at=at,
            kind=_EVENTS[act],
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
            note=reason,
        )
        if act in _MAILS:
            queue_application_mail(_MAILS[act], application=application, at=at, sign_in_address=installation.sign_in_address, reason=reason)


def _refuse_broken(application: Application, today: date) -> None:
    outcomes = broken(rule_outcomes(application, today=today))
    if outcomes:
        raise RulesBroken(outcomes)


def _keep_overrides(application: Application, reasons: Mapping[str, str], account: SignedIn, at: datetime) -> None:
    """Every rule that warns needs a reason, kept with the approval. Raises WarningsNotAcknowledged."""
    warnings = warning(rule_outcomes(application, today=japanese_day(at)))
    missing = tuple(one for one in warnings if not reasons.get(one.rule, "").strip())
    if missing:
        raise WarningsNotAcknowledged(missing)
    for one in warnings:
        applications.add(
            WarningOverride(application_id=application.id, rule=one.rule, reason=reasons[one.rule].strip(), at=at, by=account.account_id)
        )
        events.record_event(
            at=at,
            kind="WarningOverridden",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
            note=f"{one.rule}\n理由：{reasons[one.rule].strip()}",
        )


def _lock_of_surety(account: SignedIn, application_id: int) -> Application:
    application = applications.lock_application(application_id)
    if application is None or application.surety_id != account.surety_id or application.submitted_at is None:
        raise ApplicationNotFound
    return application


def premium_by(application: Application, method: PremiumPaymentMethod) -> Yen:
    """What the products cost that are paid for in this way."""
    return total([row.premium for row in application.requested if row.premium_payment_method == method])


def due_of(application: Application, *, settled: Yen | None = None) -> Yen:
    """The premium that has to be in by now: before the issue nothing that is on the monthly account, of a change the difference.

    `settled` is what the versions before cost, where the caller has read it already.
    """
    return premium_due(
        ApplicationState(application.state),
        to_transfer=premium_by(application, PremiumPaymentMethod.TRANSFER),
        on_account=premium_by(application, PremiumPaymentMethod.LUMP_MONTHLY),
        settled=premium_before(application) if settled is None else settled,
    )


def premium_outstanding(application: Application) -> Yen:
    """What of that premium has not been received yet; 0 when paid in full or more."""
    return Yen(max(0, due_of(application) - applications.received_total(application.id)))


def record_premium(
    *,
    account: SignedIn,
    application_id: int,
    received_on: date,
    amount: Yen,
    token: str,
    at: datetime,
    received_seen: Yen | None = None,
    method: ReceiptMethod = ReceiptMethod.TRANSFER,
    is_overpayment_confirmed: bool = False,
) -> None:
    """Record a received premium (保証料入金), once per form.

    `received_seen` is what the page showed as received: two clerks who both hold the same transfer slip record it once.
    Raises ApplicationNotFound, PremiumNotRecordable, ChangedMeanwhile, ReceivedBeforeApplication or MoreThanOutstanding.
    """
    with writing():
        if events.is_answered(account.account_id, token, f"premium:{application_id}"):
            return
        application = _lock_of_surety(account, application_id)
        if not may_record_receipt(ApplicationState(application.state)):
            raise PremiumNotRecordable
        if received_seen is not None and received_seen != applications.received_total(application_id):
            raise ChangedMeanwhile
        refuse_too_early(application, received_on)
        outstanding = premium_outstanding(application)
        if amount > outstanding and not is_overpayment_confirmed:
            raise MoreThanOutstanding(outstanding)
        is_beyond_due = amount > outstanding
        add_receipt(account, application, received_on=received_on, amount=amount, method=method, at=at, is_beyond_due=is_beyond_due)
        events.keep_answer(account.account_id, token, f"premium:{application_id}", at)


def refuse_too_early(application: Application, received_on: date) -> None:
    """No premium comes in before its application does. Raises ReceivedBeforeApplication."""
    applied_at = applications.first_submitted_at(application.id) or application.submitted_at
    if applied_at is not None and received_on < japanese_day(applied_at):
        raise ReceivedBeforeApplication(japanese_day(applied_at))
