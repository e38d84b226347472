"""Heads and channels on the pages, names taken in again, two open applications, and an operator of no surety."""

from collections.abc import Callable

import pytest
from time_machine import Traveller

from tests.example_of_record import with_performance
from tests.services.test_changing import LARGER, changed
from tests.stage import Stage
from tests.web.page_client import Page, PageClient

CHANNELS = {"channel-bidding_system": "on", "channel-paper": "on", "submission_channel_note": "契約課の窓口へ"}
TOMORROW = "2024-04-02T10:00:00+09:00"
WAYS = "電子入札システムでの送信 または 印刷して持参・郵送（契約課の窓口へ）"


@pytest.fixture
def admin(signed_in: Callable[[str], PageClient]) -> PageClient:
    return signed_in("admin")


def laid_down(admin: PageClient, stage: Stage, **changes: str) -> Page:
    """〇〇区's next version from tomorrow on, through form and preview."""
    form = admin.get(f"/office/rules/authorities/{stage.ids['〇〇区']}/policies/new")
    preview = admin.press(form, "変更点を確認する", expect=200, effective_from="令和6年4月2日", **changes)
    return admin.follow(admin.press(preview, "この内容で登録する"))


# ---- head and channels ----


def test_head_and_channels_are_edited_with_preview_and_history(admin: PageClient, stage: Stage, clock: Traveller) -> None:
    form = admin.get(f"/office/rules/authorities/{stage.ids['〇〇区']}/policies/new")
    typed = form.fields("変更点を確認する")
    assert (typed["head"], typed["channel-contract_system"], typed["channel-mail"]) == ("〇〇区長", "on", "on")

    preview = admin.press(form, "変更点を確認する", expect=200, effective_from="令和6年4月2日", head="〇〇市長", **CHANNELS)

    rows = preview.table_rows()
    assert "証書の宛名 〇〇区長 様 変更：〇〇市長 様" in rows
    assert any(row.startswith("発注者への提出方法 ") and "電子入札システムでの送信" in row and "変更：" in row for row in rows)
    assert "提出方法の補足 なし 変更：契約課の窓口へ" in rows
    done = admin.follow(admin.press(preview, "この内容で登録する"))
    assert done.rows()["証書の宛名"] == "〇〇区長 様"  # until tomorrow
    assert "取扱いの新しい版を登録しました" in done.words

    clock.move_to(TOMORROW)
    again = PageClient(stage).sign_in("admin")
    assert again.get(done.path).rows()["証書の宛名"] == "〇〇市長 様"
    assert "〇〇市長" in " ".join(again.get("/office/rules/authorities/").table_rows())


def test_a_policy_needs_a_head_that_can_be_printed(admin: PageClient, stage: Stage) -> None:
    form = admin.get(f"/office/rules/authorities/{stage.ids['〇〇区']}/policies/new")

    refused = admin.press(form, "変更点を確認する", expect=422, effective_from="令和6年4月2日", head="𪚥区長", **CHANNELS)

    assert "U+2A6A5" in refused.problems["head"]
    typed = refused.fields("変更点を確認する")
    assert (typed["head"], typed["channel-paper"], typed["submission_channel_note"]) == ("𪚥区長", "on", "契約課の窓口へ")


def test_the_contractor_and_the_guide_tell_how_to_hand_in(
    admin: PageClient, contractor: PageClient, client: PageClient, stage: Stage, clock: Traveller
) -> None:
    number = stage.issued().number
    assert "「電子契約システムへのアップロード」または「電子メールに添付して送信」" in contractor.get(f"/netdesk/contracts/{number}").words

    laid_down(admin, stage, **CHANNELS, **{"channel-contract_system": "", "channel-mail": ""})
    clock.move_to(TOMORROW)
    contractor = PageClient(stage).sign_in("netdesk")

    for path in (f"/netdesk/contracts/{number}", f"/netdesk/contracts/{number}/history"):
        page = contractor.get(path)
        assert page.rows()["発注者への提出方法"] == WAYS
        assert "「電子入札システムでの送信」または「印刷して持参・郵送」の方法で" in page.words
        assert "電子契約システム" not in page.words
    assert WAYS in " ".join(client.get("/guide/authorities/").table_rows())


# ---- a version's certificate on screen ----


def test_every_screen_says_which_version_a_certificate_replaces(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    assert "この証書が代わる版" not in contractor.get(f"/netdesk/contracts/{number}").rows()
    changed(stage, number, **LARGER)

    gate = PageClient(stage)
    opened = gate.follow(
        gate.press(gate.get("/dsure/"), "証書を開く", guarantee_contract_number=number, authentication_key=stage.key_of(number))
    )

    pages = [contractor.get(f"/netdesk/contracts/{number}"), contractor.get(f"/netdesk/contracts/{number}/certificate"), opened]
    assert [page.rows()["この証書が代わる版"] for page in [*pages, clerk.get(f"/office/contracts/{number}")]] == ["当初の証書"] * 4


# ---- names taken in again ----


def test_an_ended_authority_is_registered_again_and_both_can_be_told_apart(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    address = f"/office/rules/authorities/{stage.ids['みほん町']}"
    admin.press(admin.get(f"{address}/end"), "取扱いを終了する", ended_on="令和6年4月1日", reason="合併のため")

    again = admin.follow(admin.press(admin.get("/office/rules/authorities/new"), "登録する", name="みほん町", head="みほん町長"))

    assert again.path != address
    choices = clerk.get("/office/contracts/").dom.xpath("//select[@name='authority']/option/text()")
    assert {"みほん町", "みほん町（令和6年4月1日に終了）"} <= {one.strip() for one in choices}


def test_until_its_end_a_name_is_taken_and_the_day_is_said(admin: PageClient, stage: Stage) -> None:
    address = f"/office/rules/authorities/{stage.ids['みほん町']}"
    admin.press(admin.get(f"{address}/end"), "取扱いを終了する", ended_on="令和6年10月1日", reason="合併のため")

    refused = admin.press(admin.get("/office/rules/authorities/new"), "登録する", expect=422, name="みほん町", head="みほん町長")

    assert "令和6年10月1日に終了したあとで" in refused.problems["name"]


# ---- two open applications for one works ----


def test_the_review_names_the_other_application_and_leads_to_it(clerk: PageClient, stage: Stage) -> None:
    first = stage.submit(**with_performance())
    second = stage.submit()

    page = clerk.get(f"/office/applications/{second}")

    row = next(row for row in page.table_rows() if row.startswith("前払金保証：手続き中の申込み"))
    assert "要確認" in row
    assert page.link(f"申込番号 {first:06d} を開く") == f"/office/applications/{first}"
    assert not any(row.startswith("契約保証：手続き中") for row in page.table_rows())
    refused = clerk.press(page, "承認", expect=422)
    assert "前払金保証：手続き中の申込み" in next(iter(refused.problems.values()))
    done = clerk.follow(clerk.press(refused, "承認", **{"override-1": "1件目は取下げの予定と電話で確認"}))
    assert "1件目は取下げの予定と電話で確認" in done.words


# ---- an operator of no surety ----


ANOTHER_SURETY = (
    "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at) VALUES ('別の保証', '住所', '代表', 1, '2024-01-01')"
)


@pytest.fixture
def operator(admin: PageClient, stage: Stage) -> PageClient:
    """The administrator that the command makes without a surety, where there is one."""
    stage.change("UPDATE accounts SET surety_id = NULL WHERE email = 'admin@demo.example'")
    return admin


def test_with_one_surety_an_operator_of_none_acts_for_it(operator: PageClient) -> None:
    places = operator.get("/office/").dom.xpath("//nav[@aria-label='メインメニュー']//a/@href")

    assert {"/office/contracts/", "/office/people/", "/office/rules/", "/office/people/sureties/"} <= set(places)
    for place in places:
        operator.get(place)
    assert "例示料率" in operator.get("/office/rules/tariffs/").words
    operator.get("/office/rules/imports/contractors/")
    operator.get("/office/rules/tariffs/load")
    assert "ネットデスク建設株式会社" in operator.get("/office/people/companies/").words


def test_with_several_an_operator_is_asked_which_and_acts_for_that_one(operator: PageClient, stage: Stage) -> None:
    stage.change(ANOTHER_SURETY)
    asked = operator.follow(operator.get("/office/rules/tariffs/", expect=303))
    assert asked.path == "/office/people/sureties/"

    operator.press(asked, "見本建設業保証株式会社の業務をする")
    assert "例示料率" in operator.get("/office/rules/tariffs/").words
    assert "見本建設業保証株式会社" in operator.get("/office/people/").words

    again = operator.get("/office/people/sureties/")
    assert "いま選んでいます" in again.words
    operator.press(again, "別の保証の業務をする")
    assert "例示料率" not in operator.get("/office/rules/tariffs/").words
    assert operator.get("/office/people/companies/").table_rows() == []
    assert stage.rows("SELECT surety_id FROM accounts WHERE email = 'admin@demo.example'") == [(None,)]


def test_a_surety_that_is_not_there_cannot_be_chosen(operator: PageClient, stage: Stage) -> None:
    stage.change(ANOTHER_SURETY)
    operator.get("/office/people/sureties/")

    operator.post("/office/people/sureties/999", expect=404)


def test_an_operator_of_none_registers_another_surety_and_goes_on_with_it(operator: PageClient, stage: Stage) -> None:
    form = operator.get("/office/people/sureties/new")
    typed = {"name": "あたらしい保証", "address": "千葉市", "representative": "代表 太郎", "four_eyes_above": "5000万"}
    refused = operator.press(form, "登録する", expect=422, **{**typed, "name": "見本建設業保証株式会社"})
    assert "すでに登録されています" in refused.problems["name"]

    done = operator.follow(operator.press(refused, "登録する", **typed))

    assert done.rows()["商号"] == "あたらしい保証"
    assert stage.rows("SELECT surety_id FROM accounts WHERE email = 'admin@demo.example'") == [(None,)]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'SuretyCreated'") == 1


def test_who_operates_one_surety_is_not_asked(admin: PageClient, stage: Stage) -> None:
    stage.change(ANOTHER_SURETY)

    assert "保証会社の切替" not in admin.get("/office/").links()
    admin.get("/office/people/sureties/", expect=404)
