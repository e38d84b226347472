"""Sending what the outbox holds: claimed by one worker at a time, tried again with growing pauses.

Before the text of a mail is handed to the server, its fate is written down as unknown; only the server's own answer makes it sent,
or queued again. So whatever dies in between, nobody takes a mail for sent or for unsent that may be either.
"""

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
# A mail of unknown fate goes out once more by itself, under the same Message-ID; after that it is for a person to decide.
_SECOND_COPY_AFTER = timedelta(hours=1)
_CAN_GO_AGAIN = frozenset({"sent", "failed", "unknown"})


@dataclass(frozen=True)
class DueMail:
    """One mail as the transport needs it."""

    mail_id: int
    event: str
    message_id: str
    recipient: str
    subject: str
    body: str
    at: datetime
    before_text: Callable[[], None] = lambda: None  # to be called when from now on it may arrive


class MaybeSent(Exception):
    """The text was handed over, and then nothing was heard any more."""


class MailNotFound(LookupError):
    """There is no such mail for this surety."""


def send_one_due_mail(*, now: datetime, transport: Callable[[DueMail], None]) -> bool:
    """Send the mail that has waited longest; False when none is due. A failure is written down and tried again later."""
    with writing():
        claimed = outbox.claim_due_mail(now, claim_for=_CLAIM)
        if claimed is None:
            return False
        due = _due(claimed, now)
        tries = claimed.tries
    error, is_known = "", True
    try:
        transport(due)
    except MaybeSent as silence:
        error, is_known = str(silence)[:500], False
    except (OSError, smtplib.SMTPException, ValueError) as failure:  # ValueError: an address or a subject that makes no header
        error = f"{type(failure).__name__}: {failure}"[:500]
    with writing():
        mail = outbox.mail(due.mail_id)
        if mail is not None:
            _note_outcome(mail, error, tries, now, is_known=is_known)
    return True


def _due(mail: OutboxMail, now: datetime) -> DueMail:
    return DueMail(
        mail.id, mail.event, mail.message_id, mail.recipient, mail.subject, mail.body, now, lambda: _note_text_begins(mail.id, now)
    )


def _note_text_begins(mail_id: int, now: datetime) -> None:
    """From here on a worker that is killed leaves a mail that may have arrived."""
    with writing():
        mail = outbox.mail(mail_id)
        if mail is not None:
            mail.state, mail.unsure, mail.next_try_at = "unknown", mail.unsure + 1, now + _SECOND_COPY_AFTER


def _note_outcome(mail: OutboxMail, error: str, tries: int, now: datetime, *, is_known: bool) -> None:
    mail.last_error = error
    if not is_known:
        return  # it stands there as unknown already
    if mail.state == "unknown":
        mail.unsure -= 1  # the server has answered after all
    if not error:
        mail.state, mail.sent_at = "sent", now
    elif tries > len(_PAUSES):
        mail.state = "failed"
    else:
        mail.state, mail.next_try_at = "queued", now + _PAUSES[tries - 1]


def mark_arrived(*, account: SignedIn, mail_id: int, at: datetime) -> None:
    """The recipient has said that a mail of unknown fate is there. Raises MailNotFound."""
    with writing():
        mail = _own_mail(account, mail_id)
        if mail.state == "unknown":
            mail.state, mail.sent_at, mail.last_error = "sent", at, ""
            _record(account, mail, "MailArrivalConfirmed", at)


def send_again(*, account: SignedIn, mail_id: int, at: datetime) -> None:
    """Put a mail back into the queue (再送). Raises MailNotFound."""
    with writing():
        mail = _own_mail(account, mail_id)
        if mail.state in _CAN_GO_AGAIN:
            mail.state, mail.tries, mail.unsure, mail.next_try_at, mail.last_error = "queued", 0, 0, at, ""
            _record(account, mail, "MailQueuedAgain", at)


def _own_mail(account: SignedIn, mail_id: int) -> OutboxMail:
    mail = outbox.mail(mail_id, surety_id=account.surety_id)
    if mail is None:
        raise MailNotFound
    return mail


def _record(account: SignedIn, mail: OutboxMail, kind: str, at: datetime) -> None:
    events.record_event(
        at=at,
        kind=kind,
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=mail.application_id,
        note=mail.event,
    )
