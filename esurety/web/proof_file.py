"""The side file of a certificate as a download: the same from every portal."""

from urllib.parse import quote

from werkzeug.wrappers import Response

from esurety.persistence.models import GuaranteeContract
from esurety.services.keep_log import tlog_proof
from esurety.web.presentation import version_text


def proof_file(contract: GuaranteeContract, version: int | None) -> Response:
    """`.tlog-proof` of a version, the newest unless named. Raises NoSuchDocument."""
    wanted = contract.current_version if version is None else version
    name = quote(f"保証証書_{contract.number}_{version_text(wanted)}.tlog-proof")
    return Response(
        tlog_proof(contract.id, wanted),
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f"attachment; filename=\"certificate_{contract.number}_{wanted}.tlog-proof\"; filename*=UTF-8''{name}"
        },
    )
