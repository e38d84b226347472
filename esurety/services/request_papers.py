"""The surety asks a contractor for papers, looks at what came, accepts it or asks again."""

from dataclasses import dataclass
from datetime import datetime

from esurety.domain.application_state import ApplicationState
from esurety.domain.requested_papers import PaperKind, PaperState, paper_state
from esurety.persistence import applications, events, papers
from esurety.persistence.database import writing
from esurety.persistence.models import Application, PaperRequest, UploadedPaper
from esurety.services.installation import Installation
from esurety.services.queue_mail import queue_application_mail
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound

_S = ApplicationState
PAPERS_WANTED_IN = frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.RETURNED, _S.APPROVED})


class PapersNotWanted(Exception):
    """The application is in a state in which no papers are asked for or taken."""


class PaperNotThere(Exception):
    """The paper cannot be accepted or asked for again: nothing has been handed in, or it has been accepted before."""


@dataclass(frozen=True)
class RequestedPaper:
    """One request with the files handed in for it, oldest first."""

    request: PaperRequest
    uploads: tuple[UploadedPaper, ...]

    @property
    def state(self) -> PaperState:
        last = self.uploads[-1].uploaded_at if self.uploads else None
        return paper_state(requested_at=self.request.requested_at, accepted_at=self.request.accepted_at, last_uploaded_at=last)


def requested_papers(application_id: int) -> list[RequestedPaper]:
    """What was asked for, with what came; whoever asks has found the application before."""
    return [RequestedPaper(request, tuple(uploads)) for request, uploads in papers.requests_with_uploads(application_id)]


def request_paper(
    *, account: SignedIn, application_id: int, kind: PaperKind, note: str, token: str, at: datetime, installation: Installation
) -> None:
    """Ask for a paper, once per form; the contractor gets a mail. Raises ApplicationNotFound or PapersNotWanted."""
    act = f"paper:{application_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        application = _open_application(account, application_id)
        row = PaperRequest(
            application_id=application_id, kind=kind.value, note=note, requested_at=at, requested_by=account.account_id, accepted_at=None
        )
        papers.add(row)
        events.keep_answer(account.account_id, token, act, at)
        _tell("PaperRequested", account, application, row, at=at, installation=installation)


def ask_again(*, account: SignedIn, application_id: int, request_id: int, note: str, at: datetime, installation: Installation) -> None:
    """What came does not do: ask for the paper again, with the reason. Raises ApplicationNotFound, PapersNotWanted or PaperNotThere."""
    with writing():
        application = _open_application(account, application_id)
        row = _handed_in(application_id, request_id)
        row.note, row.requested_at, row.requested_by = note, at, account.account_id
        _tell("PaperAskedForAgain", account, application, row, at=at, installation=installation)


def accept_paper(*, account: SignedIn, application_id: int, request_id: int, at: datetime) -> None:
    """What came is what was asked for. Raises ApplicationNotFound, PapersNotWanted or PaperNotThere."""
    with writing():
        application = _open_application(account, application_id)
        row = _handed_in(application_id, request_id)
        row.accepted_at = at
        _record("PaperAccepted", account, application, at, PaperKind(row.kind).label)


def _open_application(account: SignedIn, application_id: int) -> Application:
    application = applications.lock_application(application_id)
    if application is None or application.surety_id != account.surety_id or application.submitted_at is None:
        raise ApplicationNotFound
    if ApplicationState(application.state) not in PAPERS_WANTED_IN:
        raise PapersNotWanted
    return application


def _handed_in(application_id: int, request_id: int) -> PaperRequest:
    found = next((one for one in requested_papers(application_id) if one.request.id == request_id), None)
    if found is None:
        raise ApplicationNotFound
    if found.state is not PaperState.HANDED_IN:
        raise PaperNotThere
    return found.request


def _tell(kind: str, account: SignedIn, application: Application, row: PaperRequest, *, at: datetime, installation: Installation) -> None:
    what = PaperKind(row.kind).label + (f"\n{row.note}" if row.note else "")
    _record(kind, account, application, at, what)
    queue_application_mail(
        "papers",
        application=application,
        at=at,
        sign_in_address=installation.sign_in_address,
        reason=what,
        occasion=f"paper{row.id}:{at:%Y%m%d%H%M%S%f}",
    )


def _record(kind: str, account: SignedIn, application: Application, at: datetime, note: str) -> None:
    events.record_event(
        at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, application_id=application.id, note=note
    )
