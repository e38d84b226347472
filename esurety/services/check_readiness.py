"""Whether an installation can do its work right now."""

from datetime import datetime, timedelta

from esurety.documents.printable_characters import missing_characters
from esurety.persistence import gate, outbox, schema

_MAIL_MAY_WAIT = timedelta(hours=1)


def readiness(*, now: datetime) -> dict[str, bool]:
    """Each part and whether it is in order: database, migrations, fonts, mail (nothing waits over an hour, no code of D-Sure either)."""
    try:
        migrated = schema.is_current()
        waiting = min((one for one in (outbox.oldest_waiting(), gate.oldest_asked_code()) if one is not None), default=None)
    except schema.DatabaseUnreachable:
        return {"database": False, "migrations": False, "fonts": _fonts_are_there(), "mail": False}
    return {
        "database": True,
        "migrations": migrated,
        "fonts": _fonts_are_there(),
        "mail": waiting is None or now - waiting < _MAIL_MAY_WAIT,
    }


def _fonts_are_there() -> bool:
    try:
        return missing_characters("保証髙﨑𠮷") == ()
    except OSError:
        return False
