"""`flask demo load` and `flask demo serve`: the demonstration that `make demo` starts."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from rich.console import Console
from rich.table import Table

from esurety.services.installation import Installation
from esurety.services.load_demo import DEMO_LOGINS, DEMO_PASSWORD, load_demo

demo = AppGroup("demo", help="The demonstration.")


@demo.command("load")
def load() -> None:
    """Load the demonstration data into an empty database; what is there already stays."""
    installation: Installation = current_app.extensions["esurety"]
    if not installation.settings.is_demo:
        click.echo("デモのデータは DEMO=1 の環境にだけ読み込めます。", err=True)
        sys.exit(1)
    loaded = load_demo(installation=installation, at=datetime.now(UTC))
    click.echo("デモのデータを読み込みました。" if loaded else "データがすでにあるため、そのまま使います。")


@demo.command("serve")
@click.option("--port", default=8000, envvar="PORT", show_default=True)
def serve(port: int) -> None:
    """Start the production server and the mail worker, and say where everything is."""
    installation: Installation = current_app.extensions["esurety"]
    _print_addresses(installation.settings.public_url)
    here = Path(sys.executable).parent
    workers = str(min(2, os.cpu_count() or 1))
    serving = ["--bind", f"127.0.0.1:{port}", "--workers", workers, "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    worker = _start_worker(here, installation.settings.data_dir)
    server = subprocess.Popen([str(here / "gunicorn"), "app:app", *serving])  # noqa: S603 - our own command
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that both children are ended below
    try:
        while server.poll() is None:
            if worker.poll() is not None:
                worker = _start_worker(here, installation.settings.data_dir)
            time.sleep(1)
        sys.exit(server.returncode)
    except KeyboardInterrupt:
        click.echo("終了します。")
    finally:
        for process in (server, worker):
            process.terminate()
        for process in (server, worker):
            process.wait()


def _start_worker(here: Path, data_dir: Path) -> subprocess.Popen[bytes]:
    # Its lines into a file: the table of addresses is to stay in sight.
    with (data_dir / "worker.log").open("ab") as lines:
        return subprocess.Popen([str(here / "flask"), "worker"], stderr=lines)  # noqa: S603 - our own command


def _print_addresses(base: str) -> None:
    # Wide enough for the longest row: where the output is no terminal, rich would cut at 80 columns.
    console = Console(width=max(Console().width, 120))
    table = Table(title="電子保証 デモ環境", title_justify="left")
    for heading in ("だれの画面か", "ログイン", "アドレス"):
        table.add_column(heading, no_wrap=True)
    table.add_row("入口", "（不要）", f"{base}/")
    for one in DEMO_LOGINS:
        table.add_row(one.role, one.login, f"{base}/{one.portal}/")
    table.add_row("発注者 D-Sure：保証契約番号と認証キーで開く", "（不要）", f"{base}/dsure/")
    table.add_row("デモが外へ送らなかったメール", "（不要）", f"{base}/demo/mail")
    console.print(table)
    console.print(f"パスワードはすべて {DEMO_PASSWORD} です。終了は Ctrl+C。")
