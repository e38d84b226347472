"""承認, with a reason for every rule that warns: the example's works are over, and the page says so."""

from playwright.sync_api import Page


def approve(page: Page) -> None:
    """Fill in what the approve form asks for, and press its button."""
    for reason in page.locator("textarea[name^='override-']").all():
        reason.fill("契約書の写しで確認しました。")
    page.get_by_role("button", name="承認", exact=True).click()
