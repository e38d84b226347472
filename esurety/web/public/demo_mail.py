"""`/demo/mail`: the mail that a demo did not send."""

from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from flask import abort, render_template, request

from esurety.domain.japanese_calendar import era_time
from esurety.web.access import installation
from esurety.web.public import blueprint

_PER_PAGE = 25


@dataclass(frozen=True)
class KeptMail:
    """One mail as it would have arrived."""

    recipient: str
    subject: str
    time: str
    text: str


@blueprint.get("/demo/mail")
def demo_mail() -> str:
    """Recipient, subject, time and the whole text of every mail, newest first; only in a demo."""
    settings = installation().settings
    if not settings.is_demo:
        abort(404)
    files = sorted(settings.mail_dir.glob("*.eml"), reverse=True) if settings.mail_dir.is_dir() else []
    typed = request.args.get("page", "1")
    page = max(1, int(typed)) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1  # noqa: PLR2004 - no demo has so many
    shown = files[(page - 1) * _PER_PAGE : page * _PER_PAGE]
    older = page + 1 if len(files) > page * _PER_PAGE else None
    return render_template("shared/demo_mail.html", mails=[_read(path) for path in shown], older=older)


def _read(path: Path) -> KeptMail:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(preferencelist=("plain",))
    sent_at = message["Date"].datetime if message["Date"] is not None else None
    return KeptMail(
        recipient=str(message["To"]),
        subject=str(message["Subject"]),
        time=era_time(sent_at) if sent_at is not None else "",
        text=body.get_content() if body is not None else "",
    )
