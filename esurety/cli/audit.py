"""`flask audit verify`: has anything been rewritten? Exit 0: no. 1: yes, and what. 2: it could not be checked."""

import re
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.persistence.schema import DatabaseUnreachable, is_current
from esurety.services.audit_log import AuditReport, KeptHead, UnusableHead, verify_log
from esurety.services.audit_versions import NOT_COVERED
from esurety.services.installation import Installation

audit = AppGroup("audit", help="Checks that nothing was rewritten.")

_PRINTED = re.compile(r"(\d{1,18}):([0-9a-fA-F]{8,64})", re.ASCII)


@audit.command("verify")
@click.option("--head", "heads", multiple=True, type=click.Path(path_type=Path), help="A kept head: note, saved mail or .tlog-proof.")
@click.option("--printed", multiple=True, help="A head as printed on a certificate: 12:0123456789abcdef (number of entries, digits).")
def verify(heads: tuple[Path, ...], printed: tuple[str, ...]) -> None:
    """Compute the whole log anew and hold it against the records, the files, and heads kept elsewhere."""
    installation: Installation = current_app.extensions["esurety"]
    try:
        if not is_current():
            _end_unchecked("データベースの版がこのプログラムと合いません。flask db upgrade を実行してください。")
        report = verify_log(
            installation=installation,
            older_notes=[path.read_text(encoding="utf-8") for path in heads],
            printed=[_printed(text) for text in printed],
        )
    except UnusableHead as no:
        _end_unchecked(no.why)
    except (OSError, UnicodeDecodeError) as no:
        _end_unchecked(f"先頭値のファイルを読めません（{no}）。")
    except DatabaseUnreachable:
        _end_unchecked("データベースにつながりません。")
    except Exception as fault:  # noqa: BLE001 - tables that somebody has been at can hold anything; that is no sound log
        _end_unchecked(f"データベースに読み取れない値があります。書き換えられたおそれがあります（{type(fault).__name__}）。")
    _tell(report)
    sys.exit(0 if report.is_sound else 1)


def _printed(text: str) -> KeptHead:
    found = _PRINTED.fullmatch(text.strip())
    if found is None:
        raise UnusableHead(f"「{text}」は読めません。証書に印刷された件数と16文字を、12:0123456789abcdef のように指定してください。")
    return KeptHead(int(found[1]), found[2].lower(), "証書に印刷された先頭値")


def _tell(report: AuditReport) -> None:
    click.echo(f"公開記録 {report.origin}　{report.size}件　先頭値 {report.root_hex[:16] or '（計算できません）'}")
    _tell_outcome(report)
    click.echo("この監査が照らし合わせないもの：")
    for what in NOT_COVERED:
        click.echo(f"・{what}")


def _tell_outcome(report: AuditReport) -> None:
    if report.is_sound:
        compared = f"、以前の先頭値{report.heads}個" if report.heads else ""
        click.echo(f"問題は見つかりませんでした（記録{report.size}件、証書ファイル{report.files}個{compared}を確かめました）。")
        if not report.heads:
            click.echo("全部を作り直されていないことまで確かめるには、外に控えた先頭値を --head で指定してください。")
        return
    click.echo(f"問題が{len(report.findings) + report.unsaid}件見つかりました。", err=True)
    for finding in report.findings:
        click.echo(f"・{finding}", err=True)
    if not report.size:
        click.echo("公開記録ができる前に発行した証書は、flask log begin で一度だけ記録に入れられます。", err=True)
    if report.unsaid:
        click.echo(f"・ほかに{report.unsaid}件あります。", err=True)


def _end_unchecked(why: str) -> NoReturn:
    click.echo(f"確かめられませんでした。{why}", err=True)
    sys.exit(2)
