"""A slow line: what is typed while an answer is under way stays, and a form pressed twice is sent once."""

from playwright.sync_api import Browser, Route, expect

from tests.journeys.conftest import Demo, People

DESKTOP: dict[str, int | bool] = {"javascript": True, "width": 1366, "height": 768}


def test_what_is_typed_while_an_answer_is_under_way_stays(browser: Browser, demo: Demo) -> None:
    people = People(browser, demo, DESKTOP)
    page = people.walker().sign_in("netdesk@demo.example")
    page.goto(demo.base + "/netdesk/applications/new")
    page.get_by_label("前払金保証を申し込む", exact=True).check()
    page.get_by_label("前払金保証金額").wait_for()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(700)
        route.continue_()

    page.route("**/netdesk/applications/form/figures", slowly)
    page.locator("#advance_payment-certificate_form-paper").check()
    page.get_by_label("前払金保証金額").fill("1,000,000")
    page.locator("#certificate_delivery-post").wait_for()
    page.locator("#certificate_delivery-post").check()
    page.get_by_label("請負金額").fill("5,000,000")
    expect(page.locator("#contract_price-echo")).to_have_text("5,000,000円（500万円）")

    assert page.get_by_label("前払金保証金額").input_value() == "1,000,000"
    assert page.locator("#certificate_delivery-post").is_checked()
    page.unroute_all(behavior="ignoreErrors")
    assert people.close() == []


def test_products_ticked_in_quick_succession_all_open(browser: Browser, demo: Demo) -> None:
    people = People(browser, demo, DESKTOP)
    page = people.walker().sign_in("netdesk@demo.example")
    page.goto(demo.base + "/netdesk/applications/new")

    for label in ("前払金保証を申し込む", "中間前払金保証を申し込む", "契約保証を申し込む"):
        page.get_by_label(label, exact=True).check()

    for name in ("advance_payment", "interim_advance_payment", "contract_performance"):
        expect(page.locator(f"#{name}-guaranteed_amount")).to_be_visible()
    assert people.close() == []


def test_a_final_button_pressed_twice_makes_one_application(browser: Browser, demo: Demo) -> None:
    people = People(browser, demo, DESKTOP)
    page = people.walker().sign_in("netdesk@demo.example")
    page.goto(demo.base + "/netdesk/applications/new?from=5")
    page.get_by_label("工事名").fill("二度押しの工事")
    page.get_by_role("button", name="確認画面へ進む").click()

    page.get_by_role("button", name="この内容で申し込む").dblclick()

    expect(page.get_by_role("heading", level=1)).to_have_text("申込みを受け付けました")
    page.goto(demo.base + "/netdesk/applications/?works_name=二度押し")
    assert page.locator("tbody tr").count() == 1
    assert people.close() == []
