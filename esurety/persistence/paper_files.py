"""The bytes of handed-in papers: outside the web root, under their SHA-256, written whole or not at all."""

import hashlib
import os
import secrets
from pathlib import Path


def store_paper(folder: Path, content: bytes) -> str:
    """Keep a file under its hash, before any row names it: a row never names a missing file. Returns the hash.

    A file whose transaction fails later lies there unnamed, which harms nobody.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / sha256
    if path.exists():
        return sha256
    fresh = folder / f".{sha256}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return sha256


def paper_bytes(folder: Path, sha256: str) -> bytes:
    """A kept file; OSError where it is gone."""
    return (folder / sha256).read_bytes()
