"""差戻し and back: the clerk says why, the contractor corrects, pays by transfer, and gets paper and electronic certificates."""

from playwright.sync_api import Page, expect

from tests.journeys.approving import approve
from tests.journeys.conftest import People


def test_a_returned_application_is_corrected_paid_and_issued_in_two_forms(people: People) -> None:
    contractor = people.walker().sign_in("contractor2@demo.example")
    scripted = bool(people.way["javascript"])
    number = apply_for_two_products(contractor, scripted=scripted)
    clerk = people.walker().sign_in("clerk@demo.example")

    review = f"{people.demo.base}/office/applications/{int(number)}"
    clerk.goto(review)
    clerk.get_by_role("textbox", name="差戻し").fill("工事場所が契約書と違うようです。ご確認ください。")
    clerk.get_by_role("button", name="差戻し", exact=True).click()
    expect(clerk.locator("main")).to_contain_text("差戻し")

    contractor.goto(f"{people.demo.base}/netdesk/applications/{int(number)}")
    expect(contractor.locator("main")).to_contain_text("工事場所が契約書と違うようです。")
    contractor.get_by_role("link", name="修正して申し込む").click()
    expect(contractor.get_by_label("工事名")).to_have_value("髙﨑𠮷野橋 補修工事①")  # kept exactly as typed
    contractor.get_by_label("工事場所").fill("長生村一松地内")
    contractor.get_by_role("button", name="確認画面へ進む").click()
    contractor.get_by_role("button", name="この内容で申し込む").click()
    expect(contractor.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")

    clerk.goto(review)
    expect(clerk.locator("main")).to_contain_text("長生村一松地内")
    approve(clerk)
    expect(clerk.locator("main")).to_contain_text("承認済")
    clerk.get_by_role("button", name="入金を記録", exact=True).click()
    expect(clerk.locator("main")).to_contain_text("入金")

    approver = people.walker().sign_in("approver@demo.example")
    approver.goto(review)
    approver.get_by_role("link", name="発行する").click()
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("main")).to_contain_text("発行済")

    contractor.goto(f"{people.demo.base}/netdesk/contracts/?works_name=高崎吉野橋")  # everyday characters find the rare ones
    expect(contractor.locator("#contract-results")).to_contain_text("髙﨑𠮷野橋 補修工事①")
    expect(contractor.get_by_role("link", name="証書(紙)").first).to_be_visible()
    expect(contractor.get_by_role("link", name="電子保証(認証キー)").first).to_be_visible()


def apply_for_two_products(page: Page, *, scripted: bool) -> str:
    page.get_by_role("link", name="申込の作成（新規）").first.click()
    page.locator("#contracting_authority_id").select_option(label="長生村（電子保証に対応）")
    page.get_by_label("工事名").fill("髙﨑𠮷野橋 補修工事①")
    page.get_by_label("工事場所").fill("長生村内")
    page.get_by_label("請負金額").fill("12,345,678")
    page.get_by_label("契約日").fill("令和8年11月20日")
    page.get_by_label("工期の初日").fill("令和8年11月24日")
    page.get_by_label("工期の末日").fill("令和9年6月30日")
    page.get_by_label("前払金保証を申し込む", exact=True).check()
    page.get_by_label("契約保証を申し込む", exact=True).check()
    if not scripted:
        page.get_by_role("button", name="表示を更新").click()
    page.locator("#advance_payment-certificate_form-electronic").check()
    page.get_by_label("前払金保証金額").fill("4,938,271")
    page.locator("#contract_performance-certificate_form-paper").check()
    if not scripted:
        page.get_by_role("button", name="表示を更新").click()
    # One yen below a tenth, raised to the yen: 1,234,568 is needed.
    page.get_by_label("契約保証金額").fill("1,234,567")
    page.locator("#certificate_delivery-post").check()
    page.get_by_role("button", name="確認画面へ進む").click()
    expect(page.locator("#error-summary")).to_contain_text("1,234,568円以上で入力してください")
    page.get_by_label("契約保証金額").fill("1,234,568")
    page.get_by_role("button", name="確認画面へ進む").click()
    page.get_by_role("button", name="この内容で申し込む").click()
    return page.locator(".key-figure__value").inner_text().strip()
