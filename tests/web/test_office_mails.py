"""送信メール: what the outbox holds, and 再送."""

from collections.abc import Callable

import pytest

from esurety.services.send_mail import DueMail, send_one_due_mail
from tests.example_of_record import APPLIED_AT, WORKS_NAME
from tests.stage import Stage
from tests.web.page_client import PageClient


def sent(stage: Stage) -> None:
    """The oldest mail leaves."""
    with stage.app.app_context():
        assert send_one_due_mail(now=APPLIED_AT, transport=lambda _due: None)


def test_mails_are_listed_newest_first_with_their_state(clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    stage.submit(by="contractor2")
    sent(stage)

    rows = clerk.get("/office/mails/").table_rows()

    assert ["contractor2@demo.example" in row for row in rows] == [True, False]
    assert "送信待ち" in rows[0]
    assert "送信済" in rows[1]
    assert len(clerk.get("/office/mails/?state=sent").table_rows()) == 1


def test_a_mail_shows_its_whole_text(clerk: PageClient, stage: Stage) -> None:
    stage.submit()

    page = clerk.get("/office/mails/1")

    assert WORKS_NAME in page.heading
    assert "次の申込みを受け付けました" in page.words
    assert page.rows()["宛先"] == "netdesk@demo.example"
    assert "再送" not in page.buttons()  # it has not left yet


def test_a_sent_mail_is_sent_again_on_request(clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    sent(stage)

    done = clerk.follow(clerk.press(clerk.get("/office/mails/1"), "再送"))

    assert "送信待ち" in done.words
    assert stage.scalar("SELECT state FROM outbox_mails") == "queued"
    assert "メールを再送しました" in clerk.get("/office/applications/1").words


def test_why_a_mail_could_not_be_sent_is_shown(clerk: PageClient, stage: Stage) -> None:
    stage.submit()

    def refuses(_due: DueMail) -> None:
        raise OSError("the server is away")

    with stage.app.app_context():
        send_one_due_mail(now=APPLIED_AT, transport=refuses)

    assert "the server is away" in clerk.get("/office/mails/1").words
    assert "次は" in clerk.get("/office/mails/").words


def test_an_operator_reads_mails_and_sends_none(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    stage.submit()
    sent(stage)
    admin = signed_in("admin")

    assert "再送" not in admin.get("/office/mails/1").buttons()
    admin.post("/office/mails/1/send-again", expect=403)


@pytest.mark.parametrize("address", ["/office/mails/2", "/office/mails/999"])
def test_a_mail_that_is_not_there(address: str, clerk: PageClient, stage: Stage) -> None:
    stage.submit()

    clerk.get(address, expect=404)


def test_what_the_contractor_reads_of_a_sent_again_mail_is_nothing(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    sent(stage)
    clerk.press(clerk.get("/office/mails/1"), "再送")

    assert "再送" not in contractor.get("/netdesk/applications/1").words
