"""解約 of one guarantee leaves the others of the works in force: it says so before, and the works' page says so after."""

from tests.example_of_record import ISSUED_ON, OPENED_AT, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_works_pages import works_of


def test_the_cancel_page_names_the_other_guarantees_of_the_works(approver: PageClient, stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers

    page = approver.get(f"/office/contracts/{advance}/cancel")

    assert "同じ工事のほかの保証は、有効なまま残ります" in page.words
    assert page.link(f"契約保証（{performance}） 4,860,000円") == f"/office/contracts/{performance}"


def test_a_cancelled_one_is_no_longer_named(approver: PageClient, stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    stage.cancel(performance, on=ISSUED_ON, at=OPENED_AT)

    assert "有効なまま残ります" not in approver.get(f"/office/contracts/{advance}/cancel").words


def test_the_works_page_says_that_the_advance_is_cancelled(contractor: PageClient, approver: PageClient, stage: Stage) -> None:
    advance, interim = stage.issued(**with_interim()).numbers
    path = f"works/{works_of(stage, advance)}"
    assert "解約済みです" not in contractor.get(f"/netdesk/{path}").words

    stage.cancel(advance, on=ISSUED_ON, at=OPENED_AT)

    told = f"前払金保証（{advance}）は解約済みです。この保証を続けるかを確認してください。"
    assert contractor.get(f"/netdesk/{path}").words.count(told) == 1
    assert told in approver.get(f"/office/{path}").words
    stage.cancel(interim, on=ISSUED_ON, at=OPENED_AT)
    assert told not in contractor.get(f"/netdesk/{path}").words
