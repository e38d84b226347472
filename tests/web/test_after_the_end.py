"""What contracts offer and say after their end, money that goes back, papers that went out: on the screens."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import JAPAN
from tests.example_of_record import ISSUED_AT, on_paper
from tests.services.test_changing import CHANGED_AT, LARGER, cancel, change, changed
from tests.services.test_settling import APRIL, BY_TRANSFER, WHOLE, pay_month
from tests.stage import Stage
from tests.web.page_client import PageClient


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(days=39))  # 10 May 2024


def test_a_cancelled_contract_offers_no_change_and_says_what_goes_back(approver: PageClient, contractor: PageClient, stage: Stage) -> None:
    number, other = stage.issued().number, stage.issued().number
    cancel(stage, number)
    cancel(stage, other, refund=1_000)

    page = approver.get(f"/office/contracts/{number}")
    assert "変更" not in page.links()
    assert "解約" not in page.links()
    assert page.rows()["返還する保証料"] == "返還なし"
    key = approver.get(page.link("認証キーを再発行"))
    assert "保証は戻りません" in key.words
    own = contractor.get(f"/netdesk/contracts/{number}").rows()
    assert (own["解約日"], own["解約の理由"], own["返還する保証料"]) == ("令和06年05月01日", "請負契約の解除のため", "返還なし")
    assert contractor.get(f"/netdesk/contracts/{other}").rows()["返還する保証料"] == "1,000円"


def test_an_expired_contract_is_not_cancelled(stage: Stage, clock: time_machine.Traveller, signed_in: Callable[[str], PageClient]) -> None:
    number = stage.issued().number
    clock.move_to(datetime(2024, 9, 30, 23, 55, tzinfo=JAPAN))
    approver = signed_in("approver")
    early = approver.get(f"/office/contracts/{number}/cancel")
    clock.move_to(datetime(2024, 10, 1, 0, 1, tzinfo=JAPAN))

    assert "解約" not in approver.get(f"/office/contracts/{number}").links()
    late = approver.press(early, "解約する", expect=409, reason="契約解除", password="esurety-demo", cancelled_on="R6.9.30")

    assert "令和06年09月30日に保証期間が満了" in late.words
    assert stage.column("SELECT cancelled_on FROM guarantee_contracts") == [None]


def test_the_cancel_page_says_what_becomes_of_money_for_an_open_change(approver: PageClient, stage: Stage) -> None:
    number = stage.issued(**BY_TRANSFER).number
    application = change(stage, number, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    stage.pay(application, amount=5_832, at=CHANGED_AT)

    page = approver.get(f"/office/contracts/{number}/cancel")

    assert "受け取った保証料 5,832円 は全額を返します" in page.words


def test_declining_warns_of_money_received_and_it_is_given_back_from_the_list(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    stage.pay(application)
    page = clerk.get(f"/office/applications/{application}")
    assert "保証料 52,488円 を受け取っています" in page.words

    declined = clerk.follow(clerk.press(page, "謝絶", reason="引受限度額を超えるため"))
    assert declined.rows()["返還する額"] == "52,488円"
    home = clerk.get("/office/")
    listed = clerk.get(home.link("返す保証料"))
    assert [f"{application:06d}" in row and "謝絶" in row and "52,488円" in row for row in listed.table_rows()] == [True]
    form = clerk.get(listed.link("返還を記録"))
    early = clerk.press(form, "返還を記録", expect=422, paid_on="R6.3.31")
    assert "令和6年4月1日" in early.problems["paid_on"]
    done = clerk.follow(clerk.press(form, "返還を記録"))
    late = clerk.press(early, "返還を記録", expect=409)

    assert "返還（令和06年05月10日）を記録しました" in done.words
    assert "先に行われた" in late.words
    assert "返す保証料" not in clerk.get("/office/").words
    one = clerk.get(f"/office/premiums/returns/{application}")
    assert clerk.press(one, "返還の記録を取り消す", expect=422).problems == {"reason": "取消しの理由を入力してください"}
    undone = clerk.follow(clerk.press(one, "返還の記録を取り消す", reason="振込が戻りました"))
    assert undone.rows()["返還する額"] == "52,488円"
    assert "保証料を返還しました" in clerk.get(f"/office/applications/{application}").words


def test_an_operator_sees_what_goes_back_and_records_nothing(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.submit(**BY_TRANSFER)
    stage.pay(application)
    stage.decide(ApplicationAct.DECLINE, application, reason="引き受けられないため")
    admin = signed_in("admin")

    assert "未返還" in admin.get("/office/premiums/returns/").words
    assert admin.get(f"/office/premiums/returns/{application}").buttons() == []


def test_papers_by_post_are_listed_marked_and_taken_back(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued(**on_paper()).number
    changed(stage, number, **LARGER)
    pay_month(stage, APRIL, WHOLE)
    page = clerk.get("/office/premiums/to-post/")
    rows = page.table_rows()
    assert ["証書（当初）" in rows[0], "証書（変更第1回）" in rows[1], "領収証（令和6年4月分）" in rows[2]] == [True] * 3
    assert all(number in row for row in rows[:2])

    contract = stage.contract_id(number)
    clerk.press(page, "発送済にする", **{f"certificate__{contract}__1": "on"})
    sent = clerk.get(clerk.get("/office/premiums/to-post/").link("発送済のものを見る"))
    assert [number in row and "変更第1回" in row and "令和06年05月10日" in row for row in sent.table_rows()] == [True]
    clerk.press(sent, "発送済を取り消す（証書（変更第1回）、ネットデスク建設株式会社、令和06年05月10日）")

    assert clerk.get("/office/premiums/posted/").table_rows() == []
    assert len(clerk.get("/office/premiums/to-post/").table_rows()) == 3
    again = clerk.follow(clerk.post("/office/premiums/posted/", {"paper": f"certificate-{contract}-1"}))
    assert "すでに取り消されています" in again.words


def test_taking_back_a_receipt_whose_paper_is_out_asks_for_the_paper(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**BY_TRANSFER)
    stage.pay(application)
    stage.change("UPDATE premium_receipts SET receipt_posted_on = '2024-04-02'")

    assert "領収証は、令和06年04月02日に発送済です" in clerk.get(f"/office/applications/{application}").words


def test_a_receipt_taken_back_after_the_issue_stays_in_sight_until_it_comes_again(clerk: PageClient, stage: Stage) -> None:
    application = stage.issued(**BY_TRANSFER).application_id
    assert "未入金の保証料" not in clerk.get("/office/").words
    clerk.press(clerk.get(f"/office/applications/{application}"), "入金の記録を取り消す", reason="別の会社の入金でした")

    listed = clerk.get(clerk.get("/office/").link("発行済みで未入金の保証料"))
    assert [f"{application:06d}" in row and "52,488円" in row for row in listed.table_rows()] == [True]
    page = clerk.get(listed.link(f"{application:06d}").split("#")[0])
    clerk.press(page, "入金を記録", received_on="R6.5.10")

    assert clerk.get("/office/premiums/settlements/").table_rows() == []
    assert "未入金の保証料" not in clerk.get("/office/").words


def test_a_change_under_way_names_its_number_and_totals_the_difference(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    application = change(stage, number, **LARGER)

    for page in (contractor.get(f"/netdesk/applications/{application}"), clerk.get(f"/office/applications/{application}")):
        assert "発行後に表示します" not in page.words
        assert number in page.words
        assert "保証料の合計" not in page.words
        assert "追加の保証料 5,832円" in page.words


def test_a_second_tab_does_not_reissue_the_key_again(approver: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    first, second = (approver.get(f"/office/contracts/{number}/reissue-key") for _ in range(2))
    approver.press(first, "認証キーを再発行", reason="紛失のため", password="esurety-demo")

    late = approver.press(second, "認証キーを再発行", expect=409, reason="紛失のため", password="esurety-demo")

    assert "令和06年05月10日" in late.words
    assert "再発行済みです" in late.words
    assert late.fields("認証キーを再発行")["reason"] == "紛失のため"
    assert stage.scalar("SELECT max(key_version) FROM authentication_keys") == 2
    approver.press(late, "認証キーを再発行", password="esurety-demo")
    assert stage.scalar("SELECT max(key_version) FROM authentication_keys") == 3


def test_pages_without_a_place_in_the_menu_light_the_one_they_belong_to(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    stage.issued()

    for client, address, label in (
        (contractor, "/netdesk/works/1", "保証契約一覧"),
        (clerk, "/office/works/1", "保証契約"),
        (clerk, "/office/premiums/returns/", "精算"),
        (clerk, "/office/premiums/posted/", "発送"),
    ):
        page = client.get(address)
        assert [one.text_content().strip() for one in page.dom.xpath("//nav//a[@aria-current='page']")][:1] == [label]
