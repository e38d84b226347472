"""Log lines: JSON, one event each, with the request's number; never a key, never a form."""

import logging
import sys

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("esurety")


def write_json_logs() -> None:
    """Send every log line to standard error as JSON; line breaks inside a value are escaped by it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
