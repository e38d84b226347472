"""One application: everything applied for, how the rules come out, what can be done next."""

from flask import url_for
from werkzeug.wrappers import Response

from esurety.web.access import person
from esurety.web.answers import see_other
from esurety.web.office import blueprint
from esurety.web.office.review_page import review_page, show_review


@blueprint.get("/applications/<int:application_id>")
def review(application_id: int) -> Response:
    """The review page."""
    return show_review(review_page(person(), application_id))


@blueprint.get(
    "/applications/<int:application_id>/<any('start-review', approve, return, decline, revoke, premium, papers, assign, unassign):act>"
)
def back_to_review(application_id: int, act: str) -> Response:  # noqa: ARG001 - any act leads back
    """Whoever loads the address of an act again, after an answer that showed what to correct, gets the page."""
    return see_other(url_for("office.review", application_id=application_id))
