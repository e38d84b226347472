"""Money after the issue, on the screens: monthly accounts, settlements, late receipts, statements of an increase."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from tests.example_of_record import ISSUED_AT, RARE_COMPANY
from tests.services.test_changing import CHANGED_AT, LARGER, SMALLER, cancel, change, changed, issue
from tests.stage import Stage
from tests.web.page_client import PageClient

BY_TRANSFER = {"by": "contractor2", "premium_billing_name": RARE_COMPANY}


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(days=39))  # 10 May 2024


def refunded(stage: Stage) -> str:
    number = stage.issued(**BY_TRANSFER).number
    cancel(stage, number, refund=1_000)
    return number


def test_open_settlements_are_work_on_the_home_page_until_they_are_recorded(clerk: PageClient, stage: Stage) -> None:
    number = refunded(stage)
    home = clerk.get("/office/")
    assert "精算していない差額・返還 1件" in home.words

    listed = clerk.get(home.link("精算していない差額・返還"))
    assert [number in row and " 1,000円" in row and "解約" in row for row in listed.table_rows()] == [True]
    page = clerk.get(listed.link("精算を記録"))
    assert page.fields("精算を記録")["paid_on"] == "令和6年5月10日"
    clerk.press(page, "精算を記録")
    clerk.press(page, "精算を記録")  # a double click

    assert clerk.get("/office/premiums/settlements/").table_rows() == []
    settled = clerk.get(clerk.get("/office/premiums/settlements/").link("精算済のものを見る"))
    assert [number in row and "令和06年05月10日" in row for row in settled.table_rows()] == [True]
    contract = clerk.get(f"/office/contracts/{number}")
    assert "令和06年05月10日に精算" in contract.words
    assert contract.words.count("保証料の差額または返還の精算を記録しました") == 1
    assert "精算していない" not in clerk.get("/office/").words


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"paid_on": ""}, "paid_on", "入力してください"),
        ({"paid_on": "令和6年5月11日"}, "paid_on", "今日"),
        ({"paid_on": "令和6年4月30日"}, "paid_on", "令和6年5月1日"),
        ({"method": "x"}, "method", "選んでください"),
    ],
)
def test_a_settlement_that_cannot_be_read_is_kept_and_named(
    typed: dict[str, str], field: str, says: str, clerk: PageClient, stage: Stage
) -> None:
    refunded(stage)

    answer = clerk.press(clerk.get("/office/premiums/settlements/1"), "精算を記録", expect=422, **typed)

    assert says in answer.problems[field]
    if field == "paid_on":
        assert answer.fields("精算を記録")["paid_on"] == typed["paid_on"]
    assert stage.column("SELECT settled_on FROM premium_settlements") == [None]


def test_a_colleague_who_was_first_is_told_and_the_record_can_be_taken_back(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    refunded(stage)
    stale = approver.get("/office/premiums/settlements/1")
    clerk.press(clerk.get("/office/premiums/settlements/1"), "精算を記録")

    late = approver.press(stale, "精算を記録", expect=409)
    assert "先に行われた" in late.words
    missing = approver.press(late, "精算の記録を取り消す", expect=422)
    assert missing.problems == {"reason": "取消しの理由を入力してください"}
    done = approver.follow(approver.press(missing, "精算の記録を取り消す", reason="振込が戻りました"))

    assert "未精算" in done.words
    approver.press(missing, "精算の記録を取り消す", expect=409, reason="もう一度")


def test_an_operator_sees_the_settlements_and_records_none(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    refunded(stage)
    admin = signed_in("admin")

    assert "精算を記録" not in admin.get("/office/premiums/settlements/").links()
    assert admin.get("/office/premiums/settlements/1").buttons() == []
    admin.post("/office/premiums/settlements/1", {"paid_on": "R6.5.10", "method": "transfer"}, expect=403)


def test_the_month_shows_each_difference_with_its_sign_and_is_paid_at_once(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    changed(stage, number, at=CHANGED_AT + timedelta(days=1), **SMALLER)

    page = clerk.get("/office/premiums/monthly/?month=2024-05")
    rows = page.table_rows()
    assert ["変更第1回" in rows[0] and " 5,832円" in rows[0], "変更第2回" in rows[1] and "△15,120円" in rows[1]] == [True, True]
    assert "全社の合計 △9,288円" in page.words
    assert [row for row in clerk.get("/office/premiums/monthly/?month=2024-04").table_rows() if "変更" in row] == []
    form = clerk.get(page.link("納付を記録"))
    assert form.rows()["当社から返還する額"] == "9,288円"
    stale = clerk.get(page.link("納付を記録"))
    done = clerk.follow(clerk.press(form, "納付を記録", paid_on="R6.5.10"))

    assert "令和6年5月分の納付" in done.words
    assert "納付を記録" not in " ".join(done.links())
    again = clerk.press(stale, "納付を記録", expect=409)
    assert "先に行われた" in again.words
    assert stage.column("SELECT amount FROM premium_receipts") == [5_832]


def test_a_monthly_payment_that_cannot_be_read_is_kept(clerk: PageClient, stage: Stage) -> None:
    stage.issued()
    page = clerk.get(clerk.get("/office/premiums/monthly/?month=2024-04").link("納付を記録"))

    unreadable = clerk.press(page, "納付を記録", expect=422, paid_on="令和6年2月30日", method="counter")
    early = clerk.press(page, "納付を記録", expect=422, paid_on="令和6年3月31日")

    assert unreadable.fields("納付を記録") == page.fields("納付を記録") | {
        "paid_on": "令和6年2月30日",
        "method": "counter",
        "token": unreadable.fields("納付を記録")["token"],
        "csrf_token": unreadable.fields("納付を記録")["csrf_token"],
    }
    assert "令和6年4月1日" in early.problems["paid_on"]
    for odd in ("2024-13", "x", "2024-06"):
        clerk.get(f"/office/premiums/monthly/1/{odd}", expect=404)


def test_a_monthly_premium_is_recorded_on_its_application_after_the_issue(clerk: PageClient, stage: Stage) -> None:
    application = stage.issued().application_id
    page = clerk.get(f"/office/applications/{application}")
    assert page.rows()["未入金"] == "52,488円"  # 19,440,000 at the example rate of 0.27 %
    assert "令和6年4月分の一括納付に載せました" in page.words

    done = clerk.follow(clerk.press(page, "入金を記録", received_on="R6.5.10"))
    assert done.rows()["未入金"] == "0円"
    assert "この申込みの手続きは終わりました" in done.words
    undone = clerk.follow(clerk.press(done, "入金の記録を取り消す", reason="別の会社の入金でした"))

    assert undone.rows()["未入金"] == "52,488円"
    assert ["未納" in row for row in clerk.get("/office/premiums/monthly/?month=2024-04").table_rows()] == [True]


def test_contractor_and_office_take_the_statement_of_an_increase(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)

    for reader, portal in ((contractor, "netdesk"), (clerk, "office")):
        page = reader.get(f"/{portal}/contracts/{number}")
        address = page.link("差額の保証料計算書（PDF）")
        assert address == f"/{portal}/contracts/{number}/premium-statement.pdf?version=1"
        assert reader.get(address).body == reader.get(f"/{portal}/contracts/{number}/premium-statement.pdf").body
        assert reader.get(f"{address[:-1]}0").body != reader.get(address).body
        for odd in ("2", "x", "99999999999"):
            reader.get(f"{address[:-1]}{odd}", expect=404)
    assert "未精算" in page.words


def test_a_paid_increase_reads_as_settled(contractor: PageClient, stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    number = stage.issued(**BY_TRANSFER).number
    application = change(stage, number, by="contractor2", **LARGER)
    stage.change("UPDATE applications SET state = 'in_review' WHERE id = :id", id=application)
    clerk = signed_in("clerk")
    page = clerk.get(f"/office/applications/{application}")
    reasons = {name.replace("-", "__"): "確認" for name in page.fields("承認") if name.startswith("override")}
    clerk.press(page, "承認", **reasons)
    stage.pay(application, amount=5_832, at=CHANGED_AT)
    issue(stage, application)

    assert "令和06年05月01日に精算" in signed_in("contractor2").get(f"/netdesk/contracts/{number}").words


def test_statements_of_changes_are_posted_with_the_others(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued(premium_statement_on_paper="yes").number
    changed(stage, number, **LARGER)
    page = clerk.get("/office/premiums/to-post/")
    ticked = {name.replace("-", "__"): "on" for name in page.dom.xpath("//input[@type='checkbox']/@name")}
    rows = page.table_rows()
    assert [number in one for one in rows] == [True, True]
    assert ["保証料計算書（PDF）" in rows[0], "保証料計算書（変更第1回）（PDF）" in rows[1]] == [True, True]

    done = clerk.follow(clerk.press(page, "発送済にする", **ticked))

    assert "2通を発送済にしました" in done.words
    assert str(stage.scalar("SELECT statement_posted_on FROM premium_settlements")) == "2024-05-10"
