"""次の申込み: from one application on to the next of the queue that was looked at last."""

from flask import flash, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import japanese_day
from esurety.services.read_applications import office_branches
from esurety.services.read_queue import next_application
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.queue_filter import kept_arguments, queue_address, typed_filter
from esurety.web.presentation import application_number


@blueprint.get("/applications/<int:application_id>/next")
def open_next(application_id: int) -> Response:
    """On to the next application; back to the queue when there is no other."""
    found = _next_of(application_id)
    if found is not None:
        return see_other(url_for("office.review", application_id=found))
    flash("この条件で待っている申込みは、ほかにありません。", "info")
    return see_other(queue_address(kept_arguments()))


def offer_next(done: str, application_id: int) -> None:
    """Say what was done, and offer the way on where another application waits."""
    found = _next_of(application_id)
    if found is None:
        flash(done, "success")
        return
    link = Markup('<a href="{}">次の申込みを開く</a>').format(url_for("office.review", application_id=found))
    flash(Markup("{}　{}").format(done, link), "success")


def go_on_to_next(done: str, application_id: int) -> Response:
    """Say what was done with which application, and go on to the next at once; without another, back to the queue."""
    link = Markup('<a href="{}">申込番号 {}</a>').format(
        url_for("office.review", application_id=application_id), application_number(application_id)
    )
    flash(Markup("{}：{}").format(link, done), "success")
    return open_next(application_id)


def _next_of(application_id: int) -> int | None:
    account = person()
    branches = office_branches(account)
    typed = typed_filter(kept_arguments(), account, {str(one.id) for one in branches}, {one.id for one in branches if one.ended_on})
    return next_application(account, typed.narrowed(account, japanese_day(now())), besides=application_id)
