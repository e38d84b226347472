"""What the office is told before it acts: open papers, who is on it, how the premium came about, what is about to be issued."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from esurety.domain.products import ReceiptMethod
from tests.example_of_record import APPLIED_AT, ISSUED_AT, RARE_COMPANY, REVIEWED_AT, with_interim, with_performance
from tests.stage import PASSWORD, Stage
from tests.web.page_client import Page, PageClient
from tests.web.test_after_issue import apply
from tests.web.test_papers import hand_in

ACT = ApplicationAct


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(REVIEWED_AT)


def review(client: PageClient, application: int) -> Page:
    return client.get(f"/office/applications/{application}")


def ask_for_contract(client: PageClient, application: int) -> None:
    client.press(review(client, application), "書類を依頼する", paper_kind="contract", paper_note="全部のページ")


def reasons_of(page: Page) -> list[str]:
    return [name.replace("-", "__") for name in page.fields("承認") if name.startswith("override-") and not name.endswith("-rule")]


# ---- open papers ----


def test_an_open_paper_needs_a_reason_at_the_approval_and_again_at_the_issue(
    clerk: PageClient, approver: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    application = stage.submit()
    ask_for_contract(clerk, application)

    page = review(clerk, application)
    assert any("提出書類" in row and "要確認" in row and "提出待ち：請負契約書の写し" in row for row in page.table_rows())
    refused = clerk.press(page, "承認", expect=422)
    assert list(refused.problems.values()) == ["「提出書類」を確認し、承認する理由を入力してください"]
    (reason,) = reasons_of(page)
    clerk.press(page, "承認", **{reason: "窓口で原本を見た"})
    clock.move_to(ISSUED_AT)
    confirm = approver.get(f"/office/applications/{application}/issue")
    assert "提出待ち：請負契約書の写し" in confirm.words
    without = approver.press(confirm, "発行する", expect=422, password=PASSWORD)
    assert without.problems == {"papers_reason": "受領していない書類があるまま発行する理由を入力してください"}
    assert stage.state(application) == "approved"
    approver.press(without, "発行する", password=PASSWORD, papers_reason="写しは後日届く")

    assert stage.state(application) == "issued"
    assert stage.rows("SELECT rule, reason FROM warning_overrides ORDER BY id") == [
        ("提出書類", "窓口で原本を見た"),
        ("提出書類（発行時）", "写しは後日届く"),
    ]
    assert stage.column("SELECT kind FROM events").count("WarningOverridden") == 2
    assert "写しは後日届く" in review(clerk, application).words


def test_a_paper_asked_for_after_the_confirmation_page_holds_up_the_issue(
    clerk: PageClient, approver: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    application = stage.approve()
    clock.move_to(ISSUED_AT)
    confirm = approver.get(f"/office/applications/{application}/issue")
    assert "papers_reason" not in confirm.fields("発行する")
    ask_for_contract(clerk, application)

    answer = approver.press(confirm, "発行する", expect=422, password=PASSWORD)

    assert list(answer.problems) == ["papers_reason"]
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts") == 0


def test_a_change_with_papers_and_warnings_keeps_to_its_statements(
    clerk: PageClient, approver: PageClient, contractor: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    number = stage.issued().number
    clock.move_to(ISSUED_AT)
    change = apply(contractor, number)
    ask_for_contract(clerk, change)
    hand_in(contractor, change)

    page = review(clerk, change)  # the client counts the statements of every page
    assert "確認待ち：請負契約書の写し" in page.words
    clerk.press(page, "承認", **dict.fromkeys(reasons_of(page), "写しで確認した"))
    assert "発行の前の入金は要りません" in review(approver, change).words
    confirm = approver.get(f"/office/applications/{change}/issue")
    approver.press(confirm, "発行する", password=PASSWORD, papers_reason="写しは後日届く")

    assert stage.state(change) == "issued"
    assert "写しは後日届く" in review(clerk, change).words


# ---- who is on it ----


def test_beginning_the_review_of_a_colleagues_application_asks_first(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.submit()
    clerk.press(review(clerk, application), "担当する")

    page = review(approver, application)
    assert "担当を引き継ぎますか" in page.words
    assert "今は審査 良子さんが担当しています" in page.words
    asked = approver.press(page, "審査を始める", expect=422)
    assert list(asked.problems) == ["take_over"]
    assert stage.scalar("SELECT assignee_id FROM applications") == stage.account_ids["clerk"]
    approver.press(asked, "審査を始める", take_over="on")

    assert stage.scalar("SELECT assignee_id FROM applications") == stage.account_ids["approver"]
    assert stage.column("SELECT kind FROM events ORDER BY id")[-2:] == ["ApplicationTakenOver", "ReviewStarted"]


@pytest.mark.parametrize(("button", "typed"), [("審査を始める", {}), ("承認", {}), ("差戻し", {"reason": "理由"}), ("担当する", {})])
def test_whoever_did_not_see_the_colleague_who_is_on_it_is_told_and_nothing_is_done(
    button: str, typed: dict[str, str], clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    application = stage.submit()
    mine = review(clerk, application)
    approver.press(review(approver, application), "担当する")

    answer = clerk.press(mine, button, expect=409, **typed)

    assert "担当：発行 正" in answer.words
    assert "今回の操作は行っていません" in answer.words
    assert stage.rows("SELECT state, assignee_id FROM applications") == [("submitted", stage.account_ids["approver"])]


def test_who_is_on_it_oneself_is_no_surprise(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    before = review(clerk, application)
    clerk.press(before, "担当する")

    clerk.press(before, "審査を始める")

    assert stage.state(application) == "in_review"


# ---- the premium ----


def test_the_premium_is_shown_tier_by_tier(clerk: PageClient, stage: Stage) -> None:
    page = review(clerk, stage.submit(**with_performance(), **with_interim()))

    making = " ".join(page.dom.xpath("//details[.//summary[contains(., '保証料の計算')]]")[0].text_content().split())
    assert "前払金保証 保証金額 19,440,000円" in making
    assert "0.27%" in making  # 19,440,000円 × 0.27% = 52,488円
    assert "52,488円" in making
    assert "中間前払金保証 保証金額 9,720,000円" in making
    assert "0.065%" in making  # domain.md: the published rate of 中間; 9,720,000円 → 6,318円
    assert "6,318円" in making
    assert "例示料率" in making
    assert "1円未満切捨て" in making


# ---- what is about to be issued ----


def test_the_confirmation_shows_the_premium_its_receipt_and_who_decided(
    clerk: PageClient, approver: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    application = stage.submit(by="contractor2", **with_interim())
    page = review(clerk, application)
    clerk.press(page, "承認", **dict.fromkeys(reasons_of(page), "写しで確認した"))
    stage.pay(application)
    premium = f"{stage.premium(application):,}円"
    clock.move_to(ISSUED_AT)

    confirm = approver.get(f"/office/applications/{application}/issue")

    rows = confirm.rows()
    assert rows["保証料"] == f"{premium}（振込）"
    assert rows["入金"] == f"令和06年04月01日 {premium}（{ReceiptMethod.TRANSFER.label}）"
    assert rows["審査"].startswith("審査 良子")
    assert rows["承認"].startswith("審査 良子")
    assert "写しで確認した" in confirm.words
    assert RARE_COMPANY in confirm.words


def test_the_confirmation_of_a_monthly_account_says_so(approver: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    application = stage.approve()
    clock.move_to(ISSUED_AT)

    rows = approver.get(f"/office/applications/{application}/issue").rows()

    assert rows["保証料"] == "52,488円（一括納付）"
    assert rows["入金"] == "一括納付のため、発行の前の入金は要りません"


# ---- the next step ----


@pytest.mark.parametrize(
    ("by", "words"),
    [("contractor2", "の入金を待っています。入金を確認したら、記録してください"), ("netdesk", "千葉支店 発行 正に発行を依頼してください")],
)
def test_after_the_approval_a_clerk_reads_what_comes_next(by: str, words: str, clerk: PageClient, stage: Stage) -> None:
    done = clerk.follow(clerk.press(review(clerk, stage.submit(by=by)), "承認"))

    assert words in done.words
    assert "保証料の入金と発行に進んでください" not in done.words


def test_after_the_approval_of_a_monthly_account_the_approver_goes_on_to_issue(approver: PageClient, stage: Stage) -> None:
    done = approver.follow(approver.press(review(approver, stage.submit()), "承認"))

    assert "一括納付のため、発行の前の入金は要りません。発行できます" in done.words
    assert "入金を待って" not in done.words


def test_a_decided_application_speaks_of_what_was_found_and_not_to_the_contractor(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    stage.change("UPDATE requested_guarantees SET guaranteed_amount = 48600000")  # as after a rule that has become stricter
    waiting = review(clerk, application)
    assert "を超えています。" in waiting.words
    assert "で入力してください" not in waiting.words
    stage.decide(ACT.DECLINE, application, reason="理由")

    declined = review(clerk, application)

    assert "限度額 19,440,000円" in declined.words
    assert "入力してください" not in declined.words


# ---- finding and going on ----


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("﨑山高吉", {"髙﨑橋"}),
        ("㈱", {"髙﨑橋", "都営"}),
        ("高崎橋", {"髙﨑橋"}),
        ("2", {"髙﨑橋"}),
        ("000001", {"都営"}),
        ("ない", set()),
    ],
)
def test_the_queue_is_searched_by_contractor_works_and_number(word: str, found: set[str], clerk: PageClient, stage: Stage) -> None:
    stage.submit()
    stage.submit(by="contractor2", works_name="髙﨑橋補修工事")

    rows = clerk.get(f"/office/?branch=all&word={word}").table_rows()

    assert {name for row in rows for name in ("髙﨑橋", "都営") if name in row} == found


def test_contracts_are_searched_by_contractor_and_the_file_is_too(clerk: PageClient, stage: Stage) -> None:
    stage.issued()
    stage.issued(by="contractor2", works_name="髙﨑橋補修工事")

    page = clerk.get("/office/contracts/?company=高吉工業")

    assert len(page.table_rows()) == 1
    assert "髙﨑橋補修工事" in page.table_rows()[0]
    assert all("company=" in href for label, href in page.links().items() if "CSV" in label)


def test_mails_are_searched_by_address_subject_and_application(clerk: PageClient, stage: Stage) -> None:
    first = stage.submit()
    second = stage.submit(by="contractor2", works_name="髙﨑橋補修工事")
    for one in (first, second):
        stage.decide(ACT.RETURN, one, reason="理由")
    stage.change("UPDATE outbox_mails SET recipient = 'taka@example.jp' WHERE application_id = :id", id=second)
    mine = stage.scalar("SELECT count(*) FROM outbox_mails WHERE application_id = :id", id=second)

    def shown(word: str) -> int:
        return len(clerk.get(f"/office/mails/?word={word}").table_rows())

    assert shown("taka@") == mine > 0
    assert shown("ＴＡＫＡ") == mine
    assert shown(f"{first:06d}") == stage.scalar("SELECT count(*) FROM outbox_mails WHERE application_id = :id", id=first)
    assert shown("どこにもない") == 0


def test_approving_leads_on_to_the_next_application_at_one_press(clerk: PageClient, stage: Stage) -> None:
    first = stage.submit(works_name="先の工事", works_number="1", at=APPLIED_AT - timedelta(days=1))
    second = stage.submit()

    on = clerk.press(review(clerk, first), "承認して次へ")
    assert stage.state(first) == "approved"
    assert on.location == f"/office/applications/{second}"
    page = clerk.follow(on)
    assert "承認しました" in page.words
    assert page.link(f"申込番号 {first:06d}") == f"/office/applications/{first}"
    last = clerk.press(page, "差し戻して次へ", reason="工期を直してください")

    assert last.location.startswith("/office/")
    assert "ほかにありません" in clerk.follow(last).words
    assert stage.state(second) == "returned"


def test_waiting_is_counted_in_calendar_days_everywhere(
    signed_in: Callable[[str], PageClient], stage: Stage, clock: time_machine.Traveller
) -> None:
    late = datetime(2024, 4, 1, 14, 50, tzinfo=UTC)  # 23:50 in Japan
    stage.submit(at=late)
    clock.move_to(late + timedelta(minutes=20))

    page = signed_in("clerk").get("/office/?age=few_days")

    assert "1日前" in page.table_rows()[0]


# ---- small words ----


def test_a_cancelled_contract_is_told_as_information(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    stage.cancel(number, on=date(2024, 4, 10), at=datetime(2024, 4, 10, 1, 0, tzinfo=UTC))

    page = clerk.get(f"/office/contracts/{number}")

    assert any("解約された保証契約です" in one and one.startswith("お知らせ") for one in page.notices)


@pytest.mark.parametrize("address", ["/netdesk/contracts/{}/change", "/netdesk/contracts/{}/reissue-key"])
def test_a_title_says_error_once(address: str, contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(address.format(stage.issued().number))
    form = next(one for one in page.dom.xpath("//main//form[@method='post']"))

    answer = contractor.post(form.get("action"), {}, expect=422)

    assert answer.title.count("エラー：") == 1
