"""An application's way in Net Desk: draft, check, hand in once, take back, copy."""

from collections.abc import Callable

import pytest

from esurety.domain.application_state import ApplicationAct
from tests.example_of_record import RARE_WORKS_NAME, WORKS_NAME, on_paper, typed_example, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import Page, PageClient

NEW = "/netdesk/applications/new"
ACT = ApplicationAct


def to_check_page(client: PageClient, stage: Stage, **changes: str) -> Page:
    return client.follow(client.press(client.get(NEW), "確認画面へ進む", **typed_example(stage.ids, **changes)))


def test_the_example_of_record_goes_from_the_form_to_the_receipt(contractor: PageClient, stage: Stage) -> None:
    check = to_check_page(contractor, stage)
    received = contractor.follow(contractor.press(check, "この内容で申し込む"))

    assert received.heading == "申込みを受け付けました"
    assert "000001" in received.words
    assert WORKS_NAME in received.words
    assert "abcde@ejcs.co.jp" in received.words
    assert stage.state(1) == "submitted"


def test_the_check_page_shows_every_answer_with_a_way_to_change_it(contractor: PageClient, stage: Stage) -> None:
    check = to_check_page(contractor, stage, **with_performance())

    rows = check.rows()
    assert rows["工事名"] == WORKS_NAME
    assert rows["発注者"] == "〇〇区"
    assert rows["請負金額"] == "48,600,000円"
    assert rows["契約日"] == "令和06年04月01日"
    assert rows["前払金保証金額"] == "19,440,000円（40.0%）"
    assert rows["契約保証金額"] == "4,860,000円（10.0%）"
    assert rows["契約保証料支払方法"] == "一括納付"
    assert rows["電子保証発行完了のお知らせ"] == "希望する（abcde@ejcs.co.jp）"
    changes = check.dom.xpath("//dd[contains(@class, 'rows__action')]/a/@href")
    form = contractor.get(changes[0].split("#")[0])
    ids = set(form.dom.xpath("//@id"))
    assert {change.split("#")[1] for change in changes} <= ids
    assert "適合" in check.words


def test_a_draft_keeps_what_was_typed_resumes_and_is_handed_in(contractor: PageClient, stage: Stage) -> None:
    typed = {"works_name": RARE_WORKS_NAME, "contract_price": "４８６０万", "contracted_on": "あした"}

    saved = contractor.follow(contractor.press(contractor.get(NEW), "下書きを保存", **typed))
    assert "下書きを保存しました" in saved.words
    assert saved.fields("下書きを保存").items() >= typed.items()
    assert "下書き" in contractor.get("/netdesk/applications/").words

    resumed = contractor.get("/netdesk/applications/1/edit")
    check = contractor.follow(contractor.press(resumed, "確認画面へ進む", **typed_example(stage.ids, works_name=RARE_WORKS_NAME)))
    contractor.press(check, "この内容で申し込む")

    assert stage.rows("SELECT id, state, works_name FROM applications") == [(1, "submitted", RARE_WORKS_NAME)]


def test_an_empty_draft_can_be_saved_and_is_listed(contractor: PageClient) -> None:
    contractor.press(contractor.get(NEW), "下書きを保存")

    assert "（工事名は未入力）" in contractor.get("/netdesk/applications/").words
    contractor.get("/netdesk/applications/1")
    assert contractor.get("/netdesk/applications/1/confirm", expect=303).location == "/netdesk/applications/1/edit"


def test_saving_the_same_page_twice_keeps_one_draft(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(NEW)

    contractor.press(page, "下書きを保存", works_name="一度目")
    contractor.press(page, "下書きを保存", works_name="二度目")

    assert stage.rows("SELECT works_name FROM applications") == [("二度目",)]


def test_pressing_the_button_twice_makes_one_application_and_one_mail(contractor: PageClient, stage: Stage) -> None:
    check = to_check_page(contractor, stage)

    first = contractor.press(check, "この内容で申し込む")
    second = contractor.press(check, "この内容で申し込む")

    assert first.location == second.location == "/netdesk/applications/1/received"
    assert stage.scalar("SELECT count(*) FROM applications") == 1
    assert stage.column("SELECT event FROM outbox_mails") == [f"received:application:1:{stage.revision(1)}"]
    assert stage.column("SELECT kind FROM events") == ["ApplicationSubmitted"]


def test_sending_the_whole_form_at_once_twice_makes_one_application(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(NEW)
    form = page.fields("確認画面へ進む") | typed_example(stage.ids) | {"action": "submit"}

    first = contractor.post(NEW, form)
    second = contractor.post(NEW, form)

    assert first.location == second.location
    assert stage.scalar("SELECT count(*) FROM applications") == 1


def test_a_page_that_was_handed_in_cannot_be_handed_in_changed(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(NEW)
    form = page.fields("確認画面へ進む") | typed_example(stage.ids) | {"action": "submit"}
    contractor.post(NEW, form)

    answer = contractor.post(NEW, form | {"works_name": "別の工事"}, expect=409)

    assert "受け付け済み" in answer.words
    assert answer.fields("確認画面へ進む")["works_name"] == "別の工事"
    assert answer.fields("確認画面へ進む")["form_token"] != form["form_token"]
    assert stage.column("SELECT works_name FROM applications") == [WORKS_NAME]


def test_two_people_editing_one_draft_are_told(contractor: PageClient, stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    draft = stage.draft()
    other_window = signed_in("netdesk")
    mine, theirs = (client.get(f"/netdesk/applications/{draft}/edit") for client in (contractor, other_window))
    other_window.press(theirs, "下書きを保存", works_name="先に直した工事名")

    answer = contractor.press(mine, "下書きを保存", expect=409, works_name="あとから直した工事名")

    assert "まだ保存していません" in answer.words
    assert answer.fields("下書きを保存")["works_name"] == "あとから直した工事名"
    assert stage.column("SELECT works_name FROM applications") == ["先に直した工事名"]
    contractor.press(answer, "下書きを保存")  # knowing that, it is written over
    assert stage.column("SELECT works_name FROM applications") == ["あとから直した工事名"]


BROKEN = [
    ("over the cap of 40 %", {"advance_payment__guaranteed_amount": "19,440,001"}, "advance_payment-guaranteed_amount", "19,440,000円"),
    ("below the tenth part", with_performance(amount="4,859,999"), "contract_performance-guaranteed_amount", "4,860,000円"),
    ("both advances over 60 %", with_interim("9,720,001"), "interim_advance_payment-guaranteed_amount", "9,720,000円"),
    ("low bid, over 20 %", {"is_low_bid": "on"}, "advance_payment-guaranteed_amount", "9,720,000円"),
    ("over the year's base", {"advance_payment__fiscal_year_amount": "20,000,000"}, "advance_payment-guaranteed_amount", "8,000,000円"),
    ("ends before it begins", {"construction_ends_on": "R6.3.31"}, "construction_ends_on", "以降の日付"),
    ("monthly without an arrangement", {}, "contract_performance-premium_payment_method", "振込"),
]


@pytest.mark.parametrize(("changes", "field", "says"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_rule_stops_before_the_check_page_and_says_what_is_allowed(
    changes: dict[str, str], field: str, says: str, stage: Stage, signed_in: Callable[[str], PageClient]
) -> None:
    client = signed_in("netdesk")
    if field.endswith("payment_method"):
        client, changes = signed_in("contractor2"), with_performance() | {"contract_performance__premium_payment_method": "lump_monthly"}

    answer = client.press(client.get(NEW), "確認画面へ進む", expect=422, **typed_example(stage.ids, **changes))

    assert says in answer.problems[field]
    assert answer.problems == answer.messages_at_fields()
    assert stage.scalar("SELECT count(*) FROM applications") == 0


def test_electronic_is_refused_where_the_authority_has_not_opted_in_and_paper_is_accepted(contractor: PageClient, stage: Stage) -> None:
    town = {"contracting_authority_id": str(stage.ids["みほん町"])}

    refused = contractor.press(contractor.get(NEW), "確認画面へ進む", expect=422, **typed_example(stage.ids, **town))
    accepted = to_check_page(contractor, stage, **town, **on_paper())

    assert "みほん町" in refused.problems["advance_payment-certificate_form"]
    assert accepted.rows()["保証証書受取"] == "郵送で受け取る"


def test_a_character_that_the_certificate_cannot_print_is_named(contractor: PageClient, stage: Stage) -> None:
    answer = contractor.press(contractor.get(NEW), "確認画面へ進む", expect=422, **typed_example(stage.ids, works_name="橋梁🏗工事"))

    assert "🏗" in answer.problems["works_name"]
    assert answer.fields("確認画面へ進む")["works_name"] == "橋梁🏗工事"


def test_an_application_is_taken_back_until_its_review_begins(contractor: PageClient, stage: Stage) -> None:
    first, second = stage.submit(), stage.submit()
    page = contractor.get(contractor.get(f"/netdesk/applications/{first}").link("取り下げる"))

    done = contractor.follow(contractor.press(page, "取り下げる"))

    assert "取り下げました" in done.words
    assert stage.state(first) == "withdrawn"
    stale = contractor.get(f"/netdesk/applications/{second}/withdraw")
    stage.decide(ACT.START_REVIEW, second)
    refused = contractor.press(stale, "取り下げる", expect=409)
    assert "先に行われました" in refused.words
    assert stage.state(second) == "in_review"
    assert not [label for label in contractor.get(f"/netdesk/applications/{second}").links() if "取り下げる" in label]


def test_a_returned_application_shows_the_reason_and_can_be_submitted_again(contractor: PageClient, stage: Stage) -> None:
    application = stage.submit()
    stage.decide(ACT.RETURN, application, reason="工期の末日を\n契約書で確かめてください。")
    page = contractor.get(f"/netdesk/applications/{application}")
    assert "契約書で確かめてください。" in page.words
    form = contractor.get(page.link("修正して申し込む"))
    assert "契約書で確かめてください。" in form.words

    check = contractor.follow(contractor.press(form, "確認画面へ進む", construction_ends_on="令和6年10月31日"))
    contractor.press(check, "この内容で申し込む")

    assert stage.state(application) == "submitted"
    assert str(stage.scalar("SELECT construction_ends_on FROM applications")) == "2024-10-31"
    assert stage.column("SELECT kind FROM events ORDER BY id") == [
        "ApplicationSubmitted",
        "ApplicationReturned",
        "ApplicationSubmittedAgain",
    ]


def test_correcting_a_returned_application_leaves_the_submitted_record_alone_until_it_is_handed_in(
    contractor: PageClient, clerk: PageClient, stage: Stage
) -> None:
    application = stage.submit()
    stage.decide(ACT.RETURN, application, reason="ご確認ください。")

    contractor.press(contractor.get(f"/netdesk/applications/{application}/edit"), "下書きを保存", works_name="書きかけの名前")

    assert WORKS_NAME in clerk.get(f"/office/applications/{application}").words
    assert "書きかけの名前" not in clerk.get(f"/office/applications/{application}").words


@pytest.mark.parametrize("state", ["submitted", "in_review", "approved", "declined", "withdrawn"])
def test_what_is_under_way_or_over_cannot_be_edited(state: str, contractor: PageClient, stage: Stage) -> None:
    application = stage.submit()
    acts = {"in_review": ACT.START_REVIEW, "approved": ACT.APPROVE, "declined": ACT.DECLINE}
    if state in acts:
        stage.decide(acts[state], application, reason="理由")
    elif state == "withdrawn":
        stage.withdraw(application)

    assert contractor.get(f"/netdesk/applications/{application}/edit", expect=303).location == f"/netdesk/applications/{application}"
    form = typed_example(stage.ids, works_name="変えた") | {"action": "confirm", "revision": str(stage.revision(application))}
    contractor.post(f"/netdesk/applications/{application}/edit", form, expect=409)
    assert stage.column("SELECT works_name FROM applications") == [WORKS_NAME]
    assert stage.state(application) == state


def test_a_new_application_starts_from_an_earlier_one(contractor: PageClient, stage: Stage) -> None:
    earlier = stage.submit(**with_performance())

    page = contractor.get(contractor.get(f"/netdesk/applications/{earlier}").link("この内容を写して"))
    check = contractor.follow(contractor.press(page, "確認画面へ進む", works_name="写した工事"))
    contractor.press(check, "この内容で申し込む")

    assert page.fields("確認画面へ進む").items() >= typed_example(stage.ids, **with_performance()).items()
    assert stage.rows("SELECT id, works_name FROM applications ORDER BY id") == [(1, WORKS_NAME), (2, "写した工事")]


def test_another_companys_application_cannot_be_copied(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.submit()

    signed_in("contractor2").get(f"{NEW}?from={application}", expect=404)


def test_the_list_finds_by_folded_name_and_state(contractor: PageClient, stage: Stage) -> None:
    stage.submit(works_name=RARE_WORKS_NAME)
    stage.draft(works_name="村道 舗装工事")

    by_name = contractor.get("/netdesk/applications/?works_name=高崎橋")
    by_state = contractor.get("/netdesk/applications/?state=draft")
    neither = contractor.get("/netdesk/applications/?works_name=トンネル")

    assert [RARE_WORKS_NAME in row for row in by_name.table_rows()] == [True]
    assert ["村道" in row for row in by_state.table_rows()] == [True]
    assert neither.table_rows() == []
    assert "当てはまる申込みはありません" in neither.words


def test_the_home_page_counts_and_lists_what_waits(contractor: PageClient, stage: Stage) -> None:
    stage.draft()
    stage.submit()
    stage.decide(ACT.RETURN, stage.submit(), reason="理由")
    stage.issued()

    page = contractor.get("/netdesk/")

    assert "お客さまの手続きが必要なもの" in page.words
    assert "最近発行された保証契約" in page.words
    assert stage.numbers_of(4)[0] in page.words


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_the_receipt_is_shown_only_for_what_was_received(state: str, contractor: PageClient, stage: Stage) -> None:
    application = stage.draft() if state == "draft" else stage.submit()
    if state == "withdrawn":
        stage.withdraw(application)

    answer = contractor.get(f"/netdesk/applications/{application}/received", expect=303)

    assert answer.location == f"/netdesk/applications/{application}"
