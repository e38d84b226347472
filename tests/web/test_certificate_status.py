"""/c/<id>: the public page that a certificate's QR code leads to."""

import pytest
import time_machine

from tests.example_of_record import OPENED_AT
from tests.stage import Stage
from tests.web.page_client import PageClient

PRIVATE = ("ネットデスク建設株式会社", "19,440,000", "48,600,000", "都営住宅", "〇〇区")


@pytest.fixture(autouse=True)
def day_after(clock: time_machine.Traveller) -> None:
    clock.move_to(OPENED_AT)


def test_the_status_page_says_which_certificate_it_is_of_and_its_state_and_nothing_else(stage: Stage, client: PageClient) -> None:
    number = stage.issued().number
    status_id = stage.scalar("SELECT status_id FROM certificate_versions")

    page = client.get(f"/c/{status_id}")

    assert page.dom.xpath("//*[@id='state']")[0].text_content().strip() == "有効"
    assert page.rows() == {
        "保証契約番号": number,
        "版": "当初",
        "発行日": "令和06年04月01日",
        "保証会社": "見本建設業保証株式会社",
        "確認した日時": "令和06年04月01日 15時00分",
    }
    assert "違うときは、その証書は偽造です" in page.words
    assert not page.dom.xpath("//*[contains(@class, 'success')]"), "a copied code vouches for nothing"
    assert not [word for word in PRIVATE if word in page.words]


def test_an_unknown_status_page_has_the_same_shape(stage: Stage, client: PageClient) -> None:
    stage.issued()
    known = client.get(f"/c/{stage.scalar('SELECT status_id FROM certificate_versions')}")

    for address in ("/c/0000000000000000", "/c/whatever"):
        page = client.get(address, expect=404)
        assert page.dom.xpath("//*[@id='state']")[0].text_content().strip() == "該当なし"
        assert list(page.rows()) == list(known.rows())
        assert page.rows()["発行日"] == "―"


def test_a_specimens_page_says_so(stage: Stage, client: PageClient) -> None:
    stage.issued()
    stage.change(
        "UPDATE certificate_versions SET content = replace(content, :real, :specimen)",
        real='"is_specimen":false',
        specimen='"is_specimen":true',
    )

    page = client.get(f"/c/{stage.scalar('SELECT status_id FROM certificate_versions')}")

    assert page.dom.xpath("//*[@id='state']")[0].text_content().strip() == "見本：有効"
    assert page.title.startswith("見本：有効")
    assert not page.dom.xpath("//*[contains(@class, 'success')]")
