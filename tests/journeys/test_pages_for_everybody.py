"""Every kind of page: no violation that axe finds, nothing runs off sideways, nothing leaves the server, on a phone and on a desktop."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Demo, People

PAGES = {
    None: [
        "/",
        "/login",
        "/guide/",
        "/guide/authorities/",
        "/guide/authorities/?q=ない町",
        "/demo/mail",
        "/dsure/",
        "/verify",
        "/c/0000000000000000",
        "/no-such-page",
    ],
    "netdesk@demo.example": [
        "/netdesk/",
        "/netdesk/applications/new",
        "/netdesk/applications/new?from=2",
        "/netdesk/applications/",
        "/netdesk/applications/13",
        "/netdesk/applications/13/edit",
        "/netdesk/applications/16/withdraw",
        "/netdesk/contracts/",
        "/netdesk/contracts/?open=10126-00008M",
        "/netdesk/contracts/?works_name=ない工事",
        "/netdesk/contracts/10126-00008M",
        "/netdesk/contracts/10126-00008M/certificate",
        "/netdesk/contracts/10126-00008M/history",
    ],
    "clerk@demo.example": ["/office/", "/office/applications/15", "/office/applications/2", "/office/contracts/", "/office/mails/"],
    "approver@demo.example": ["/office/applications/17/issue"],
    "admin@demo.example": [
        "/office/people/",
        "/office/people/surety",
        "/office/people/branches/1",
        "/office/people/companies/",
        "/office/people/companies/1",
        "/office/people/accounts/new",
        "/office/people/accounts/5/rights",
        "/office/people/rights/1",
    ],
}


@pytest.mark.parametrize("width", [360, 1366])
@pytest.mark.parametrize("login", PAGES, ids=lambda login: login or "visitor")
def test_pages_keep_the_rules_of_accessibility(login: str | None, width: int, browser: Browser, demo: Demo) -> None:
    people = People(browser, demo, {"javascript": True, "width": width, "height": 768})
    walker = people.walker()
    page = walker.sign_in(login) if login else walker.new_page("/")
    found: list[str] = []

    for path in PAGES[login]:
        page.goto(demo.base + path)
        page.wait_for_load_state("networkidle")
        result = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})
        found += [f"{path}: {violation['id']} {violation['nodes'][0]['html'][:120]}" for violation in result.response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            found.append(f"{path}: runs off sideways")

    complaints = [said for said in people.close() if not re.search("status of (404|503)", said)]
    assert found + complaints == []


def test_a_form_can_be_filled_in_and_sent_with_the_keyboard_alone(browser: Browser, demo: Demo) -> None:
    people = People(browser, demo, {"javascript": True, "width": 1366, "height": 768})
    page = people.walker().new_page("/dsure/")

    page.locator("#guarantee_contract_number").focus()
    page.keyboard.type("99999-00005M")
    page.keyboard.press("Tab")
    page.keyboard.type("ABCDEF01")
    page.keyboard.press("Enter")

    expect(page).to_have_title(re.compile("^エラー："))
    expect(page.locator("#error-summary")).to_be_focused()
    assert people.close() == []
