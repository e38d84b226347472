"""変更点: two versions of the opened certificate, field by field."""

from flask import render_template, url_for

from esurety.services.compare_versions import compare_versions
from esurety.web.change_words import asked_versions, comparison_view
from esurety.web.dsure import blueprint
from esurety.web.dsure.opened_session import opened
from esurety.web.presentation import version_text


@blueprint.get("/compare")
def compare() -> str:
    """The opened contract's versions side by side."""
    issued = opened().versions
    older, newer = asked_versions()
    compared = compare_versions(issued, older=older, newer=newer)
    return render_template(
        "dsure/compare.html",
        number=opened().contract.number,
        action=url_for("dsure.compare"),
        view=comparison_view(compared),
        choices=[(str(one.version), version_text(one.version)) for one in issued],
        chosen_from=compared.before.version,
        chosen_to=compared.after.version,
    )
