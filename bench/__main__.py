"""Measure what the issues name: the cost of issuing, the length of its write transaction, statements and size of pages, premiums.

Figures drift with the machine; the ratios between two runs side by side are what to compare.
"""

import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from rich.console import Console
from rich.table import Table
from sqlalchemy import event
from sqlalchemy.orm import Session

from bench.signing import milliseconds_of_making
from bench.tariff import WANTED, premiums_a_second
from bench.verdict import WANTED_MS, milliseconds_of_verdicts
from esurety.domain.application_rules import warning
from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import japanese_day
from esurety.persistence import contracts
from esurety.persistence.database import db
from esurety.services.issue_guarantee import issue_guarantees
from esurety.services.load_demo import DEMO_PASSWORD, load_demo
from esurety.services.read_applications import application_for_office
from esurety.services.review_application import decide, rule_outcomes
from esurety.services.sign_in import SignedIn, who_is
from esurety.services.write_application import FormIdentity, submit_application
from esurety.settings import MailSettings, Secrets, Settings
from esurety.web import create_app

ISSUES = 20
LOG_KEY = "PRIVATE+KEY+127.0.0.1:8000/log+337a0a29+AWxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxs"
WITNESS_KEY = "PRIVATE+KEY+127.0.0.1:8000/witness+940f98a2+BHd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3"
PAGES = {
    "netdesk@demo.example": [
        "/netdesk/",
        "/netdesk/applications/new",
        "/netdesk/applications/",
        "/netdesk/applications/2",
        "/netdesk/contracts/",
        "/netdesk/contracts/10126-00008M",
        "/netdesk/contracts/10126-00008M/certificate",
        "/netdesk/contracts/10126-00008M/history",
    ],
    "clerk@demo.example": ["/office/", "/office/applications/15", "/office/contracts/", "/office/mails/"],
    "approver@demo.example": ["/office/applications/17/issue"],
    "": ["/", "/guide/", "/guide/authorities/", "/dsure/", "/verify", "/demo/mail"],
}


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_in(Path(folder)))
        console = Console(width=100)
        with app.app_context():
            upgrade()
            load_demo(installation=app.extensions["esurety"], at=datetime.now(UTC))
            with _writes_timed() as writes:
                cpu, issue_writes = _issue_many(app.extensions["esurety"], writes)
        table = Table(title=f"発行（{ISSUES}件、1件に証書1通）", title_justify="left")
        table.add_column("値")
        table.add_column("中央値", justify="right")
        table.add_column("最大", justify="right")
        for name, values in (("CPU 秒／件", cpu), ("書込みトランザクション 秒", issue_writes)):
            table.add_row(name, f"{statistics.median(values):.4f}", f"{max(values):.4f}")
        console.print(table)
        console.print(_pages(app))
        console.print(_verdicts(app))
    console.print(_making())
    console.print(_premiums())


def _verdicts(app: Flask) -> Table:
    table = Table(title=f"証書の確認（目標 発行した証書は {WANTED_MS} ms 以内）", title_justify="left")
    table.add_column("調べるもの")
    table.add_column("ms（中央値）", justify="right")
    with app.app_context():
        sha256 = contracts.version_of(1, 0).file_sha256 or ""
    for name, spent in milliseconds_of_verdicts(app, sha256).items():
        table.add_row(name, f"{spent:.1f}")
    return table


def _making() -> Table:
    table = Table(title="証書のファイル1つ", title_justify="left")
    table.add_column("仕事")
    table.add_column("CPU ms（中央値）", justify="right")
    for name, spent in milliseconds_of_making().items():
        table.add_row(name, f"{spent:.1f}")
    return table


def _premiums() -> Table:
    table = Table(title=f"保証料の計算（目標 毎秒{WANTED:,}件）", title_justify="left")
    table.add_column("料率")
    table.add_column("件／CPU秒", justify="right")
    for name, rate in premiums_a_second().items():
        table.add_row(name, f"{rate:,.0f}")
    return table


def settings_in(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'bench.sqlite3'}",
        data_dir=folder,
        public_url="http://127.0.0.1:8000",
        portals=frozenset({"netdesk", "office", "dsure"}),
        is_demo=True,
        trusted_proxies=0,
        mail=MailSettings(None, 25, False, None, None, "bench@localhost.localdomain"),
        secrets=Secrets("s" * 43, bytes(32), bytes(32), LOG_KEY, WITNESS_KEY),
    )


def _issue_many(installation: object, writes: list[float]) -> tuple[list[float], list[float]]:
    contractor, clerk, approver = (_person(account_id) for account_id in (2, 4, 5))
    template = application_for_office(clerk, 2)
    cpu, longest = [], []
    for number in range(ISSUES):
        at = datetime.now(UTC)
        typed = _typed_like(template.typed, f"計測用の工事 {number}")
        page = FormIdentity(f"bench-{number}")
        application_id = submit_application(account=contractor, typed=typed, page=page, at=at, installation=installation)
        application = application_for_office(clerk, application_id)
        revision = application.revision + 1
        decide(
            ApplicationAct.APPROVE,
            account=clerk,
            application_id=application_id,
            revision=application.revision,
            at=at,
            installation=installation,
            overrides={one.rule: "計測のため" for one in warning(rule_outcomes(application, today=japanese_day(at)))},
        )
        writes.clear()
        begun = time.process_time()
        issue_guarantees(
            account=approver, application_id=application_id, revision=revision, token=f"bench-{number}", at=at, installation=installation
        )
        cpu.append(time.process_time() - begun)
        longest.append(max(writes))
    return cpu, longest


def _person(account_id: int) -> SignedIn:
    person = who_is(account_id)
    assert person is not None
    return person


def _typed_like(typed: str, works_name: str) -> dict[str, str]:
    fields: dict[str, str] = json.loads(typed)
    fields.pop("contract_performance-wanted", None)
    return {**fields, "works_name": works_name}


@contextmanager
def _writes_timed() -> Iterator[list[float]]:
    """How long each write transaction lasted, from BEGIN IMMEDIATE until COMMIT had come back from the disk."""
    lasted: list[float] = []
    begun = [0.0]

    def on_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            begun[0] = time.perf_counter()

    def on_committed(_session: object) -> None:
        if begun[0]:
            lasted.append(time.perf_counter() - begun[0])
            begun[0] = 0.0

    event.listen(db.engine, "after_cursor_execute", on_statement)
    event.listen(Session, "after_commit", on_committed)
    yield lasted
    event.remove(db.engine, "after_cursor_execute", on_statement)
    event.remove(Session, "after_commit", on_committed)


def _pages(app: Flask) -> Table:
    table = Table(title="画面", title_justify="left")
    for heading in ("アドレス", "SQL", "HTML kB", "CPU ms"):
        table.add_column(heading, justify="left" if heading == "アドレス" else "right")
    for login, paths in PAGES.items():
        client = signed_in_client(app, login) if login else app.test_client()
        for path in paths:
            client.get(path)  # warm
            with app.app_context(), _statements() as counted:
                begun = time.process_time()
                answer = client.get(path)
                spent = time.process_time() - begun
            table.add_row(path, str(len(counted)), f"{len(answer.data) / 1000:.1f}", f"{spent * 1000:.1f}")
    return table


@contextmanager
def _statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    yield seen
    event.remove(db.engine, "after_cursor_execute", note)


def signed_in_client(app: Flask, login: str) -> FlaskClient:
    """A client in which somebody of the demonstration has signed in."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token is not None
    client.post("/login", data={"email": login, "password": DEMO_PASSWORD, "csrf_token": token[1]})
    return client


if __name__ == "__main__":
    main()
