"""The log's newest head by mail, once a day: an anchor in hands that we cannot reach. And a warning, as soon as something is wrong.

A head in a warning is no anchor: the next look still compares with the last head that went out without one.
"""

from datetime import datetime
from email.utils import make_msgid

from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.persistence import log, organisation_records, outbox
from esurety.persistence.database import writing
from esurety.persistence.models import OutboxMail
from esurety.services.audit_log import KeptHead, UnusableHead, head_in
from esurety.services.installation import Installation
from esurety.services.queue_mail import mail_text
from esurety.services.watch_log import alarms

_EVENT, _ALARM = "log_head:", "log_alarm:"


def last_mailed(installation: Installation) -> KeptHead | None:
    """The head of the newest mail that was no warning, read out of its text."""
    mail = outbox.newest_mail_about(_EVENT)
    if mail is None:
        return None
    try:
        return head_in(mail.body, installation.log_signer.key)
    except UnusableHead:
        return None


def mail_log_head(*, at: datetime, installation: Installation) -> bool:
    """Put the newest head into the outbox; False where nobody wants it or today's is there, and today's warning where one is due."""
    if not installation.settings.log_head_recipient:
        return False
    with writing():
        found = alarms(installation=installation, mailed=last_mailed(installation))
        head, before = log.newest_head(), outbox.newest_mail_about(_ALARM if found else _EVENT)
        event, sureties = f"{_ALARM if found else _EVENT}{japanese_day(at)}", organisation_records.all_sureties()
        if (head is None and not found) or not sureties or (before is not None and before.event >= event):
            return False
        outbox.add_mail(_mail(event, head, at, found, installation, surety_id=sureties[0].id))
    return True


def _mail(event: str, head: log.Head | None, at: datetime, found: list[str], installation: Installation, *, surety_id: int) -> OutboxMail:
    key, day, size = installation.log_signer.key, japanese_day(at), head.size if head is not None else 0
    return OutboxMail(
        surety_id=surety_id,  # a mail belongs to somebody's list; the log is the whole installation's
        event=event,
        message_id=make_msgid(idstring=f"log-head.{size}", domain="esurety.invalid"),
        recipient=installation.settings.log_head_recipient,
        subject=f"{'【警告】' if found else '【電子保証】'}公開記録の先頭値（{era_date(day)} {f'第{size}件' if size else 'なし'}）",
        body=mail_text(
            "log_head",
            origin=key.name,
            day=era_date(day),
            size=size,
            signed_at=era_time(head.signed_at) if head is not None else "",
            alarms=found,
            note=head.note if head is not None else "",
            key=key.text,
            address=f"{installation.settings.public_url}/log/",
        ),
        created_at=at,
        next_try_at=at,
    )
