"""`flask worker`: sends the mail that is due."""

import signal
import time
from datetime import UTC, datetime
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from esurety.persistence.database import end_reading
from esurety.services.installation import Installation
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import send_one_due_mail

_PAUSE_SECONDS = 2.0


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Send mail from the outbox until stopped."""
    stopping = _stop_when_told()
    installation: Installation = current_app.extensions["esurety"]
    folder = None if installation.settings.mail.server else installation.settings.mail_dir
    transport = transport_through(current_app.extensions["mail"], folder=folder)
    while not stopping:
        sent = send_one_due_mail(now=datetime.now(UTC), transport=transport)
        end_reading()
        if not sent:
            if once:
                return
            time.sleep(_PAUSE_SECONDS)


def _stop_when_told() -> list[bool]:
    """A list that gets an entry when the process is asked to end; the mail under way is finished first."""
    told: list[bool] = []

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.append(True)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return told
