"""The office: the queue, the review, the decisions, the premium."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from tests.example_of_record import APPLIED_AT, RARE_COMPANY, REVIEWED_AT, WORKS_NAME, on_paper, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import PageClient

ACT = ApplicationAct
REASON = "工期の末日が契約書と違うようです。\n修正してください。"


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(REVIEWED_AT)


def review(client: PageClient, application: int) -> object:
    return client.get(f"/office/applications/{application}")


def test_the_queue_shows_the_longest_waiting_first_with_its_age(clerk: PageClient, stage: Stage) -> None:
    stage.submit(works_name="あとの工事", at=APPLIED_AT)
    stage.submit(works_name="先の工事", at=APPLIED_AT - timedelta(days=3))
    stage.draft(works_name="下書きの工事")

    rows = clerk.get("/office/").table_rows()

    assert [name for row in rows for name in ("先の工事", "あとの工事") if name in row] == ["先の工事", "あとの工事"]
    assert "3日前" in rows[0]
    assert "1時間前" in rows[1]
    assert "下書きの工事" not in "".join(rows)


@pytest.mark.parametrize(
    ("state", "act"), [("returned", ACT.RETURN), ("declined", ACT.DECLINE), ("approved", ACT.APPROVE), ("in_review", ACT.START_REVIEW)]
)
def test_the_queue_is_narrowed_by_state(state: str, act: ApplicationAct, clerk: PageClient, stage: Stage) -> None:
    stage.submit(works_name="待っている工事")
    stage.decide(act, stage.submit(works_name="進んだ工事"), reason="理由")

    rows = clerk.get(f"/office/?state={state}").table_rows()

    assert ["進んだ工事" in row for row in rows] == [True]


def test_the_queue_is_narrowed_by_branch_and_an_unknown_branch_or_state_narrows_nothing(clerk: PageClient, stage: Stage) -> None:
    stage.submit()

    for query in ("", f"?branch={stage.ids['branch']}", "?branch=all", "?branch=999", "?branch=x&state=y", "?after=999999999999"):
        assert len(clerk.get(f"/office/{query}").table_rows()) == 1, query


def test_pages_of_the_queue_follow_each_other(clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    with stage.app.app_context():
        stage.change("UPDATE applications SET works_name = '工事0000'")
    copies = [stage.submit(works_name=f"工事{one:04d}", at=APPLIED_AT + timedelta(seconds=one // 2)) for one in range(1, 60)]

    seen: list[str] = []
    address: str | None = "/office/"
    while address:
        page = clerk.get(address)
        seen += [row[row.index("工事") + 2 :][:4] for row in page.table_rows()]
        address = next((href for label, href in page.links().items() if "次の申込みを見る" in label), None)

    assert seen == [f"{one:04d}" for one in range(len(copies) + 1)]


def test_the_review_page_shows_everything_applied_for_and_how_the_rules_come_out(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit(**with_performance(), **with_interim(), announced_on="R6.3.1")

    page = review(clerk, application)

    rows = page.rows()
    assert rows["工事名"] == WORKS_NAME
    assert rows["請負金額"] == "48,600,000円"
    assert rows["商号"] == "ネットデスク建設株式会社"
    assert rows["工期"] == "令和06年04月01日 ～ 令和06年09月30日"
    assert rows["公告日"] == "令和06年03月01日"
    rules = {row.split(" ")[0]: row for row in page.table_rows()}
    assert "適合" in rules["前払金保証：限度額"]
    assert "19,440,000円（40.0%）" in rules["前払金保証：限度額"]
    assert "適合" in rules["前払金保証：電子保証への対応"]
    assert "適合" in rules["契約保証：最低額"]
    assert "要確認" in rules["中間前払金保証：認定調書"]
    assert {"審査を始める", "承認", "差戻し", "謝絶"} <= set(page.buttons())


def test_the_review_goes_from_start_to_approval(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()

    begun = clerk.follow(clerk.press(review(clerk, application), "審査を始める"))
    assert "審査中" in begun.words
    assert "審査を始める" not in begun.buttons()
    approved = clerk.follow(clerk.press(begun, "承認"))

    assert stage.state(application) == "approved"
    assert "承認しました" in approved.words
    assert stage.column("SELECT kind FROM events ORDER BY id") == ["ApplicationSubmitted", "ReviewStarted", "ApplicationApproved"]
    assert stage.scalar("SELECT approver_id FROM applications") == stage.account_ids["clerk"]


@pytest.mark.parametrize(("button", "state", "mail"), [("差戻し", "returned", "returned"), ("謝絶", "declined", "declined")])
def test_a_refusal_needs_a_reason_which_the_contractor_reads_on_screen_and_in_the_mail(
    button: str, state: str, mail: str, clerk: PageClient, contractor: PageClient, stage: Stage
) -> None:
    application = stage.submit()
    page = review(clerk, application)

    empty = clerk.press(page, button, expect=422)
    assert list(empty.problems.values()) == [f"{button}の理由を入力してください"]
    clerk.press(page, button, reason=REASON)

    assert stage.state(application) == state
    assert "修正してください。" in contractor.get(f"/netdesk/applications/{application}").words
    body = stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE :event", event=f"{mail}:%")
    assert "工期の末日が契約書と違うようです。" in body
    assert "審査 良子" not in contractor.get(f"/netdesk/applications/{application}").words


def test_a_reason_that_is_too_long_is_kept_and_only_its_own_form_complains(clerk: PageClient, stage: Stage) -> None:
    answer = clerk.press(review(clerk, stage.submit()), "差戻し", expect=422, reason="あ" * 1001)

    assert list(answer.problems) == ["return-reason"]
    assert answer.fields("差戻し")["reason"] == "あ" * 1001
    assert answer.fields("謝絶")["reason"] == ""


def test_a_decision_on_a_stale_page_answers_409_says_who_was_first_and_keeps_the_reason(
    clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    application = stage.submit()
    mine, theirs = review(clerk, application), review(approver, application)
    approver.press(theirs, "審査を始める")

    answer = clerk.press(mine, "差戻し", expect=409, reason="書いた理由")

    assert "今回の操作は行っていません" in answer.words
    assert "発行 正" in answer.words
    assert answer.fields("差戻し")["reason"] == "書いた理由"
    assert stage.state(application) == "in_review"
    done = clerk.press(answer, "差戻し")  # the page that came back is fresh
    assert done.status == 303


def test_deciding_twice_does_it_once(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    page = review(clerk, application)
    clerk.press(page, "差戻し", reason=REASON)

    clerk.press(page, "差戻し", expect=409, reason=REASON)

    assert stage.column("SELECT kind FROM events ORDER BY id") == ["ApplicationSubmitted", "ApplicationReturned"]
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'returned:%'") == 1


def test_what_breaks_a_rule_cannot_be_approved(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    before = review(clerk, application)
    stage.change("UPDATE authority_policies SET advance_cap_works = 300")

    answer = clerk.press(before, "承認", expect=422)

    assert "14,580,000円" in answer.words  # 30 % of 48,600,000
    assert "承認" not in answer.buttons()
    assert stage.state(application) == "submitted"


def test_an_operator_may_look_and_not_act(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.submit()
    admin = signed_in("admin")

    page = review(admin, application)

    assert not set(page.buttons()) & {"審査を始める", "承認", "差戻し", "謝絶"}
    refused = admin.post(f"/office/applications/{application}/approve", {"revision": str(stage.revision(application))}, expect=403)
    assert "閲覧だけができます" in refused.words
    assert stage.state(application) == "submitted"


@pytest.mark.parametrize("act", ["start-review", "approve", "return", "decline", "premium"])
def test_the_address_of_an_act_loaded_again_leads_back_to_the_page(act: str, clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()

    assert clerk.get(f"/office/applications/{application}/{act}", expect=303).location == f"/office/applications/{application}"


# ---- the premium ----


def transfer(stage: Stage) -> int:
    """An application of the company that pays by transfer, approved."""
    return stage.approve(by="contractor2", premium_billing_name=RARE_COMPANY)


def test_on_the_monthly_account_nothing_is_waited_for(approver: PageClient, stage: Stage) -> None:
    page = review(approver, stage.approve())

    assert "一括納付です" in page.words
    assert "入金を記録" not in page.buttons()
    assert page.link("発行する") == "/office/applications/1/issue"


def test_a_transfer_is_recorded_and_then_the_way_to_the_issue_opens(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = transfer(stage)
    page = review(clerk, application)
    assert page.fields("入金を記録")["received_on"] == "令和6年4月1日"
    assert not [label for label in review(approver, application).links() if "発行する" in label]

    done = clerk.follow(clerk.press(page, "入金を記録", received_on="Ｒ６．４．１"))

    assert "入金" in done.words
    amount = stage.premium(application)
    assert amount == 52_488  # 19,440,000 at the example rate of 0.27 %
    assert stage.rows("SELECT amount, recorded_by FROM premium_receipts") == [(amount, stage.account_ids["clerk"])]
    assert review(approver, application).link("発行する")


def test_a_premium_may_come_in_parts(clerk: PageClient, stage: Stage) -> None:
    application = transfer(stage)

    first = clerk.follow(clerk.press(review(clerk, application), "入金を記録", amount="50,000"))
    assert "2,488円" in first.words
    clerk.press(first, "入金を記録")

    assert stage.column("SELECT amount FROM premium_receipts ORDER BY id") == [50_000, 2_488]


def test_a_receipt_is_recorded_once_however_often_it_is_sent(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = transfer(stage)
    mine, theirs = review(clerk, application), review(approver, application)

    clerk.press(mine, "入金を記録")
    clerk.press(mine, "入金を記録")
    colleague = approver.press(theirs, "入金を記録", expect=409)

    assert "先に行われた" in colleague.words
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 1


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"amount": ""}, "amount", "入力してください"),
        ({"amount": "五万"}, "amount", "ください"),
        ({"amount": "0"}, "amount", "ください"),
        ({"amount": "52,489"}, "confirm_overpayment", "1円超えています"),
        ({"received_on": ""}, "received_on", "入力してください"),
        ({"received_on": "令和6年4月31日"}, "received_on", "ください"),
        ({"received_on": "令和6年4月2日"}, "received_on", "今日"),
    ],
)
def test_a_receipt_that_cannot_be_read_is_kept_and_named(
    changes: dict[str, str], field: str, says: str, clerk: PageClient, stage: Stage
) -> None:
    answer = clerk.press(review(clerk, transfer(stage)), "入金を記録", expect=422, **changes)

    assert says in answer.problems[field]
    assert answer.fields("入金を記録").items() >= changes.items()
    assert stage.scalar("SELECT count(*) FROM premium_receipts") == 0


def test_the_office_lists_contracts_and_shows_paper_as_such(clerk: PageClient, stage: Stage) -> None:
    electronic, paper = stage.issued().number, stage.issued(**on_paper()).number

    page = clerk.get("/office/contracts/?certificate_form=paper")

    assert paper in page.words
    assert electronic not in page.words
    assert "証書(紙)で発行" in clerk.get(f"/office/contracts/{paper}").words
    clerk.get(f"/office/contracts/{paper}/certificate.pdf")
    shown = clerk.get(f"/office/contracts/{electronic}")
    assert shown.rows()["保証契約番号"] == electronic
    assert "発注者はまだ閲覧していません" in shown.words
