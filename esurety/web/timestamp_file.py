"""The detached timestamp of a certificate as a download: the same from every portal."""

from urllib.parse import quote

from werkzeug.wrappers import Response

from esurety.persistence.models import GuaranteeContract
from esurety.services.hand_out_timestamp import detached_timestamp
from esurety.web.presentation import version_text


def timestamp_file(contract: GuaranteeContract, version: int | None) -> Response:
    """`.tst` of a version (RFC 3161 token, ETSI's media type), the newest unless named. Raises NoSuchDocument."""
    found, token = detached_timestamp(contract, version)
    name = quote(f"保証証書_{contract.number}_{version_text(found)}.tst")
    plain = f"certificate_{contract.number}_{found}.tst"
    return Response(
        token,
        mimetype="application/vnd.etsi.timestamp-token",
        headers={"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}"},
    )
