"""同じ工事 on the screens: changes answer while they are typed, and no page forgets the other guarantees of the works (issue 3)."""

from datetime import date, timedelta

import pytest
import time_machine

from tests.example_of_record import ISSUED_AT, OPENED_AT, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_after_issue import apply, approve_and_issue, fill
from tests.web.test_works_pages import works_of

LATER = ISSUED_AT + timedelta(days=30)
RAISED = {"contract_price": "54,430,000", "construction_ends_on": "R6.12.27"}  # 10 % are 5,443,000円, 583,000円 more than 4,860,000円


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(LATER)


def test_the_change_answers_while_it_is_typed(contractor: PageClient, stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    form = contractor.get(f"/netdesk/contracts/{advance}/change")
    assert "いまは 令和6年9月30日 です。" in form.words
    typed = form.fields("確認画面へ進む") | RAISED | {"guaranteed_amount": "21,772,000"}

    answer = contractor.partial(f"/netdesk/contracts/{advance}/change/figures", typed)

    assert answer.rows()["変更後の保証期間"] == "令和06年04月01日～令和06年12月27日"
    assert "お支払いいただく差額" in answer.rows()["追加の保証料"]
    assert "令和6年12月27日（金）・西暦2024年" in answer.words
    assert f"契約保証（{performance}）は、請負金額 48,600,000円、工期の末日 令和06年09月30日のままです。" in answer.words
    assert not answer.dom.xpath("//input[not(@type='hidden')]"), "a late answer must not carry fields that are being typed into"
    too_much = contractor.partial(f"/netdesk/contracts/{advance}/change/figures", typed | {"guaranteed_amount": "21,772,001"})
    assert too_much.words.count("限度額以下で入力してください") == 1


def test_a_slip_is_said_at_its_field_and_nothing_else_is_missed(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    typed = contractor.get(f"/netdesk/contracts/{number}/change").fields("確認画面へ進む")

    answer = contractor.partial(f"/netdesk/contracts/{number}/change/figures", typed | {"construction_ends_on": "R6.3.1"})

    assert "＊変更後の工期の末日は、工期の初日" in answer.words
    assert "変更の理由を入力してください" not in answer.words


def test_the_interim_advance_is_changed_with_its_papers(contractor: PageClient, stage: Stage) -> None:
    _, interim = stage.issued(**with_interim(amount="9,000,000")).numbers

    form = contractor.get(f"/netdesk/contracts/{interim}/change")
    typed = form.fields("確認画面へ進む")
    assert typed["previous_advance_amount"] == "19,440,000"
    asked = {"guaranteed_amount": "9,720,000", "certification_number": "工第45号", "change_reason": "増額のため"}
    refused = contractor.press(form, "確認画面へ進む", expect=422, **asked, certified_on="R6.7.1")
    check = contractor.press(form, "確認画面へ進む", expect=200, **asked, certified_on="R6.4.30")

    assert "申込みの日より後です" in refused.problems["certified_on"]
    assert check.heading == "変更内容の確認"


def test_what_a_change_leaves_behind_is_told_until_it_follows(
    contractor: PageClient, clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    works = f"/netdesk/works/{works_of(stage, advance)}"
    check = fill(contractor, advance, **RAISED)
    assert "契約保証も変更が要ります（あと583,000円、" in check.words

    received = contractor.follow(contractor.press(check, "この内容で申し込む"))
    assert "契約保証も変更が要ります（あと583,000円、" in received.words
    follow = contractor.get(received.link("契約保証の変更も申し込む"))
    assert follow.fields("確認画面へ進む")["contract_price"] == "54,430,000"
    assert "変更の手続き中" in contractor.get(works).words

    approve_and_issue(clerk, approver, stage.scalar("SELECT max(id) FROM applications"))
    page = contractor.get(works)
    assert "契約保証も変更が要ります（あと583,000円、" in page.words
    assert page.link("契約保証の変更を申し込む").endswith(f"/{performance}/change?follow=works")
    contract = contractor.get(f"/netdesk/contracts/{advance}")
    assert "保証契約番号と認証キーは、当初から変わりません" in contract.words
    assert "契約保証も変更が要ります" in contract.words


def test_the_authority_that_saw_the_original_has_yet_to_see_the_change(
    contractor: PageClient, clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    stage.change(
        "INSERT INTO certificate_openings (contract_id, version, opened_at, source) VALUES (:id, 0, :at, '192.0.2.9')",
        id=stage.contract_id(number),
        at=OPENED_AT.replace(tzinfo=None),
    )
    approve_and_issue(clerk, approver, apply(contractor, number))

    page = contractor.get(f"/netdesk/works/{works_of(stage, number)}")

    assert "当初は閲覧済みです。変更第1回は、発注者がまだ閲覧していません。同じ保証契約番号と認証キーで開ける" in page.words
    assert (page.rows()["版"], page.rows()["発行日"]) == ("変更第1回", "令和06年05月01日")


def test_a_change_that_ended_with_its_contract_is_not_called_withdrawn(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    application = apply(contractor, number)
    stage.cancel(number, on=date(2024, 5, 1), at=LATER)

    for page in (contractor.get(f"/netdesk/applications/{application}"), clerk.get(f"/office/applications/{application}")):
        assert (
            "保証契約が解約されたため、この変更の申込みは終わりました（解約日 令和06年05月01日 解約の理由：請負契約の解除のため）。"
            in page.words
        )
        assert "取り下げました" not in page.words
        assert "取り下げた申込みです" not in page.words


def test_the_form_says_what_the_rules_will_say(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    form = contractor.get(f"/netdesk/applications/new?same_works_as={number}&product=interim_advance_payment")
    typed = form.fields("確認画面へ進む") | {
        "interim_advance_payment-guaranteed_amount": "9,720,001",
        "interim_advance_payment-previous_advance_amount": "1",
        "construction_ends_on": "R6.3.1",
    }

    figures = contractor.partial("/netdesk/applications/form/figures", typed)

    assert "前払金 19,440,000円との合計は 29,160,000円 まで、残りは 9,720,000円 です。" in figures.words
    assert f"発行済みの前払金保証（{number}） 19,440,000円を含む" in figures.words
    assert "＊工期の末日は、工期の初日以降の日付を入力してください" in figures.words


def test_amounts_are_judged_before_a_form_is_chosen(contractor: PageClient, stage: Stage) -> None:
    draft = stage.draft(advance_payment__certificate_form="", advance_payment__guaranteed_amount="19,440,001")
    page = contractor.get(f"/netdesk/applications/{draft}/edit")
    assert "限度額 19,440,000円（請負金額 48,600,000円の40%）を超えています" in page.words

    refused = contractor.press(page, "確認画面へ進む", expect=422)

    assert {"advance_payment-certificate_form", "advance_payment-guaranteed_amount"} <= set(refused.problems)
