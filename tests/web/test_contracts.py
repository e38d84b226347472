"""保証契約一覧 and what lies behind it: drill-down, 詳細, 選択, 電子保証履歴一覧, the PDFs."""

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import quote

import pytest
import time_machine

from tests.example_of_record import ISSUED_AT, RARE_COMPANY, RARE_WORKS_NAME, WORKS_NAME, on_paper, with_interim, with_performance
from tests.pdf_text import pdf_text
from tests.stage import Stage
from tests.web.page_client import BOOSTED, PARTIAL, PageClient

LIST = "/netdesk/contracts/"


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(hours=1))


def numbers_in(page: object, numbers: list[str]) -> list[str]:
    return [number for number in numbers if any(number in row for row in page.table_rows())]  # type: ignore[attr-defined]


def test_each_row_shows_number_works_state_and_the_way_to_the_key(contractor: PageClient, stage: Stage) -> None:
    issued = stage.issued(**with_performance())

    page = contractor.get(LIST)

    assert numbers_in(page, issued.numbers) == issued.numbers
    row = next(row for row in page.table_rows() if issued.number in row)
    for part in (WORKS_NAME, "〇〇区", "前払金保証", "19,440,000円", "令和06年09月30日", "有効", "電子保証(認証キー)"):
        assert part in row, part


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("works_name=高崎橋", "rare"),
        ("works_name=髙﨑", "rare"),
        ("works_name=住宅", "record"),
        ("works_name=ﾀｲｼﾝ", ""),
        ("works_name=耐震", "record rare"),
        ("works_name=トンネル", ""),
        ("product=interim_advance_payment", "interim"),
        ("product=advance_payment&works_name=高崎", "rare"),
        ("state=in_force&product=advance_payment", "record rare"),
        ("state=cancelled", "paper"),
        ("state=expired", ""),
        ("certificate_form=paper", "paper"),
        ("fiscal_year=2024&product=interim_advance_payment", "interim"),
        ("fiscal_year=2023", ""),
        ("product=unknown&state=unknown&fiscal_year=never&product=interim_advance_payment", "record interim rare paper"),
    ],
)
def test_filters_and_search(query: str, found: str, contractor: PageClient, stage: Stage) -> None:
    numbers = {
        "record": [stage.issued(**with_interim()).numbers[0]],
        "rare": stage.issued(works_name=RARE_WORKS_NAME).numbers,
        "paper": stage.issued(works_name="配水管 布設替", **on_paper()).numbers,
    }
    numbers["interim"] = [stage.numbers_of(1)[1]]
    stage.cancel(numbers["paper"][0], on=date(2024, 4, 1), at=ISSUED_AT)
    everything = [number for several in numbers.values() for number in several]
    expected = {number for name in found.split() for number in numbers[name]}
    if found == "record" or "advance_payment" not in query:
        # the interim guarantee of the same works bears the same name
        expected |= {numbers["interim"][0]} if "record" in found.split() else set()

    page = contractor.get(f"{LIST}?{query}")

    assert set(numbers_in(page, everything)) == expected


@pytest.mark.parametrize("typed", ["10124-00001", "10124-00001M", "１０１２４－００００１", "10124-00001m"])
def test_a_number_is_found_by_its_beginning_in_any_width(typed: str, contractor: PageClient, stage: Stage) -> None:
    issued = stage.issued(**with_performance())

    page = contractor.get(f"{LIST}?number={quote(typed)}")

    assert numbers_in(page, issued.numbers) == [issued.number]


def test_authorities_narrow_the_list(contractor: PageClient, stage: Stage) -> None:
    ward, village = stage.issued(), stage.issued(contracting_authority_id=str(stage.ids["長生村"]))

    page = contractor.get(f"{LIST}?authority={stage.ids['長生村']}")

    assert numbers_in(page, [ward.number, village.number]) == [village.number]


def test_what_was_searched_for_stays_in_the_form_and_in_the_way_on(contractor: PageClient, stage: Stage) -> None:
    stage.issued()
    stage.many_issued(60)

    page = contractor.get(f"{LIST}?product=advance_payment&works_name={quote('耐震')}")

    fields = page.fields("絞り込む")
    assert (fields["product"], fields["works_name"]) == ("advance_payment", "耐震")
    onward = page.link("これより前の保証契約を見る")
    assert "product=advance_payment" in onward
    assert quote("耐震") in onward


def test_pages_follow_each_other_without_gap_or_double(contractor: PageClient, stage: Stage) -> None:
    first = stage.issued()
    everything = [first.number, *stage.many_issued(120)]
    seen: list[str] = []

    address: str | None = LIST
    while address:
        page = contractor.get(address)
        shown = [number for number in reversed(everything) if number in page.words]
        assert len(shown) <= 50
        seen += shown
        address = next((href for label, href in page.links().items() if "これより前" in label), None)

    assert len(everything) == 121
    assert seen == list(reversed(everything))


def test_a_full_page_of_the_longest_names_stays_light(contractor: PageClient, stage: Stage) -> None:
    stage.issued(works_name="橋" * 200)
    stage.many_issued(60)

    contractor.get(LIST)  # the client weighs every page


def test_htmx_gets_the_rows_alone_and_everybody_else_the_page(contractor: PageClient, stage: Stage) -> None:
    issued = stage.issued()
    contractor.get(LIST)

    part = contractor.partial(f"{LIST}?product=advance_payment")
    none = contractor.partial(f"{LIST}?product=contract_performance")
    after_redirect = contractor.get(LIST, headers=BOOSTED)

    assert part.dom.xpath("//*[@id='contract-results']")
    assert issued.number in part.words
    assert "当てはまる保証契約はありません" in none.words
    assert "保証契約一覧" in after_redirect.heading


def test_the_drill_down_leads_to_the_details_and_the_history_with_and_without_htmx(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    page = contractor.get(LIST)
    opener = page.dom.xpath("//a[@data-drill-down]")[0]

    with_htmx = contractor.partial(opener.get("hx-get"))
    without = contractor.get(opener.get("href").split("#")[0])

    for shown in (with_htmx, without):
        assert shown.link("詳細") == f"/netdesk/contracts/{number}"
        assert shown.link("電子保証履歴一覧") == f"/netdesk/contracts/{number}/history"
        assert "発注者はまだ閲覧していません" in shown.words
    assert opener.get("href").split("#")[1] == f"panel-{number}"


def test_the_address_of_a_drill_down_opened_by_hand_leads_to_the_list_with_it_open(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = contractor.follow(contractor.get(f"/netdesk/contracts/{number}/panel", expect=303))

    assert page.link("詳細") == f"/netdesk/contracts/{number}"


def test_the_details_show_the_certificate_and_open_it_in_a_window_of_its_own(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = contractor.get(f"/netdesk/contracts/{number}")

    rows = page.rows()
    assert rows["保証契約番号"] == number
    assert rows["被保証者"] == "〇〇区長 様"
    assert rows["保証金額（総額）"] == "19,440,000円（40.0%）"
    assert rows["保証期間"] == "令和06年04月01日 ～ 令和06年09月30日"
    select = page.dom.xpath("//a[contains(., '選択')]")[0]
    assert select.get("target") == "_blank"
    assert "noopener" in select.get("rel")
    assert select.get("href").startswith(f"/netdesk/contracts/{number}/certificate")
    assert page.link("電子保証履歴一覧") == f"/netdesk/contracts/{number}/history"


def test_the_certificate_stands_beside_the_application_and_agrees(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = contractor.get(f"/netdesk/contracts/{number}/certificate")

    assert page.heading == "保証契約内容の確認"
    assert "申込内容との違いはありません" in page.words
    assert any(row.count("19,440,000円") == 2 for row in page.table_rows())
    assert not page.dom.xpath("//tr[@class='diff']")


def test_differences_between_certificate_and_application_are_marked(contractor: PageClient, stage: Stage) -> None:
    issued = stage.issued()
    stage.change("UPDATE applications SET works_place = '別の場所', contract_price = 48600001 WHERE id = :id", id=issued.application_id)

    page = contractor.get(f"/netdesk/contracts/{issued.number}/certificate")

    marked = [" ".join(row.text_content().split()) for row in page.dom.xpath("//tr[@class='diff']")]
    assert len(marked) == 2
    assert any("工事場所" in row and "別の場所" in row for row in marked)
    assert "2か所" in page.words
    assert "千葉支店" in page.words


def test_the_history_has_a_row_for_the_version_with_the_way_to_print_the_key(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = contractor.get(f"/netdesk/contracts/{number}/history")

    assert page.heading == "電子保証履歴一覧"
    assert page.link("印刷") == f"/netdesk/contracts/{number}/key-notice.pdf"
    assert [row for row in page.table_rows() if "当初" in row and "19,440,000円" in row]


def test_the_key_notice_carries_the_briefings_fields_in_its_order(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    answer = contractor.get(f"/netdesk/contracts/{number}/key-notice.pdf")

    text = pdf_text(answer.body)
    place = 0
    for part in (
        "電子保証にかかる「認証キー」のお知らせ", "都営住宅×××××耐震改修工事", "ネットデスク建設株式会社", "前払金保証", number,
        stage.key_of(number), "発注者様へのお願い",
    ):  # fmt: skip
        assert part in text[place:], f"{part} is missing, or stands too early"
        place = text.index(part, place) + len(part)
    assert "見本建設業保証株式会社" in text
    assert "/dsure/" in text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert number in answer.headers["Content-Disposition"]


def test_taking_the_key_notice_is_written_down(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    contractor.get(f"/netdesk/contracts/{number}/key-notice.pdf")

    assert stage.rows("SELECT actor_name, contract_id FROM events WHERE kind = 'KeyNoticeTaken'") == [
        ("ネットデスク建設株式会社 受注 一郎", stage.contract_id(number))
    ]
    assert "認証キーのお知らせを印刷" in contractor.get(f"/netdesk/contracts/{number}/history").words


def test_every_paper_prints_rare_characters_as_typed(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    number = stage.issued(by="contractor2", works_name=RARE_WORKS_NAME, premium_billing_name=RARE_COMPANY).number
    client = signed_in("contractor2")

    for document in ("certificate.pdf", "key-notice.pdf", "premium-statement.pdf"):
        text = pdf_text(client.get(f"/netdesk/contracts/{number}/{document}").body)

        assert RARE_COMPANY in text, document
        assert RARE_WORKS_NAME.replace(" ", "") in text, document
        assert "■" not in text, document


def test_the_certificate_file_says_what_was_applied_for_and_never_the_key(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    answer = contractor.get(f"/netdesk/contracts/{number}/certificate.pdf")

    text = pdf_text(answer.body)
    for part in (
        "48,600,000円",
        "19,440,000円",
        "令和06年04月01日",
        "令和06年09月30日",
        "〇〇区長",
        "ネットデスク建設株式会社",
        number,
        "千葉支店",
    ):
        assert part in text, part
    assert stage.key_of(number) not in text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.body == contractor.get(f"/netdesk/contracts/{number}/certificate.pdf?version=0").body


def test_the_premium_statement_of_an_interim_advance_reckons_with_the_published_rate(contractor: PageClient, stage: Stage) -> None:
    numbers = stage.issued(
        contract_price="50,000,000", advance_payment__guaranteed_amount="20,000,000", **with_interim("10,000,000")
    ).numbers

    text = pdf_text(contractor.get(f"/netdesk/contracts/{numbers[1]}/premium-statement.pdf").body)

    assert "6,500円" in text  # the published example: 10,000,000円 at 0.065 %
    assert "0.065%" in text
    assert "非課税" in text


def test_the_premium_statement_labels_example_rates_as_such(contractor: PageClient, stage: Stage) -> None:
    text = pdf_text(contractor.get(f"/netdesk/contracts/{stage.issued().number}/premium-statement.pdf").body)

    assert "例示料率" in text


def test_paper_has_no_key_and_says_so(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued(**on_paper()).number

    assert "印刷" not in contractor.get(f"/netdesk/contracts/{number}/history").links()
    assert "認証キーはありません" in contractor.get(f"/netdesk/contracts/{number}/history").words
    contractor.get(f"/netdesk/contracts/{number}/key-notice.pdf", expect=404)
    assert "証書(紙)" in contractor.get(f"/netdesk/contracts/{number}").words
    contractor.get(f"/netdesk/contracts/{number}/certificate.pdf")
    assert stage.scalar("SELECT count(*) FROM authentication_keys") == 0


@pytest.mark.parametrize("version", ["1", "99999", "999999999999", "-1", "abc", "０"])
def test_a_version_that_does_not_exist_is_not_found(version: str, contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    contractor.get(f"/netdesk/contracts/{number}/certificate.pdf?version={quote(version)}", expect=404)
    contractor.get(f"/netdesk/contracts/{number}/certificate?version={quote(version)}", expect=404)


@pytest.mark.parametrize("number", ["10124-00001Z", "10124-00002M", "abc", "10124-00001m", "1012400001M", "10124-00001M%20", "%00"])
def test_a_number_that_is_not_exactly_one_of_ours_is_not_found(number: str, contractor: PageClient, stage: Stage) -> None:
    assert stage.issued().number == "10124-00001M"

    contractor.get(f"/netdesk/contracts/{number}", expect=404)


def test_a_prepared_contract_is_seen_by_nobody(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    stage.change("UPDATE guarantee_contracts SET issued_at = NULL")

    assert number not in contractor.get(LIST).words
    contractor.get(f"/netdesk/contracts/{number}/panel", expect=404, headers=PARTIAL)
    for address in ("", "/certificate", "/history", "/certificate.pdf", "/key-notice.pdf"):
        contractor.get(f"/netdesk/contracts/{number}{address}", expect=404)
    clerk.get(f"/office/contracts/{number}", expect=404)
    assert number not in clerk.get("/office/contracts/").words


def test_a_cancelled_contract_stays_readable_and_says_so(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    stage.cancel(number, on=date(2024, 4, 1), at=ISSUED_AT)

    assert "解約済" in contractor.get(LIST).words
    page = contractor.get(f"/netdesk/contracts/{number}")
    assert "解約されています" in page.words
    assert "請負契約の解除のため" in page.words
    contractor.get(f"/netdesk/contracts/{number}/certificate.pdf")


def test_after_its_period_a_contract_is_expired(
    stage: Stage, clock: time_machine.Traveller, signed_in: Callable[[str], PageClient]
) -> None:
    number = stage.issued().number
    clock.move_to(ISSUED_AT.replace(month=9, day=30, hour=14, minute=59))  # 23:59 of the last day in Japan
    assert "有効" in signed_in("netdesk").get(f"/netdesk/contracts/{number}").words

    clock.move_to(ISSUED_AT.replace(month=9, day=30, hour=15))
    assert "期間満了" in signed_in("netdesk").get(f"/netdesk/contracts/{number}").words
    assert number in signed_in("netdesk").get(f"{LIST}?state=expired").words


def test_a_partial_request_for_another_companys_drill_down_finds_nothing(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    number = stage.issued().number

    answer = signed_in("contractor2").get(f"/netdesk/contracts/{number}/panel", expect=404, headers=PARTIAL)

    assert number not in answer.text
