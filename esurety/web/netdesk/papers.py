"""書類を提出する: what the surety asked for, and handing it in."""

from flask import flash, make_response, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from esurety.documents.paper_check import NoFileChosen, PaperRefused
from esurety.domain.application_state import ApplicationState
from esurety.domain.requested_papers import LARGEST_PAPER, PaperState
from esurety.services.hand_in_papers import PaperNotAskedFor, hand_in_paper, paper_for_contractor
from esurety.services.read_applications import own_application
from esurety.services.request_papers import PAPERS_WANTED_IN, PapersNotWanted, requested_papers
from esurety.services.sign_in import Role
from esurety.web.access import installation, person, person_or_none
from esurety.web.answers import now, see_other
from esurety.web.faults import explain
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.applications import application_line
from esurety.web.paper_lines import attachment, paper_lines

_LONGEST_ID = 9
_TOO_LARGE = "ファイルが大きすぎます。1個10MB以下にしてください。写真は、撮影やメールの設定で「小さいサイズ」を選ぶと小さくなります"


@blueprint.get("/applications/<int:application_id>/papers")
def papers(application_id: int) -> Response:
    """The papers asked for, the files handed in, and the form."""
    return _show(application_id)


@blueprint.post("/applications/<int:application_id>/papers")
def hand_in(application_id: int) -> Response:
    """「提出する」: one file for one request."""
    file = request.files.get("paper") or FileStorage()
    typed = request.form.get("paper_request", "")
    try:
        hand_in_paper(
            account=person(),
            application_id=application_id,
            request_id=int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_ID else None,
            name=file.filename or "",
            declared=file.mimetype,
            content=file.read(LARGEST_PAPER + 1),
            at=now(),
            installation=installation(),
        )
    except PaperRefused as no:
        field = "paper_request" if isinstance(no, PaperNotAskedFor) else "paper"
        advice = no.advice if isinstance(no, NoFileChosen | PaperNotAskedFor) else f"{no.advice}。ファイルは選び直しが必要です"
        return _show(application_id, status=422, problems=((field, advice),), chosen=typed)
    except PapersNotWanted:
        return _show(application_id, status=409)
    finally:
        file.close()
    flash("書類を提出しました。保証会社が内容を確認します。", "success")
    return see_other(url_for("netdesk.papers", application_id=application_id))


@blueprint.errorhandler(413)
def too_large(_error: HTTPException) -> Response:
    """A body over the limit is refused unread, before any view; whoever was handing in a paper stays on that page."""
    signed_in = person_or_none()
    if request.endpoint != "netdesk.hand_in" or signed_in is None or signed_in.role is not Role.CONTRACTOR:
        return explain(413)
    return _show((request.view_args or {})["application_id"], status=413, problems=(("paper", _TOO_LARGE),))


@blueprint.get("/applications/<int:application_id>/papers/<int:paper_id>")
def paper(application_id: int, paper_id: int) -> Response:
    """An own file, taken out again."""
    return attachment(*paper_for_contractor(person(), application_id, paper_id, installation()))


def _show(application_id: int, *, status: int = 200, problems: tuple[tuple[str, str], ...] = (), chosen: str = "") -> Response:
    found = own_application(person(), application_id)
    lines = paper_lines(requested_papers(application_id))
    is_open = ApplicationState(found.state) in PAPERS_WANTED_IN
    choices = [(str(one.id), f"{one.label}（{one.tag.text}）") for one in lines if one.state is not PaperState.ACCEPTED]
    awaited = [str(one.id) for one in lines if one.state is PaperState.AWAITED]
    return make_response(
        render_template(
            "netdesk/papers.html",
            line=application_line(found),
            papers=lines,
            choices=choices if is_open else [],
            chosen=chosen or (awaited or [""])[0],
            problems=problems,
            errors=dict(problems),
            is_too_late=status == 409,  # noqa: PLR2004
            largest_bytes=LARGEST_PAPER,
            too_large=_TOO_LARGE,
        ),
        status,
    )
