"""A contractor hands in a paper that the surety asked for; both of them, and nobody else, may take it out again."""

from datetime import datetime
from pathlib import Path

from esurety.documents.paper_check import NoFileChosen, PaperRefused, checked_media_type
from esurety.domain.application_state import ApplicationState
from esurety.domain.requested_papers import MOST_PAPERS, PaperKind
from esurety.domain.typed_fields import unusable_character
from esurety.persistence import applications, events, paper_files, papers
from esurety.persistence.database import writing
from esurety.persistence.models import PaperRequest, UploadedPaper
from esurety.services.installation import Installation
from esurety.services.request_papers import PAPERS_WANTED_IN, PapersNotWanted
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound

_LONGEST_NAME = 120


class PaperMissing(LookupError):
    """There is no such file for this person."""


class TooManyPapers(PaperRefused):
    """The application has as many files as it may have."""

    advice = f"提出できるファイルは1件の申込みにつき{MOST_PAPERS}個までです。取扱店にご連絡ください"


class PaperNotAskedFor(PaperRefused):
    """The request is not this application's, or it has been settled."""

    advice = "どの書類を提出するかを選んでください"


def hand_in_paper(
    *,
    account: SignedIn,
    application_id: int,
    request_id: int | None,
    name: str,
    declared: str,
    content: bytes,
    at: datetime,
    installation: Installation,
) -> None:
    """Keep a file for a request. The file is on the disk before its row is written.

    Raises ApplicationNotFound, PapersNotWanted, or one of PaperRefused.
    """
    if applications.application_of_company(application_id, account.company_id or 0) is None:
        raise ApplicationNotFound
    if not name:
        raise NoFileChosen
    plain_name = _plain_name(name)
    media_type = checked_media_type(content, name=plain_name, declared=declared)
    sha256 = paper_files.store_paper(_folder(installation), content)
    with writing():
        request = _open_request(account, application_id, request_id)
        if len(papers.uploads_of(application_id)) >= MOST_PAPERS:
            raise TooManyPapers
        papers.add(
            UploadedPaper(
                application_id=application_id,
                paper_request_id=request.id,
                name=plain_name,
                media_type=media_type,
                size=len(content),
                sha256=sha256,
                uploaded_at=at,
                uploaded_by=account.account_id,
            )
        )
        events.record_event(
            at=at,
            kind="PaperHandedIn",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application_id,
            note=f"{PaperKind(request.kind).label}：{plain_name}",
        )


def paper_for_contractor(account: SignedIn, application_id: int, paper_id: int, installation: Installation) -> tuple[UploadedPaper, bytes]:
    """A file of the own company. Raises PaperMissing."""
    if applications.application_of_company(application_id, account.company_id or 0) is None:
        raise PaperMissing
    return _paper(application_id, paper_id, installation)


def paper_for_office(account: SignedIn, application_id: int, paper_id: int, installation: Installation) -> tuple[UploadedPaper, bytes]:
    """A file handed in to this person's surety. Raises PaperMissing."""
    if applications.application_of_surety(application_id, account.surety_id or 0) is None:
        raise PaperMissing
    return _paper(application_id, paper_id, installation)


def papers_to_hand_in(account: SignedIn, *, limit: int = 5) -> list[tuple[int, str]]:
    """The company's applications that wait for a paper from it: id and works' name."""
    return papers.waiting_for_contractor(account.company_id or 0, PAPERS_WANTED_IN, limit=limit)


def _open_request(account: SignedIn, application_id: int, request_id: int | None) -> PaperRequest:
    application = applications.lock_application(application_id)
    if application is None or application.company_id != account.company_id:
        raise ApplicationNotFound
    if ApplicationState(application.state) not in PAPERS_WANTED_IN:
        raise PapersNotWanted
    request = papers.request_by_id(request_id) if request_id is not None else None
    if request is None or request.application_id != application_id or request.accepted_at is not None:
        raise PaperNotAskedFor
    return request


def _paper(application_id: int, paper_id: int, installation: Installation) -> tuple[UploadedPaper, bytes]:
    found = papers.upload_of(application_id, paper_id)
    if found is None:
        raise PaperMissing
    return found, paper_files.paper_bytes(_folder(installation), found.sha256)


def _folder(installation: Installation) -> Path:
    return installation.settings.data_dir / "papers"


def _plain_name(name: str) -> str:
    """The name without its folders, and without characters that nobody can see; the extension stays."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join("_" if unusable_character(character) else character for character in last).strip() or "_"
    stem, dot, extension = seen.rpartition(".")
    return seen if len(seen) <= _LONGEST_NAME else f"{stem[: _LONGEST_NAME - 10]}…{dot}{extension[:8]}"
