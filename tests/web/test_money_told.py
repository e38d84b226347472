"""What the screens say of money: refunds against what is unpaid, differences paid in part, months, what is given back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from tests.example_of_record import ISSUED_AT
from tests.pdf_text import pdf_text
from tests.services.test_changing import LARGER, cancel, changed
from tests.services.test_returning_premiums import give_back
from tests.services.test_returning_premiums import receive as receive_early
from tests.services.test_settling import BY_TRANSFER, LARGER_WHOLE, MAY, WHOLE, pay_month, receive, take_back
from tests.stage import Stage
from tests.web.page_client import PageClient

DIFFERENCE = LARGER_WHOLE - WHOLE


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(days=39))  # 10 May 2024


def test_a_receipt_whose_money_went_back_is_refused_with_what_to_do(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive_early(stage, application, 700)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    give_back(stage, application, 700)
    page = clerk.get(f"/office/applications/{application}")
    assert "先に返還の記録を取り消してください" in page.words

    answer = clerk.press(page, "入金の記録を取り消す", expect=409, reason="別の工事の入金")

    assert "先に返還の記録を取り消してから" in answer.words
    assert answer.fields("入金の記録を取り消す")["reason"] == "別の工事の入金"


def test_the_cancel_page_tells_what_is_unpaid_and_the_refund_is_set_off(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    paid, unpaid = stage.issued(**BY_TRANSFER), stage.issued(**BY_TRANSFER)
    take_back(stage, unpaid.application_id, 2)
    assert "納付済" in approver.get(f"/office/contracts/{paid.number}/cancel").words
    page = approver.get(f"/office/contracts/{unpaid.number}/cancel")
    assert "未納 52,488円" in page.words
    assert "まず未納の保証料と相殺し" in page.words
    cancel(stage, unpaid.number, refund=50_000)

    settlement = clerk.get("/office/premiums/settlements/1")
    assert settlement.rows()["未納の保証料と相殺する額"] == "50,000円"
    assert "記録する支払額：0円" in settlement.words
    clerk.press(settlement, "精算を記録")

    waiting = clerk.get("/office/premiums/to-post/")
    (told,) = [row for row in waiting.table_rows() if "相殺のお知らせ" in row]
    assert "相殺した返還 50,000円" in told


def test_an_unpaid_premium_that_came_in_meanwhile_makes_the_settlement_stale(clerk: PageClient, stage: Stage) -> None:
    issued = stage.issued(**BY_TRANSFER)
    take_back(stage, issued.application_id, 1)
    cancel(stage, issued.number, refund=50_000)
    stale = clerk.get("/office/premiums/settlements/1")
    receive(stage, issued.application_id, WHOLE)

    answer = clerk.press(stale, "精算を記録", expect=409)

    assert "先に行われた" in answer.words
    assert "記録する支払額：50,000円" in answer.words


def test_a_difference_paid_in_part_shows_what_came_and_what_is_left(clerk: PageClient, stage: Stage) -> None:
    changed(stage, stage.issued().number, **LARGER)
    receive(stage, 2, 5_000)

    (row,) = clerk.get("/office/premiums/settlements/").table_rows()
    assert "5,832円" in row
    assert "入金済み 5,000円" in row
    assert "残り 832円" in row
    page = clerk.get("/office/premiums/settlements/1")
    assert page.rows()["入金済み"] == "5,000円"
    assert page.rows()["残り"] == "832円"
    assert "記録する入金額：832円" in page.words


def test_the_receipt_of_a_month_names_what_was_set_off(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    cancel(stage, number, refund=800)
    pay_month(stage, MAY, DIFFERENCE - 800)

    (row,) = clerk.get("/office/premiums/to-post/").table_rows()

    for said in ("領収証（令和6年5月分）", "5,032円", "受領額（相殺の前） 5,832円", "相殺した返還 800円"):
        assert said in row, said


def test_more_refunds_than_premiums_make_no_receipt(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    cancel(stage, number, refund=6_000)
    pay_month(stage, MAY, DIFFERENCE - 6_000)

    (row,) = clerk.get("/office/premiums/to-post/").table_rows()

    assert "相殺のお知らせ（令和6年5月分）" in row
    assert "当社からの支払い 168円" in row


def test_the_report_says_what_was_given_back(clerk: PageClient) -> None:
    assert "過払い・謝絶等の返還" in clerk.get("/office/reports/premiums/").words


# ---- what the contractor reads ----


def test_a_declined_contractor_reads_that_the_money_comes_back(
    stage: Stage, signed_in: Callable[[str], PageClient], clock: time_machine.Traveller
) -> None:
    application = stage.submit(**BY_TRANSFER)
    receive_early(stage, application, 3_000)
    contractor = signed_in("contractor2")
    assert "お預かりした保証料 3,000円をお返しします" in contractor.get(f"/netdesk/applications/{application}/withdraw").words
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    assert "お預かりした保証料 3,000円をお返しします" in contractor.get(f"/netdesk/applications/{application}").words

    give_back(stage, application, 3_000)

    told = contractor.get(f"/netdesk/applications/{application}").words
    assert "令和06年05月10日に保証料 3,000円を返還しました" in told
    assert "お返しします" not in told


def test_an_overpayment_is_told_once_it_is_issued(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.approve(**BY_TRANSFER)
    receive_early(stage, application, WHOLE + 1_000)
    stage.issue(application)

    told = signed_in("contractor2").get(f"/netdesk/applications/{application}").words

    assert "納めすぎの保証料 1,000円をお返しします" in told


def test_nothing_is_told_where_nothing_came_in(stage: Stage, contractor: PageClient) -> None:
    application = stage.submit()

    assert "お返しします" not in contractor.get(f"/netdesk/applications/{application}/withdraw").words


# ---- after the issue ----


def test_a_monthly_premium_reads_as_put_on_its_month(clerk: PageClient, stage: Stage) -> None:
    application = stage.issued().application_id

    page = clerk.get(f"/office/applications/{application}")

    assert "令和6年4月分の一括納付に載せました" in page.words
    assert "まだ記録されていません" not in page.words
    assert page.link("令和6年4月分の一括納付を見る").endswith("month=2024-04")


def test_a_transfer_that_was_taken_back_still_reads_as_missing(clerk: PageClient, stage: Stage) -> None:
    issued = stage.issued(**BY_TRANSFER)
    take_back(stage, issued.application_id, 1)

    page = clerk.get(f"/office/applications/{issued.application_id}").words

    assert "保証料 52,488円 の入金は、まだ記録されていません" in page
    assert "一括納付に載せました" not in page


def test_where_nothing_is_due_the_form_for_receipts_is_folded_away(clerk: PageClient, stage: Stage) -> None:
    paid = stage.issued(**BY_TRANSFER)

    assert "未入金はありません。それでも入金があったときは" in clerk.get(f"/office/applications/{paid.application_id}").words


# ---- papers ----


@pytest.mark.parametrize(
    ("who", "says", "never"),
    [
        ({}, "令和6年5月分の一括納付から差し引きます", "振込でお返しします"),
        (BY_TRANSFER, "振込でお返しします", "一括納付から差し引きます"),
    ],
)
def test_the_refund_statement_says_how_this_customer_is_paid_back(
    who: dict[str, str], says: str, never: str, approver: PageClient, stage: Stage
) -> None:
    number = stage.issued(**who).number
    cancel(stage, number, refund=1_000)

    text = pdf_text(approver.get(f"/office/contracts/{number}/refund-statement.pdf?version=1").body).replace("\n", "")

    assert says in text
    assert never not in text


def test_statements_to_post_name_their_own_application_and_amount(clerk: PageClient, stage: Stage) -> None:
    original = stage.issued(premium_statement_on_paper="yes")
    change = changed(stage, original.number, **LARGER)

    rows = clerk.get("/office/premiums/to-post/").table_rows()

    for row, application, amount in zip(rows, (original.application_id, change), ("52,488円", "5,832円"), strict=True):
        assert f"{application:06d}" in row
        assert amount in row


def test_the_day_of_a_settlement_stays_the_day_it_was_typed(clerk: PageClient, stage: Stage) -> None:
    changed(stage, stage.issued().number, **LARGER)

    clerk.press(clerk.get("/office/premiums/settlements/1"), "精算を記録", paid_on="令和6年5月9日")

    assert [str(one) for one in stage.column("SELECT settled_on FROM premium_settlements")] == [str(date(2024, 5, 9))]
