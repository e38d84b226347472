"""The clerk's day: filters of the queue, the next application, who is on it, stale decisions, reasons for warnings."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from tests.example_of_record import APPLIED_AT, REVIEWED_AT, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import PageClient

ACT = ApplicationAct


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(REVIEWED_AT)


def test_the_queue_is_narrowed_by_product_assignee_and_age(clerk: PageClient, stage: Stage) -> None:
    stage.submit(works_name="二つの保証の工事", **with_performance())
    stage.submit(works_name="古い工事", at=APPLIED_AT - timedelta(days=3))
    stage.submit(works_name="昨日の工事", at=APPLIED_AT - timedelta(days=1))
    mine = stage.submit(works_name="担当の工事")
    clerk.press(clerk.get(f"/office/applications/{mine}"), "担当する")

    def shown(query: str) -> set[str]:
        rows = clerk.get(f"/office/?{query}").table_rows()
        return {name for row in rows for name in ("二つの保証", "古い", "昨日", "担当") if f"{name}の工事" in row or f"{name}工事" in row}

    assert shown("product=contract_performance") == {"二つの保証"}
    assert shown("assignee=mine") == {"担当"}
    assert shown("assignee=nobody") == {"二つの保証", "古い", "昨日"}
    assert shown("age=today") == {"二つの保証", "担当"}
    assert shown("age=few_days") == {"昨日"}
    assert shown("age=long") == {"古い"}
    assert shown("kind=change") == set()
    assert shown("kind=x&age=y&assignee=z&product=q") == {"二つの保証", "古い", "昨日", "担当"}


def test_the_queue_counts_by_state_and_age(clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    stage.submit(at=APPLIED_AT - timedelta(days=2))
    stage.submit(at=APPLIED_AT - timedelta(days=9))

    figures = [" ".join(one.text_content().split()) for one in clerk.get("/office/").dom.xpath("//ul[contains(@class, 'figures')]/li")]

    assert figures[0].startswith("申込済 3 件")
    assert [part in figures[0] for part in ("当日", "1–2日", "3日以上")] == [True] * 3
    assert figures[0].count("1件") == 3


def test_after_a_decision_the_longest_waiting_other_one_of_the_same_filter_is_offered(clerk: PageClient, stage: Stage) -> None:
    oldest = stage.submit(works_name="古い工事", works_number="1", at=APPLIED_AT - timedelta(days=3))
    stage.submit(works_name="二番目の工事", works_number="2", at=APPLIED_AT - timedelta(days=2), **with_performance())
    first = stage.submit(works_name="三番目の工事", works_number="3", at=APPLIED_AT - timedelta(days=1), **with_performance())
    second = stage.submit(**with_performance())
    clerk.get("/office/?product=contract_performance")
    stage.decide(ACT.RETURN, first, reason="理由")

    done = clerk.follow(clerk.press(clerk.get(f"/office/applications/{second}"), "承認"))

    assert done.link("次の申込みを開く") == f"/office/applications/{oldest + 1}"
    clerk.get("/office/")
    assert clerk.get(f"/office/applications/{second}/next", expect=303).location == f"/office/applications/{oldest}"


def test_the_way_on_leads_through_the_queue_and_round_again(clerk: PageClient, stage: Stage) -> None:
    first, second = stage.submit(at=APPLIED_AT - timedelta(days=1)), stage.submit()

    assert clerk.get("/office/").link("次の申込みへ") == f"/office/applications/{first}"
    assert clerk.get(f"/office/applications/{first}/next", expect=303).location == f"/office/applications/{second}"
    assert clerk.get(f"/office/applications/{second}/next", expect=303).location == f"/office/applications/{first}"
    stage.decide(ACT.RETURN, first, reason="理由")
    nothing = clerk.follow(clerk.get(f"/office/applications/{second}/next", expect=303))
    assert "ほかにありません" in nothing.words


def test_the_second_clerk_sees_who_is_on_it_and_taking_over_is_recorded(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.submit()
    clerk.press(clerk.get(f"/office/applications/{application}"), "担当する")

    theirs = approver.get(f"/office/applications/{application}")
    assert "担当：審査 良子（令和06年04月01日" in theirs.words
    taken = approver.follow(approver.press(theirs, "担当を引き継ぐ"))
    assert "担当：発行 正" in taken.words
    approver.press(taken, "担当をはずす")

    assert stage.column("SELECT kind FROM events ORDER BY id")[1:] == [
        "ApplicationAssigned",
        "ApplicationTakenOver",
        "ApplicationUnassigned",
    ]
    assert stage.rows("SELECT assignee_id, assigned_at FROM applications") == [(None, None)]


def test_starting_the_review_assigns_and_none_of_it_is_told_to_the_contractor(
    clerk: PageClient, contractor: PageClient, stage: Stage
) -> None:
    application = stage.submit()
    clerk.press(clerk.get(f"/office/applications/{application}"), "担当する")
    clerk.press(clerk.get(f"/office/applications/{application}"), "審査を始める")

    assert stage.scalar("SELECT assignee_id FROM applications") == stage.account_ids["clerk"]
    told = contractor.get(f"/netdesk/applications/{application}").words
    assert "担当" not in told
    assert "審査 良子" not in told


def test_what_waits_for_nobody_is_not_assigned(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    page = clerk.get(f"/office/applications/{application}")
    stage.decide(ACT.RETURN, application, reason="理由")

    clerk.press(page, "担当する", expect=409)

    assert stage.scalar("SELECT assignee_id FROM applications") is None


def test_a_stale_decision_is_told_which_fields_a_correction_changed(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.submit()
    stale = clerk.get(f"/office/applications/{application}")
    approver.press(approver.get(f"/office/applications/{application}"), "差戻し", reason="金額を直してください")
    contractor = PageClient(stage).sign_in("netdesk")
    form = contractor.get(f"/netdesk/applications/{application}/edit")
    check = contractor.follow(contractor.press(form, "確認画面へ進む", contract_price="50,000,000"))
    contractor.press(check, "この内容で申し込む")

    answer = clerk.press(stale, "承認", expect=409)

    assert "差し戻しました" in answer.words
    assert "請負金額：48,600,000円 → 50,000,000円" in answer.words
    assert "発行 正" in answer.words
    assert stage.state(application) == "submitted"


# ---- warnings ----


def test_a_warning_needs_a_reason_which_is_kept_and_shown(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**with_interim())
    page = clerk.get(f"/office/applications/{application}")
    warned = [name for name in page.fields("承認") if name.startswith("override-") and not name.endswith("-rule")]
    assert warned

    empty = clerk.press(page, "承認", expect=422)
    assert set(empty.problems) == set(warned)
    part = clerk.press(page, "承認", expect=422, **{name.replace("-", "__"): "写しで確認した" for name in warned[1:]})
    assert set(part.problems) == {warned[0]}
    assert stage.state(application) == "submitted"
    assert stage.scalar("SELECT count(*) FROM warning_overrides") == 0

    done = clerk.follow(clerk.press(page, "承認", **{name.replace("-", "__"): "写しで確認した" for name in warned}))

    assert stage.state(application) == "approved"
    assert "要確認の項目を承認した理由" in done.words
    assert "写しで確認した" in done.rows()["中間前払金保証：認定調書"]
    assert stage.scalar("SELECT count(*) FROM warning_overrides") == len(warned)
    assert stage.column("SELECT kind FROM events").count("WarningOverridden") == len(warned)


def test_a_reason_that_is_too_long_is_kept_at_its_field(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{stage.submit(**with_interim())}")
    warned = [name for name in page.fields("承認") if name.startswith("override-") and not name.endswith("-rule")]

    answer = clerk.press(page, "承認", expect=422, **{name.replace("-", "__"): "あ" * 501 for name in warned})

    assert set(answer.problems) == set(warned)
    assert answer.fields("承認")[warned[0]] == "あ" * 501


def test_an_application_without_a_warning_asks_for_nothing(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{stage.submit()}")

    assert not [name for name in page.fields("承認") if name.startswith("override-")]


# ---- the premium ----


def test_more_than_outstanding_is_recorded_only_when_confirmed_and_shown_as_overpaid(clerk: PageClient, stage: Stage) -> None:
    application = stage.approve(by="contractor2")
    page = clerk.get(f"/office/applications/{application}")

    asked = clerk.press(page, "入金を記録", expect=422, amount="60,000")
    assert asked.fields("入金を記録")["amount"] == "60,000"
    done = clerk.follow(clerk.press(asked, "入金を記録", confirm_overpayment="on"))

    assert done.rows()["過払い"] == "7,512円"  # 60,000 − 52,488
    assert done.rows()["未入金"] == "0円"


def test_a_mistaken_receipt_is_reversed_with_a_reason_and_stays_readable(clerk: PageClient, stage: Stage) -> None:
    application = stage.approve(by="contractor2")
    paid = clerk.follow(clerk.press(clerk.get(f"/office/applications/{application}"), "入金を記録", method="counter"))
    assert "窓口" in paid.table_rows()[-1]

    empty = clerk.press(paid, "入金の記録を取り消す", expect=422)
    assert list(empty.problems.values()) == ["取消しの理由を入力してください"]
    done = clerk.follow(clerk.press(empty, "入金の記録を取り消す", reason="別の工事の入金でした"))

    assert done.rows()["未入金"] == "52,488円"
    assert "別の工事の入金でした" in done.words
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 1
    clerk.press(empty, "入金の記録を取り消す", expect=409, reason="もう一度")
    again = clerk.follow(clerk.press(done, "入金を記録"))
    assert again.rows()["未入金"] == "0円"


def test_a_receipt_dated_before_the_application_is_refused(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(f"/office/applications/{stage.approve(by='contractor2')}")

    answer = clerk.press(page, "入金を記録", expect=422, received_on="令和6年3月31日")

    assert "令和6年4月1日" in answer.problems["received_on"]
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 0


def test_the_monthly_account_lists_each_company_with_its_total(clerk: PageClient, stage: Stage) -> None:
    issued = stage.issued(**with_performance())
    stage.issued(by="contractor2")  # pays by transfer: on no account

    page = clerk.get("/office/premiums/monthly/?month=2024-04")

    rows = page.table_rows()
    assert [number in row for number, row in zip(issued.numbers, rows, strict=True)] == [True, True]
    premiums = stage.column(
        "SELECT premium FROM certificate_versions v JOIN guarantee_contracts c ON c.id = v.contract_id WHERE c.application_id = 1"
    )
    assert f"全社の合計 {sum(premiums):,}円" in page.words
    assert clerk.get("/office/premiums/monthly/?month=2024-03").table_rows() == []
    for odd in ("", "2024-13", "x", "0000-01", "9999-12"):
        clerk.get(f"/office/premiums/monthly/?month={odd}")


def test_each_paper_is_posted_once(clerk: PageClient, stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    stage.issued(by="contractor2", premium_statement_on_paper="yes")
    page = clerk.get("/office/premiums/to-post/")
    ticked = {name.replace("-", "__"): "on" for name in page.dom.xpath("//input[@type='checkbox']/@name")}
    assert len(ticked) == 2
    assert "発送済にする" not in signed_in("admin").get("/office/premiums/to-post/").buttons()

    done = clerk.follow(clerk.press(page, "発送済にする", **ticked))
    assert "2通を発送済にしました" in done.words
    assert done.table_rows() == []
    again = clerk.follow(clerk.press(page, "発送済にする", **ticked))
    assert "すでに発送済" in again.words

    assert str(stage.scalar("SELECT receipt_posted_on FROM premium_receipts")) == "2024-04-01"
    assert str(stage.scalar("SELECT statement_posted_on FROM guarantee_contracts")) == "2024-04-01"
    kinds = stage.column("SELECT kind FROM events")
    assert (kinds.count("ReceiptPosted"), kinds.count("PremiumStatementPosted")) == (1, 1)
