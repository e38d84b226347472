"""四つの目: above the surety's limit one person reviews, another approves; issuing asks for the password again; the history names both."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.approving import approve
from tests.journeys.conftest import People

PASSWORD = "esurety-demo"


def test_above_the_limit_two_people_act_and_the_issue_asks_for_the_password(people: People) -> None:
    netdesk = people.walker().sign_in("netdesk@demo.example")
    number = apply(
        netdesk,
        f"四つの目で見る 長生大橋耐震工事（{people.way['width']}・{people.way['javascript']}）",
        scripted=bool(people.way["javascript"]),
    )
    address = f"{people.demo.base}/office/applications/{int(number)}"

    clerk = people.walker().sign_in("clerk@demo.example")
    the_reviewer_cannot_approve(clerk, address)
    approver = people.walker().sign_in("approver@demo.example")
    another_person_approves(approver, address)
    issue(approver)

    clerk.goto(address)
    history = clerk.locator("section", has=clerk.get_by_role("heading", name="これまでの経過"))
    for who, what in (("審査", "審査を始めました"), ("発行", "承認しました"), ("発行", "保証証書を発行しました")):
        expect(history.locator("li", has_text=what).first).to_contain_text(who)


def apply(page: Page, works_name: str, *, scripted: bool) -> str:
    """An advance of 60,000,000円, above the demonstration's limit of 50,000,000円; returns the application's number."""
    page.get_by_role("link", name="申込の作成（新規）").first.click()
    page.locator("#contracting_authority_id").select_option(label="長生村（電子保証に対応）")
    page.get_by_label("工事名").fill(works_name)
    page.get_by_label("工事場所").fill("長生村一松地内")
    page.get_by_label("請負金額").fill("150,000,000")
    page.get_by_label("契約日").fill("令和8年11月20日")
    page.get_by_label("工期の初日").fill("令和8年11月24日")
    page.get_by_label("工期の末日").fill("令和9年6月30日")
    page.get_by_label("前払金保証を申し込む", exact=True).check()
    if not scripted:
        page.get_by_role("button", name="表示を更新").click()
    page.locator("#advance_payment-certificate_form-electronic").check()
    page.get_by_label("前払金保証金額").fill("60,000,000")
    page.get_by_role("button", name="確認画面へ進む").click()
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")
    return page.locator(".key-figure__value").inner_text().strip()


def the_reviewer_cannot_approve(clerk: Page, address: str) -> None:
    """Who began the review reads why, and who can."""
    clerk.goto(address)
    clerk.get_by_role("button", name="審査を始める").click()
    expect(clerk.locator("main")).to_contain_text("審査中")
    expect(clerk.get_by_role("button", name="承認", exact=True)).to_have_count(0)
    expect(clerk.locator("main")).to_contain_text("50,000,000円を超えるため、審査を始めた人とは別の人が承認します")
    expect(clerk.locator("main")).to_contain_text("発行 正")


def another_person_approves(approver: Page, address: str) -> None:
    """The second person finds the button."""
    approver.goto(address)
    approve(approver)
    expect(approver.locator("main")).to_contain_text("承認済")


def issue(approver: Page) -> None:
    """Whoever may issue is asked for the password: a wrong one issues nothing and is not sent back, the right one issues."""
    approver.get_by_role("link", name=re.compile("発行する")).click()
    approver.get_by_label("パスワード").fill("not the password")
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("#error-summary")).to_contain_text("パスワードが違います")
    expect(approver.get_by_label("パスワード")).to_have_value("")
    approver.get_by_label("パスワード").fill(PASSWORD)
    approver.get_by_role("button", name="発行する", exact=True).click()
    expect(approver.locator("main")).to_contain_text("発行済")
