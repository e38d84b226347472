"""Examining a file from anywhere in a process of its own: bounded in time, memory and number, writing nothing.

pdfium and zxing are C++ and read hostile input: what kills them kills only this child, and a bomb meets the limit of its memory.
"""

import contextlib
import fcntl
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from esurety.domain.file_facts import FileFacts, Reading

_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = 2
_SECONDS = 12  # on the clock; a bundle of twenty scanned pages takes about six
_CPU_SECONDS = 10
_MEMORY = 700 * 1024 * 1024  # bytes of address space; an examination needs some 300 MB, most of it libraries
_MOST_ANSWER = 2_000_000  # bytes


class ExaminationsBusy(Exception):
    """As many examinations run as are allowed at once."""


def examine_apart(content: bytes, *, signing_dir: Path, slots_dir: Path) -> FileFacts:
    """Examine a file in a child process. Raises ExaminationsBusy.

    `slots_dir` holds two empty lock files, so that the limit counts for all processes of this machine together.
    """
    with _slot(slots_dir):
        return _examined(content, signing_dir)


def _examined(content: bytes, signing_dir: Path) -> FileFacts:
    too_much = FileFacts(hashlib.sha256(content).hexdigest(), len(content), Reading.TOO_MUCH)
    try:
        child = subprocess.run(  # noqa: S603 - our own module with our own argument
            [sys.executable, "-m", "esurety.documents.examination_process", str(signing_dir)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            cwd=_ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return too_much
    if child.returncode != 0 or len(child.stdout) > _MOST_ANSWER:
        return too_much
    try:
        return FileFacts.from_json(child.stdout.decode("utf-8"))
    except (ValueError, TypeError, KeyError):
        return too_much


@contextlib.contextmanager
def _slot(folder: Path) -> Iterator[None]:
    """One of the places for an examination; the system frees it even when its process is killed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(_AT_ONCE):
        descriptor = os.open(folder / f"verify-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        try:
            yield
        finally:
            os.close(descriptor)
        return
    raise ExaminationsBusy


def _limit_this_process() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # not a byte is written to any file
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))


def _main() -> None:
    from esurety.documents.examine_file import examine  # noqa: PLC0415 - the libraries load before the limits count

    _limit_this_process()
    facts = examine(sys.stdin.buffer.read(), Path(sys.argv[1]))
    sys.stdout.buffer.write(facts.to_json().encode("utf-8"))


if __name__ == "__main__":
    _main()
