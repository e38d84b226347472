"""Log lines: JSON, one per event of the lists below, with the request's number; never a key, never a form.

What the services do is logged where it is committed (`persistence/events.py`), by the name of its event. What happens at the
doors is logged here, after the answer, from one table: no view writes a line, so none can be forgotten or tell too much.
"""

import logging
import secrets
import sys

import structlog
from flask import Flask, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars
from werkzeug.wrappers import Response

log: structlog.stdlib.BoundLogger = structlog.get_logger("esurety")

_NUMBER_DIGITS = 12

# Endpoint and status of the answer: what has happened. A POST that fails its form check (422) is a refusal at these doors.
DOOR_EVENTS = {
    ("public.sign_in_with_password", 303): "signed_in",
    ("public.sign_in_with_password", 422): "sign_in_refused",
    ("public.sign_in_with_password", 429): "sign_in_slowed",
    ("public.logout", 303): "signed_out",
    ("dsure.open_certificate", 303): "gate_opened",
    ("dsure.open_certificate", 422): "gate_refused",
    ("dsure.open_certificate", 429): "gate_code_wanted",
    ("dsure.open_certificate", 503): "gate_busy",
    ("dsure.ask_for_gate_code", 303): "gate_code_asked",
    ("netdesk.key_notice_pdf", 200): "key_notice_taken",
}
# Whatever page it is: somebody asked for what they may not, or sent what no page of ours sends.
STATUS_EVENTS = {400: "unusable_request", 403: "not_allowed", 405: "wrong_method", 413: "too_large", 429: "slowed", 503: "busy"}


def write_json_logs() -> None:
    """Send every log line to standard error as JSON; line breaks and control characters inside a value are escaped by it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # looked up at each line: it may have been replaced
        cache_logger_on_first_use=False,
    )


def attach(app: Flask) -> None:
    """Give every request a number, which its answer and all its lines carry."""

    @app.before_request
    def number_request() -> None:
        clear_contextvars()
        bind_contextvars(request=request_number())

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_number()
        happened = DOOR_EVENTS.get((request.endpoint or "", response.status_code)) or STATUS_EVENTS.get(response.status_code)
        if happened is not None:
            log.info(happened, endpoint=request.endpoint, source=request.remote_addr)
        return response


def request_number() -> str:
    """The number of this request, digits that can be read out on the telephone. Made here, never taken from outside."""
    if "request_number" not in g:
        g.request_number = f"{secrets.randbelow(10**_NUMBER_DIGITS):0{_NUMBER_DIGITS}d}"
    number: str = g.request_number
    return number
