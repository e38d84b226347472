"""`flask backup` and `flask restore`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from esurety.persistence.database_copy import CopyFailed, ToolMissing
from esurety.services.back_up import DestinationTaken, back_up
from esurety.services.restore_backup import CannotRestore, Restored, restore_backup

_FILE = click.Path(path_type=Path, file_okay=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("destination", type=_FOLDER)
@click.option("--with-secrets", "secrets_file", type=_FILE, help="Write the secrets into this file of their own.")
@with_appcontext
def backup(destination: Path, secrets_file: Path | None) -> None:
    """Copy everything into the new folder DESTINATION, while people go on working."""
    try:
        made = back_up(destination, at=datetime.now(UTC), installation=current_app.extensions["esurety"], secrets_file=secrets_file)
    except DestinationTaken as no:
        _stop(f"{no} は、すでにあります。新しい名前を指定してください。")
    except ToolMissing as no:
        _stop(f"{no.tool} が見つかりません。PostgreSQL のクライアントを入れてください。")
    except (CopyFailed, OSError) as no:
        _stop(f"バックアップを作れませんでした：{no}")
    click.echo(
        f"バックアップを {destination} に作りました（表の版 {made.schema_version}、{sum(made.rows.values()):,}行、{len(made.files)}個）。"
    )
    if secrets_file is None:
        click.echo("秘密（認証キーの暗号鍵など）は含めていません。--with-secrets で別のファイルに書き出し、別の場所に保管してください。")
    else:
        click.echo(f"秘密を {secrets_file} に書きました。バックアップとは別の、鍵のかかる場所に保管してください。")


@click.command()
@click.argument("source", type=_FOLDER)
@click.option("--secrets", "secrets_file", type=_FILE, help="The file that `flask backup --with-secrets` wrote.")
@with_appcontext
def restore(source: Path, secrets_file: Path | None) -> None:
    """Bring the backup in the folder SOURCE into this installation, which must be empty."""
    try:
        restored = restore_backup(source, installation=current_app.extensions["esurety"], secrets_file=secrets_file)
    except CannotRestore as no:
        _stop(str(no))
    for sentence in _sentences(restored):
        click.echo(sentence)
    sys.exit(1 if restored.problems or restored.key_is_readable is False else 0)


def _sentences(restored: Restored) -> list[str]:
    manifest = restored.manifest
    told = [f"{manifest.made_at:%Y-%m-%d %H:%M} UTC のバックアップを戻しました（表の版 {manifest.schema_version}）。"]
    told += [f"問題：{one}。" for one in restored.problems]
    if not restored.problems:
        told.append(f"確かめました：{sum(manifest.rows.values()):,}行、証書のファイル、書類のファイルは、作成したときと同じです。")
    if restored.key_is_readable is False:
        told.append("問題：認証キーの控えを開けません。--secrets で、この環境の秘密を戻してください。")
    elif restored.key_is_readable:
        told.append("確かめました：認証キーの控えを開けます。")
    return [*told, "続けて flask db upgrade と flask check を行ってください。"]


def _stop(sentence: str) -> None:
    click.echo(sentence, err=True)
    sys.exit(1)
