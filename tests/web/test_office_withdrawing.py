"""取消し of rules before their day, 停止 of a right, the page before anything is ended, what an import left in the history."""

from collections.abc import Callable

import pytest
from time_machine import Traveller

from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_office_rules import CONTRACTORS, TARIFFS, authority, preview, send_file


@pytest.fixture
def admin(signed_in: Callable[[str], PageClient]) -> PageClient:
    return signed_in("admin")


def test_a_policy_is_withdrawn_before_its_day_with_a_reason(admin: PageClient, clerk: PageClient, stage: Stage, clock: Traveller) -> None:
    laid_down = admin.follow(admin.press(preview(admin, stage, advance_cap_works="4"), "この内容で登録する"))
    version = admin.get(laid_down.link("令和6年10月1日"))
    assert "この版を取り消す" not in clerk.get(version.path).words
    asked = admin.get(version.link("この版を取り消す"))
    assert "令和2年4月1日からの取扱いがそのまま続きます" in asked.words

    refused = admin.press(asked, "取り消す", expect=422)
    assert list(refused.problems) == ["reason"]
    done = admin.follow(admin.press(refused, "取り消す", reason="割合の入力誤り"))

    assert "取り消しました" in done.notices[0]
    assert [row.split()[:2] for row in done.table_rows()] == [["令和6年10月1日", "取消済"], ["令和2年4月1日", "適用中"]]
    assert "適用前の取扱いの版を取り消しました" in done.words
    assert "理由：割合の入力誤り" in done.words
    assert "取り消した版です" in admin.get(version.path).words
    assert "すでに取り消されています" in admin.follow(admin.press(asked, "取り消す", reason="もう一度")).notices[0]
    again = admin.get(asked.path)  # a tab that was left open
    assert "すでに取り消されています" in again.notices[0]
    assert "取り消す" not in again.buttons()
    assert "令和6年10月1日から" not in " ".join(admin.get("/office/rules/authorities/").table_rows())
    clock.move_to("2024-10-01T10:00:00+09:00")
    assert PageClient(stage).sign_in("admin").get(authority(stage)).rows()["前払金の上限（工事）"] == "40%"


def test_a_policy_whose_day_came_meanwhile_is_not_withdrawn(admin: PageClient, stage: Stage, clock: Traveller) -> None:
    laid_down = admin.follow(admin.press(preview(admin, stage, effective_from="令和6年4月2日"), "この内容で登録する"))
    asked = admin.get(admin.get(laid_down.link("令和6年4月2日")).link("この版を取り消す"))

    clock.move_to("2024-04-02T00:00:00+09:00")
    late = PageClient(stage).sign_in("admin")
    answer = late.post(asked.path, {"reason": "誤り"}, expect=409)

    assert "この版の適用は始まっています" in answer.words
    assert stage.column("SELECT withdrawn_at FROM authority_policies WHERE withdrawn_at IS NOT NULL") == []


def test_a_tariff_is_withdrawn_before_its_day(admin: PageClient, clerk: PageClient, stage: Stage, clock: Traveller) -> None:
    page = send_file(admin, admin.get("/office/rules/tariffs/load"), TARIFFS.encode("cp932"))
    listed = admin.follow(admin.press(page, "この内容で登録する"))
    assert "この料率を取り消す" not in clerk.get("/office/rules/tariffs/").words

    asked = admin.get(listed.link("この料率を取り消す：前払金保証 令和6年10月1日から"))
    assert "令和2年4月1日からの料率" in asked.words
    assert list(admin.press(asked, "取り消す", expect=422).problems) == ["reason"]
    done = admin.follow(admin.press(asked, "取り消す", reason="桁の誤り"))

    assert "取消済" in done.words
    assert "適用前の保証料率を取り消しました" in done.words
    twice = admin.get(asked.path)
    assert "すでに取り消されています" in twice.notices[0]
    assert "取り消す" not in twice.buttons()
    clock.move_to("2024-10-01T10:00:00+09:00")
    assert "すでに取り消されています" in PageClient(stage).sign_in("admin").get(asked.path).notices[0]  # its day means nothing any more
    clock.move_to("2024-04-01T11:00:00+09:00")
    again = send_file(admin, admin.get("/office/rules/tariffs/load"), TARIFFS.encode("cp932"))
    assert "1億円 270,000円 変更：300,000円" in again.table_rows()  # compared with what is in force, not with what was withdrawn


def test_a_right_is_stopped_at_once_with_a_reason(admin: PageClient, stage: Stage) -> None:
    page = admin.get("/office/people/rights/1")

    refused = admin.press(page, "いますぐ停止する", expect=422)
    assert list(refused.problems) == ["reason"]
    done = admin.follow(admin.press(refused, "いますぐ停止する", reason="異動のため"))

    assert "に停止 終了" in done.table_rows()[0]
    assert "終了日を入れる" not in done.table_rows()[0]
    assert "この発行権限は終了しています" in admin.get(page.path).words
    assert "この発行権限は終了しています" in admin.press(page, "終了日を登録する", expect=409, valid_until="R10.3.31").words
    history = admin.get(f"/office/people/accounts/{stage.account_ids['approver']}").words
    assert "発行権限を停止しました" in history
    assert "理由：異動のため" in history
    assert admin.get("/office/people/rights/1/stop", expect=303).location.endswith("/office/people/rights/1")


def test_a_right_begins_today_at_the_earliest(admin: PageClient, stage: Stage) -> None:
    page = admin.get(f"/office/people/accounts/{stage.account_ids['approver']}/rights")

    refused = admin.press(page, "発行権限を登録する", expect=422, product="advance_payment", up_to="1", valid_from="令和6年3月31日")

    assert "今日（令和6年4月1日）以降" in refused.problems["valid_from"]


def test_before_a_branch_ends_what_hangs_on_it_is_shown_and_the_last_one_stays(admin: PageClient, stage: Stage) -> None:
    stage.issued()
    waiting = stage.submit(works_name="待っている工事", works_number="7号")
    only = f"/office/people/branches/{stage.ids['branch']}"
    page = admin.get(admin.get(only).link("登録を終了する（確認画面へ）"))
    assert "ほかに営業部・支店がないため、終了できません" in page.words
    assert "登録を終了する" not in page.buttons()
    admin.post(f"{only}/end", {"reason": "統合"}, expect=409)

    stage.change(
        "INSERT INTO branches (surety_id, code, name, phone, hours) VALUES (:surety, 205, '木更津支店', '0438', '平日')",
        surety=stage.ids["surety"],
    )
    page = admin.get(f"{only}/end")

    assert page.rows() == {"手続き中の申込み": "1件", "保証期間中の保証契約": "1件", "利用者": "2人"}
    assert page.link("待っている工事") == f"/office/applications/{waiting}"
    refused = admin.press(page, "登録を終了する", expect=422)
    assert list(refused.problems) == ["reason"]
    done = admin.follow(admin.press(refused, "登録を終了する", reason="木更津支店に統合"))
    assert "理由：木更津支店に統合" in done.words


def test_an_ended_contractor_is_said_on_its_open_applications(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    asked = admin.get("/office/people/companies/1/end")
    assert asked.link("申込番号") == f"/office/applications/{application}"

    admin.press(asked, "登録を終了する", reason="廃業のため")

    review = clerk.get(f"/office/applications/{application}")
    assert review.rows()["登録"] == "終了した受注者（令和06年04月01日に終了）"
    assert "引き受けてよいか確認してください" in review.words
    clerk.press(review, "承認", expect=422)


def test_an_import_marks_namesakes_and_leaves_its_file_and_names_in_the_history(admin: PageClient, stage: Stage) -> None:
    file = CONTRACTORS + "ネットデスク建設㈱,千葉県市原市1,代表取締役,\n"
    page = send_file(admin, admin.get("/office/rules/imports/contractors/"), file.encode(), name="名簿/受注者 令和6年.csv")
    assert page.table_rows()[0].startswith("ネットデスク建設㈱ 千葉県市原市1 代表取締役 ― いいえ 要確認：同じ商号で別の住所")
    assert "同じ商号の受注者が" in page.notices[0]

    done = admin.follow(admin.press(page, "この内容で取り込む"))

    assert "ファイル：受注者 令和6年.csv" in done.words
    assert "髙﨑建設㈱、ネットデスク建設㈱" in done.words


def test_every_fault_of_a_tariff_row_is_shown(admin: PageClient) -> None:
    file = "商品,料率の名称,適用開始日,上限額,料率（%）\n履行保証,,令和6年10月1日,,27\n"

    page = send_file(admin, admin.get("/office/rules/tariffs/load"), file.encode(), expect=422)

    for words in ("2行目：商品は", "2行目：料率の名称を入力", "2行目：料率「27」"):
        assert words in page.words


def test_a_first_policy_may_begin_today_and_the_form_says_so(admin: PageClient, stage: Stage) -> None:
    page = admin.get("/office/rules/authorities/new")
    admin.press(page, "登録する", name="みなと市", head="みなと市長")
    new = f"/office/rules/authorities/{stage.scalar('SELECT max(id) FROM authorities')}"
    form = admin.get(f"{new}/policies/new")
    assert "今日や過去の日付からも適用できます" in form.words
    assert "あした（令和6年4月2日）以降" in admin.get(f"{authority(stage)}/policies/new").words

    shown = admin.press(form, "変更点を確認する", expect=200, effective_from="令和6年4月1日", interim_cap="10")
    admin.press(shown, "この内容で登録する")

    assert admin.get(new).rows()["中間前払金の上限"] == "10%"
