"""How a mail leaves: through Flask-Mail, or into a folder where no mail server is set."""

from collections.abc import Callable
from pathlib import Path

from flask_mail import Mail, Message

from esurety.services.send_mail import DueMail


def transport_through(mail: Mail, *, folder: Path | None) -> Callable[[DueMail], None]:
    """The transport of an installation. With a folder, each mail is kept there as .eml under its own number, once."""

    def send(due: DueMail) -> None:
        message = Message(
            subject=due.subject,
            recipients=[due.recipient],
            body=due.body,
            charset="utf-8",
            extra_headers={"Auto-Submitted": "auto-generated"},
        )
        message.msgId = due.message_id  # fixed, so that a copy sent twice can be told for one
        if folder is None:
            mail.send(message)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = folder / f".{due.mail_id:08d}.part"
            unfinished.write_bytes(message.as_bytes())
            unfinished.replace(folder / f"{due.mail_id:08d}.eml")

    return send
