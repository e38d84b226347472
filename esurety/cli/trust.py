"""`flask trust export FILE`: the trust file of the stand-alone verifier (tools/esurety_verify.py)."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.services.export_trust import NoRoots, UnreadableCertificate, UnreadableNote, UnreadableRoots, trust_file

trust = AppGroup("trust", help="What the stand-alone verifier has to believe.")


@trust.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--witness", "witnesses", multiple=True, help="Verifier key of a witness whose co-signatures shall count; several times.")
def export(file: Path, witnesses: tuple[str, ...]) -> None:
    """Write the roots, the sureties' certificates, the log's key and the schemas into one file."""
    try:
        text = trust_file(witnesses=witnesses, at=datetime.now(UTC), installation=current_app.extensions["esurety"])
        file.write_text(text, encoding="utf-8")
    except NoRoots:
        _end("信頼する認証局のルート証明書がありません。SIGNING_DIR の roots.pem に置いてください。")
    except UnreadableRoots as no:
        _end(f"ルート証明書のファイル {no} を読めません。")
    except UnreadableCertificate as no:
        _end(f"電子証明書のファイル {no} を読めません。")
    except UnreadableNote:
        _end("--witness には、証人の検証鍵（名前+番号+鍵）を指定してください。")
    except OSError as no:
        _end(f"ファイル {file} に書けません（{no.strerror}）。")
    click.echo(f"信頼ファイルを {file} に書き出しました。SHA-256：{hashlib.sha256(text.encode()).hexdigest()}")
    click.echo("渡すときは、この SHA-256 を電話や書面など別の方法でも伝えてください。すり替えられたファイルでは、偽の証書も真正と出ます。")


def _end(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(1)
