"""変更, 解約, 認証キーの再発行: what happens to a guarantee after its issue, as contractor, office and authority see it."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.approving import approve
from tests.journeys.conftest import People


def contract_of(page: Page, base: str, works_name: str, product: str) -> str:
    """The number of a contract in force, out of the office's list."""
    page.goto(f"{base}/office/contracts/?works_name={works_name}&product={product}&state=in_force")
    return page.locator("main").get_by_role("link", name=re.compile(r"^\d{5}-\d{5}[A-Z]$")).first.inner_text().strip()


def to_cancel(people: People) -> tuple[str, str]:
    """A contract of its own for each way of coming: a cancelled one is gone for the others."""
    if not people.way["javascript"]:
        return "〇〇区役所 空調設備更新工事", "contract_performance"
    return ("みほん町 配水管", "advance_payment") if int(people.way["width"]) > 500 else ("一宮川", "interim_advance_payment")


def test_a_contract_is_changed_and_the_authority_sees_what_changed(people: People) -> None:
    base = people.demo.base
    approver = people.walker().sign_in("approver@demo.example")
    number = contract_of(approver, base, "一宮川", "advance_payment")
    contractor = people.walker().sign_in("netdesk@demo.example")
    contractor.goto(f"{base}/netdesk/contracts/{number}")

    contractor.get_by_role("link", name="変更を申し込む").click()
    now = contractor.get_by_label("変更後の保証金額").input_value()
    smaller = f"{int(now.replace(',', '')) - 10_000:,}"  # each way of coming finds the contract as the last one left it
    contractor.get_by_label("変更後の保証金額").fill(smaller)
    contractor.get_by_label("変更の理由").fill("前払金の減額のため")
    contractor.get_by_role("button", name="確認画面へ進む").click()
    expect(contractor.get_by_role("heading", level=1)).to_have_text("変更内容の確認")
    expect(contractor.locator("main")).to_contain_text(f"{smaller}円")
    contractor.get_by_role("button", name="この内容で申し込む").click()
    application = int(contractor.locator(".key-figure__value").inner_text().strip())

    clerk = people.walker().sign_in("clerk@demo.example")
    clerk.goto(f"{base}/office/applications/{application}")
    expect(clerk.locator("main")).to_contain_text("減額")
    for reason in clerk.locator("textarea[name^='override']").all():
        reason.fill("契約書で確認しました")
    approve(clerk)
    approver.goto(f"{base}/office/applications/{application}")
    approver.get_by_role("link", name="発行する").click()
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("main")).to_contain_text("発行済")

    contractor.goto(f"{base}/netdesk/contracts/{number}")
    expect(contractor.locator("main")).to_contain_text("変更あり")
    contractor.get_by_role("link", name="版を比べる").click()
    expect(contractor.locator("main")).to_contain_text(f"{smaller}円")


def test_a_key_is_asked_for_anew_and_the_office_reissues_it(people: People) -> None:
    base = people.demo.base
    approver = people.walker().sign_in("approver@demo.example")
    number = contract_of(approver, base, "橋梁長寿命化", "advance_payment")
    contractor = people.walker().sign_in("netdesk@demo.example")

    contractor.goto(f"{base}/netdesk/contracts/{number}/history")
    contractor.get_by_role("link", name="認証キーの再発行を依頼する").click()
    contractor.get_by_label("再発行を依頼する理由").fill("別のあて先に送ったため")
    contractor.get_by_role("button", name="再発行を依頼する").click()
    expect(contractor.locator("body")).to_contain_text("再発行を依頼しました")

    approver.goto(f"{base}/office/contracts/{number}")
    expect(approver.locator("main")).to_contain_text("別のあて先に送ったため")
    approver.get_by_role("link", name="認証キーを再発行").click()
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="認証キーを再発行").click()
    expect(approver.locator("body")).to_contain_text("以前の認証キーは、もう使えません")

    contractor.goto(f"{base}/netdesk/contracts/{number}/history")
    expect(contractor.locator("main")).to_contain_text("に失効")


def test_an_approver_cancels_and_everybody_still_sees_the_certificate(people: People) -> None:
    base = people.demo.base
    approver = people.walker().sign_in("approver@demo.example")
    number = contract_of(approver, base, *to_cancel(people))

    approver.goto(f"{base}/office/contracts/{number}")
    approver.get_by_role("link", name="解約", exact=True).click()
    approver.get_by_role("button", name="解約する").click()
    expect(approver.locator("#error-summary")).to_contain_text("解約の理由を入力してください")
    approver.get_by_label("解約の理由").fill("請負契約の解除のため")
    approver.get_by_label("返還する保証料").fill("100")
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="解約する").click()
    expect(approver.locator("main")).to_contain_text("解約済")

    contractor = people.walker().sign_in("netdesk@demo.example")
    contractor.goto(f"{base}/netdesk/contracts/{number}")
    expect(contractor.locator("main")).to_contain_text("請負契約の解除のため")
    expect(contractor.get_by_role("link", name="返還計算書（PDF）")).to_be_visible()
