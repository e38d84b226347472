"""発行: the password again, the register's refusal in words, four eyes on the pages."""

from collections.abc import Callable

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


@pytest.mark.parametrize(("reviewer", "approver_is"), [("clerk", "approver"), ("approver", "clerk")])
def test_two_people_carry_a_large_amount_through_the_pages(
    reviewer: str, approver_is: str, clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    people = {"clerk": clerk, "approver": approver}
    application = stage.submit(**LARGE)
    address = f"/office/applications/{application}"

    begun = people[reviewer].follow(people[reviewer].press(people[reviewer].get(address), "審査を始める"))
    assert "承認" not in begun.buttons()
    approved = people[approver_is].follow(people[approver_is].press(people[approver_is].get(address), "承認"))
    assert "発行できる人：千葉支店 発行 正" in approved.words
    assert "発行できる人がいません" not in approved.words
    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)

    assert stage.state(application) == "issued"


@pytest.mark.parametrize("person", ["clerk", "approver"])
def test_a_large_application_says_before_anybody_acts_who_can_take_which_step(
    person: str, signed_in: Callable[[str], PageClient], stage: Stage
) -> None:
    application, client = stage.submit(**LARGE), signed_in(person)

    page = client.get(f"/office/applications/{application}")

    assert "承認" not in page.buttons()
    assert {"審査を始める", "差戻し", "謝絶"} <= set(page.buttons())
    assert "50,000,000円を超えるため、審査を始める人と承認する人は別の人です" in page.words
    assert "審査を始められる人：千葉支店 審査 良子、千葉支店 発行 正" in page.words
    assert "承認できる人：審査を始めた人とは別の人" in page.words
    assert "発行できる人：千葉支店 発行 正" in page.words
    tried = client.post(f"/office/applications/{application}/approve", {"revision": str(stage.revision(application))}, expect=403)
    assert "まず「審査を始める」を押し" in tried.words
    assert "今回の操作は行っていません" in tried.words
    assert stage.state(application) == "submitted"


def test_up_to_the_limit_nothing_is_said_of_two_people(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{stage.submit()}")

    assert "承認" in page.buttons()
    assert "別の人" not in page.words
    assert "発行できる人：千葉支店 発行 正" in page.words


def test_who_reviewed_and_approved_alone_is_told_how_it_goes_on(approver: PageClient, clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application, by="approver")
    stage.change("UPDATE applications SET state = 'approved', approver_id = reviewer_id")  # as under a limit that was higher then

    answer = approver.get(f"/office/applications/{application}/issue", expect=403)

    assert "保証金額 60,000,000円が50,000,000円を超えるため" in answer.words
    assert "承認を取り消して、別の人が承認し直すと発行できます" in answer.words
    assert "発行権限の登録を依頼" not in answer.words
    page = approver.get(f"/office/applications/{application}")
    approver.press(page, "承認を取り消す", reason="別の人が承認するため")
    clerk.press(clerk.get(f"/office/applications/{application}"), "承認")
    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)
    assert stage.state(application) == "issued"


def test_who_began_the_review_above_the_limit_has_no_button_to_approve(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application)

    page = clerk.get(f"/office/applications/{application}")
    assert "承認" not in page.buttons()
    assert "審査を始めた人とは別の人が承認します" in page.words
    assert "承認できる人：千葉支店 発行 正" in page.words
    tried = clerk.post(f"/office/applications/{application}/approve", {"revision": str(stage.revision(application))}, expect=403)
    assert "千葉支店 発行 正に、承認を依頼してください" in tried.words
    assert stage.state(application) == "in_review"
    assert "承認" in approver.get(f"/office/applications/{application}").buttons()
