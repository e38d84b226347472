"""Files of rules and registers: what was sent, kept on the page between looking and loading, and templates to begin with."""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Sequence

from flask import request
from werkzeug.wrappers import Response

from esurety.documents.table_file import FileNotReadable, csv_file, read_table
from esurety.domain.table_rows import FileRefused, RowProblem
from esurety.domain.typed_fields import unusable_character

Rows = list[list[str]]

_LONGEST_NAME = 200
_MOST_UNPACKED = 8 * 1024 * 1024


def sent_rows() -> Rows:
    """The rows of the file that was sent. Raises FileRefused."""
    sent = request.files.get("file")
    content = sent.read() if sent is not None else b""
    if not content and (sent is None or not sent.filename):
        raise FileRefused([RowProblem(0, "ファイルを選んでください")])
    try:
        return read_table(content)
    except FileNotReadable as no:
        raise FileRefused([RowProblem(0, no.advice)]) from no


def sent_name() -> str:
    """What the file was called on the sender's machine, without the folder; only to be told in the history."""
    sent = request.files.get("file")
    return _tidy(sent.filename or "") if sent is not None else ""


def kept_name() -> str:
    """The name as the page that was looked at has it."""
    return _tidy(request.form.get("file_name", ""))


def _tidy(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(character for character in last if unusable_character(character) is None)[:_LONGEST_NAME].strip()


def kept_text(rows: Rows) -> str:
    """Rows as a hidden field holds them: the page itself remembers the file, so that nothing waits on the server."""
    trimmed = [_trimmed(row) for row in rows]
    packed = zlib.compress(json.dumps(trimmed, ensure_ascii=False, separators=(",", ":")).encode(), level=9)
    return base64.urlsafe_b64encode(packed).decode()


def kept_rows() -> Rows:
    """The rows of the page that was looked at; they are read anew, so nothing is believed of them. Raises FileRefused."""
    lost = FileRefused([RowProblem(0, "確認した内容を読み取れません。ファイルを選び直してください")])
    try:
        packer = zlib.decompressobj()
        plain = packer.decompress(base64.urlsafe_b64decode(request.form.get("kept", "")), _MOST_UNPACKED)
        rows = json.loads(plain)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as no:
        raise lost from no
    if not isinstance(rows, list) or not all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in rows):
        raise lost
    return rows


def _trimmed(row: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    last = max((place for place, cell in enumerate(row) if cell.strip()), default=-1)
    return row[: last + 1]


def csv_template(rows: Iterable[Sequence[str]], ascii_name: str) -> Response:
    """A file to begin with, for Excel."""
    return Response(csv_file(rows), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{ascii_name}"'})
