"""`/c/<id>`: the public status page that a certificate's QR code leads to."""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from esurety.domain.certificate_status import PublicState
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.services.read_certificate_status import certificate_status
from esurety.web.answers import now
from esurety.web.public import blueprint


@blueprint.get("/c/<status_id>")
def certificate_status_page(status_id: str) -> Response:
    """Number, version, state, day of issue, issuer; an unknown id gets the same page with 該当なし."""
    at = now()
    status = certificate_status(status_id, today=japanese_day(at))
    state = status.state
    page = render_template(
        "verify/status.html",
        state=state.label,
        tone="neutral" if status.is_specimen else state.tone,
        shape="specimen" if status.is_specimen else state.tone,
        meaning=state.meaning,
        is_specimen=status.is_specimen,
        is_known=state is not PublicState.UNKNOWN,
        rows=[
            ("保証契約番号", status.guarantee_contract_number or "―"),
            ("版", status.version_text or "―"),
            ("発行日", era_date(status.issued_on) if status.issued_on is not None else "―"),
            ("保証会社", status.surety_name or "―"),
            ("確認した日時", era_time(at)),
        ],
    )
    return make_response(page, 404 if state is PublicState.UNKNOWN else 200)
