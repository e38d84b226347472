"""`flask worker`: sends the mail that is due, adds the timestamps that are still missing, and keeps an eye on the log."""

import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext

from esurety.cli.log_keeping import LogKeeping
from esurety.cli.stamping import Stamping
from esurety.persistence.database import end_reading
from esurety.services.installation import Installation
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import DueMail, send_one_due_mail

_PAUSE_SECONDS = 2.0
_SMTP_TIMEOUT_SECONDS = 120


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Send mail from the outbox and add missing timestamps until stopped."""
    stopping = _stop_when_told()
    installation: Installation = current_app.extensions["esurety"]
    folder = None if installation.settings.mail.server else installation.settings.mail_dir
    transport = transport_through(current_app.extensions["mail"], folder=folder)
    socket.setdefaulttimeout(_SMTP_TIMEOUT_SECONDS)  # smtplib waits for ever without one, and so would every later mail
    stamping, log_keeping = Stamping(installation), LogKeeping(installation)
    while not stopping:
        worked = _try_one(transport)
        worked = stamping.try_one() or worked
        worked = log_keeping.try_one() or worked
        if not worked:
            if once:
                return
            time.sleep(_PAUSE_SECONDS)


def _try_one(transport: Callable[[DueMail], None]) -> bool:
    """Send one mail; a fault is logged and leaves the worker running, the mail waits in the outbox."""
    try:
        return send_one_due_mail(now=datetime.now(UTC), transport=transport)
    except Exception as fault:  # noqa: BLE001 - whatever it is, mails that are due later must still go out
        structlog.get_logger("esurety").error("mail_fault", exc_info=fault)
        return False
    finally:
        end_reading()


def _stop_when_told() -> list[bool]:
    """A list that gets an entry when the process is asked to end; the mail under way is finished first."""
    told: list[bool] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.append(True)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told
