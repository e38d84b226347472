"""集計・出力: figures reckoned by hand from what was acted on the stage, on the page and in each kind of file."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from openpyxl import load_workbook

from esurety.domain.application_state import ApplicationAct
from esurety.services import table_listing
from tests.example_of_record import ISSUED_AT, RARE_COMPANY, RARE_WORKS_NAME, WORKS_NAME, on_paper, with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, SMALLER, change, changed, issue
from tests.stage import Stage
from tests.web.page_client import Page, PageClient

REPORTS = "/office/reports/"
IN_MAY = datetime(2024, 5, 7, 1, 0, tzinfo=UTC)
# half past midnight on 1 May in Japan, still April in UTC
FIRST_OF_MAY = datetime(2024, 4, 30, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(datetime(2024, 6, 3, 1, 0, tzinfo=UTC))


def csv_of(page: Page, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(page.body.decode(encoding), newline="")))


def total_line(page: Page) -> list[str]:
    return [" ".join(cell.text_content().split()) for cell in page.dom.xpath("//tfoot//td")]


def cells(page: Page) -> list[list[str]]:
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./td")] for row in page.dom.xpath("//tbody/tr")]


def test_the_navigation_leads_to_one_page_that_leads_to_every_report(clerk: PageClient) -> None:
    home = clerk.get(clerk.get("/office/").link("集計・出力"))

    for name in ("年度別契約一覧", "月別保証料", "変更契約", "期限が近い契約", "電子・紙の割合"):
        page = clerk.get(home.link(name))
        assert name in page.heading
        assert page.buttons() == ["表示する"]


def test_contracts_of_a_fiscal_year_with_their_total(clerk: PageClient, stage: Stage) -> None:
    both = stage.issued(**with_performance()).numbers
    stage.change("UPDATE guarantee_contracts SET fiscal_year = 2023 WHERE number = :number", number=both[1])
    paper = stage.issued(**on_paper()).number

    page = clerk.get(f"{REPORTS}contracts/?fiscal_year=2024")

    assert page.heading == "年度別契約一覧 令和6年度"
    assert [row[0] for row in cells(page)] == [paper, both[0]]
    assert total_line(page) == ["合計 2件", "38,880,000円", "", "", ""]
    assert page.link(paper) == f"/office/contracts/{paper}"
    only_paper = clerk.get(f"{REPORTS}contracts/?fiscal_year=2024&certificate_form=paper&product=advance_payment")
    assert total_line(only_paper)[0] == "合計 1件"
    before = clerk.get(f"{REPORTS}contracts/?fiscal_year=2023")
    assert total_line(before)[:2] == ["合計 1件", "4,860,000円"]
    assert "当てはまるものはありません" in clerk.get(f"{REPORTS}contracts/?fiscal_year=2022").words


def test_premiums_month_by_month(clerk: PageClient, stage: Stage) -> None:
    # by contractor2, who transfers: one on 1 April in Japan, one half an hour into 1 May; by netdesk, on account, one in April
    first = stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY)
    second = stage.approve(by="contractor2", premium_billing_name=RARE_COMPANY)
    stage.pay(second, on=date(2024, 4, 30), at=FIRST_OF_MAY)
    stage.issue(second, at=FIRST_OF_MAY)
    on_account = stage.issued()
    premium = dict(stage.rows("SELECT application_id, premium FROM certificate_versions WHERE version = 0"))
    transfer, monthly = premium[first.application_id], premium[on_account.application_id]
    assert transfer > 0
    assert premium[second] == transfer
    smaller = change(stage, on_account.number, at=IN_MAY, **SMALLER)
    stage.decide(ApplicationAct.APPROVE, smaller, at=IN_MAY)
    issue(stage, smaller, at=IN_MAY)
    stage.change("UPDATE premium_settlements SET settled_on = '2024-06-03'")
    back = monthly - stage.scalar("SELECT premium FROM certificate_versions WHERE version = 1")
    assert back > 0

    page = clerk.get(f"{REPORTS}premiums/?fiscal_year=2024")

    yen = "{:,}円".format
    months = {row[0]: row[1:] for row in cells(page)}
    assert len(months) == 12
    assert next(iter(months)) == "令和6年4月"
    assert list(months)[-1] == "令和7年3月"
    assert months["令和6年4月"] == ["2", yen(transfer), yen(monthly), "0円", yen(transfer + monthly), yen(2 * transfer), *["0円"] * 3]
    assert months["令和6年5月"] == ["1", yen(transfer), "0円", "0円", yen(transfer), "0円", yen(back), *["0円"] * 2]
    assert months["令和6年6月"] == ["0", *["0円"] * 6, yen(back), "0円"]
    assert total_line(page) == [
        "合計",
        "3",
        yen(2 * transfer),
        yen(monthly),
        "0円",
        yen(2 * transfer + monthly),
        yen(2 * transfer),
        yen(back),
        yen(back),
        "0円",
    ]


def test_a_receipt_that_was_taken_back_does_not_count(clerk: PageClient, stage: Stage) -> None:
    application = stage.approve(by="contractor2", premium_billing_name=RARE_COMPANY)
    stage.pay(application)
    stage.change(
        "UPDATE premium_receipts SET reversed_at = recorded_at, reversed_by = recorded_by, reversal_reason = 'x' WHERE application_id = :id",
        id=application,
    )

    assert total_line(clerk.get(f"{REPORTS}premiums/")) == ["合計", "0", *["0円"] * 8]


def test_changes_of_a_period_with_their_differences(clerk: PageClient, stage: Stage) -> None:
    larger, smaller, other = (stage.issued().number for _ in range(3))
    changed(stage, larger, **LARGER)  # 19,440,000 → 21,600,000円, until 27 December
    changed(stage, smaller, at=CHANGED_AT + timedelta(days=1), **SMALLER)  # → 16,000,000円
    premiums = dict(
        stage.rows(
            "SELECT c.number, v.premium - b.premium FROM certificate_versions v"
            " JOIN certificate_versions b ON b.contract_id = v.contract_id AND b.version = v.version - 1"
            " JOIN guarantee_contracts c ON c.id = v.contract_id"
        )
    )
    billed, refunded = premiums[larger], -premiums[smaller]

    page = clerk.get(f"{REPORTS}changes/")

    rows = cells(page)
    assert [row[0] for row in rows] == [larger, smaller]
    assert other not in page.text
    assert rows[0][2:5] == ["令和06年05月01日", "増額・保証期限変更", "2,160,000円"]
    assert rows[0][5:7] == [f"{billed:,}円", "0円"]
    assert "保証期間の末日 令和06年09月30日→令和06年12月27日" in rows[0][7]
    assert rows[1][3:5] == ["減額", "△3,440,000円"]
    assert total_line(page)[:5] == ["合計 2件", "△1,280,000円", f"{billed:,}円", f"{refunded:,}円", ""]
    in_file = csv_of(clerk.get(page.link("UTF-8")))
    assert in_file[1][7:10] == ["19440000", "21600000", "2160000"]
    assert in_file[2][7:10] == ["19440000", "16000000", "-3440000"]
    assert in_file[3][8:12] == ["", "-1280000", str(billed), str(refunded)]
    on_one_day = clerk.get(f"{REPORTS}changes/?first=R6.5.1&last=２０２４／５／１")
    assert [row[0] for row in cells(on_one_day)] == [larger]


def test_changes_of_an_impossible_period_say_what_to_type(clerk: PageClient) -> None:
    page = clerk.get(f"{REPORTS}changes/?first=令和6年4月31日&last=R6.5.1", expect=422)
    assert page.problems == {"first": "期間の初日は存在する日付を入力してください（令和6年4月は30日までです）"}
    assert page.fields("表示する")["first"] == "令和6年4月31日"

    page = clerk.get(f"{REPORTS}changes/?first=R6.5.2&last=R6.5.1", expect=422)
    assert page.problems == {"last": "期間の末日は初日以降の日付を入力してください"}
    assert clerk.get(f"{REPORTS}changes/download?first=R6.5.2&last=R6.5.1", expect=303).location.startswith(f"{REPORTS}changes/?first=")


def test_what_ends_soon_comes_first_and_the_days_are_asked(clerk: PageClient, stage: Stage) -> None:
    numbers = [stage.issued().number for _ in range(5)]
    days = ["2024-07-03", "2024-06-03", "2024-06-02", "2024-07-04", "2024-06-10"]
    for number, ends_on in zip(numbers, days, strict=True):
        stage.change("UPDATE guarantee_contracts SET guarantee_ends_on = :day WHERE number = :number", day=ends_on, number=number)
    stage.change("UPDATE guarantee_contracts SET cancelled_on = '2024-05-01' WHERE number = :number", number=numbers[4])

    page = clerk.get(f"{REPORTS}expiring/")  # today is 3 June; thirty days from it is 3 July

    assert [(row[0], row[-1]) for row in cells(page)] == [(numbers[1], "0"), (numbers[0], "30")]
    assert total_line(page)[:2] == ["合計 2件", "38,880,000円"]
    assert page.heading == "期限が近い契約 30日以内（令和6年7月3日まで）"
    assert [row[0] for row in cells(clerk.get(f"{REPORTS}expiring/?days=３１日"))] == [numbers[1], numbers[0], numbers[3]]
    wrong = clerk.get(f"{REPORTS}expiring/?days=0", expect=422)
    assert wrong.problems == {"days": "日数は1から999までの数字で入力してください"}


def test_electronic_and_paper_by_month_authority_and_product(clerk: PageClient, stage: Stage) -> None:
    stage.issued(**with_performance("paper"))  # one of each
    stage.issued(at=FIRST_OF_MAY)
    stage.issued(at=FIRST_OF_MAY, contracting_authority_id=str(stage.ids["長生村"]))

    by_month = clerk.get(f"{REPORTS}forms/")
    by_authority = clerk.get(f"{REPORTS}forms/?by=authority")
    by_product = clerk.get(f"{REPORTS}forms/?by=product")

    assert cells(by_month)[:3] == [
        ["令和6年4月", "1", "1", "2", "50.0%"],
        ["令和6年5月", "2", "0", "2", "100.0%"],
        ["令和6年6月", "0", "0", "0", ""],
    ]
    assert cells(by_authority) == [["〇〇区", "2", "1", "3", "66.7%"], ["長生村", "1", "0", "1", "100.0%"]]
    assert cells(by_product) == [
        ["前払金保証", "3", "0", "3", "100.0%"],
        ["中間前払金保証", "0", "0", "0", ""],
        ["契約保証", "0", "1", "1", "0.0%"],
    ]
    for page in (by_month, by_authority, by_product):
        assert total_line(page) == ["合計", "3", "1", "4", "75.0%"]


@pytest.mark.parametrize("name", ["contracts", "premiums", "changes", "expiring", "forms"])
def test_each_report_can_be_taken_away_whole_and_says_what_the_page_says(name: str, clerk: PageClient, stage: Stage) -> None:
    changed(stage, stage.issued().number, **LARGER)

    page = clerk.get(f"{REPORTS}{name}/?days=900")
    excel = clerk.get(page.link("Excel"))
    utf8 = clerk.get(page.link("UTF-8"))
    cp932 = clerk.get(page.link("Shift_JIS"))

    sheet = load_workbook(io.BytesIO(excel.body)).active
    in_csv = csv_of(utf8)
    assert sheet.max_row == len(in_csv) == len(cells(page)) + 2  # headings and total
    assert [cell.value for cell in sheet[1]] == in_csv[0]
    assert in_csv[-1][0].startswith("合計")
    assert csv_of(cp932, "cp932") == in_csv
    disposition = utf8.headers["Content-Disposition"]
    assert f'filename="report_{name}_20240603.csv"' in disposition
    assert page.heading.split()[0] in unquote(disposition)


def test_pages_go_on_where_the_one_before_ended(clerk: PageClient, stage: Stage) -> None:
    first = stage.issued().number
    stage.change("UPDATE guarantee_contracts SET guarantee_ends_on = '2024-06-30'")
    numbers = [first, *stage.many_issued(64)]

    for name in ("contracts", "expiring"):
        shown: list[str] = []
        page = clerk.get(f"{REPORTS}{name}/")
        shown += [row[0] for row in cells(page)]
        while "続きを見る" in page.links():
            page = clerk.get(page.link("続きを見る"))
            shown += [row[0] for row in cells(page)]
        assert len(shown) == 65
        assert set(shown) == set(numbers)
        assert total_line(page)[0] == "合計 65件"
        assert page.link("はじめから見る")


def test_batches_lose_and_repeat_no_row(clerk: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stage.issued().number
    numbers = [first, *stage.many_issued(10)]
    waiting = [f"{stage.submit():06d}" for _ in range(7)]
    monkeypatch.setattr(table_listing, "_BATCH", 3)

    assert [row[0] for row in csv_of(clerk.get("/office/contracts/download?file=csv"))[1:]] == numbers[::-1]
    assert [row[0] for row in csv_of(clerk.get(f"{REPORTS}expiring/download?file=csv&days=900"))[1:-1]] == numbers
    assert [row[0] for row in csv_of(clerk.get("/office/applications/download?file=csv"))[1:]] == waiting


def test_more_rows_than_a_file_takes_are_refused_and_not_cut_off(clerk: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.issued()
    stage.many_issued(3)
    monkeypatch.setattr(table_listing, "MOST_ROWS", 3)

    for kind in ("xlsx", "csv", "cp932"):
        page = clerk.get(f"/office/contracts/download?file={kind}", expect=400)
        assert "条件で絞り込んで" in page.words
        assert "Content-Disposition" not in page.headers


def test_lists_are_taken_away_as_they_are_narrowed(clerk: PageClient, contractor: PageClient, stage: Stage) -> None:
    electronic, paper = stage.issued().number, stage.issued(**on_paper()).number
    stage.cancel(paper, on=date(2024, 4, 2), at=ISSUED_AT + timedelta(days=1))

    of_office = csv_of(clerk.get(clerk.get("/office/contracts/?state=cancelled").link("UTF-8")))
    of_company = csv_of(contractor.get(contractor.get("/netdesk/contracts/?product=advance_payment").link("UTF-8")))
    part = contractor.partial("/netdesk/contracts/?state=in_force")

    assert of_office[0] == [
        "保証契約番号", "工事名", "受注者", "発注者", "営業部・支店", "保証", "証書の形式", "版", "保証金額（円）", "保証期限", "状態", "解約日", "発行日",
    ]  # fmt: skip
    assert of_office[1:] == [
        [paper, WORKS_NAME, "ネットデスク建設株式会社", "〇〇区", "千葉支店", "前払金保証", "紙", "当初", "19440000", "2024-09-30", "解約済", "2024-04-02", "2024-04-01"]
    ]  # fmt: skip
    assert [row[0] for row in of_company[1:]] == [paper, electronic]
    assert "受注者" not in of_company[0]
    assert "/netdesk/contracts/download?state=in_force&amp;file=csv" in part.text


def test_the_queue_is_taken_away_as_it_is_narrowed(clerk: PageClient, stage: Stage) -> None:
    waiting = stage.submit(**with_performance())
    stage.approve()

    rows = csv_of(clerk.get(clerk.get("/office/?state=submitted").link("UTF-8")))

    assert rows[1:] == [
        [f"{waiting:06d}", WORKS_NAME, "ネットデスク建設株式会社", "千葉支店", "〇〇区", "新規", "前払金保証（電子）、契約保証（電子）", "24300000", "申込済", "", "2024-04-01"]
    ]  # fmt: skip


def test_cp932_says_first_what_it_cannot_hold(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued(by="contractor2", works_name=RARE_WORKS_NAME, premium_billing_name=RARE_COMPANY).number

    page = clerk.get("/office/contracts/download?file=cp932&product=advance_payment")

    assert "Content-Disposition" not in page.headers
    assert "2か所が「〓」に置き換わります" in page.words
    assert page.table_rows() == [f"𠮷 2行目 {column} {number} U+20BB7" for column in ("工事名", "受注者")]
    replaced = csv_of(clerk.get(page.link("「〓」に置き換えて")), "cp932")
    assert replaced[1][1:3] == ["髙﨑橋 耐震補強工事（その①）〓野㈱", "﨑山髙〓工業㈱"]
    assert csv_of(clerk.get(page.link("CSV（UTF-8）をダウンロード")))[1][1] == RARE_WORKS_NAME
    assert csv_of(clerk.get(page.link("この一覧を")))[1] == ["2", "工事名", "𠮷", "U+20BB7", number]
    assert page.link("一覧に戻る") == "/office/contracts/?product=advance_payment"


def test_what_came_in_since_is_told_again(clerk: PageClient, stage: Stage) -> None:
    stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY)
    agreed = clerk.get("/office/contracts/download?file=cp932").link("「〓」に置き換えて")
    stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY)

    assert "2か所が「〓」に" in clerk.get(agreed).words


def test_a_works_name_that_begins_a_formula_stays_a_text(clerk: PageClient, stage: Stage) -> None:
    stage.issued(works_name='=HYPERLINK("x")')

    in_csv = csv_of(clerk.get("/office/contracts/download?file=csv"))
    sheet = load_workbook(io.BytesIO(clerk.get("/office/contracts/download?file=xlsx").body)).active

    assert in_csv[1][1] == '\'=HYPERLINK("x")'
    assert (sheet["B2"].value, sheet["B2"].data_type) == ('=HYPERLINK("x")', "s")
    assert sheet["I2"].value == 19_440_000
    assert sheet["J2"].value == datetime(2024, 9, 30)  # noqa: DTZ001 - as Excel keeps days


@pytest.fixture
def of_another(stage: Stage) -> Callable[[], str]:
    """Hand everything on the stage to another surety, whom nobody here works for."""

    def hand_over() -> str:
        stage.change(
            "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at)"
            " SELECT '別の保証会社', address, representative, four_eyes_above, created_at FROM sureties WHERE id = :id",
            id=stage.ids["surety"],
        )
        other = stage.scalar("SELECT id FROM sureties WHERE name = '別の保証会社'")
        for table in ("guarantee_contracts", "applications"):
            stage.change(f"UPDATE {table} SET surety_id = :other", other=other)
        return WORKS_NAME

    return hand_over


def test_another_suretys_data_never_appears(clerk: PageClient, stage: Stage, of_another: Callable[[], str]) -> None:
    number = stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY).number
    changed(stage, stage.issued().number, **LARGER)
    stage.submit()
    works_name = of_another()

    for name in ("contracts", "changes", "expiring"):
        page = clerk.get(f"{REPORTS}{name}/?days=900")
        assert "当てはまるものはありません" in page.words
        assert csv_of(clerk.get(f"{REPORTS}{name}/download?file=csv&days=900"))[1][0].endswith("0件")
    for name in ("premiums", "forms"):
        figures = csv_of(clerk.get(f"{REPORTS}{name}/download?file=csv"))[1:]
        assert {figure for row in figures for figure in row[1:]} <= {"0", ""}
    for address in ("/office/contracts/download", "/office/applications/download"):
        text = clerk.get(f"{address}?file=csv").body.decode()
        assert number not in text
        assert works_name not in text


def test_another_companys_contracts_are_in_nobody_elses_file(signed_in: Callable[[str], PageClient], stage: Stage) -> None:
    number = stage.issued().number

    assert number in signed_in("netdesk").get("/netdesk/contracts/download?file=csv").body.decode()
    assert number not in signed_in("contractor2").get("/netdesk/contracts/download?file=csv").body.decode()


def test_unknown_reports_and_kinds_are_not_there(clerk: PageClient) -> None:
    for address in (f"{REPORTS}secrets/", f"{REPORTS}secrets/download", f"{REPORTS}forms/download?file=pdf"):
        clerk.get(address, expect=404)
    clerk.get(f"{REPORTS}changes/?after=x.y.z")
    clerk.get(f"{REPORTS}contracts/?fiscal_year=99999999999&after=%20")


def test_on_phones_many_columns_of_figures_become_cards_and_few_stay_a_table(clerk: PageClient, stage: Stage) -> None:
    stage.issued()

    many, few = (clerk.get(f"/office/reports/{name}/").dom.xpath("//main//table")[0] for name in ("premiums", "forms"))

    assert many.get("class").split() == ["table", "table--cards", "table--figures"]
    assert {"table__title nowrap"} == set(many.xpath(".//tbody/tr/td[1]/@class"))
    assert all(many.xpath(".//tbody/tr/td[position()>1]/@data-label"))
    assert len(few.xpath(".//thead//th")) > 4 or "table--cards" not in few.get("class")
