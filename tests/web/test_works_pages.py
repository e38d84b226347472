"""同じ工事: the next year's advance, the interim one, and the page that shows what is still missing."""

from datetime import timedelta

import pytest
import time_machine

from tests.example_of_record import APPLIED_AT, ISSUED_AT, OPENED_AT, WORKS_NAME, with_performance
from tests.stage import Issued, Stage
from tests.web.page_client import PageClient

MULTI_YEAR = {  # domain.md: the year's base 20,000,000 of 90,000,000 lets at most 8,000,000 be paid in advance
    "contract_price": "90,000,000",
    "construction_ends_on": "令和8年9月30日",
    "advance_payment__fiscal_year_amount": "20,000,000",
    "advance_payment__guaranteed_amount": "8,000,000",
}
NEXT_YEAR = APPLIED_AT + timedelta(days=366)


def works_of(stage: Stage, number: str) -> int:
    return int(stage.scalar("SELECT works_id FROM guarantee_contracts WHERE number = :number", number=number))


@pytest.fixture
def first_year(stage: Stage) -> Issued:
    return stage.issued(**MULTI_YEAR)


def test_the_years_limit_is_said_while_typing_and_the_guarantee_ends_with_the_year(contractor: PageClient, stage: Stage) -> None:
    draft = stage.draft(**MULTI_YEAR | {"advance_payment__guaranteed_amount": "8,000,001"})
    page = contractor.get(f"/netdesk/applications/{draft}/edit")
    assert "限度額は 8,000,000円 です。" in page.words

    refused = contractor.press(page, "確認画面へ進む", expect=422)
    assert "8,000,000円" in refused.problems["advance_payment-guaranteed_amount"]

    number = stage.issued(**MULTI_YEAR).number
    assert "令和07年03月31日" in contractor.get(f"/netdesk/contracts/{number}").rows()["保証期間"]


def test_the_next_years_advance_starts_from_the_contract(
    contractor: PageClient, stage: Stage, first_year: Issued, clock: time_machine.Traveller
) -> None:
    page = contractor.get(f"/netdesk/contracts/{first_year.number}")
    clock.move_to(NEXT_YEAR)
    form = contractor.sign_in("netdesk").get(page.link("次年度の前払金を申し込む"))

    typed = form.fields("確認画面へ進む")
    assert (typed["works_name"], typed["contract_price"], typed["same_works_as"]) == (WORKS_NAME, "90,000,000", first_year.number)
    assert typed["advance_payment-wanted"] == "on"
    assert not typed.get("advance_payment-guaranteed_amount")
    amounts = {
        "advance_payment-certificate_form": "electronic",
        "advance_payment-fiscal_year_amount": "30,000,000",
        "advance_payment-guaranteed_amount": "12,000,000",
    }
    check = contractor.follow(contractor.press(form, "確認画面へ進む", **amounts))
    assert "すでにあります" not in check.words
    done = contractor.follow(contractor.press(check, "この内容で申し込む"))

    assert done.heading == "申込みを受け付けました"
    assert set(stage.column("SELECT works_id FROM applications")) == {works_of(stage, first_year.number)}


def test_a_second_advance_of_the_same_year_is_warned_of(contractor: PageClient, stage: Stage, first_year: Issued) -> None:
    draft = stage.draft(**MULTI_YEAR | {"same_works_as": first_year.number})

    check = contractor.get(f"/netdesk/applications/{draft}/confirm")

    assert f"令和6年度の前払金保証（{first_year.number}）がすでにあります" in check.words


def test_the_authority_of_the_same_works_stays(contractor: PageClient, stage: Stage, first_year: Issued) -> None:
    draft = stage.draft(**MULTI_YEAR | {"same_works_as": first_year.number})
    page = contractor.get(f"/netdesk/applications/{draft}/edit")

    refused = contractor.press(page, "確認画面へ進む", expect=422, contracting_authority_id=str(stage.ids["長生村"]))

    assert "発注者は変えられません" in refused.problems["contracting_authority_id"]


def test_the_interim_advance_knows_the_first_one(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    form = contractor.get(f"/netdesk/applications/new?same_works_as={number}&product=interim_advance_payment")

    assert form.fields("確認画面へ進む")["interim_advance_payment-previous_advance_amount"] == "19,440,000"
    assert "前払金 19,440,000円との合計は 29,160,000円 まで、残りは 9,720,000円 です。" in form.words
    assert "工期の2分の1が経過する日は 令和6年7月1日 です。" in form.words


def test_figures_follow_what_is_typed_of_the_interim_advance(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    form = contractor.get(f"/netdesk/applications/new?same_works_as={number}&product=interim_advance_payment")
    typed = form.fields("確認画面へ進む") | {
        "interim_advance_payment-previous_advance_amount": "20,000,000",
        "interim_advance_payment-certified_on": "R6.7.1",
    }

    figures = contractor.partial("/netdesk/applications/form/figures", typed)

    assert "残りは 9,160,000円 です。" in figures.words
    assert "令和6年7月1日（月）・西暦2024年" in figures.words
    assert not figures.dom.xpath("//input[not(@type='hidden')]"), "a late answer must not carry fields that are being typed into"


def test_too_much_together_is_refused_at_the_interim_amount(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    form = contractor.get(f"/netdesk/applications/new?same_works_as={number}&product=interim_advance_payment")
    typed = {
        "interim_advance_payment-certificate_form": "electronic",
        "interim_advance_payment-guaranteed_amount": "9,720,000",
        "interim_advance_payment-previous_advance_amount": "19,440,001",
    }

    refused = contractor.press(form, "確認画面へ進む", expect=422, **typed)

    assert "29,160,001円" in refused.problems["interim_advance_payment-guaranteed_amount"]
    assert refused.fields("確認画面へ進む")["same_works_as"] == number


def test_the_certificate_of_the_interim_advance_names_the_first_one(contractor: PageClient, stage: Stage) -> None:
    first = stage.issued().number
    interim = {
        "same_works_as": first,
        "advance_payment__wanted": "",
        "advance_payment__certificate_form": "",
        "advance_payment__guaranteed_amount": "",
        "interim_advance_payment__wanted": "on",
        "interim_advance_payment__certificate_form": "electronic",
        "interim_advance_payment__guaranteed_amount": "9,720,000",
        "interim_advance_payment__certified_on": "令和6年7月15日",
        "interim_advance_payment__certification_number": "工第45号",
        "interim_advance_payment__previous_advance_amount": "19,440,000",
    }
    later = APPLIED_AT + timedelta(days=110)
    second = stage.issued(at=later, **interim)

    page = contractor.get(f"/netdesk/contracts/{second.number}")
    assert page.rows()["既前払金額"] == "19,440,000円"
    assert "申込内容との違いはありません" in contractor.get(f"/netdesk/contracts/{second.number}/certificate").words
    applied = contractor.get(f"/netdesk/applications/{second.application_id}").rows()
    assert (applied["認定番号"], applied["既前払金額"]) == ("工第45号", "19,440,000円")
    assert works_of(stage, first) == works_of(stage, second.number)


def test_another_companys_contract_names_no_works(contractor: PageClient, stage: Stage) -> None:
    foreign = stage.issued(by="contractor2").number

    contractor.get(f"/netdesk/applications/new?same_works_as={foreign}", expect=404)
    contractor.get("/netdesk/applications/new?same_works_as=999", expect=404)
    draft = stage.draft(same_works_as=foreign)
    page = contractor.get(f"/netdesk/applications/{draft}/edit")
    assert "same_works_as" not in page.fields("確認画面へ進む")
    contractor.post(f"/netdesk/applications/{draft}/confirm", {"revision": "1", "action": "submit"}, expect=404)


def test_the_works_page_shows_what_is_missing_at_each_step(
    contractor: PageClient, clerk: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    issued = stage.issued(**with_performance())
    clock.move_to(OPENED_AT)
    advance, performance = issued.numbers
    works_id = works_of(stage, advance)
    contract = contractor.get(f"/netdesk/contracts/{advance}")

    page = contractor.get(contract.link("同じ工事の保証を見る"))
    assert "契約時に、契約保証の「認証キーのお知らせ」を発注者に提出してください。" in page.words
    assert "前払金の請求時に、前払金保証の「認証キーのお知らせ」を発注者に提出してください。" in page.words
    assert "中間前払金保証の申込みはありません" in page.words

    contractor.get(f"/netdesk/contracts/{performance}/key-notice.pdf")
    taken = contractor.get(f"/netdesk/works/{works_id}")
    assert "お知らせは印刷済みですが、発注者はまだ閲覧していません。契約時に" in taken.words
    stage.change(
        "INSERT INTO certificate_openings (contract_id, version, opened_at, source) VALUES (:id, 0, :at, '192.0.2.9')",
        id=stage.contract_id(performance),
        at=OPENED_AT.replace(tzinfo=None),
    )
    opened = clerk.get(f"/office/works/{works_id}")
    assert "発注者が電子証書を閲覧しました。" in opened.words
    assert "申し込む" not in opened.words


def test_the_years_stand_side_by_side(contractor: PageClient, stage: Stage, first_year: Issued) -> None:
    again = MULTI_YEAR | {"same_works_as": first_year.number}
    stage.issued(at=ISSUED_AT + timedelta(days=366), **again)
    waiting = stage.submit(at=ISSUED_AT + timedelta(days=731), **again)

    page = contractor.get(f"/netdesk/works/{works_of(stage, first_year.number)}")

    headings = [one.text_content() for one in page.dom.xpath("//h3")]
    assert headings[1:4] == ["前払金保証（令和6年度）", "前払金保証（令和7年度）", "前払金保証（令和8年度）"]
    assert page.rows()["申込番号"] == f"{waiting:06d}"
    assert "申込みの手続き中です（申込済）" in page.words


def test_a_cancelled_guarantee_does_not_count_as_one_of_the_year(contractor: PageClient, stage: Stage, first_year: Issued) -> None:
    stage.cancel(first_year.number, on=ISSUED_AT.date(), at=ISSUED_AT + timedelta(hours=1))
    draft = stage.draft(**MULTI_YEAR | {"same_works_as": first_year.number})

    check = contractor.get(f"/netdesk/applications/{draft}/confirm")

    assert "すでにあります" not in check.words
    assert "次年度の前払金を申し込む" not in contractor.get(f"/netdesk/contracts/{first_year.number}").words


def test_a_copy_for_other_works_forgets_the_works(contractor: PageClient, stage: Stage, first_year: Issued) -> None:
    application_id = stage.submit(**MULTI_YEAR | {"same_works_as": first_year.number})

    form = contractor.get(f"/netdesk/applications/new?from={application_id}")

    assert "same_works_as" not in form.fields("確認画面へ進む")
