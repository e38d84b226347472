"""`flask certificate verify FILE`: the verdict of /verify at the command line. Exit 0 = holds, 1 = does not, 2 = could not tell."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.documents.examination_process import ExaminationsBusy
from esurety.domain.file_facts import LARGEST_FILE
from esurety.domain.guarantee_contract_number import NotAContractNumber
from esurety.services.verify_certificate import CheckedCertificate, verify_certificate

_COULD_NOT_TELL = 2

certificate = AppGroup("certificate", help="Certificates.")


@certificate.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--number", default="", help="The 保証契約番号 that the certificate should have.")
def verify(file: Path, number: str) -> None:
    """Say whether a certificate file is genuine and in force."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST_FILE + 1)
        checked = verify_certificate(
            at=datetime.now(UTC), installation=current_app.extensions["esurety"], file=content, asked_number=number
        )
    except OSError as no:
        click.echo(f"ファイル {file} を読めません（{no.strerror}）。", err=True)
        sys.exit(_COULD_NOT_TELL)
    except NotAContractNumber:
        click.echo("保証契約番号は、99999-00005M のように指定してください。", err=True)
        sys.exit(_COULD_NOT_TELL)
    except ExaminationsBusy:
        click.echo("ほかのファイルを調べています。少し待ってから、もう一度お試しください。", err=True)
        sys.exit(_COULD_NOT_TELL)
    _say(checked)
    sys.exit(checked.verdict.headline.exit_code)


def _say(checked: CheckedCertificate) -> None:
    verdict = checked.verdict
    would_be = f"（本物なら「{verdict.would_be.label}」）" if verdict.would_be is not None else ""
    click.echo(f"{verdict.headline.label}{would_be}：{verdict.headline.meaning}")
    for one in verdict.findings:
        click.echo(f"  {one.question.label}　{one.answer.label}　{one.reason}")
    for noticed in verdict.diagnoses:
        click.echo(f"  分かったこと：{noticed.title}。{noticed.text}")
    for at, text in enumerate(verdict.what_to_do, 1):
        click.echo(f"  次にすること{at}：{text}")
    click.echo(f"  保証契約番号：{'、'.join(checked.numbers) or '読み取れません'}　SHA-256：{checked.sha256}")
