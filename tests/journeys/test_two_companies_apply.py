"""共同企業体: two companies apply, the certificate names both, the key notice the representative alone."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.approving import approve
from tests.journeys.conftest import People
from tests.pdf_text import pdf_text

WORKS = "共同企業体で造る 長生大橋架設工事"


def test_a_joint_venture_applies_and_is_certified_with_its_members(people: People, tmp_path: Path) -> None:
    netdesk = people.walker().sign_in("netdesk@demo.example")
    number = apply(netdesk, scripted=bool(people.way["javascript"]))
    issue(people, number)

    netdesk.goto(f"{people.demo.base}/netdesk/applications/{int(number)}")
    netdesk.get_by_role("link", name="保証契約を開く").click()
    expect(netdesk.locator("main")).to_contain_text("見本・一宮特定建設工事共同企業体")
    expect(netdesk.locator("main")).to_contain_text("㈱一宮土木　千葉県長生郡一宮町一宮1番地　出資比率 33.34%")
    netdesk.get_by_role("link", name="電子保証履歴一覧（認証キーの印刷）").click()
    with netdesk.expect_download() as download:
        netdesk.get_by_role("link", name="印刷").first.click()
    notice = tmp_path / "notice.pdf"
    download.value.save_as(notice)
    text = pdf_text(notice.read_bytes())
    assert "ネットデスク建設株式会社" in text
    assert "一宮土木" not in text


def apply(page: Page, *, scripted: bool) -> str:
    """The works, the joint venture and its advance; returns the application's number."""
    page.get_by_role("link", name="申込の作成（新規）").first.click()
    page.locator("#contracting_authority_id").select_option(label="長生村（電子保証に対応）")
    page.get_by_label("工事名").fill(WORKS)
    page.get_by_label("工事場所").fill("長生村一松地内")
    page.get_by_label("請負金額").fill("40,000,000")
    page.get_by_label("契約日").fill("令和8年11月20日")
    page.get_by_label("工期の初日").fill("令和8年11月24日")
    page.get_by_label("工期の末日").fill("令和9年6月30日")
    page.get_by_label("共同企業体（JV）で受注した").check()
    page.get_by_label("前払金保証を申し込む", exact=True).check()
    if not scripted:
        page.get_by_role("button", name="表示を更新").click()
    expect(page.get_by_label("構成員1の商号")).to_have_value("ネットデスク建設株式会社")
    page.get_by_label("企業体名").fill("見本・一宮特定建設工事共同企業体")
    page.get_by_label("構成員1の出資比率").fill("66.66")
    page.get_by_label("構成員2の商号").fill("㈱一宮土木")
    expect(page.get_by_label("構成員4の商号")).to_have_count(0)
    page.get_by_role("button", name="構成員の欄を増やす").click()
    expect(page.get_by_label("構成員5の商号")).to_be_visible()
    expect(page.get_by_label("構成員2の商号")).to_have_value("㈱一宮土木")
    page.get_by_label("構成員2の住所").fill("千葉県長生郡一宮町一宮1番地")
    page.get_by_label("構成員2の出資比率").fill("３３")
    page.locator("#advance_payment-certificate_form-electronic").check()
    page.get_by_label("前払金保証金額").fill("16,000,000")
    page.get_by_role("button", name="確認画面へ進む").click()
    expect(page.locator("#error-summary")).to_contain_text("出資比率の合計を100%にしてください（いま99.66%です）")
    expect(page.get_by_label("構成員2の商号")).to_have_value("㈱一宮土木")
    page.get_by_label("構成員2の出資比率").fill("33.34%")
    page.get_by_role("button", name="確認画面へ進む").click()
    expect(page.locator("main")).to_contain_text("ネットデスク建設株式会社　東京都中央区八丁堀2丁目27番10号　出資比率 66.66%（代表者）")
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")
    return page.locator(".key-figure__value").inner_text().strip()


def issue(people: People, number: str) -> None:
    """The clerk reads the members and approves, the approver issues."""
    clerk = people.walker().sign_in("clerk@demo.example")
    clerk.goto(f"{people.demo.base}/office/applications/{int(number)}")
    expect(clerk.locator("main")).to_contain_text("見本・一宮特定建設工事共同企業体")
    approve(clerk)
    expect(clerk.locator("main")).to_contain_text("承認済")
    approver = people.walker().sign_in("approver@demo.example")
    approver.goto(f"{people.demo.base}/office/applications/{int(number)}")
    approver.get_by_role("link", name=re.compile("発行する")).click()
    approver.get_by_label("パスワード").fill("esurety-demo")
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("main")).to_contain_text("発行済")
