"""What the office reads of the outbox."""

from collections.abc import Sequence

from esurety.persistence import outbox
from esurety.persistence.models import OutboxMail
from esurety.services.send_mail import MailNotFound
from esurety.services.sign_in import SignedIn


def list_mails(
    account: SignedIn, *, state: str | None = None, word: str = "", older_than: int | None = None
) -> tuple[Sequence[OutboxMail], int | None]:
    """A page of the mails of this person's surety, newest first, and where it goes on."""
    return outbox.mails_of(account.surety_id or 0, state=state, word=word, older_than=older_than)


def find_mail(account: SignedIn, mail_id: int) -> OutboxMail:
    """One mail of this person's surety. Raises MailNotFound."""
    found = outbox.mail(mail_id, surety_id=account.surety_id or 0)
    if found is None:
        raise MailNotFound
    return found
