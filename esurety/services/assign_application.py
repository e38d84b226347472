"""Who is on an application: taking it up, taking it over, letting it go. None of it changes the application itself."""

from datetime import datetime

from esurety.domain.application_state import ApplicationState
from esurety.persistence import applications, events
from esurety.persistence.database import writing
from esurety.persistence.models import Application
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile

ASSIGNABLE = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED})


class NothingToAssign(Exception):
    """The application waits for nobody of the surety."""


class AssignedToColleague(Exception):
    """A colleague is on the application, and nobody has said that they are to be relieved."""


def assign_to_oneself(*, account: SignedIn, application_id: int, at: datetime, assignee_seen: int | None = None) -> None:
    """担当する, also in place of the colleague that the page named. Who is on it already stays so.

    Raises ApplicationNotFound, NothingToAssign or ChangedMeanwhile.
    """
    with writing():
        application = _assignable(account, application_id)
        refuse_unseen_assignee(application, account, assignee_seen)
        before = application.assignee_id
        if before == account.account_id:
            return
        application.assignee_id, application.assigned_at = account.account_id, at
        _record("ApplicationAssigned" if before is None else "ApplicationTakenOver", account, application, at)


def unassign(*, account: SignedIn, application_id: int, at: datetime) -> None:
    """担当をはずす: one's own only; where a colleague has taken over meanwhile nothing happens. Raises ApplicationNotFound."""
    with writing():
        application = _of_surety(account, application_id)
        if application.assignee_id != account.account_id:
            return
        application.assignee_id, application.assigned_at = None, None
        _record("ApplicationUnassigned", account, application, at)


def refuse_unseen_assignee(application: Application, account: SignedIn, assignee_seen: int | None) -> None:
    """Raises ChangedMeanwhile where a colleague is on it whom the page did not name; `assignee_seen` is 0 for nobody, None unknown."""
    if assignee_seen is not None and application.assignee_id not in {None, assignee_seen, account.account_id}:
        raise ChangedMeanwhile


def put_on_it(account: SignedIn, application: Application, at: datetime, *, is_taking_over: bool) -> None:
    """Whoever begins the review is on it, within the caller's transaction. Raises AssignedToColleague."""
    before = application.assignee_id
    if before == account.account_id:
        return
    if before is not None and not is_taking_over:
        raise AssignedToColleague
    application.assignee_id, application.assigned_at = account.account_id, at
    if before is not None:
        _record("ApplicationTakenOver", account, application, at)


def _assignable(account: SignedIn, application_id: int) -> Application:
    application = _of_surety(account, application_id)
    if ApplicationState(application.state) not in ASSIGNABLE:
        raise NothingToAssign
    return application


def _of_surety(account: SignedIn, application_id: int) -> Application:
    application = applications.lock_application(application_id)
    if application is None or application.surety_id != account.surety_id or application.submitted_at is None:
        raise ApplicationNotFound
    return application


def _record(kind: str, account: SignedIn, application: Application, at: datetime) -> None:
    events.record_event(at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, application_id=application.id)
