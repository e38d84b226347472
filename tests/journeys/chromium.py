"""Where a Chromium is, and the flags it runs with on a closed network. `python -m tests.journeys.chromium` says by its exit code."""

import os
import shutil
import sys

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """The path of a Chromium or Chrome; CHROMIUM in the environment names one."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next((path for path in found if path), None)


if __name__ == "__main__":
    sys.exit(0 if chromium() else 1)
