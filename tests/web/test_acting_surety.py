"""An operator of several sureties: a page left open for one of them never writes into another."""

from collections.abc import Callable

import pytest

from tests.stage import Stage
from tests.web.page_client import Page, PageClient
from tests.web.test_office_masters import ANOTHER_SURETY
from tests.web.test_office_rules import TARIFFS, send_file

FIRST, OTHER = "見本建設業保証株式会社", "別の保証"
BRANCH = {"code": "777", "name": "木更津支店", "phone": "0438-00-0000", "hours": "平日"}


@pytest.fixture
def operator(signed_in: Callable[[str], PageClient], stage: Stage) -> PageClient:
    """Of no surety, acting for the first of two."""
    stage.change("UPDATE accounts SET surety_id = NULL WHERE email = 'admin@demo.example'")
    client = signed_in("admin")
    stage.change(ANOTHER_SURETY)
    switch(client, FIRST)
    return client


def switch(client: PageClient, name: str) -> None:
    client.press(client.get("/office/people/sureties/"), f"{name}の業務をする")


def assert_refused(answer: Page) -> None:
    assert answer.heading == "保証会社が切り替わっています"
    assert f"この画面は{FIRST}の業務として開いたものです" in answer.words
    assert f"いまは{OTHER}の業務をしています" in answer.words
    assert "今回の操作は行っていません" in answer.words


def test_a_branch_typed_for_one_surety_is_not_registered_for_another(operator: PageClient, stage: Stage) -> None:
    form = operator.get("/office/people/branches/new")
    switch(operator, OTHER)
    before = stage.census()

    assert_refused(operator.press(form, "登録する", expect=409, **BRANCH))

    assert stage.census() == before
    switch(operator, FIRST)
    operator.press(form, "登録する", **BRANCH)
    assert stage.scalar("SELECT surety_id FROM branches WHERE code = 777") == stage.ids["surety"]


def test_tariffs_looked_at_for_one_surety_are_not_registered_for_another(operator: PageClient, stage: Stage) -> None:
    form = operator.get("/office/rules/tariffs/load")
    looked_at = send_file(operator, form, TARIFFS.encode())
    switch(operator, OTHER)

    assert_refused(operator.press(looked_at, "この内容で登録する", expect=409))
    assert_refused(send_file(operator, form, TARIFFS.encode(), expect=409))

    assert stage.scalar("SELECT count(*) FROM tariffs WHERE label = '新しい例示料率'") == 0


def test_a_page_opened_before_a_surety_was_chosen_is_refused_too(operator: PageClient) -> None:
    form = operator.get("/office/people/surety")

    answer = operator.post(
        form.path, {name: value for name, value in form.fields("修正を保存する").items() if name != "acting_for"}, expect=409
    )

    assert answer.heading == "保証会社が切り替わっています"


@pytest.mark.parametrize(
    "path",
    [
        *("/office/people/surety", "/office/people/branches/new", "/office/people/companies/new", "/office/people/accounts/new"),
        *("/office/rules/tariffs/load", "/office/rules/imports/contractors/", "/office/rules/authorities/new"),
    ],
)
def test_every_form_names_the_surety_beside_its_button(operator: PageClient, path: str) -> None:
    form = operator.get(path).dom.xpath("//main//form[@method='post']")[0]

    assert f"いま、{FIRST}の業務をしています。" in form.text_content()


def test_another_surety_is_registered_from_any_tab(operator: PageClient, stage: Stage) -> None:
    form = operator.get("/office/people/sureties/new")
    assert "の業務をしています" not in form.words
    switch(operator, OTHER)

    operator.press(form, "登録する", name="第三の保証", address="千葉市", representative="代表 太郎", four_eyes_above="5000万")

    assert stage.scalar("SELECT count(*) FROM sureties") == 3


def test_who_operates_one_surety_sees_nothing_of_it(signed_in: Callable[[str], PageClient]) -> None:
    page = signed_in("admin").get("/office/people/branches/new")

    assert "acting_for" not in page.text
    assert "の業務をしています" not in page.words
