"""`python -m bench.lists [N]`: how much CPU a page of the contract list takes over N issued contracts (100,000 unless told)."""

import re
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table

from bench.__main__ import settings_in, signed_in_client
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.search_words import bigrams, folded
from esurety.persistence.database import db
from esurety.services.load_demo import load_demo
from esurety.web import create_app

PLACES = ("一宮川", "中央通り", "東部地区", "村道12号線", "県境", "港湾", "本郷", "南白亀川")
WORKS = ("橋梁補修工事", "道路改良工事", "護岸工事", "舗装工事", "水道管布設替工事", "庁舎改修工事", "測量業務委託")
PATHS = {
    "最初のページ": "/office/contracts/",
    "途中のページ": "/office/contracts/?older_than={middle}",
    "よくある2文字（橋梁）": "/office/contracts/?works_name=橋梁",
    "まれな語（耐震）": "/office/contracts/?works_name=耐震",
    "ない語（空港）": "/office/contracts/?works_name=空港",
    "状態（解約済）": "/office/contracts/?state=cancelled",
    "番号の後半": "/office/contracts/?number=00010A",
    "ない年度": "/office/contracts/?fiscal_year=2021",
    "審査待ち": "/office/",
    "年度別契約一覧": "/office/reports/contracts/",
    "月別保証料": "/office/reports/premiums/",
    "変更契約": "/office/reports/changes/",
    "期限が近い契約": "/office/reports/expiring/?days=365",
    "電子・紙の割合（発注者別）": "/office/reports/forms/?by=authority",
}


def main() -> None:
    """Fill a database and time the pages."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_in(Path(folder)))
        with app.app_context():
            upgrade()
            load_demo(installation=app.extensions["esurety"], at=datetime.now(UTC))
            _fill(wanted)
        Console(width=100).print(_timed(app, wanted))


def _fill(wanted: int) -> None:
    """Copy one demo contract under other numbers and works' names, with its place in the search index."""
    path = db.engine.url.database
    db.engine.dispose()
    with closing(sqlite3.connect(str(path))) as connection, connection:
        connection.row_factory = sqlite3.Row
        first = dict(connection.execute("SELECT * FROM guarantee_contracts ORDER BY id LIMIT 1").fetchone())
        request = dict(connection.execute("SELECT * FROM requested_guarantees WHERE id = ?", (first["requested_guarantee_id"],)).fetchone())
        rows, requests, pairs = [], [], []
        for index in range(wanted):
            identity = 1_000 + index
            name = f"{PLACES[index % len(PLACES)]} {WORKS[index // 3 % len(WORKS)]} その{index}"
            number = GuaranteeContractNumber.of(200 + index // 90_000, 2026, index % 90_000 + 1).text
            same = {"id": identity, "number": number, "works_name": name, "folded_works_name": folded(name)}
            rows.append(first | same | {"requested_guarantee_id": identity})
            requests.append(request | {"id": identity, "application_id": identity})
            pairs += [{"bigram": pair, "contract_id": identity} for pair in bigrams(folded(name))]
        for table, many in (("requested_guarantees", requests), ("guarantee_contracts", rows), ("contract_bigrams", pairs)):
            names = list(many[0])
            values = ", ".join(f":{name}" for name in names)
            connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})", many)  # noqa: S608 - our own names
        connection.execute("ANALYZE")


def _timed(app: Flask, wanted: int) -> Table:
    table = Table(title=f"保証契約 {wanted:,} 件", title_justify="left")
    for heading in ("画面", "CPU ms（中央値）", "最大"):
        table.add_column(heading, justify="left" if heading == "画面" else "right")
    client = signed_in_client(app, "clerk@demo.example")
    for name, path in PATHS.items():
        spent = []
        for _ in range(9):
            begun = time.process_time()
            answer = client.get(path.format(middle=1_000 + wanted // 2))
            spent.append((time.process_time() - begun) * 1000)
            if answer.status_code != 200:  # noqa: PLR2004 - OK
                raise SystemExit(f"{path}: {answer.status_code} {re.sub('<[^>]+>', '', answer.text)[:200]}")
        table.add_row(name, f"{sorted(spent)[4]:.1f}", f"{max(spent):.1f}")
    return table


if __name__ == "__main__":
    main()
