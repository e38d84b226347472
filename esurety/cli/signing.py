"""`flask signing …`: keys and certificates that the certificates are signed with. Exit 0 = in order, 1 = not, 2 = could not tell."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.services.installation import Installation
from esurety.services.keep_signing_keys import (
    AuthorityReport,
    KeyIsInDevice,
    NameTooLong,
    NotTrustedHere,
    RequestUnderWay,
    SigningReport,
    SuretyNotNamed,
    UnreadableRoots,
    ask_for_certificate,
    authority_reports,
    install_certificate,
    signing_reports,
)
from esurety.services.make_certificate import CannotBeSigned

_COULD_NOT_TELL = 2
_NOT_NAMED = "保証会社を --surety 商号 で指定してください（登録された商号と同じ文字で）。"

signing = AppGroup("signing", help="Keys and certificates for signing.")
_surety_option = click.option("--surety", default="", help="The surety's name; needed where there are several.")


def _installation() -> Installation:
    installation: Installation = current_app.extensions["esurety"]
    return installation


@signing.command("check")
@click.option("--days", default=30, show_default=True, help="Not in order when the certificate ends within so many days.")
@click.option("--ask-authorities", is_flag=True, help="Also ask each timestamp authority for a token (it may charge for one).")
def check(days: int, ask_authorities: bool) -> None:
    """Say whether every surety can sign, until when, and whether others can verify it."""
    try:
        reports = signing_reports(at=datetime.now(UTC), installation=_installation())
    except UnreadableRoots as no:
        click.echo(f"信頼する認証局のファイル {no} を読み取れません。PEM 形式であることを確かめてください。", err=True)
        sys.exit(_COULD_NOT_TELL)
    if not reports:
        click.echo("保証会社がまだ登録されていません。")
    wrong = [_show(report, days) for report in reports]
    if ask_authorities:
        wrong += [_show_authority(one) for one in authority_reports(_installation())]
    sys.exit(int(any(wrong)))


def _show(report: SigningReport, days: int) -> bool:
    """Print a report; True when something has to be done."""
    click.echo(f"{report.surety_name}（番号 {report.surety_id}）")
    todo = list(_todo(report, days))
    if report.identity is not None:
        last_day = japanese_day(report.identity.valid_until)
        click.echo(f"  電子証明書　{report.identity.subject}")
        click.echo(f"  有効期間　　{era_date(japanese_day(report.identity.valid_from))}～{era_date(last_day)}（あと{report.days_left}日）")
    if not todo:
        click.echo("  署名できます。")
    for line in todo:
        click.echo(f"  ×　{line}")
    if report.has_request:
        click.echo("  申請中の鍵があります。認証局から電子証明書が届いたら flask signing install で入れてください。")
    return bool(todo)


def _todo(report: SigningReport, days: int) -> list[str]:
    if report.problem is not None:
        return [f"{report.problem.sentence}{report.problem.advice}"]
    todo = []
    if not report.leads_to_root:
        todo.append("電子証明書が roots.pem の認証局につながっていません。認証局のルート証明書を roots.pem に入れてください。")
    if not report.key_is_private:
        todo.append("署名鍵（key.pem）をほかの利用者が読めます。chmod 400 で権限を直してください。")
    if report.days_left is not None and report.days_left < days:
        todo.append(f"有効期間はあと{report.days_left}日です。flask signing request で、次の電子証明書を申請してください。")
    return todo


def _show_authority(report: AuthorityReport) -> bool:
    if report.seconds is None:
        answer = "×　正しい応答がありません。アドレスと通信の許可を確かめてください。"
    elif not report.leads_to_root:
        answer = "×　応答しましたが、roots.pem の認証局につながっていません。この局のルート証明書を roots.pem に入れてください。"
    else:
        answer = f"応答しました（{report.seconds:.1f}秒）"
    click.echo(f"タイムスタンプ局　{report.address}　{answer}")
    return report.seconds is None or not report.leads_to_root


@signing.command("request")
@_surety_option
@click.option("--again", is_flag=True, help="Throw away a key that still waits for its certificate.")
def request(surety: str, again: bool) -> None:
    """Make a new key and the request (CSR) to hand to the certification authority."""
    try:
        path = ask_for_certificate(surety_name=surety, again=again, installation=_installation())
    except SuretyNotNamed:
        _refuse(_NOT_NAMED)
    except RequestUnderWay:
        _refuse("申請中の鍵がすでにあります。その申請をやめて作り直すときは --again を付けてください。")
    except KeyIsInDevice:
        _refuse(
            "署名鍵の装置（PKCS#11）を使う設定です。鍵（P-256、ラベル surety-保証会社の番号）と申請書は、装置の製造元の道具で作ってください。"
        )
    except NameTooLong:
        _refuse("商号が電子証明書に入る長さ（64文字）を超えています。")
    else:
        click.echo(f"鍵と申請書を作りました。申請書 {path} を認証局に提出してください。")
        click.echo("届いた電子証明書は flask signing install ファイル で入れます。それまでは、いまの鍵で署名を続けます。")


@signing.command("install")
@click.argument("file", type=click.Path(path_type=Path))
@_surety_option
def install(file: Path, surety: str) -> None:
    """Put the certificate from the authority (PEM: the surety's first, then intermediates) into use."""
    try:
        certificates = file.read_bytes()
        installed = install_certificate(surety_name=surety, certificates=certificates, at=datetime.now(UTC), installation=_installation())
    except OSError as no:
        _refuse(f"ファイル {file} を読めません（{no.strerror}）。")
    except SuretyNotNamed:
        _refuse(_NOT_NAMED)
    except UnreadableRoots:
        _refuse("roots.pem を読み取れません。PEM 形式であることを確かめてください。")
    except NotTrustedHere:
        _refuse(
            "この電子証明書は roots.pem の認証局につながっていません。ルート証明書を roots.pem に、中間証明書を同じファイルに続けて入れてください。"
        )
    except CannotBeSigned as no:
        _refuse(f"{no.problem.sentence}{no.problem.advice}")
    else:
        last_day = era_date(japanese_day(installed.identity.valid_until))
        click.echo(f"電子証明書を入れました（{last_day}まで有効）。再起動はいりません。")
        if installed.former is not None:
            click.echo(f"前の鍵は {installed.former} に移しました。新しい鍵での発行を確かめたら、その key.pem を消去してください。")


def _refuse(sentence: str) -> None:
    click.echo(f"{sentence}何も変えていません。", err=True)
    sys.exit(1)
