"""The data that one of our own files carries, read back for the audit. For files from outside there is `examine_file`."""

import json
from typing import Any

import pypdfium2

from esurety.domain.certificate_data import DATA_FILE_NAME


class DataUnreadable(Exception):
    """The file is no PDF any more, or its data are no JSON."""


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
