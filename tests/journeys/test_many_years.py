"""債務負担の工事: the next year's advance starts from the works, and the works show every year side by side."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import People

WORKS = "長生中学校 校舎改築工事"


def test_the_advance_of_works_over_years_is_applied_for_year_by_year(people: People) -> None:
    page = people.walker().sign_in("netdesk@demo.example")
    open_first_year(page, people.demo.base)

    page.get_by_role("link", name="同じ工事の保証を見る").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WORKS)
    years = page.locator("section", has=page.get_by_role("heading", name="前払金保証", exact=True)).locator("h3")
    assert years.count() >= 2
    expect(page.locator("main")).to_contain_text("前払金の請求時に、前払金保証の「認証キーのお知らせ」を発注者に提出してください。")
    page.go_back()

    page.get_by_role("link", name="次年度の前払金を申し込む").click()
    expect(page.get_by_label("工事名")).to_have_value(WORKS)
    expect(page.get_by_label("請負金額")).to_have_value("90,000,000")
    expect(page.locator("main")).to_contain_text("同じ工事の保証として申し込みます")
    page.locator("#advance_payment-certificate_form-electronic").check()
    page.locator("#advance_payment-fiscal_year_amount").fill("20,000,000")
    page.get_by_label("前払金保証金額").fill("8,000,001")
    page.get_by_role("button", name="確認画面へ進む").click()
    expect(page.locator("#error-summary")).to_contain_text("限度額 8,000,000円")
    page.get_by_label("前払金保証金額").fill("8,000,000")
    page.get_by_role("button", name="確認画面へ進む").click()
    # This year's advance has been guaranteed already: the contractor reads it before, the clerk while reviewing.
    expect(page.locator("main")).to_contain_text("がすでにあります。重ねて申し込むものでないか確認してください。")
    page.get_by_role("button", name="この内容で申し込む").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")


def open_first_year(page: Page, base: str) -> None:
    """The contract of the first year, the oldest of the works."""
    page.goto(f"{base}/netdesk/contracts/?works_name=長生中学校")
    page.locator("tbody", has_text="前払金保証").last.locator("td.number a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(WORKS)
