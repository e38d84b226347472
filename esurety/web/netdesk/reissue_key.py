"""認証キーの再発行の依頼: the contractor asks with a reason; the office does it."""

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.typed_fields import TypedForm
from esurety.persistence.models import GuaranteeContract
from esurety.services.read_contracts import find_contract
from esurety.services.reissue_key import AlreadyAsked, HasNoKey, ask_for_new_key, declined_request
from esurety.web.access import installation, person
from esurety.web.answers import now, see_other
from esurety.web.netdesk import blueprint

_LONGEST_REASON = 500


@blueprint.get("/contracts/<number>/reissue-key")
def ask_for_key(number: str) -> Response:
    """Why a new key is needed."""
    return _show(find_contract(person(), number), "", {}, 200)


@blueprint.post("/contracts/<number>/reissue-key")
def send_request_for_key(number: str) -> Response:
    """「再発行を依頼する」."""
    found = find_contract(person(), number)
    form = TypedForm(request.form)
    reason = form.paragraph("reason", "再発行を依頼する理由", longest=_LONGEST_REASON)
    if form.problems:
        return _show(found, reason, form.problems, 422)
    try:
        ask_for_new_key(account=person(), number=number, reason=reason, at=now(), installation=installation())
    except (AlreadyAsked, HasNoKey):
        return _show(find_contract(person(), number), reason, {}, 409)
    flash("認証キーの再発行を依頼しました。再発行が終わると、メールでお知らせします。", "success")
    return see_other(url_for("netdesk.history", number=number))


def _show(found: GuaranteeContract, reason: str, problems: dict[str, str], status: int) -> Response:
    declined = declined_request(found)
    return make_response(
        render_template(
            "netdesk/reissue_key.html",
            number=found.number,
            works_name=found.works_name,
            has_key=found.certificate_form == "electronic",
            is_asked=found.key_requested_at is not None,
            declined=declined.note if declined is not None else "",
            reason=reason,
            errors=problems,
            problems=list(problems.items()),
        ),
        status,
    )
