"""書類: asking the contractor for papers, taking them out, accepting them or asking again."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.requested_papers import PaperKind
from esurety.domain.typed_fields import TypedForm as ReadForm
from esurety.services.hand_in_papers import paper_for_office
from esurety.services.request_papers import PaperNotThere, PapersNotWanted, accept_paper, ask_again, request_paper
from esurety.web.access import installation, person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.permissions import acting_person
from esurety.web.office.review_page import TypedForm, review_page, show_clash, show_review
from esurety.web.paper_lines import attachment

_LONGEST_NOTE = 400


@blueprint.post("/applications/<int:application_id>/papers")
def ask_for_paper(application_id: int) -> Response:
    """書類を依頼する."""
    account = acting_person()
    typed = {name: request.form.get(name, "")[:2000] for name in ("paper_kind", "paper_note")}
    read = ReadForm(typed)
    kind = read.choice("paper_kind", "依頼する書類", PaperKind)
    note = (
        read.paragraph("paper_note", "書類の名前と説明", longest=_LONGEST_NOTE)
        if typed["paper_note"].strip() or kind is PaperKind.OTHER
        else ""
    )
    if kind is None or read.problems:
        return show_review(review_page(account, application_id), status=422, form=TypedForm("papers", typed, tuple(read.problems.items())))
    try:
        request_paper(
            account=account,
            application_id=application_id,
            kind=kind,
            note=note,
            token=request.form.get("token", "")[:64] or new_token(),
            at=now(),
            installation=installation(),
        )
    except PapersNotWanted:
        return show_clash(review_page(account, application_id), form=TypedForm("papers", typed))
    flash(f"{kind.label}の提出を受注者にお願いしました。受注者の画面に表示され、メールでもお知らせします。", "success")
    return see_other(url_for("office.review", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/papers/<int:request_id>/accept", endpoint="accept_paper")
def accept(application_id: int, request_id: int) -> Response:
    """受領する."""
    account = acting_person()
    try:
        accept_paper(account=account, application_id=application_id, request_id=request_id, at=now())
    except (PapersNotWanted, PaperNotThere):
        return show_clash(review_page(account, application_id))
    flash("書類を受領しました。", "success")
    return see_other(url_for("office.review", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/papers/<int:request_id>/again")
def ask_for_paper_again(application_id: int, request_id: int) -> Response:
    """再提出を依頼する, with what is wrong with the paper."""
    account, act = acting_person(), f"again-{request_id}"
    read = ReadForm(request.form)
    reason = read.paragraph("reason", "再提出をお願いする理由", longest=_LONGEST_NOTE)
    if read.problems:
        problems = tuple((f"{act}-reason", message) for message in read.problems.values())
        return show_review(review_page(account, application_id), status=422, form=TypedForm(act, {"reason": reason}, problems))
    try:
        ask_again(account=account, application_id=application_id, request_id=request_id, note=reason, at=now(), installation=installation())
    except (PapersNotWanted, PaperNotThere):
        return show_clash(review_page(account, application_id), form=TypedForm(act, {"reason": reason}))
    flash("再提出をお願いしました。受注者の画面に表示され、メールでもお知らせします。", "success")
    return see_other(url_for("office.review", application_id=application_id))


@blueprint.get("/applications/<int:application_id>/papers/<int:paper_id>")
def paper(application_id: int, paper_id: int) -> Response:
    """A handed-in file, to be kept, never shown by us."""
    return attachment(*paper_for_office(person(), application_id, paper_id, installation()))
