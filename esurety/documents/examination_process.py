"""Examining a file from anywhere in a process of its own: bounded in time, memory and number, storing nothing of it.

pdfium and zxing are C++ and read hostile input: what kills them kills only this child, and a bomb meets the limit of its memory.
"""

import contextlib
import fcntl
import hashlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from esurety.domain.file_facts import FileFacts, Reading

_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = 2
_WAITING = 3  # requests that wait for a place: the threads of a small server must not all be waiting
_PATIENCE = 5.0  # seconds; most examinations take one
_LOOK_AGAIN = 0.05  # seconds
_SOURCES = 4096  # lock files at most, one for the addresses of each remainder
_SECONDS = 12  # on the clock; a bundle of twenty scanned pages takes about six
_CPU_SECONDS = 10
_MEMORY = 700 * 1024 * 1024  # bytes of address space; an examination needs some 300 MB, most of it libraries
_MOST_ANSWER = 2_000_000  # bytes


class ExaminationsBusy(Exception):
    """As many examinations run, and wait, as are allowed at once."""


def examine_apart(content: bytes, *, signing_dir: Path, slots_dir: Path, public_urls: tuple[str, ...], source: str = "") -> FileFacts:
    """Examine a file in a child process, waiting a little for a place. Raises ExaminationsBusy.

    `public_urls`: where our status pages are and were. `source`: the address that sent the file; each gets one place at a time.
    `slots_dir` holds empty lock files, so that the limits count for all processes of this machine together.
    """
    with _place(slots_dir, source):
        return _examined(content, signing_dir, public_urls)


def _examined(content: bytes, signing_dir: Path, public_urls: tuple[str, ...]) -> FileFacts:
    too_much = FileFacts(hashlib.sha256(content).hexdigest(), len(content), Reading.TOO_MUCH)
    try:
        child = subprocess.run(  # noqa: S603 - our own module with our own argument
            [sys.executable, "-m", "esurety.documents.examination_process", str(signing_dir), *public_urls],
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
def _place(folder: Path, source: str = "") -> Iterator[None]:
    """One of the places for an examination, at once or soon; the system frees it even when its process is killed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mine = f"from-{_remainder(source)}"
    wanted = [[mine]] if source else []
    wanted.append([f"verify-{number}" for number in range(_AT_ONCE)])
    with contextlib.ExitStack() as held:
        taken = _take_all(folder, wanted)
        if taken is None:
            with contextlib.ExitStack() as queue:
                # Of one address only one may wait besides the one that is served, and only a few in all.
                waiting = [[f"{mine}-next"]] if source else []
                waiting.append([f"waiting-{number}" for number in range(_WAITING)])
                _hold(queue, _take_all(folder, waiting))
                taken = _take_soon(folder, wanted)
        _hold(held, taken)
        yield


def _hold(stack: contextlib.ExitStack, taken: list[int] | None) -> None:
    if taken is None:
        raise ExaminationsBusy
    for descriptor in taken:
        stack.callback(os.close, descriptor)


def _take_soon(folder: Path, wanted: list[list[str]]) -> list[int] | None:
    until = time.monotonic() + _PATIENCE
    while (taken := _take_all(folder, wanted)) is None and time.monotonic() < until:
        time.sleep(_LOOK_AGAIN)
    return taken


def _take_all(folder: Path, wanted: list[list[str]]) -> list[int] | None:
    """Locks of one file of each list, or of none."""
    taken: list[int] = []
    for names in wanted:
        descriptor = next((one for name in names if (one := _locked(folder / name)) is not None), None)
        if descriptor is None:
            for one in taken:
                os.close(one)
            return None
        taken.append(descriptor)
    return taken


def _locked(path: Path) -> int | None:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _remainder(source: str) -> int:
    """Instead of the address itself, which is nobody's business later."""
    return int.from_bytes(hashlib.sha256(source.encode()).digest()[:4], "big") % _SOURCES


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
    facts = examine(sys.stdin.buffer.read(), Path(sys.argv[1]), tuple(sys.argv[2:]))
    sys.stdout.buffer.write(facts.to_json().encode("utf-8"))


if __name__ == "__main__":
    _main()
