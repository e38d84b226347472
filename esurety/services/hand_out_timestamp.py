"""Handing out the timestamp that came after the issue: whoever checks the file without us needs it beside the file."""

from esurety.persistence import timestamps
from esurety.persistence.models import GuaranteeContract
from esurety.services.hand_out_documents import NoSuchDocument, content_row


def detached_timestamp(contract: GuaranteeContract, version: int | None) -> tuple[int, bytes]:
    """The version, the newest unless named, and the RFC 3161 token over its file. Raises NoSuchDocument."""
    row = content_row(contract, version=version)
    kept = timestamps.timestamp_of(contract.id, row.version)
    if kept is None:
        raise NoSuchDocument
    return row.version, bytes(kept.token)
