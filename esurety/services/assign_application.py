"""Who is on an application: taking it up, taking it over, letting it go. None of it changes the application itself."""

from datetime import datetime

from esurety.domain.application_state import ApplicationState
from esurety.persistence import applications, events
from esurety.persistence.database import writing
from esurety.persistence.models import Application
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound

ASSIGNABLE = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED})


class NothingToAssign(Exception):
    """The application waits for nobody of the surety."""


def assign_to_oneself(*, account: SignedIn, application_id: int, at: datetime) -> None:
    """担当する, also in place of a colleague. Who is on it already stays so. Raises ApplicationNotFound or NothingToAssign."""
    with writing():
        application = _assignable(account, application_id)
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
