"""取扱い・料率: the operator lays down policies and tariffs, takes in registers; others look."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from openpyxl import Workbook
from time_machine import Traveller

from tests.example_of_record import APPLIED_AT, typed_example, with_performance
from tests.stage import Stage
from tests.web.page_client import Page, PageClient

TARIFFS = "商品,料率の名称,適用開始日,上限額,料率（%）\n前払金保証,新しい例示料率,令和6年10月1日,1億円,0.3\n前払金保証,新しい例示料率,令和6年10月1日,,0.2\n"
CONTRACTORS = "商号,住所,代表者,一括納付\n髙﨑建設㈱,千葉県①,代表取締役 髙﨑,はい\n"


@pytest.fixture
def admin(signed_in: Callable[[str], PageClient]) -> PageClient:
    return signed_in("admin")


def authority(stage: Stage, name: str = "〇〇区") -> str:
    return f"/office/rules/authorities/{stage.ids[name]}"


def send_file(client: PageClient, page: Page, content: bytes, *, expect: int = 200, name: str = "a.csv") -> Page:
    form = page.form("内容を確認する")
    data = {**page.fields("内容を確認する"), "file": (io.BytesIO(content), name)}
    return client._open("POST", form.get("action"), expect, data, None)  # type: ignore[arg-type] # a file, as a browser sends it


# ---- policies ----


def preview(admin: PageClient, stage: Stage, *, expect: int = 200, **changes: str) -> Page:
    form = admin.get(f"{authority(stage)}/policies/new")
    return admin.press(form, "変更点を確認する", expect=expect, **{"effective_from": "令和6年10月1日", **changes})


def test_a_policy_is_previewed_laid_down_and_judged_by_from_its_day_on(admin: PageClient, stage: Stage, clock: Traveller) -> None:
    before = stage.census()
    page = preview(admin, stage, advance_cap_works="45", rounding_unit="１０万")

    assert stage.census() == before
    rows = page.table_rows()
    assert "前払金の上限（工事） 40% 変更：45%" in rows
    assert "前払金の端数処理 1円未満切捨て 変更：100,000円未満切捨て" in rows
    assert "前払金（工事） 19,440,000円以下 変更：21,800,000円以下" in rows  # 48,600,000 × 45 % = 21,870,000
    assert "変わる項目（2件）" in page.words

    done = admin.follow(admin.press(page, "この内容で登録する"))

    assert "令和6年10月1日から適用" in done.notices[0]
    assert done.rows()["前払金の上限（工事）"] == "40%"  # today's policy is still the old one
    assert [row.split()[:2] for row in done.table_rows()] == [["令和6年10月1日", "これから"], ["令和2年4月1日", "適用中"]]
    assert "取扱いの新しい版を登録しました" in done.words

    clock.move_to("2024-10-01T10:00:00+09:00")
    again = PageClient(stage).sign_in("admin").get(authority(stage))

    assert again.rows()["前払金の上限（工事）"] == "45%"
    old = PageClient(stage).sign_in("clerk").get(again.link("令和6年10月1日"))
    assert "前払金の上限（工事） 40% 変更：45%" in old.table_rows()


def test_everything_typed_stays_when_a_field_needs_attention(admin: PageClient, stage: Stage) -> None:
    page = preview(admin, stage, expect=422, advance_cap_works="45.55", advance_subject="【前払】", effective_from="平成40年4月1日")

    assert set(page.problems) == {"advance_cap_works", "effective_from"}
    assert page.fields("変更点を確認する")["advance_subject"] == "【前払】"
    assert page.fields("変更点を確認する")["advance_cap_works"] == "45.55"


def test_the_preview_leads_back_to_the_form_with_what_was_typed(admin: PageClient, stage: Stage) -> None:
    page = admin.press(preview(admin, stage, advance_cap_works="45"), "入力に戻る", expect=200)

    assert page.fields("変更点を確認する")["advance_cap_works"] == "45"
    assert page.fields("変更点を確認する")["effective_from"] == "令和6年10月1日"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("令和6年4月1日", "あした（令和6年4月2日）以降"),  # today's applications are judged already
        ("令和6年3月31日", "あした（令和6年4月2日）以降"),
        ("令和2年4月1日", "あした（令和6年4月2日）以降"),
    ],
)
def test_the_past_is_not_rewritten(day: str, words: str, admin: PageClient, stage: Stage) -> None:
    page = preview(admin, stage, expect=422, effective_from=day)

    assert words in page.problems["effective_from"]


def test_a_day_that_is_taken_is_refused(admin: PageClient, stage: Stage) -> None:
    admin.press(preview(admin, stage, interim_cap="15"), "この内容で登録する")

    page = preview(admin, stage, expect=422, interim_cap="10")

    assert "別の日" in page.problems["effective_from"]


def test_the_same_page_lays_down_once(admin: PageClient, stage: Stage) -> None:
    page = preview(admin, stage)
    admin.press(page, "この内容で登録する")
    admin.press(page, "この内容で登録する")

    assert stage.scalar("SELECT count(*) FROM authority_policies WHERE authority_id = :id", id=stage.ids["〇〇区"]) == 2


def test_who_compared_with_an_older_state_looks_again(admin: PageClient, stage: Stage) -> None:
    first, second = preview(admin, stage, interim_cap="15"), preview(admin, stage, effective_from="令和7年4月1日")
    admin.press(first, "この内容で登録する")

    page = admin.press(second, "この内容で登録する", expect=409)

    assert "中間前払金の上限 15% 変更：20%" in page.table_rows()
    assert any("ほかの人が" in one for one in page.notices)
    admin.press(page, "この内容で登録する")


def test_below_the_least_price_an_advance_cannot_be_applied_for(admin: PageClient, stage: Stage, clock: Traveller) -> None:
    admin.press(preview(admin, stage, effective_from="令和6年4月2日", minimum_price="5000万"), "この内容で登録する")
    clock.move_to("2024-04-02T10:00:00+09:00")

    typed = typed_example(stage.ids)
    refused = PageClient(stage).sign_in("netdesk").post("/netdesk/applications/new", {**typed, "action": "confirm"}, expect=422)

    assert "請負金額が50,000,000円以上の契約です" in refused.problems["advance_payment-wanted"]


def test_the_contractor_reads_where_each_product_goes(contractor: PageClient, stage: Stage) -> None:
    issued = stage.issued(**with_performance())

    advance, performance = (contractor.get(f"/netdesk/contracts/{number}/history").rows() for number in issued.numbers)

    assert (advance["提出先"], advance["メールの件名"]) == ("工事担当課 kouji@authority.example", "【前払金保証】工事名")
    assert (performance["提出先"], performance["メールの件名"]) == ("総務課 契約担当 keiyaku@authority.example", "【契約保証】工事名")


def test_a_version_between_two_says_how_long_it_lasts(admin: PageClient, stage: Stage) -> None:
    admin.press(preview(admin, stage, effective_from="令和7年4月1日", interim_cap="15"), "この内容で登録する")

    page = preview(admin, stage, effective_from="令和6年10月1日")

    assert any("令和7年4月1日からの版" in one for one in page.notices)


def test_a_day_far_off_is_a_slip_of_the_finger(admin: PageClient, stage: Stage) -> None:
    refused = preview(admin, stage, expect=422, effective_from="令和40年12月1日")

    assert refused.problems["effective_from"] == ("適用開始日の令和40年12月1日は、2年より先です。令和8年4月1日までの日付で入力してください")
    assert refused.fields("変更点を確認する")["effective_from"] == "令和40年12月1日"
    preview(admin, stage, effective_from="令和8年4月1日")
    preview(admin, stage, expect=422, effective_from="令和8年4月2日")


def test_a_tariff_far_off_is_warned_of_before_it_is_laid_down(admin: PageClient) -> None:
    form = admin.get("/office/rules/tariffs/load")

    far = send_file(admin, form, TARIFFS.replace("令和6年10月1日", "令和40年10月1日").encode())

    assert "適用開始日が2年より先です" in far.notices[0]
    assert not send_file(admin, form, TARIFFS.encode()).notices


# ---- the register of authorities ----


def test_an_authority_is_taken_in_and_ended(admin: PageClient, contractor: PageClient, stage: Stage) -> None:
    page = admin.follow(admin.press(admin.get("/office/rules/authorities/new"), "登録する", name="みなと市", head="みなと市長"))
    address = page.path
    assert "全国の標準" in page.words
    assert "みなと市" in contractor.get("/netdesk/applications/new").text

    asked = admin.get(f"{address}/end")
    page = admin.follow(admin.press(asked, "取扱いを終了する", ended_on="令和6年4月1日", reason="合併のため"))
    assert "みなと市" not in contractor.get("/netdesk/applications/new").text
    assert "みなと市" not in contractor.get("/guide/authorities/").text
    assert "合併のため" in page.words
    assert "取扱いを終了する" not in page.buttons()
    admin.get(f"{address}/policies/new", expect=409)
    assert "終了" in " ".join(admin.get("/office/rules/authorities/?q=みなと").table_rows())


def test_a_name_is_taken_once_however_it_is_written(admin: PageClient) -> None:
    page = admin.press(admin.get("/office/rules/authorities/new"), "登録する", name="長生村　", head="𪚥", expect=422)

    assert "U+2A6A5" in page.problems["head"]
    page = admin.press(page, "登録する", head="長生村長", expect=422)
    assert "すでに登録されています" in page.problems["name"]


def test_clerks_look_and_do_not_change(clerk: PageClient, stage: Stage) -> None:
    page = clerk.get(authority(stage))

    assert [button for button in page.buttons() if button != "ログアウト"] == []
    assert "新しい版を作る" not in page.text
    clerk.get("/office/rules/authorities/999", expect=404)
    clerk.get(f"{authority(stage)}/policies/999", expect=404)


# ---- tariffs ----


def test_tariffs_are_looked_at_then_loaded(admin: PageClient, stage: Stage) -> None:
    before = stage.census()
    page = send_file(admin, admin.get("/office/rules/tariffs/load"), TARIFFS.encode("cp932"))

    assert stage.census() == before
    # 0.27 % of 1,000万円 and 1億円 before; 0.3 % after; of 10億円 3億×0.27 %+7億×0.22 % before, 1億×0.3 %+9億×0.2 % after
    assert page.table_rows() == [
        "1,000万円 27,000円 変更：30,000円",
        "1億円 270,000円 変更：300,000円",
        "10億円 2,350,000円 変更：2,100,000円",
    ]

    done = admin.follow(admin.press(page, "この内容で登録する"))

    assert "1件登録しました" in done.notices[0]
    assert "新しい例示料率" in done.words
    again = admin.follow(admin.press(page, "この内容で登録する"))
    assert "すでに登録されています" in again.notices[0]
    assert stage.scalar("SELECT count(*) FROM tariffs WHERE product = 'advance_payment'") == 2
    assert stage.column(
        "SELECT rate_millionths FROM tariff_tiers t JOIN tariffs v ON v.id = t.tariff_id WHERE v.label = '新しい例示料率' ORDER BY position"
    ) == [3000, 2000]


def test_an_excel_file_is_read_too(admin: PageClient) -> None:
    book = Workbook()
    for line in TARIFFS.splitlines():
        book.active.append(line.split(","))
    content = io.BytesIO()
    book.save(content)

    page = send_file(admin, admin.get("/office/rules/tariffs/load"), content.getvalue(), name="a.xlsx")

    assert len(page.table_rows()) == 3


def test_a_file_with_a_bad_row_changes_nothing_and_says_which(admin: PageClient, stage: Stage) -> None:
    before = stage.census()
    bad = TARIFFS.replace("0.2\n", "27\n").replace(
        "前払金保証,新しい例示料率,令和6年10月1日,1億円", "履行保証,新しい例示料率,令和6年10月1日,1億円"
    )

    page = send_file(admin, admin.get("/office/rules/tariffs/load"), bad.encode(), expect=422)

    assert stage.census() == before
    assert "2か所" in page.problems["file"]
    assert "2行目：商品は" in page.words
    assert "3行目：料率「27」は" in page.words


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "空です"), (b"\xff\xfe\xfa", "文字コード"), (b"PK\x03\x04", "Excelファイルとして読めません")]
)
def test_a_file_that_is_none(content: bytes, words: str, admin: PageClient) -> None:
    page = send_file(admin, admin.get("/office/rules/tariffs/load"), content, expect=422)

    assert words in page.problems["file"]


def test_nothing_is_believed_of_what_the_page_kept(admin: PageClient, stage: Stage) -> None:
    before = stage.census()
    for kept in ("", "あ", "AAAA", "eJyLVnrasvXpnA6lWADzZAjt"):
        admin.get("/office/rules/tariffs/load")
        page = admin.post("/office/rules/tariffs/", {"kept": kept, "token": "t"}, expect=422)
        assert page.problems["file"]

    assert stage.census() == before


def test_an_application_is_reckoned_with_the_period_where_the_tariff_asks(admin: PageClient, stage: Stage) -> None:
    """19,440,000円 for 6 months at 0.27 % on a basis of 3 months: twice 52,488円."""
    file = "商品,料率の名称,適用開始日,上限額,料率（%）,基準月数\n前払金保証,期間料率,令和6年4月2日,,0.27,3\n"
    admin.press(send_file(admin, admin.get("/office/rules/tariffs/load"), file.encode()), "この内容で登録する")

    application_id = stage.submit(at=APPLIED_AT + timedelta(days=1))

    assert stage.scalar("SELECT premium FROM requested_guarantees WHERE application_id = :id", id=application_id) == 104_976


# ---- registers out of files ----


def test_contractors_are_looked_at_then_taken_in(admin: PageClient, stage: Stage) -> None:
    page = send_file(admin, admin.get("/office/rules/imports/contractors/"), CONTRACTORS.encode("utf-8-sig"))
    assert page.table_rows() == ["髙﨑建設㈱ 千葉県① 代表取締役 髙﨑 ― はい ―"]

    done = admin.follow(admin.press(page, "この内容で取り込む"))

    assert "1件取り込みました" in done.notices[0]
    assert "受注者を取り込みました" in done.words
    assert stage.rows("SELECT name, pays_monthly FROM companies WHERE address = '千葉県①'") in ([("髙﨑建設㈱", True)], [("髙﨑建設㈱", 1)])
    # the same file again: the contractor is there, written as it may be
    again = send_file(
        admin, admin.get("/office/rules/imports/contractors/"), CONTRACTORS.replace("髙﨑建設㈱", "高崎建設株式会社").encode(), expect=422
    )
    assert "すでに登録されています" in again.problems["file"]


def test_authorities_are_taken_in_with_their_start(admin: PageClient, stage: Stage) -> None:
    file = "発注者名,宛名,電子保証の開始日,開始日を判断する日\nみなと市,みなと市長,R6.4.1,公告日\n山の町,山の町長,,\n"

    admin.press(send_file(admin, admin.get("/office/rules/imports/authorities/"), file.encode()), "この内容で取り込む")

    rows = {row.split()[0]: row for row in admin.get("/office/rules/authorities/").table_rows()}
    assert "公告日が令和6年4月1日以降" in rows["みなと市"]
    assert "対応していません" in rows["山の町"]


def test_bad_rows_of_a_register_change_nothing(admin: PageClient, stage: Stage) -> None:
    before = stage.census()
    file = "商号,住所,代表者,一括納付\n,千葉県,a,\n甲建設,千葉県,a,たぶん\n乙建設,千葉県,𪚥,\n丙建設,千葉県,a,\n丙建設,千葉県,a,\n"

    page = send_file(admin, admin.get("/office/rules/imports/contractors/"), file.encode(), expect=422)

    assert stage.census() == before
    for words in ("2行目：商号を入力", "3行目：一括納付は「はい」", "4行目：代表者の「𪚥」", "6行目：「丙建設」は5行目にも"):
        assert words in page.words


def test_templates_can_be_taken_in_as_they_are(admin: PageClient) -> None:
    for register in ("contractors", "authorities"):
        template = admin.get(f"/office/rules/imports/{register}/template.csv")
        assert template.headers["Content-Disposition"].startswith("attachment")
        assert template.body.startswith(b"\xef\xbb\xbf")
        # the examples are the demonstration's own records, so that they are found to be there
        page = send_file(admin, admin.get(f"/office/rules/imports/{register}/"), template.body, expect=422)
        assert "すでに登録されています" in page.words
    admin.get("/office/rules/imports/others/", expect=404)
