"""`flask check`: what is wrong with an installation, in plain sentences; 0 holds, 1 does not, 2 could not tell."""

import os
import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path

from esurety.documents.printable_characters import missing_characters
from esurety.domain.japanese_calendar import japanese_day
from esurety.persistence import database_copy, events, outbox, reference_data, schema
from esurety.services.installation import Installation
from esurety.services.keep_signing_keys import signing_is_ready
from esurety.services.mail_gate_codes import address_for_code, takes_electronic
from esurety.services.watch_log import alarms
from esurety.settings import Settings

_MAIL_SECONDS = 5
_MAIL_MAY_WAIT = timedelta(hours=1)
_CLOCK_MAY_LAG = timedelta(minutes=2)
_NAMES_SHOWN = 3
_SPACE_WANTED = 1024**3  # 1 GiB: some ten thousand certificates
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Result(IntEnum):
    """The exit code that a finding alone would lead to."""

    HOLDS = 0
    DOES_NOT = 1
    COULD_NOT_TELL = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at, and what to do where it does not hold."""

    result: Result
    sentence: str


def check_installation(*, installation: Installation, at: datetime) -> list[Finding]:
    """Everything that the product needs, one finding each; a check that itself fails is one that could not tell."""
    settings = installation.settings
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _settings(settings),
        lambda: _secrets(settings.data_dir),
        _fonts,
        _database,
        lambda: _signing(installation, at),
        lambda: _log(installation),
        lambda: _mail(settings, at),
        lambda: _addresses_for_codes(at),
        lambda: _clock(at),
        lambda: _disk(settings.data_dir),
        lambda: _backup_tool(settings),
    )
    return [finding for check in checks for finding in _tried(check)]


def overall(findings: list[Finding]) -> Result:
    """Does not hold, if anything does not; could not tell, if anything could not be told; else holds."""
    results = {finding.result for finding in findings}
    return next((one for one in (Result.DOES_NOT, Result.COULD_NOT_TELL) if one in results), Result.HOLDS)


def _tried(check: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as no:  # noqa: BLE001 - whatever fails here is what the operator wants to know
        return [Finding(Result.COULD_NOT_TELL, f"確かめられませんでした（{type(no).__name__}）。")]


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.is_demo:
        yield Finding(Result.HOLDS, "デモの環境です（DEMO=1）。証書に「見本」と印刷され、実際の保証には使えません。")
    elif not settings.serves_tls:
        yield Finding(
            Result.DOES_NOT, "PUBLIC_URL が https:// ではありません。利用者に公開するときは、TLS のプロキシを前に置いてください。"
        )
    else:
        yield Finding(Result.HOLDS, f"公開アドレスは {settings.public_url} です。")


def _secrets(data_dir: Path) -> Iterator[Finding]:
    open_to_others = [
        path for path in [data_dir, *sorted((data_dir / "secrets").glob("*"))] if path.exists() and path.stat().st_mode & _OTHERS
    ]
    for path in open_to_others:
        yield Finding(Result.DOES_NOT, f"{path} を、ほかの利用者も読めます。chmod go= {path} を行ってください。")
    if not os.access(data_dir, os.W_OK):
        yield Finding(Result.DOES_NOT, f"{data_dir} に書き込めません。所有者と権限を確かめてください。")
    elif not open_to_others:
        yield Finding(Result.HOLDS, "データの置き場と秘密のファイルは、持ち主だけが読めます。")


def _fonts() -> Iterator[Finding]:
    missing = missing_characters("保証髙﨑𠮷")
    if missing:
        yield Finding(Result.DOES_NOT, f"印刷用フォントに文字（{''.join(missing)}）がありません。インストールし直してください。")
    else:
        yield Finding(Result.HOLDS, "印刷用のフォントがそろっています。")


def _database() -> Iterator[Finding]:
    try:
        current = schema.is_current()
    except schema.DatabaseUnreachable:
        yield Finding(Result.DOES_NOT, "データベースに接続できません。DATABASE_URL と、データベースが動いていることを確かめてください。")
        return
    if not current:
        yield Finding(Result.DOES_NOT, "データベースの表が、このソフトウェアの版と合っていません。flask db upgrade を行ってください。")
        return
    problems = database_copy.integrity_problems()
    yield from (Finding(Result.DOES_NOT, f"データベースの検査：{one}。バックアップから戻してください。") for one in problems)
    damaged = list(database_copy.damaged_certificates())
    yield from (
        Finding(Result.DOES_NOT, f"証書のファイル {one} の中身が変わっています。バックアップから戻してください。") for one in damaged
    )
    if not problems and not damaged:
        yield Finding(Result.HOLDS, "データベースは最新の版で、証書のファイルはすべて元のままです。")


def _signing(installation: Installation, at: datetime) -> Iterator[Finding]:
    if signing_is_ready(at=at, installation=installation):
        yield Finding(Result.HOLDS, "電子証書に署名する鍵と電子証明書を使えます。")
    else:
        yield Finding(Result.DOES_NOT, "電子証書に署名できない保証会社があります。flask signing check で原因を確かめてください。")


def _log(installation: Installation) -> Iterator[Finding]:
    found = alarms(installation=installation)
    yield from (Finding(Result.DOES_NOT, f"公開記録：{one} flask audit verify を行ってください。") for one in found)
    if not found:
        yield Finding(Result.HOLDS, "公開記録の末尾は、データベースと合っています（全体は flask audit verify で調べます）。")


def _mail(settings: Settings, at: datetime) -> Iterator[Finding]:
    waiting = outbox.oldest_waiting()
    if waiting is not None and at - waiting > _MAIL_MAY_WAIT:
        yield Finding(
            Result.DOES_NOT, "1時間以上送れていないメールがあります。flask worker が動いているか、事務の「送信メール」を確かめてください。"
        )
    if settings.mail.server is None:
        yield Finding(Result.HOLDS, f"メールは送らず、{settings.mail_dir} に保存します（MAIL_SERVER がありません）。")
        return
    try:
        with smtplib.SMTP(settings.mail.server, settings.mail.port, timeout=_MAIL_SECONDS) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as no:
        yield Finding(
            Result.DOES_NOT, f"メールサーバー {settings.mail.server}:{settings.mail.port} に接続できません（{type(no).__name__}）。"
        )
    else:
        yield Finding(Result.HOLDS, f"メールサーバー {settings.mail.server} が応答しています。")


def _addresses_for_codes(at: datetime) -> Iterator[Finding]:
    """Authorities whose certificates may have to be opened with a mailed code, and who have no address to mail it to."""
    without = [one.name for one in reference_data.authorities_on(japanese_day(at)) if takes_electronic(one) and not address_for_code(one)]
    if without:
        names = "、".join(without[:_NAMES_SHOWN]) + ("など" if len(without) > _NAMES_SHOWN else "")
        yield Finding(
            Result.DOES_NOT,
            f"発注者 {len(without)}件（{names}）の提出先にメールアドレスがなく、D-Sure の確認コードを送れません。「取扱い・料率」で書き加えてください。",
        )
    else:
        yield Finding(Result.HOLDS, "電子保証を取り扱う発注者には、どれも D-Sure の確認コードを送れます。")


def _clock(at: datetime) -> Iterator[Finding]:
    newest = events.newest_at()
    if newest is not None and newest - at > _CLOCK_MAY_LAG:
        yield Finding(Result.DOES_NOT, "時計が、最後に記録した時刻より前を指しています。時刻合わせ（NTP）を確かめてください。")
    else:
        yield Finding(Result.HOLDS, "時計は、記録の時刻と矛盾していません。")


def _disk(data_dir: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(data_dir).free
    said = f"データの置き場の空きは {free // 1024**2:,}MB です"
    yield (
        Finding(Result.HOLDS, f"{said}。")
        if free >= _SPACE_WANTED
        else Finding(Result.DOES_NOT, f"{said}。1,024MB 以上になるよう、空きを増やしてください。")
    )


def _backup_tool(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url.startswith("sqlite") and shutil.which("pg_dump") is None:
        yield Finding(Result.DOES_NOT, "pg_dump が見つかりません。flask backup のために、PostgreSQL のクライアントを入れてください。")
