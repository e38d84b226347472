"""The data that one of our own files carries, read back for the audit. For files from outside there is `examine_file`."""

import ctypes
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from asn1crypto import cms
from pyhanko.pdf_utils.generic import parse_pdf_date

from esurety.documents.signing_identity import as_utc
from esurety.domain.certificate_data import DATA_FILE_NAME


class DataUnreadable(Exception):
    """The file is no PDF any more, or its data are no JSON."""


@dataclass(frozen=True)
class OwnFile:
    """What one of our own files carries."""

    data: dict[str, Any] | None  # None on paper
    signed_at: datetime | None  # None without a signature
    is_stamped: bool  # a timestamp in the signature


def own_file(pdf: bytes) -> OwnFile:
    """Data, time of signing and timestamp as they stand in a file whose bytes are known to be ours: no signature is checked here.

    Raises DataUnreadable.
    """
    data = attached_data(pdf)
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return OwnFile(data, *_signature(document))
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, TypeError, LookupError, AttributeError) as no:
        raise DataUnreadable from no


def _signature(document: pypdfium2.PdfDocument) -> tuple[datetime | None, bool]:
    if pdfium.FPDF_GetSignatureCount(document) < 1:
        return None, False
    signature = pdfium.FPDF_GetSignatureObject(document, 0)
    said = _read(pdfium.FPDFSignatureObj_GetTime, signature).rstrip(b"\0").decode("ascii")
    at: datetime = parse_pdf_date(said)
    signed = cms.ContentInfo.load(_read(pdfium.FPDFSignatureObj_GetContents, signature))["content"]
    unsigned = signed["signer_infos"][0]["unsigned_attrs"].native or ()
    return as_utc(at), any(one["type"] == "signature_time_stamp_token" for one in unsigned)


def _read(ask: Any, signature: Any) -> bytes:
    size = ask(signature, None, 0)
    buffer = ctypes.create_string_buffer(size)
    ask(signature, buffer, size)
    return buffer.raw


def attached_data(pdf: bytes) -> dict[str, Any] | None:
    """The data attached to a certificate; None for a file without, as those on paper are. Raises DataUnreadable."""
    try:
        document = pypdfium2.PdfDocument(pdf)
        try:
            for index in range(document.count_attachments()):
                attachment = document.get_attachment(index)
                if attachment.get_name() == DATA_FILE_NAME:
                    said: dict[str, Any] = json.loads(bytes(attachment.get_data()))
                    return said
        finally:
            document.close()
    except (pypdfium2.PdfiumError, ValueError, RecursionError) as no:
        raise DataUnreadable from no
    return None
