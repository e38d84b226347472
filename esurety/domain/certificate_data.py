"""The data inside an electronic certificate: one JSON text with every field of its content, in a form that others can build on.

Its bytes are canonical as RFC 8785 has it (keys sorted, no spaces, UTF-8, no fractions), so that whoever knows the content can make
them anew. The published schema is `docs/schemas/esurety-certificate-1.schema.json`.
"""

import json
from dataclasses import fields
from typing import Any

from esurety.domain.certificate_content import CertificateContent

SCHEMA = "esurety-certificate-1"
DATA_FILE_NAME = "esurety-certificate.json"
_TABLES = {
    "change_note": ("label", "before", "after"),
    "joint_venture_members": ("name", "address", "share", "is_representative"),
}


class NotCertificateData(ValueError):
    """The bytes are not the data of a certificate that this version of the product knows."""


def certificate_data(content: CertificateContent) -> bytes:
    """The canonical bytes for a content. Raises UnicodeEncodeError for lone surrogates, which no page shows either."""
    plain: dict[str, Any] = json.loads(content.to_json())
    for name, columns in _TABLES.items():
        plain[name] = [dict(zip(columns, row, strict=True)) for row in plain[name]]
    # Our keys are ASCII and our numbers whole, so that Python's order and spelling are those of RFC 8785.
    return json.dumps({"schema": SCHEMA, **plain}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def content_of_data(data: bytes) -> CertificateContent:
    """The content that `certificate_data` made these very bytes of. Raises NotCertificateData for anything else, whatever it is."""
    try:
        content = _content(json.loads(data))
        again = certificate_data(content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as no:
        raise NotCertificateData("not the fields of a certificate") from no
    if again != data or not _has_right_types(content):
        raise NotCertificateData("not in canonical form")
    return content


def _content(plain: dict[str, Any]) -> CertificateContent:
    if plain.pop("schema") != SCHEMA:
        raise ValueError("another schema")
    for name, columns in _TABLES.items():
        plain[name] = [[row[column] for column in columns] for row in plain[name]]
    return CertificateContent.from_json(json.dumps(plain))


def _has_right_types(content: CertificateContent) -> bool:
    """Data from outside may carry anything: text must stand where text belongs, and true only where yes or no does."""
    for field in fields(content):
        value = getattr(content, field.name)
        if (field.type is str and not isinstance(value, str)) or (isinstance(value, bool) != (field.type is bool)):
            return False
    sizes = (content.version, content.replaces_version or 0, content.log_head_size or 0)
    texts = [cell for rows in (content.change_note, content.joint_venture_members) for row in rows for cell in row[:3]]
    are_first = [row[3] for row in content.joint_venture_members]
    return (
        all(isinstance(size, int) for size in sizes)
        and all(isinstance(text, str) for text in texts)
        and all(isinstance(one, bool) for one in are_first)
    )
