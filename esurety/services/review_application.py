"""What the surety decides about an application: begin the review, return, decline, approve; and record the premium."""

from collections.abc import Mapping
from datetime import date, datetime

from esurety.domain.application_rules import RuleOutcome, broken, check_application, warning
from esurety.domain.application_state import ApplicationAct, ApplicationState, after, may
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import PremiumPaymentMethod, ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, reference_data
from esurety.persistence.database import writing
from esurety.persistence.models import Application, PremiumReceipt, WarningOverride
from esurety.persistence.works import earlier_guarantees
from esurety.services.assemble_change import premium_before
from esurety.services.check_entitlement import refuse_same_person_approving
from esurety.services.installation import Installation
from esurety.services.queue_mail import queue_application_mail
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile

_EVENTS = {
    ApplicationAct.START_REVIEW: "ReviewStarted",
    ApplicationAct.RETURN: "ApplicationReturned",
    ApplicationAct.DECLINE: "ApplicationDeclined",
    ApplicationAct.APPROVE: "ApplicationApproved",
}
_MAILS = {ApplicationAct.RETURN: "returned", ApplicationAct.DECLINE: "declined"}


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


def rule_outcomes(application: Application, *, today: date) -> tuple[RuleOutcome, ...]:
    """Every rule's outcome for a submitted application, under the policy in force when it was submitted."""
    content = applications.content_of(application)
    judged_on = japanese_day(application.submitted_at) if application.submitted_at is not None else today
    authority = reference_data.authority_on(content.contracting_authority_id, judged_on)
    assert authority is not None, "a submitted application names its authority"  # noqa: S101 - a foreign key holds it
    earlier = earlier_guarantees(application.works_id, but_of_application=application.id) if application.kind == "new" else ()
    return check_application(content, authority.policy, applied_on=judged_on, earlier=earlier)


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
) -> None:
    """Take one of the decisions (START_REVIEW, RETURN, DECLINE, APPROVE). `overrides` gives a reason for each rule that warns.

    Raises ApplicationNotFound, ActNotPossible (the state has moved on), ChangedMeanwhile; for an approval RulesBroken,
    WarningsNotAcknowledged or NeedsAnotherPerson.
    """
    with writing():
        application = _lock_of_surety(account, application_id)
        next_state = after(act, ApplicationState(application.state))
        if application.revision != revision:
            raise ChangedMeanwhile
        if act is ApplicationAct.APPROVE:
            _refuse_broken(application, japanese_day(at))
            refuse_same_person_approving(account, application)
            _keep_overrides(application, overrides or {}, account, at)
            application.approver_id = account.account_id
        if application.state == ApplicationState.SUBMITTED:
            application.reviewer_id = account.account_id  # whoever takes it up is its reviewer; an earlier review ended in 差戻し
        application.state = next_state
        application.revision += 1
        application.changed_at = at
        if act is ApplicationAct.START_REVIEW:
            application.assignee_id, application.assigned_at = account.account_id, at
        else:
            application.decided_at = at
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


def premium_to_transfer(application: Application, *, settled: Yen | None = None) -> Yen:
    """The premium that has to be received before issue: of a change the difference; what is on the monthly account is not waited for.

    `settled` is what the versions before cost, where the caller has read it already.
    """
    whole = total([row.premium for row in application.requested if row.premium_payment_method == PremiumPaymentMethod.TRANSFER])
    return Yen(max(0, whole - (premium_before(application) if settled is None else settled)))


def premium_outstanding(application: Application) -> Yen:
    """What of that premium has not been received yet; 0 when paid in full or more."""
    return Yen(max(0, premium_to_transfer(application) - applications.received_total(application.id)))


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
        state = ApplicationState(application.state)
        if not (state is ApplicationState.APPROVED or may(ApplicationAct.APPROVE, state)):
            raise PremiumNotRecordable
        if received_seen is not None and received_seen != applications.received_total(application_id):
            raise ChangedMeanwhile
        _refuse_too_early(application, received_on)
        outstanding = premium_outstanding(application)
        if amount > outstanding and not is_overpayment_confirmed:
            raise MoreThanOutstanding(outstanding)
        applications.add(
            PremiumReceipt(
                application_id=application.id,
                received_on=received_on,
                amount=amount,
                method=method.value,
                recorded_at=at,
                recorded_by=account.account_id,
            )
        )
        events.keep_answer(account.account_id, token, f"premium:{application_id}", at)
        events.record_event(
            at=at,
            kind="PremiumReceived",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
            note=f"{amount.text}（{method.label}）",
        )


def _refuse_too_early(application: Application, received_on: date) -> None:
    applied_at = applications.first_submitted_at(application.id) or application.submitted_at
    if applied_at is not None and received_on < japanese_day(applied_at):
        raise ReceivedBeforeApplication(japanese_day(applied_at))
