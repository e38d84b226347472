"""What the surety decides about an application: begin the review, return, decline, approve; and record the premium."""

from datetime import date, datetime

from esurety.domain.application_rules import RuleOutcome, broken, check_application
from esurety.domain.application_state import ApplicationAct, ApplicationState, after, may
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen, total
from esurety.persistence import applications, events, reference_data
from esurety.persistence.database import writing
from esurety.persistence.models import Application, PremiumReceipt
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


class PremiumNotRecordable(Exception):
    """The application is in a state in which no premium is received."""


class MoreThanOutstanding(Exception):
    """The amount is more than is still to come; `outstanding` is what is."""

    def __init__(self, outstanding: Yen) -> None:
        super().__init__(f"only {outstanding} is outstanding")
        self.outstanding = outstanding


def rule_outcomes(application: Application, *, today: date) -> tuple[RuleOutcome, ...]:
    """Every rule's outcome for a submitted application, under the policy in force when it was submitted."""
    content = applications.content_of(application)
    judged_on = japanese_day(application.submitted_at) if application.submitted_at is not None else today
    authority = reference_data.authority_on(content.contracting_authority_id, judged_on)
    assert authority is not None, "a submitted application names its authority"  # noqa: S101 - a foreign key holds it
    return check_application(content, authority.policy, applied_on=judged_on)


def decide(
    act: ApplicationAct,
    *,
    account: SignedIn,
    application_id: int,
    revision: int,
    at: datetime,
    installation: Installation,
    reason: str = "",
) -> None:
    """Take one of the decisions (START_REVIEW, RETURN, DECLINE, APPROVE).

    Raises ApplicationNotFound, ActNotPossible (the state has moved on), ChangedMeanwhile, or RulesBroken for an approval.
    """
    with writing():
        application = _lock_of_surety(account, application_id)
        next_state = after(act, ApplicationState(application.state))
        if application.revision != revision:
            raise ChangedMeanwhile
        if act is ApplicationAct.APPROVE:
            _refuse_broken(application, japanese_day(at))
            application.approver_id = account.account_id
        application.state = next_state
        application.revision += 1
        application.changed_at = at
        application.reviewer_id = application.reviewer_id or account.account_id
        if act is not ApplicationAct.START_REVIEW:
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


def _lock_of_surety(account: SignedIn, application_id: int) -> Application:
    application = applications.lock_application(application_id)
    if application is None or application.surety_id != account.surety_id or application.submitted_at is None:
        raise ApplicationNotFound
    return application


def premium_to_transfer(application: Application) -> Yen:
    """The premium that has to be received before issue; what is on the monthly account is not waited for."""
    return total([row.premium for row in application.requested if row.premium_payment_method == PremiumPaymentMethod.TRANSFER])


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
    outstanding_seen: Yen | None = None,
) -> None:
    """Record a received premium (保証料入金), once per form.

    `outstanding_seen` is what the page showed: two clerks who both hold the same transfer slip record it once.
    Raises ApplicationNotFound, PremiumNotRecordable, ChangedMeanwhile or MoreThanOutstanding.
    """
    with writing():
        if events.is_answered(account.account_id, token, f"premium:{application_id}"):
            return
        application = _lock_of_surety(account, application_id)
        state = ApplicationState(application.state)
        if not (state is ApplicationState.APPROVED or may(ApplicationAct.APPROVE, state)):
            raise PremiumNotRecordable
        outstanding = premium_outstanding(application)
        if outstanding_seen is not None and outstanding_seen != outstanding:
            raise ChangedMeanwhile
        if amount > outstanding:
            raise MoreThanOutstanding(outstanding)
        applications.add(
            PremiumReceipt(
                application_id=application.id, received_on=received_on, amount=amount, recorded_at=at, recorded_by=account.account_id
            )
        )
        events.keep_answer(account.account_id, token, f"premium:{application_id}", at)
        events.record_event(
            at=at,
            kind="PremiumReceived",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
            note=amount.text,
        )
