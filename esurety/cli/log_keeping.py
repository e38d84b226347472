"""The worker's third duty: the log's head goes out once a day, and an alarm is logged when the log does not hold together."""

import time
from datetime import UTC, datetime

import structlog

from esurety.persistence.database import end_reading
from esurety.services.installation import Installation
from esurety.services.mail_log_head import last_mailed, mail_log_head
from esurety.services.watch_log import alarms

_MAIL_EVERY_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 3600.0


class LogKeeping:
    """Looks at the log every hour, and every few minutes whether today's head is still to be mailed."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._mail_at = self._look_at = time.monotonic()

    def try_one(self) -> bool:
        """Whether a mail was queued. A fault is logged, and other mail goes on."""
        moment = time.monotonic()
        try:
            if moment >= self._look_at:
                self._look_at = moment + _LOOK_EVERY_SECONDS
                self._look()
            if moment >= self._mail_at:
                self._mail_at = moment + _MAIL_EVERY_SECONDS
                return mail_log_head(at=datetime.now(UTC), installation=self._installation)
        except Exception as fault:  # noqa: BLE001 - whatever it is, mail must still go out
            structlog.get_logger("esurety").error("log_fault", exc_info=fault)
        finally:
            end_reading()
        return False

    def _look(self) -> None:
        for found in alarms(installation=self._installation, mailed=last_mailed(self._installation)):
            structlog.get_logger("esurety").error("log_alarm", finding=found, what_to_do="flask audit verify")
