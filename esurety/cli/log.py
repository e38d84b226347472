"""`flask log …`: the public log as static files, its head and key, and witnessing the log of another installation."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.persistence.contracts import issued_contract
from esurety.services.begin_log import LogHasBegun, begin_log
from esurety.services.export_log import export_log
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.installation import Installation
from esurety.services.keep_log import NotOurHead, cancellation_proof, checkpoint_note, tlog_proof
from esurety.services.witness_log import HeadRefused, NotFetched, Witnessed, witness_log

log = AppGroup("log", help="The public log.")

_TIMEOUT_SECONDS = 20
_LARGEST_ANSWER = 256 * 1024


@log.command("head")
def head() -> None:
    """Print the newest signed head, to be kept elsewhere."""
    click.echo(checkpoint_note(current_app.extensions["esurety"]), nl=False)


@log.command("key")
def key() -> None:
    """Print the keys that others check our log and our co-signatures with."""
    installation: Installation = current_app.extensions["esurety"]
    click.echo(installation.log_signer.key.text)
    click.echo(installation.witness_signer.key.text)


@log.command("begin")
def begin() -> None:
    """Enter what was issued before there was a log; once, on an installation that has been upgraded."""
    try:
        entered = begin_log(at=datetime.now(UTC), installation=current_app.extensions["esurety"])
    except LogHasBegun:
        click.echo("公開記録はもう始まっています。何も変えませんでした。", err=True)
        sys.exit(1)
    click.echo(f"これまでの発行・変更・解約・認証キーの再発行 {entered}件を、公開記録に入れました。")


@log.command("proof")
@click.argument("number")
@click.option("--version", type=int, default=None, help="Of the certificate; the newest unless named.")
@click.option(
    "--head", "head_file", type=click.Path(path_type=Path), help="A head of ours that witnesses have co-signed: goes into the proof."
)
@click.option("--cancellation", is_flag=True, help="The proof that the contract was cancelled, instead.")
def proof(number: str, version: int | None, head_file: Path | None, *, cancellation: bool) -> None:
    """Print the .tlog-proof of a certificate, or of a contract's cancellation."""
    contract = issued_contract(number)
    contract_id, newest = (contract.id, contract.current_version) if contract is not None else (0, 0)
    try:
        note = head_file.read_text(encoding="utf-8") if head_file is not None else None
        wanted = newest if version is None else version
        made = cancellation_proof(contract_id, against=note) if cancellation else tlog_proof(contract_id, wanted, against=note)
        click.echo(made, nl=False)
    except NoSuchDocument:
        click.echo(f"{number} の{'解約' if cancellation else 'その版'}の記録が（この先頭値の時点では）ありません。", err=True)
        sys.exit(1)
    except (NotOurHead, OSError, UnicodeDecodeError):
        click.echo("--head のファイルは、この公開記録の先頭値ではありません。", err=True)
        sys.exit(1)


@log.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def export(folder: Path) -> None:
    """Write the log as static files; a later export adds what is new."""
    try:
        done = export_log(folder, installation=current_app.extensions["esurety"])
    except OSError as no:
        click.echo(f"書き出せませんでした（{no}）。", err=True)
        sys.exit(1)
    click.echo(f"公開記録 {done.size}件を {folder} に書き出しました（{done.files}ファイル）。")


@log.command("witness")
@click.argument("url")
@click.option("--key", "given", default=None, help="The log's verifier key; without it, the first use keeps the one the log names.")
def witness(url: str, given: str | None) -> None:
    """Co-sign the head of another installation's log if it keeps what it showed before. Exit 0: yes, 1: refused, 2: not reached."""
    installation: Installation = current_app.extensions["esurety"]
    at = datetime.now(UTC)
    try:
        done = witness_log(fetch=_Web(url).fetch, address=url, key=given, installation=installation, at=at)
    except HeadRefused as no:
        click.echo(f"連署しませんでした。{no.why}", err=True)
        click.echo(
            f"証拠を {_keep_evidence(installation, no, at)} に保存しました。このログの運営者と、証書を使う人に知らせてください。", err=True
        )
        sys.exit(1)
    except NotFetched as no:
        click.echo(f"確かめられませんでした。{no}", err=True)
        sys.exit(2)
    _tell(done, is_key_given=given is not None)


def _tell(done: Witnessed, *, is_key_given: bool) -> None:
    if not done.is_new:
        click.echo(f"{done.head.origin} は第{done.head.size}件のまま変わっていません。前の連署がそのまま使えます。", err=True)
    elif done.previous_size is None:
        click.echo(f"{done.head.origin} をはじめて見ました（第{done.head.size}件）。検証鍵を固定しました：{done.head.key}", err=True)
        if not is_key_given:
            click.echo(
                "検証鍵は、このログ自身が名乗ったものです。電話など別の方法で受け取った検証鍵と見比べてください（次からは --key で指定できます）。",
                err=True,
            )
    else:
        click.echo(
            f"{done.head.origin} は第{done.previous_size}件から第{done.head.size}件へ、書き換えなしに伸びています。連署しました。", err=True
        )
    click.echo(done.head.note, nl=False)


def _keep_evidence(installation: Installation, refused: HeadRefused, at: datetime) -> Path:
    """What contradicts itself, word for word: it is signed, so it convinces others too."""
    folder = installation.settings.data_dir / "witness-evidence"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%S%fZ}.txt"
    path.write_text(refused.why + "\n\n" + "\n----\n".join(refused.evidence), encoding="utf-8")
    return path


class _StayThere(HTTPRedirectHandler):
    """A log's files are where its address says; a redirect could lead into our own network."""

    def redirect_request(self, *_asked: object) -> Request | None:
        return None


class _Web:
    """The files of a log at an address."""

    def __init__(self, url: str) -> None:
        self._base = url.rstrip("/")
        if urlsplit(url).scheme not in {"http", "https"}:
            click.echo("アドレスは http:// または https:// で始めてください（例：https://example.jp/log）。", err=True)
            sys.exit(2)
        self._opener = build_opener(_StayThere)

    def fetch(self, path: str) -> bytes:
        """Raises NotFetched."""
        address = f"{self._base}/{path}"
        try:
            with self._opener.open(address, timeout=_TIMEOUT_SECONDS) as answer:
                data: bytes = answer.read(_LARGEST_ANSWER + 1)
        except HTTPError as no:
            no.close()
            raise NotFetched(f"{address} を読めません（{no.code}）。") from no
        except (URLError, OSError, ValueError) as no:
            raise NotFetched(f"{address} を読めません（{no}）。") from no
        if len(data) > _LARGEST_ANSWER:
            raise NotFetched(f"{address} が大きすぎます。")
        return data
