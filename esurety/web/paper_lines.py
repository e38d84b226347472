"""Requested papers and handed-in files, as the contractor and the office read them; and a file as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_time
from esurety.domain.requested_papers import PaperKind, PaperState
from esurety.persistence.models import UploadedPaper
from esurety.services.request_papers import RequestedPaper
from esurety.web.headers import POLICY
from esurety.web.presentation import Tag

_TONES = {PaperState.AWAITED: "warning", PaperState.HANDED_IN: "info", PaperState.ACCEPTED: "success"}
_EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True)
class FileLine:
    """One handed-in file."""

    id: int
    name: str
    size: str
    uploaded: str


@dataclass(frozen=True)
class PaperLine:
    """One requested paper with its files."""

    id: int
    label: str
    note: str
    requested: str
    state: PaperState
    tag: Tag
    files: list[FileLine]
    can_be_judged: bool = False

    def judgeable(self) -> "PaperLine":
        return replace(self, can_be_judged=True)


def paper_lines(found: Sequence[RequestedPaper]) -> list[PaperLine]:
    """Requests in the order of asking."""
    return [
        PaperLine(
            id=one.request.id,
            label=PaperKind(one.request.kind).label,
            note=one.request.note,
            requested=era_time(one.request.requested_at),
            state=one.state,
            tag=Tag(one.state.label, _TONES[one.state]),
            files=[FileLine(file.id, file.name, _size(file.size), era_time(file.uploaded_at)) for file in one.uploads],
        )
        for one in found
    ]


def attachment(paper: UploadedPaper, content: bytes) -> Response:
    """A file from outside: to be kept, never shown by us; old clients get the ASCII name, the others its own (RFC 6266)."""
    ascii_name = f"paper-{paper.id}.{_EXTENSIONS[paper.media_type]}"
    return Response(
        content,
        mimetype=paper.media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(paper.name, safe='')}",
            "Content-Security-Policy": f"{POLICY}; sandbox",
        },
    )


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(1, size // 1024)} KB"
