"""発行: the password again, the register's refusal in words, four eyes on the pages."""

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from tests.example_of_record import ISSUED_AT
from tests.stage import PASSWORD, Stage
from tests.web.page_client import Page, PageClient

ACT = ApplicationAct
LARGE = {"contract_price": "150,000,000", "advance_payment__guaranteed_amount": "60,000,000"}


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT)


def confirmation(client: PageClient, application: int) -> Page:
    return client.get(f"/office/applications/{application}/issue")


def test_issuing_asks_for_the_password_and_does_nothing_without_it(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = confirmation(approver, application)
    before = stage.census()

    answer = approver.press(page, "発行する", expect=422)

    assert answer.problems == answer.messages_at_fields() == {"password": "パスワードを入力してください"}
    assert stage.census() == before


def test_a_wrong_password_issues_nothing_and_is_never_sent_back(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()

    answer = approver.press(confirmation(approver, application), "発行する", expect=422, password="not-the-password")

    assert "パスワードが違います" in answer.problems["password"]
    assert "not-the-password" not in answer.text
    assert stage.state(application) == "approved"
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts") == 0
    approver.press(answer, "発行する", password=PASSWORD)
    assert stage.state(application) == "issued"


def test_the_sixth_wrong_password_has_to_wait_as_at_the_sign_in(approver: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    application = stage.approve()
    page = confirmation(approver, application)
    for _ in range(5):
        approver.press(page, "発行する", expect=422, password="guess")

    slowed = approver.press(page, "発行する", expect=429, password=PASSWORD)

    assert "受け付けを止めています" in slowed.problems["password"]
    assert int(slowed.headers["Retry-After"]) > 0
    clock.shift(61)
    approver.press(page, "発行する", password=PASSWORD)
    assert stage.state(application) == "issued"


def test_the_page_says_which_right_is_missing_and_who_could(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = confirmation(approver, application)
    stage.change("UPDATE issuing_authorities SET up_to = 19439999")

    looked = approver.get(f"/office/applications/{application}/issue", expect=403)
    tried = approver.press(page, "発行する", expect=403, password=PASSWORD)

    for answer in (looked, tried):
        assert "前払金保証 19,440,000円を発行する権限が" in answer.words
        assert "運用担当に、発行権限の登録を依頼してください" in answer.words
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts") == 0
    review = approver.get(f"/office/applications/{application}")
    assert not [label for label in review.links() if "発行する" in label]


def test_who_approved_above_the_limit_is_told_to_leave_the_issue_to_another(approver: PageClient, stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.APPROVE, application, by="approver")

    answer = approver.get(f"/office/applications/{application}/issue", expect=403)

    assert "保証金額 60,000,000円が50,000,000円を超えるため" in answer.words
    assert "別の人が発行します" in answer.words


def test_who_began_the_review_above_the_limit_has_no_button_to_approve(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.submit(**LARGE)
    before = clerk.get(f"/office/applications/{application}")
    stage.decide(ACT.START_REVIEW, application)

    page = clerk.get(f"/office/applications/{application}")
    assert "承認" not in page.buttons()
    assert "審査を始めた人とは別の人が承認します" in page.words
    tried = clerk.post(f"/office/applications/{application}/approve", {"revision": str(stage.revision(application))}, expect=403)
    assert "今回の操作は行っていません" in tried.words
    assert stage.state(application) == "in_review"
    assert "承認" in before.buttons()
    assert "承認" in approver.get(f"/office/applications/{application}").buttons()
