"""Requests whose files never touch a disk: what somebody only wants to have checked must leave nothing behind, not even a temporary file."""

import io
from typing import IO

from flask import Request


class RequestInMemory(Request):
    """A request that keeps its files in memory; each page's limit on the body bounds them."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return io.BytesIO()
