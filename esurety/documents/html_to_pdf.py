"""One HTML page into PDF: the same bytes for the same page, no network, no file read, no warning overlooked."""

import io
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from threading import Lock

from reportlab import rl_config
from reportlab.platypus.doctemplate import LayoutError
from reportlab.platypus.tables import CellStyle
from xhtml2pdf import default, pisa
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessError, ResourceAccessPolicy

from esurety.documents.japanese_fonts import FAMILIES, REGULAR, face_named
from esurety.documents.printable_characters import require_printable, visible_text

_SECONDS_FOR_ONE_DOCUMENT = 15
# Nothing is fetched and nothing is read; a picture would have to stand in the page itself as a data: URI.
_NOTHING_FROM_OUTSIDE = ResourceAccessPolicy.server(None, allow_remote=False, max_render_seconds=_SECONDS_FOR_ONE_DOCUMENT)
# xhtml2pdf's own style sheet is for any page of the web; these lines are all that our templates build on.
_BASE_STYLE = """
html, body, title { font-family: jp; font-size: 10pt; line-height: 150%; color: #000000; margin: 0; padding: 0 }
body, div, table, tr, td { display: block }
tr, td { vertical-align: middle; width: auto }
"""
# With `invariant` reportlab dates every file 2000-01-01; a reader of its properties should see the day of issue.
_FIXED_TIME = b"D:20000101000000+00'00'"
_PAGE_COUNT = re.compile(rb"/Count (\d+) /Kids")
# reportlab and xhtml2pdf keep fonts and caches in module globals.
_one_at_a_time = Lock()


class DocumentNotMade(Exception):
    """The PDF libraries warned or gave up: a document that is not perfect is not issued."""


def pdf_of(html: str, *, made_on: date) -> bytes:
    """Lay a page of our own templates out as PDF, dated the day of issue.

    Raises UnprintableCharacters for characters that the font lacks, DocumentNotMade for anything that a library complains of.
    """
    shown = visible_text(html)
    require_printable(shown)
    with _one_at_a_time, _complaints() as complaints:
        _prepare()
        pdf = io.BytesIO()
        try:
            outcome = pisa.pisaDocument(
                io.StringIO(shown), pdf, encoding="utf-8", default_css=_BASE_STYLE, resource_policy=_NOTHING_FROM_OUTSIDE
            )
        except (LayoutError, RenderLimitError, ResourceAccessError) as error:
            raise DocumentNotMade(str(error)) from error
    if complaints or outcome.err or outcome.warn:
        raise DocumentNotMade("; ".join(complaints) or str(outcome.log))
    return pdf.getvalue().replace(_FIXED_TIME, f"D:{made_on:%Y%m%d}000000+09'00'".encode("ascii"))


def pdf_on_one_sheet(pages: Iterable[str], *, made_on: date) -> bytes:
    """The first of several settings of a page, from the largest type to the smallest, that takes one sheet; else the last one.

    Raises what `pdf_of` raises.
    """
    for html in pages:
        pdf = pdf_of(html, made_on=made_on)
        if _page_count(pdf) == 1:
            return pdf
    return pdf


def _page_count(pdf: bytes) -> int:
    counted = _PAGE_COUNT.search(pdf)
    if counted is None:
        raise DocumentNotMade("the file names no page count")
    return int(counted[1])


@cache
def _prepare() -> None:
    face_named(REGULAR)
    default.DEFAULT_FONT.update({family: family for family in FAMILIES})
    rl_config.invariant = 1
    # reportlab opens every page and every cell in Helvetica, which is never embedded.
    rl_config.canvas_basefontname = REGULAR
    CellStyle.fontname = REGULAR


class _Complaints(logging.Handler):
    """Keeps what a library logs: xhtml2pdf answers `err == 0` even when it drew ■ for every character."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    handler = _Complaints()
    loggers = [logging.getLogger(name) for name in ("xhtml2pdf", "reportlab")]
    for logger in loggers:
        logger.setLevel(logging.WARNING)  # or a quieter root logger would keep a warning from us
        logger.addHandler(handler)
    try:
        yield handler.heard
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
