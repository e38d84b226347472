"""The head that goes out once a day, and the worker's hourly look at the log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from esurety.cli.log_keeping import LogKeeping
from esurety.services.audit_log import head_in, verify_log
from esurety.services.installation import Installation
from esurety.services.mail_log_head import last_mailed, mail_log_head
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import send_one_due_mail
from esurety.services.watch_log import alarms
from tests.example_of_record import ISSUED_AT, ISSUED_ON, with_performance
from tests.services.test_audit import append_again, cut_to
from tests.services.test_log import ORIGIN, new_key
from tests.stage import Stage

Tamper = Callable[..., None]
TOMORROW = ISSUED_AT + timedelta(days=1)


@pytest.fixture
def mailing(stage: Stage) -> Installation:
    settings = replace(stage.installation.settings, log_head_recipient="kansa@vill.example.jp")
    return replace(stage.installation, settings=settings)


def send(stage: Stage, mailing: Installation, *, at: object = ISSUED_AT) -> bool:
    with stage.context():
        return mail_log_head(at=at, installation=mailing)  # type: ignore[arg-type] # an instant


def mails(stage: Stage) -> list[tuple[str, str, str]]:
    """The heads and the warnings."""
    mailed = "SELECT recipient, subject, body FROM outbox_mails WHERE event LIKE 'log_head:%' OR event LIKE 'log_alarm:%' ORDER BY id"
    return [tuple(row) for row in stage.rows(mailed)]  # type: ignore[misc] # three columns


def test_the_head_is_mailed_once_a_japanese_day_even_when_it_has_not_changed(stage: Stage, mailing: Installation) -> None:
    assert send(stage, mailing) is False  # nothing has been entered
    number = stage.issued(**with_performance()).number

    assert send(stage, mailing) is True
    assert send(stage, mailing) is False  # today's is there
    new_key(stage, number)
    assert send(stage, mailing, at=ISSUED_AT + timedelta(hours=11, minutes=59)) is False  # 23:59 in Japan
    assert send(stage, mailing, at=ISSUED_AT + timedelta(hours=12)) is True  # 00:00
    assert send(stage, mailing, at=TOMORROW + timedelta(days=1)) is True  # silence would look like an attacker's
    assert [subject for _, subject, _ in mails(stage)] == [
        "【電子保証】公開記録の先頭値（令和06年04月01日 第2件）",
        "【電子保証】公開記録の先頭値（令和06年04月02日 第3件）",
        "【電子保証】公開記録の先頭値（令和06年04月03日 第3件）",
    ]


def test_the_mail_itself_is_an_older_head_for_the_audit(stage: Stage, mailing: Installation, tamper: Tamper) -> None:
    number = stage.issued(**with_performance()).number
    send(stage, mailing)
    recipient, _, body = mails(stage)[0]
    new_key(stage, number)

    with stage.context():
        head = head_in(body, mailing.log_signer.key)
        assert (recipient, head.size) == ("kansa@vill.example.jp", 2)
        assert verify_log(installation=mailing, older_notes=[body]).is_sound
    cut_to(tamper, 1)
    with stage.context():
        assert not verify_log(installation=mailing, older_notes=[body]).is_sound
    assert mailing.log_signer.key.text in body
    assert number not in body


def test_the_mail_as_a_mail_program_saves_it_is_an_older_head_too(stage: Stage, mailing: Installation, tmp_path: Path) -> None:
    stage.issued(**with_performance())
    send(stage, mailing)
    with stage.context():
        transport = transport_through(
            stage.app.extensions["mail"], stage.installation.settings.mail, folder=tmp_path, vault=stage.installation.vault
        )
        while send_one_due_mail(now=TOMORROW, transport=transport):
            pass
    saved = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.eml")]
    heads = [text for text in saved if "kansa@vill.example.jp" in text]

    assert len(heads) == 1
    assert head_in(heads[0], mailing.log_signer.key).size == 2
    for encoding in ("base64", "quoted-printable"):  # as servers on the way may put it
        message = EmailMessage()
        message.set_content(mails(stage)[0][2], cte=encoding)
        assert ORIGIN not in str(message) or "=E2=80=94" in str(message)
        assert head_in(str(message), mailing.log_signer.key).size == 2


def test_nobody_gets_a_mail_unless_somebody_is_named(stage: Stage) -> None:
    stage.issued()

    assert send(stage, stage.installation) is False
    assert mails(stage) == []


def test_a_sound_log_raises_no_alarm(stage: Stage, mailing: Installation) -> None:
    with stage.context():
        assert alarms(installation=mailing) == []
    number = stage.issued(**with_performance()).number
    send(stage, mailing)
    new_key(stage, number)

    with stage.context():
        assert alarms(installation=mailing, mailed=last_mailed(mailing)) == []


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE log_entries SET entry = '{}' WHERE leaf_index = 2"], "第3件の記録が書き換えられています"),
        (["UPDATE log_entries SET previous_hash = 'x' WHERE leaf_index = 2"], "第3件の記録が書き換えられています"),
        (["DELETE FROM log_entries WHERE leaf_index = 4"], "件数が合いません"),
        (["DELETE FROM log_nodes WHERE level = 2"], "いまの先頭値が、木の値と合いません"),
        (["UPDATE log_checkpoints SET note = 'x' WHERE tree_size = 5"], "署名が正しくありません"),
        (["DELETE FROM log_checkpoints"], "署名つき先頭値がありません"),
        (["DELETE FROM log_entries", "DELETE FROM log_nodes", "DELETE FROM log_checkpoints"], "すべて消えています"),
    ],
)
def test_the_worker_raises_an_alarm(stage: Stage, mailing: Installation, tamper: Tamper, statements: list[str], sentence: str) -> None:
    number = stage.issued(**with_performance()).number
    send(stage, mailing)
    for _ in range(3):
        new_key(stage, number)
    tamper(*statements)

    with stage.context(), capture_logs() as logged:
        LogKeeping(mailing).try_one()

    told = [one for one in logged if one["event"] == "log_alarm"]
    assert told
    assert any(sentence in one["finding"] for one in told), told
    assert {one["log_level"] for one in told} == {"error"}


def test_a_rebuilt_log_is_noticed_by_the_mail_of_yesterday_and_the_next_mail_warns(
    stage: Stage, mailing: Installation, tamper: Tamper
) -> None:
    stage.issued(**with_performance())
    send(stage, mailing)
    cut_to(tamper, 0)
    append_again(stage, [("issued", 1, {}), ("issued", 2, {}), ("cancelled", 2, {"cancelled_on": ISSUED_ON})])  # type: ignore[list-item] # as text

    with stage.context():
        found = alarms(installation=mailing, mailed=last_mailed(mailing))
    assert found == ["以前メールした第2件時点の先頭値と、いまの記録が合いません。"]
    assert send(stage, mailing, at=TOMORROW)
    _, subject, body = mails(stage)[-1]
    assert subject.startswith("【警告】公開記録の先頭値")
    assert "■ 警告：以前メールした第2件時点の先頭値と、いまの記録が合いません。" in body


def test_an_alarm_goes_out_although_todays_head_has_gone_and_the_head_is_the_same(
    stage: Stage, mailing: Installation, tamper: Tamper
) -> None:
    stage.issued(**with_performance())
    send(stage, mailing)
    tamper("UPDATE log_entries SET entry = '{}' WHERE leaf_index = 1")

    assert send(stage, mailing, at=ISSUED_AT + timedelta(hours=1)) is True
    assert send(stage, mailing, at=ISSUED_AT + timedelta(hours=2)) is False  # one a day is enough
    assert send(stage, mailing, at=TOMORROW) is True
    assert [subject[:4] for _, subject, _ in mails(stage)] == ["【電子保", "【警告】", "【警告】"]
    assert "■ 警告：第2件の記録が書き換えられています。" in mails(stage)[1][2]


def test_the_warnings_do_not_end_because_the_wrong_head_was_mailed_with_one(stage: Stage, mailing: Installation, tamper: Tamper) -> None:
    stage.issued(**with_performance())
    send(stage, mailing)
    cut_to(tamper, 0)
    append_again(stage, [("issued", 1, {}), ("issued", 2, {})])  # type: ignore[list-item] # as text

    for day in (1, 2, 3):
        assert send(stage, mailing, at=ISSUED_AT + timedelta(days=day)) is True
        assert mails(stage)[-1][1].startswith("【警告】")


def test_an_alarm_goes_out_when_no_head_is_left(stage: Stage, mailing: Installation, tamper: Tamper) -> None:
    stage.issued()
    send(stage, mailing)
    tamper("DELETE FROM log_entries", "DELETE FROM log_nodes", "DELETE FROM log_checkpoints")

    assert send(stage, mailing, at=ISSUED_AT + timedelta(hours=1)) is True
    _, subject, body = mails(stage)[-1]
    assert subject == "【警告】公開記録の先頭値（令和06年04月01日 なし）"
    assert "すべて消えています" in body


def test_the_worker_asks_the_log_seldom(stage: Stage, mailing: Installation, tmp_path: Path) -> None:
    stage.issued()
    keeping = LogKeeping(replace(mailing, settings=replace(mailing.settings, data_dir=tmp_path)))

    with stage.context():
        assert keeping.try_one() is True
        assert keeping.try_one() is False
