"""How a mail leaves: through Flask-Mail, or into a folder where no mail server is set.

Flask-Mail writes the message; the line it is sent on is ours, so that one thing is known that no finished client tells: whether the
dot that ends the text had gone out when the connection broke. Before it the mail has certainly not been taken; after it, it may be.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from flask_mail import Connection, Mail, Message

from esurety.services.key_vault import KeyVault
from esurety.services.mail_gate_codes import with_code
from esurety.services.send_mail import DueMail, MaybeSent
from esurety.settings import MailSettings

_GO_AHEAD = 354


@dataclass(frozen=True)
class Patience:
    """How long a mail server may take, in seconds: for one reply, and for the reply to the final dot (RFC 5321, 4.5.3.2)."""

    reply: float = 60
    final_dot: float = 600


_PATIENCE = Patience()


def transport_through(
    mail: Mail, settings: MailSettings, *, folder: Path | None, vault: KeyVault, patience: Patience = _PATIENCE
) -> Callable[[DueMail], None]:
    """The transport of an installation. With a folder, each mail is kept there as .eml under its own number, once.

    It raises MaybeSent when the server may have taken the mail, OSError or SMTPException when it has not.
    """

    def send(due: DueMail) -> None:
        message = _message(with_code(due, vault), settings.sender)
        if folder is not None:
            _keep(folder, due.mail_id, message)
        else:
            with _Line(mail, settings, due.before_text, patience) as line:
                line.send(message)

    return send


def _message(due: DueMail, sender: str) -> Message:
    message = Message(
        subject=due.subject,
        sender=sender,
        recipients=[due.recipient],
        body=due.body,
        charset="utf-8",
        date=due.at.timestamp(),
        extra_headers={"Auto-Submitted": "auto-generated"},
    )
    message.msgId = due.message_id  # fixed, so that a copy sent twice can be told for one
    return message


def _keep(folder: Path, mail_id: int, message: Message) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{mail_id:08d}.part"
    unfinished.write_bytes(message.as_bytes())
    unfinished.replace(folder / f"{mail_id:08d}.eml")


class _Line(Connection):
    """Flask-Mail's connection over a client of ours, with certificates checked and an end to every wait."""

    def __init__(self, mail: Mail, settings: MailSettings, before_text: Callable[[], None], patience: Patience) -> None:
        super().__init__(mail)
        self._settings, self._before_text, self._patience = settings, before_text, patience

    def configure_host(self) -> "_Courier":
        courier = _Courier(self._settings, self._before_text, self._patience)
        try:
            if self._settings.use_tls:
                courier.starttls(context=ssl.create_default_context())  # smtplib's own default checks no certificate
            if self._settings.username and self._settings.password:
                courier.login(self._settings.username, self._settings.password)
        except BaseException:
            courier.quit()
            raise
        return courier


class _Courier(smtplib.SMTP):
    """An SMTP client that says when the text is about to end, and when nothing was heard after that."""

    def __init__(self, settings: MailSettings, before_text: Callable[[], None], patience: Patience) -> None:
        self._before_text = before_text
        self._patience = patience
        super().__init__(settings.server or "", settings.port, timeout=patience.reply)

    def data(self, msg: object) -> tuple[int, bytes]:
        self.putcmd("data")
        code, reply = self.getreply()
        if code != _GO_AHEAD:
            raise smtplib.SMTPDataError(code, reply)
        self.send(_text(bytes(msg)) if isinstance(msg, bytes | bytearray) else b"")
        self._before_text()
        try:
            self._wait_up_to(self._patience.final_dot)
            self.send(b".\r\n")
            answer = self.getreply()
            self._wait_up_to(self._patience.reply)
        except (OSError, smtplib.SMTPServerDisconnected) as silence:
            self.close()
            raise MaybeSent(f"{type(silence).__name__}: {silence}") from silence
        return answer

    def quit(self) -> tuple[int, bytes]:
        """Say goodbye. What goes wrong after the server's answer changes nothing of it."""
        with suppress(OSError, smtplib.SMTPException):
            super().quit()
        self.close()
        return (221, b"")

    def _wait_up_to(self, seconds: float) -> None:
        if self.sock is not None:
            self.sock.settimeout(seconds)


def _text(message: bytes) -> bytes:
    """A line that begins with a dot gets another one, and the last line has its end (RFC 5321, 4.5.2)."""
    doubled = re.sub(rb"(?m)^\.", b"..", message)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"
