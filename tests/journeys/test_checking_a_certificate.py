"""A town hall checks the certificate file that it was sent: the contractor's download, then the same file with a stamp on it."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People
from tests.pdf_text import pdf_text

NUMBER = "10126-00004K"  # 契約保証 of a joint venture, which no other journey touches


def test_a_file_is_checked_by_somebody_who_has_no_account(people: People, tmp_path: Path) -> None:
    file = downloaded(people, tmp_path)
    clerk = people.walker().new_page("/dsure/")

    clerk.locator("main").get_by_role("link", name="証書のファイルを確かめる").click()
    check(clerk, file, NUMBER)

    # Everything in a demonstration is a specimen, and says what it would be.
    expect(clerk.get_by_role("heading", name="見本", exact=True)).to_be_visible()
    expect(clerk.locator("main")).to_contain_text("本物の証書であれば「有効（現行）」と表示される状態です。")
    expect(clerk.locator("main")).to_contain_text(NUMBER)
    assert_accessible(clerk, bool(people.way["javascript"]))
    assert NUMBER in pdf_text(sheet(clerk))


def test_the_same_file_with_something_behind_its_end_is_not_the_certificate(people: People, tmp_path: Path) -> None:
    file = downloaded(people, tmp_path)
    assert NUMBER in pdf_text(file.read_bytes())
    file.write_bytes(file.read_bytes() + b"\n% checked by the mail gateway")
    clerk = people.walker().new_page("/verify")

    check(clerk, file)

    expect(clerk.get_by_role("heading", name="改変あり", exact=True)).to_be_visible()
    expect(clerk.locator("main")).to_contain_text("ファイルの末尾に、余分なデータが付いています")
    expect(clerk.locator("main")).not_to_contain_text("ネットデスク建設")
    assert_accessible(clerk, bool(people.way["javascript"]))
    clerk.get_by_role("link", name="別のファイルを確かめる").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text("証書のファイルを確かめる")


def downloaded(people: People, folder: Path) -> Path:
    """The certificate as its contractor has it."""
    walker = people.walker()
    walker.sign_in("netdesk@demo.example")
    answer = walker.context.request.get(f"{people.demo.base}/netdesk/contracts/{NUMBER}/certificate.pdf")
    assert answer.ok
    file = folder / "証書.pdf"
    file.write_bytes(answer.body())
    return file


def sheet(page: Page) -> bytes:
    """確認結果票, asked for as its button does; Chromium's own viewer would load pieces of itself into the page."""
    form = page.locator("form", has=page.get_by_role("button", name="確認結果票（PDF）を開く"))
    values = {name: form.locator(f"input[name={name}]").input_value() for name in ("csrf_token", "slip")}
    answer = page.context.request.post(page.url.replace("/verify", "/verify/slip.pdf"), form=values)
    assert answer.ok
    return answer.body()


def check(page: Page, file: Path, number: str = "") -> None:
    page.get_by_label("確かめるファイル").set_input_files(file)
    page.get_by_label("保証契約番号").fill(number)
    page.get_by_role("button", name="確かめる", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("証書の確認結果", timeout=20_000)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")


def assert_accessible(page: Page, has_scripts: bool) -> None:
    if has_scripts:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})
        assert [one["id"] for one in found.response["violations"]] == []
