"""担当する, 担当をはずす."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from esurety.services.assign_application import NothingToAssign, assign_to_oneself, unassign
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.permissions import acting_person
from esurety.web.office.review_page import review_page, show_clash


@blueprint.post("/applications/<int:application_id>/assign")
def assign(application_id: int) -> Response:
    """Take an application up, or over from the colleague that the page named; the history tells it."""
    account = acting_person()
    try:
        assign_to_oneself(account=account, application_id=application_id, at=now(), assignee_seen=whole(request.form, "seen_assignee"))
    except (NothingToAssign, ChangedMeanwhile):
        return show_clash(review_page(account, application_id))
    flash("担当になりました。ほかの担当者の画面にも表示されます。", "success")
    return see_other(url_for("office.review", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/unassign", endpoint="unassign")
def unassign_application(application_id: int) -> Response:
    """Let an application go."""
    unassign(account=acting_person(), application_id=application_id, at=now())
    flash("担当をはずれました。", "success")
    return see_other(url_for("office.review", application_id=application_id))
