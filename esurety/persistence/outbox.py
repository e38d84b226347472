"""The outbox: mails that are due, the truth about what was sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from unicodedata import normalize

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update

from esurety.persistence.database import reading
from esurety.persistence.models import OutboxMail

_DIGITS_OF_NO_ID = 10  # larger than any id of ours
PAGE_SIZE = 30  # with the longest names a page stays under 60 kB


def add_mail(mail: OutboxMail) -> None:
    """Put a mail into the outbox with the running transaction."""
    reading().add(mail)


def claim_due_mail(now: datetime, *, claim_for: timedelta) -> OutboxMail | None:
    """Take one due mail for this worker, inside a write transaction; another worker does not get it until the claim runs out.

    A mail of unknown fate is due once more: a copy that comes twice can be told for one, a mail that never comes cannot be told.
    """
    waits = or_(OutboxMail.state.in_(["queued", "sending"]), and_(OutboxMail.state == "unknown", OutboxMail.unsure <= 1))
    due = select(OutboxMail.id).where(OutboxMail.next_try_at <= now, waits).order_by(OutboxMail.next_try_at, OutboxMail.id).limit(1)
    while (mail_id := reading().scalar(due.with_for_update(skip_locked=True))) is not None:
        claimed = (
            update(OutboxMail)
            .where(OutboxMail.id == mail_id, OutboxMail.next_try_at <= now, waits)
            .values(state="sending", tries=OutboxMail.tries + 1, next_try_at=now + claim_for)
            .returning(OutboxMail.id)
        )
        if reading().scalar(claimed) is not None:
            return mail(mail_id)
    return None


def mail(mail_id: int, *, surety_id: int | None = None) -> OutboxMail | None:
    """One mail, within a surety if named."""
    found = reading().get(OutboxMail, mail_id, populate_existing=True)
    return found if found is not None and surety_id in (None, found.surety_id) else None


def newest_mail_about(event: str) -> OutboxMail | None:
    """The newest mail whose event begins like this."""
    found = select(OutboxMail).where(OutboxMail.event.startswith(event, autoescape=True))
    return reading().scalar(found.order_by(OutboxMail.event.desc()).limit(1))


def mails_of(
    surety_id: int, *, state: str | None = None, word: str = "", older_than: int | None = None
) -> tuple[Sequence[OutboxMail], int | None]:
    """A page of a surety's mails, newest first, and where it goes on. `word` is part of an address or a subject, or an application's number."""
    statement = select(OutboxMail).where(OutboxMail.surety_id == surety_id).order_by(OutboxMail.id.desc()).limit(PAGE_SIZE + 1)
    if state:
        statement = statement.where(OutboxMail.state == state)
    if word:
        statement = statement.where(or_(*_with_word(word)))
    if older_than is not None:
        statement = statement.where(OutboxMail.id < older_than)
    found = list(reading().scalars(statement))
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None


def _with_word(word: str) -> list[ColumnElement[bool]]:
    plain = normalize("NFKC", word)
    places = [
        OutboxMail.recipient.icontains(plain, autoescape=True),
        OutboxMail.subject.icontains(word, autoescape=True),
        OutboxMail.subject.icontains(plain, autoescape=True),
    ]
    is_number = plain.isascii() and plain.isdigit() and len(plain) < _DIGITS_OF_NO_ID
    return [*places, OutboxMail.application_id == int(plain)] if is_number else places


def waiting_since() -> ColumnElement[datetime]:
    """Since when a mail that has not left has been waiting; one that is sent again on request waits from then on."""
    return case((OutboxMail.tries == 0, OutboxMail.next_try_at), else_=OutboxMail.created_at)


def oldest_waiting(surety_id: int | None = None) -> datetime | None:
    """Since when the longest waiting mail has been due."""
    statement = select(func.min(waiting_since())).where(OutboxMail.state.in_(["queued", "sending"]))
    if surety_id is not None:
        statement = statement.where(OutboxMail.surety_id == surety_id)
    return reading().scalar(statement)


def is_in_outbox(event_begins: str) -> bool:
    """Whether a mail of this event has been written before."""
    return bool(reading().scalar(select(exists().where(OutboxMail.event.startswith(event_begins, autoescape=True)))))
