"""Sending what the outbox holds: claimed by one worker at a time, tried again with growing pauses."""

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.persistence import events, outbox
from esurety.persistence.database import writing
from esurety.persistence.models import OutboxMail
from esurety.services.sign_in import SignedIn

_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1440))
# Longer than the ten minutes that a mail server may take to acknowledge (RFC 5321, 4.5.3.2.6).
_CLAIM = timedelta(minutes=15)


@dataclass(frozen=True)
class DueMail:
    """One mail as the transport needs it."""

    mail_id: int
    message_id: str
    recipient: str
    subject: str
    body: str


class MailNotFound(LookupError):
    """There is no such mail for this surety."""


def send_one_due_mail(*, now: datetime, transport: Callable[[DueMail], None]) -> bool:
    """Send the mail that has waited longest; False when none is due. A failure is written down and tried again later."""
    with writing():
        claimed = outbox.claim_due_mail(now, claim_for=_CLAIM)
        if claimed is None:
            return False
        due = DueMail(claimed.id, claimed.message_id, claimed.recipient, claimed.subject, claimed.body)
        tries = claimed.tries
    error = ""
    try:
        transport(due)
    except (OSError, smtplib.SMTPException) as failure:
        error = f"{type(failure).__name__}: {failure}"[:500]
    with writing():
        mail = outbox.mail(due.mail_id)
        if mail is not None:
            _note_outcome(mail, error, tries, now)
    return True


def _note_outcome(mail: OutboxMail, error: str, tries: int, now: datetime) -> None:
    mail.last_error = error
    if not error:
        mail.state, mail.sent_at = "sent", now
    elif tries > len(_PAUSES):
        mail.state = "failed"
    else:
        mail.state, mail.next_try_at = "queued", now + _PAUSES[tries - 1]


def send_again(*, account: SignedIn, mail_id: int, at: datetime) -> None:
    """Put a mail back into the queue (再送). Raises MailNotFound."""
    with writing():
        mail = outbox.mail(mail_id, surety_id=account.surety_id)
        if mail is None:
            raise MailNotFound
        if mail.state in {"sent", "failed"}:
            mail.state, mail.tries, mail.next_try_at, mail.last_error = "queued", 0, at, ""
            events.record_event(
                at=at,
                kind="MailQueuedAgain",
                actor_id=account.account_id,
                actor_name=account.actor_name,
                application_id=mail.application_id,
                note=mail.event,
            )
