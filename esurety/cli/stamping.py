"""The worker's other duty: timestamps for certificates that were issued while no authority could be reached."""

import time
from datetime import UTC, datetime

import structlog

from esurety.persistence.database import end_reading
from esurety.services.installation import Installation
from esurety.services.stamp_later import NoTimestamp, stamp_one_waiting_file

_IDLE_PAUSE_SECONDS = 30.0  # a timestamp that is late already need not be searched for every second
_FIRST_PAUSE_SECONDS = 60.0
_LONGEST_PAUSE_SECONDS = 900.0


class Stamping:
    """Asks for one timestamp at a time; while no authority answers, ever more seldom."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._pause = _FIRST_PAUSE_SECONDS
        self._not_before = time.monotonic()

    def try_one(self) -> bool:
        """Whether a certificate got its timestamp. A fault is logged, and mail goes on."""
        if time.monotonic() < self._not_before:
            return False
        try:
            stamped = stamp_one_waiting_file(now=datetime.now(UTC), installation=self._installation)
        except NoTimestamp:
            self._wait("timestamp_not_to_be_had")
            return False
        except Exception as fault:  # noqa: BLE001 - whatever it is, mail must still go out
            self._wait("timestamp_fault", fault)
            return False
        finally:
            end_reading()
        self._pause = _FIRST_PAUSE_SECONDS
        if not stamped:
            self._not_before = time.monotonic() + _IDLE_PAUSE_SECONDS
        return stamped

    def _wait(self, what: str, fault: Exception | None = None) -> None:
        structlog.get_logger("esurety").warning(what, exc_info=fault, next_try_in_seconds=self._pause)
        self._not_before = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
