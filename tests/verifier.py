"""The stand-alone verifier: loaded into this process for many files, or run as a program that can reach no network and write no file."""

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from esurety.domain.log_entry import LogEntry, commitment
from esurety.domain.merkle_tree import leaf_hash
from esurety.domain.signed_note import Checkpoint
from esurety.domain.tlog_proof import TlogProof
from esurety.services.note_keys import NoteSigner

PROGRAM = Path(__file__).resolve().parents[1] / "tools" / "esurety_verify.py"
# Denies what an audit hook can see: every socket, every other program, every file opened for writing.
_DENYING = """
import runpy, sys
def deny(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "urllib.")) or writes:
        raise PermissionError(f"the verifier did {event} {arguments}")
sys.addaudithook(deny)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@cache
def verifier() -> ModuleType:
    """The verifier as a module."""
    spec = importlib.util.spec_from_file_location("esurety_verify", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@cache
def _without_network() -> tuple[str, ...]:
    """A network namespace with nothing in it, where this machine allows one."""
    command = ("unshare", "--net", "--map-root-user")
    try:
        done = subprocess.run([*command, "true"], check=False, capture_output=True)
    except OSError:
        return ()
    return command if done.returncode == 0 else ()


@dataclass(frozen=True)
class Ran:
    """What the program said."""

    code: int
    said: str
    complained: str


def run(*arguments: object) -> Ran:
    """The program, isolated from this project's packages and from the network."""
    command = [*_without_network(), sys.executable, "-I", "-S", "-c", _DENYING, str(PROGRAM), *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, timeout=60)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def proof_of(entry: LogEntry, signer: NoteSigner, *, salt: bytes = b"s" * 32) -> str:
    """The proof of an entry that is the only one in its log."""
    said = entry.to_json().encode()
    leaf = leaf_hash(commitment(salt, said))
    return str(TlogProof(salt, said, 0, (), str(signer.sign(Checkpoint(signer.key.name, 1, leaf)))))
