"""Timestamps that could not be had at issue: a token of its own over the finished file, whose bytes stay as they are."""

from datetime import datetime

from esurety.documents.timestamps import SECONDS_LATER, Authorities, DemoAuthority, NoTimestamp, Token, token_over
from esurety.domain.certificate_content import version_text
from esurety.domain.timestamp_state import TimestampState
from esurety.persistence import contracts, events, timestamps
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import CertificateTimestamp
from esurety.persistence.timestamps import WaitingFile
from esurety.services.installation import Installation


def stamp_one_waiting_file(*, now: datetime, installation: Installation) -> bool:
    """Add the timestamp of the certificate that waits longest; False when none waits or nobody can be asked. Raises NoTimestamp."""
    waiting = timestamps.longest_waiting()
    end_reading()
    stamper = _stamper(now, installation)
    if waiting is None or stamper is None:
        return False
    _keep(waiting, token_over(waiting.sha256, stamper), now)
    return True


def _stamper(now: datetime, installation: Installation) -> Authorities | DemoAuthority | None:
    if installation.settings.timestamp_authorities:
        return Authorities(installation.settings.timestamp_authorities, seconds=SECONDS_LATER)
    return DemoAuthority(installation.settings.signing_dir, now) if installation.settings.is_demo else None


def _keep(waiting: WaitingFile, token: Token, at: datetime) -> None:
    with writing():
        version = timestamps.lock_waiting(waiting)
        if version is None:
            return  # another worker was faster
        version.timestamp_state = TimestampState.DETACHED
        contracts.add(
            CertificateTimestamp(
                contract_id=waiting.contract_id,
                version=waiting.version,
                token=token.der,
                authority=token.authority,
                stamped_at=token.stamped_at,
            )
        )
        note = f"{version_text(waiting.version)} {token.authority}"
        events.record_event(at=at, kind="TimestampAdded", actor_id=None, actor_name="自動処理", contract_id=waiting.contract_id, note=note)


__all__ = ["NoTimestamp", "stamp_one_waiting_file"]
