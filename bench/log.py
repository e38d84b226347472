"""`python -m bench.log [N]`: appending to the public log and proving an entry, by the length of the log (to 1,000,000 leaves unless told).

Both are to stay O(log n). The leaves before are put straight into the tables; what is timed is the product's own code.
"""

import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table
from sqlalchemy import event

from bench.__main__ import settings_in
from esurety.domain.log_entry import CHAIN_START, chain_hash, commitment
from esurety.domain.merkle_tree import GrowingTree, leaf_hash
from esurety.domain.signed_note import Checkpoint
from esurety.persistence import contracts
from esurety.persistence.database import db, end_reading, writing
from esurety.services.installation import Installation
from esurety.services.keep_log import append_to_log, tlog_proof
from esurety.services.load_demo import load_demo
from esurety.web import create_app

TIMES = 40


def main() -> None:
    """Grow one log from step to step, and time both at each."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    table = Table(title="公開記録", title_justify="left")
    for heading in ("件数", "追加 CPU ms（中央値）", "追加 SQL", "証明 CPU ms（中央値）", "証明の行"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_in(Path(folder)))
        with app.app_context():
            upgrade()
            installation: Installation = app.extensions["esurety"]
            load_demo(installation=installation, at=datetime.now(UTC))
            grown = _Grown(installation)
            for size in (size for size in (100, 1_000, 10_000, 100_000, 1_000_000) if size <= largest):
                grown.fill_to(size)
                table.add_row(f"{size:,}", *_timed(installation))
    Console(width=100).print(table)


class _Grown:
    """The log of the demonstration, made longer."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._path = str(db.engine.url.database)

    def fill_to(self, size: int) -> None:
        """Entries like the first one, with salts, chain, tree and the head at the end; made as the product makes them, but in bulk."""
        db.engine.dispose()
        with closing(sqlite3.connect(self._path)) as connection, connection:
            rows = connection.execute("SELECT salt, entry FROM log_entries ORDER BY leaf_index")
            tree = GrowingTree()
            for salt, entry in rows:
                tree.append(leaf_hash(commitment(salt, entry.encode())))
            first = connection.execute("SELECT at, event, contract_id, version, entry FROM log_entries WHERE leaf_index = 0").fetchone()
            last = connection.execute("SELECT chain_hash FROM log_entries ORDER BY leaf_index DESC LIMIT 1").fetchone()
            chain = bytes.fromhex(last[0]) if last else CHAIN_START
            entries, nodes, said = [], [], first[4].encode()
            for index in range(tree.size, size):
                salt, before = secrets.token_bytes(32), chain
                chain = chain_hash(before, salt, said)
                entries.append((index, *first, salt, before.hex(), chain.hex()))
                nodes += [(level, position, made) for (level, position), made in tree.append(leaf_hash(commitment(salt, said)))]
            connection.executemany("INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", entries)
            connection.executemany("INSERT INTO log_nodes VALUES (?, ?, ?)", nodes)
            note = self._installation.log_signer.sign(Checkpoint(self._installation.log_signer.key.name, tree.size, tree.root))
            at = datetime.now(UTC).replace(tzinfo=None)
            connection.execute(
                "INSERT OR IGNORE INTO log_checkpoints VALUES (?, ?, ?, ?)", (tree.size, tree.root.hex(), str(note), str(at))
            )


def _timed(installation: Installation) -> tuple[str, str, str, str]:
    statements: list[str] = []
    db.session.rollback()
    _listen(statements)

    def append() -> None:
        with writing():
            contract = contracts.issued_contract_by_id(1)
            assert contract is not None
            contracts.version_of(1, contract.current_version)
            statements.clear()
            begun.append(time.process_time())
            append_to_log(
                event="issued", contract=contract, version=contract.current_version, at=datetime.now(UTC), installation=installation
            )
            ended.append(time.process_time())
            asked.append(len(statements))

    begun: list[float] = []
    ended: list[float] = []
    asked: list[int] = []
    for _ in range(TIMES):
        append()
    spent = [end - begin for begin, end in zip(begun, ended, strict=True)]
    proving = _repeated(lambda: tlog_proof(1, 0))
    lines = tlog_proof(1, 0).partition("\n\n")[0].count("\n") - 2
    end_reading()
    return f"{statistics.median(spent) * 1000:.2f}", str(max(asked)), f"{statistics.median(proving) * 1000:.2f}", str(lines)


def _repeated(act: Callable[[], object]) -> list[float]:
    spent = []
    for _ in range(TIMES):
        begun = time.process_time()
        act()
        spent.append(time.process_time() - begun)
        end_reading()
    return spent


def _listen(statements: list[str]) -> None:
    event.listen(db.engine, "before_cursor_execute", lambda *facts: statements.append(facts[2]))


if __name__ == "__main__":
    main()
