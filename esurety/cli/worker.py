"""`flask worker`: mail that is due, what the D-Sure gate has asked for, timestamps that are still missing, an eye on the log."""

import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import FrameType

import click
import structlog
from flask import current_app
from flask.cli import with_appcontext

from esurety.cli.log_keeping import LogKeeping
from esurety.cli.stamping import Stamping
from esurety.persistence.database import end_reading
from esurety.services.installation import Installation
from esurety.services.mail_gate_codes import mail_one_asked_code
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import send_one_due_mail
from esurety.services.watch_gate import forget_old_tries, tell_of_guessed_contracts

_PAUSE_SECONDS = 2.0
_TIDY_UP_EVERY = timedelta(hours=1)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Send mail from the outbox and add missing timestamps until stopped."""
    stopping = _stop_when_told()
    installation: Installation = current_app.extensions["esurety"]
    settings = installation.settings
    folder = None if settings.mail.server else settings.mail_dir
    transport = transport_through(current_app.extensions["mail"], settings.mail, folder=folder, vault=installation.vault)
    stamping, log_keeping = Stamping(installation), LogKeeping(installation)
    tidied_at = datetime.min.replace(tzinfo=UTC)
    while not stopping:
        now = datetime.now(UTC)
        if now - tidied_at >= _TIDY_UP_EVERY:
            _without_stopping(lambda: forget_old_tries(at=now, installation=installation))  # noqa: B023 - called at once
            tidied_at = now
        _see_to_the_gate(installation)
        worked = _without_stopping(lambda: send_one_due_mail(now=datetime.now(UTC), transport=transport))
        worked = stamping.try_one() or worked
        worked = log_keeping.try_one() or worked
        if not worked:
            if once:
                return
            time.sleep(_PAUSE_SECONDS)


def _see_to_the_gate(installation: Installation) -> None:
    """Before each mail: a code that somebody waits for must not stand behind a hundred others that are only asked for."""
    while _without_stopping(lambda: mail_one_asked_code(now=datetime.now(UTC), installation=installation)):
        pass
    _without_stopping(lambda: tell_of_guessed_contracts(at=datetime.now(UTC), installation=installation))


def _without_stopping(work: Callable[[], bool]) -> bool:
    """Do a piece of work; a fault is logged and leaves the worker running."""
    try:
        return work()
    except Exception as fault:  # noqa: BLE001 - whatever it is, mails that are due later must still go out
        structlog.get_logger("esurety").error("worker_fault", exc_info=fault)
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
