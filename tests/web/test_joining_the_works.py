"""The blank form for works that have a guarantee: both sides are told, and the contractor joins the works with what he has typed."""

from datetime import timedelta

import pytest

from esurety.domain.application_content import IncompleteApplication
from tests.example_of_record import ISSUED_AT
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_works_pages import works_of

RULE = "同じ工事とみられる保証"


def test_the_contractor_joins_the_works_from_the_check_page(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    draft = stage.draft(at=ISSUED_AT + timedelta(hours=1), contract_price="48,700,000")

    check = contractor.get(f"/netdesk/applications/{draft}/confirm")
    assert RULE in check.words
    form = contractor.get(check.link(f"{number} と同じ工事として申し込む"))
    typed = form.fields("確認画面へ進む")
    assert (typed["same_works_as"], typed["contract_price"]) == (number, "48,700,000")
    check = contractor.follow(contractor.press(form, "確認画面へ進む"))

    assert RULE not in check.words
    assert f"前払金保証（{number}）がすでにあります" in check.words
    contractor.follow(contractor.press(check, "この内容で申し込む"))
    assert stage.scalar("SELECT works_id FROM applications WHERE id = :id", id=draft) == works_of(stage, number)


def test_the_clerk_sees_the_guarantee_and_gives_a_reason(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    second = stage.submit(by="contractor2", at=ISSUED_AT + timedelta(hours=1), premium_billing_name="﨑山髙𠮷工業㈱")

    page = clerk.get(f"/office/applications/{second}")

    assert f"前払金保証（{number}） 19,440,000円（ネットデスク建設株式会社、工事名が同じ）" in page.words
    assert page.link(f"{number} を開く") == f"/office/contracts/{number}"
    assert f"要確認「{RULE}」を承認する理由" in page.words


def test_another_companys_number_joins_nothing(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued(by="contractor2", premium_billing_name="﨑山髙𠮷工業㈱").number
    draft = stage.draft()

    form = contractor.get(f"/netdesk/applications/{draft}/edit?same_works_as={number}")

    assert "same_works_as" not in form.fields("確認画面へ進む")
    assert "同じ工事の保証として申し込みます" not in form.words


def test_works_of_an_ended_authority_go_on(contractor: PageClient, stage: Stage) -> None:
    """Merged into another or not: the contract was made with this one, and its interim advance is guaranteed to it."""
    issued = stage.issued()
    stage.change("UPDATE authorities SET ended_on = '2024-04-01' WHERE id = :id", id=stage.ids["〇〇区"])

    form = contractor.get(f"/netdesk/applications/new?same_works_as={issued.number}&product=interim_advance_payment")
    assert form.fields("確認画面へ進む")["contracting_authority_id"] == str(stage.ids["〇〇区"])
    amounts = {"interim_advance_payment-certificate_form": "electronic", "interim_advance_payment-guaranteed_amount": "9,720,000"}
    check = contractor.follow(contractor.press(form, "確認画面へ進む", **amounts))
    assert check.heading == "申込内容の確認"

    fresh = contractor.get("/netdesk/applications/new")
    assert str(stage.ids["〇〇区"]) not in fresh.tree.xpath("//select[@name='contracting_authority_id']/option/@value")
    with pytest.raises(IncompleteApplication) as no:
        stage.submit(works_name="別の工事", works_number="")
    assert list(no.value.problems) == ["contracting_authority_id"]
