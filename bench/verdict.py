"""What a verdict costs: a file that we hold has to be answered within 150 ms, any other within seconds."""

import statistics
import time
from datetime import UTC, datetime

from flask import Flask

from esurety.persistence.contracts import file_bytes
from esurety.services.verify_certificate import verify_certificate

WANTED_MS = 150
_HELD, _STRANGE = 40, 5


def milliseconds_of_verdicts(app: Flask, sha256: str) -> dict[str, float]:
    """Median of the time on the clock, by kind of file, for a certificate of this installation."""
    with app.app_context():
        held = file_bytes(sha256) or b""
        return {
            "発行した証書のファイル": _median(app, held, _HELD),
            "発行した証書の SHA-256": _median(app, None, _HELD, sha256),
            "手を加えたファイル（別プロセスで調べる）": _median(app, held + b"\n%changed", _STRANGE),
        }


def _median(app: Flask, file: bytes | None, times: int, sha256: str = "") -> float:
    installation, spent = app.extensions["esurety"], []
    for _ in range(times):
        begun = time.perf_counter()
        verify_certificate(at=datetime.now(UTC), installation=installation, file=file, sha256=sha256)
        spent.append((time.perf_counter() - begun) * 1000)
    return statistics.median(spent)
