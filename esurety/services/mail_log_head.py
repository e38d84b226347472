"""The log's newest head by mail, once a day where it changed: an anchor in hands that we cannot reach."""

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

_EVENT = "log_head:"


def last_mailed(installation: Installation) -> KeptHead | None:
    """The head of the newest such mail, read out of its text."""
    mail = outbox.newest_mail_about(_EVENT)
    if mail is None:
        return None
    try:
        return head_in(mail.body, installation.log_signer.key)
    except UnusableHead:
        return None


def mail_log_head(*, at: datetime, installation: Installation) -> bool:
    """Put the newest head into the outbox; False where nobody wants it, today's is there, or it has not changed since the last one."""
    if not installation.settings.log_head_recipient:
        return False
    day = japanese_day(at)
    with writing():
        head, before = log.newest_head(), outbox.newest_mail_about(_EVENT)
        sureties = organisation_records.all_sureties()
        if head is None or not sureties or (before is not None and before.event >= f"{_EVENT}{day}"):
            return False
        mailed = last_mailed(installation)
        if mailed is not None and (mailed.size, mailed.root_hex) == (head.size, head.root):
            return False
        found = alarms(installation=installation, mailed=mailed)
        outbox.add_mail(_mail(head, at, found, sureties[0].id, installation))
    return True


def _mail(head: log.Head, at: datetime, found: list[str], surety_id: int, installation: Installation) -> OutboxMail:
    key, day = installation.log_signer.key, japanese_day(at)
    return OutboxMail(
        surety_id=surety_id,  # a mail belongs to somebody's list; the log is the whole installation's
        event=f"{_EVENT}{day}",
        message_id=make_msgid(idstring=f"log-head.{head.size}", domain="esurety.invalid"),
        recipient=installation.settings.log_head_recipient,
        subject=f"{'【警告】' if found else '【電子保証】'}公開記録の先頭値（{era_date(day)} 第{head.size}件）",
        body=mail_text(
            "log_head",
            origin=key.name,
            day=era_date(day),
            size=head.size,
            signed_at=era_time(head.signed_at),
            alarms=found,
            note=head.note,
            key=key.text,
            address=f"{installation.settings.public_url}/log/",
        ),
        created_at=at,
        next_try_at=at,
    )
