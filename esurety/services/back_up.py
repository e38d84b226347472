"""`flask backup`: everything that an installation cannot be without, in one folder, while people go on working.

The secrets are not in it: a stolen backup opens no key. They go into a file of their own when asked for.
"""

import hashlib
import io
import os
import secrets
import shutil
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from esurety.domain.backup_manifest import MANIFEST_NAME, BackupManifest
from esurety.persistence.database_copy import copy_database
from esurety.services.installation import Installation

PAPERS = "papers"
SIGNING = "signing"
SECRETS = "secrets"
PRIVATE_KEYS = "*key.pem"  # of the signing folder: with the secrets, never with the data
_BLOCK = 1024 * 1024


class DestinationTaken(Exception):
    """There is something at the destination already; a backup never overwrites another one."""


def back_up(destination: Path, *, at: datetime, installation: Installation, secrets_file: Path | None = None) -> BackupManifest:
    """Write a backup into a new folder, whole or not at all. Raises DestinationTaken, ToolMissing, CopyFailed, OSError."""
    for taken in (destination, secrets_file):
        if taken is not None and taken.exists():
            raise DestinationTaken(str(taken))
    destination.parent.mkdir(parents=True, exist_ok=True)
    under_way = destination.with_name(f".{destination.name}.{secrets.token_hex(8)}")
    under_way.mkdir(mode=0o700)
    try:
        # The database first: a paper's file is written before its row, so every row of the copy finds its file afterwards.
        copy = copy_database(under_way)
        _copy_files(installation, under_way)
        files = {str(path.relative_to(under_way)): sha256_of(path) for path in _files(under_way)}
        manifest = BackupManifest(at, copy.kind, copy.schema_version, copy.rows, files)
        (under_way / MANIFEST_NAME).write_text(manifest.to_json(), encoding="utf-8")
        _reach_the_disk(under_way)
        if secrets_file is not None:
            _write_secrets(secrets_file, installation)
        under_way.replace(destination)
    except BaseException:
        shutil.rmtree(under_way, ignore_errors=True)
        raise
    return manifest


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file in hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_files(installation: Installation, target: Path) -> None:
    settings = installation.settings
    for source, name, but_not in ((settings.data_dir / PAPERS, PAPERS, ".*"), (settings.signing_dir, SIGNING, PRIVATE_KEYS)):
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(but_not))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _reach_the_disk(folder: Path) -> None:
    for path in [*_files(folder), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_secrets(path: Path, installation: Installation) -> None:
    """Every secret as it is in use, wherever it came from, in one file that only its owner reads."""
    settings = installation.settings
    found = {f"{SECRETS}/{one.name}": one.read_bytes() for one in _files(settings.data_dir / SECRETS)}
    keys = sorted(settings.signing_dir.rglob(PRIVATE_KEYS))
    found |= {f"{SIGNING}/{one.relative_to(settings.signing_dir)}": one.read_bytes() for one in keys}
    found |= {f"{SECRETS}/{name}": value for name, value in settings.secrets.as_files().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        for name, value in found.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(value), 0o400
            tar.addfile(entry, io.BytesIO(value))
