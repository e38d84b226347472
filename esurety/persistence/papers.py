"""Requested papers and the files handed in for them."""

from collections.abc import Iterable

from sqlalchemy import func, select

from esurety.domain.application_state import ApplicationState
from esurety.persistence.database import reading
from esurety.persistence.models import Application, PaperRequest, UploadedPaper


def add(row: PaperRequest | UploadedPaper) -> None:
    """Store a new row with the running transaction, which gives it its id."""
    reading().add(row)
    reading().flush()


def requests_of(application_id: int) -> list[PaperRequest]:
    """The papers asked for, in the order of asking."""
    return list(reading().scalars(select(PaperRequest).where(PaperRequest.application_id == application_id).order_by(PaperRequest.id)))


def requests_with_uploads(application_id: int) -> list[tuple[PaperRequest, list[UploadedPaper]]]:
    """The papers asked for, in the order of asking, each with the files that came for it, oldest first; in one query."""
    rows = reading().execute(
        select(PaperRequest, UploadedPaper)
        .outerjoin(UploadedPaper, UploadedPaper.paper_request_id == PaperRequest.id)
        .where(PaperRequest.application_id == application_id)
        .order_by(PaperRequest.id, UploadedPaper.id)
    )
    found: dict[PaperRequest, list[UploadedPaper]] = {}
    for request, upload in rows:
        found.setdefault(request, []).extend([upload] if upload is not None else [])
    return list(found.items())


def request_by_id(request_id: int) -> PaperRequest | None:
    return reading().get(PaperRequest, request_id)


def uploads_of(application_id: int) -> list[UploadedPaper]:
    """The files handed in, oldest first."""
    return list(reading().scalars(select(UploadedPaper).where(UploadedPaper.application_id == application_id).order_by(UploadedPaper.id)))


def upload_of(application_id: int, paper_id: int) -> UploadedPaper | None:
    """One file of an application; None for another's, as for none at all."""
    return reading().scalar(select(UploadedPaper).where(UploadedPaper.id == paper_id, UploadedPaper.application_id == application_id))


def waiting_for_contractor(company_id: int, states: Iterable[ApplicationState], *, limit: int) -> list[tuple[int, str]]:
    """The applications of a company with a paper still to be handed in: id and works' name."""
    last = select(func.max(UploadedPaper.uploaded_at)).where(UploadedPaper.paper_request_id == PaperRequest.id).scalar_subquery()
    rows = reading().execute(
        select(Application.id, Application.works_name)
        .join(PaperRequest, PaperRequest.application_id == Application.id)
        .where(
            Application.company_id == company_id,
            Application.state.in_(list(states)),
            PaperRequest.accepted_at.is_(None),
            (last.is_(None)) | (last < PaperRequest.requested_at),
        )
        .distinct()
        .order_by(Application.id.desc())
        .limit(limit)
    )
    return [(application_id, works_name or "") for application_id, works_name in rows]
