"""同じ工事の保証, as the office sees it."""

from flask import render_template

from esurety.domain.japanese_calendar import japanese_day
from esurety.services.read_works import works_overview
from esurety.web.access import person
from esurety.web.answers import now
from esurety.web.office import blueprint
from esurety.web.works_page import works_page


@blueprint.get("/works/<int:works_id>")
def works(works_id: int) -> str:
    """One works with all its guarantees."""
    today = japanese_day(now())
    return render_template("office/works.html", page=works_page(works_overview(person(), works_id, today=today), today))
