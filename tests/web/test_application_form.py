"""申込の作成（新規）: the form's names, its partials, its percentages, and that nothing typed is ever lost."""

import pytest

from esurety.domain.application_content import field_name
from esurety.domain.products import Product
from tests.example_of_record import RARE_WORKS_NAME, typed_example, with_interim, with_performance
from tests.stage import Stage
from tests.web.page_client import BOOSTED, PARTIAL, PageClient

NEW = "/netdesk/applications/new"
FIGURES = "/netdesk/applications/form/figures"
NOTIFICATION = "/netdesk/applications/form/notification"

# interface.md, "Form field names"
NAMES = {
    "works_name", "works_number", "works_place", "works_kind", "contracting_authority_id", "contract_price", "contracted_on",
    "construction_starts_on", "construction_ends_on", "is_low_bid", "branch_id", "certificate_delivery", "notify_on_issue",
    "notification_email", "premium_billing_name", "premium_statement_on_paper",
    "advance_payment-wanted", "advance_payment-certificate_form", "advance_payment-guaranteed_amount", "advance_payment-fiscal_year_amount",
    "interim_advance_payment-wanted", "interim_advance_payment-certificate_form", "interim_advance_payment-guaranteed_amount",
    "interim_advance_payment-fiscal_year_amount",
    "contract_performance-wanted", "contract_performance-certificate_form", "contract_performance-guaranteed_amount",
    "contract_performance-premium_payment_method",
}  # fmt: skip
LABELS = {
    "works_name": "工事名",
    "works_number": "工事番号",
    "works_place": "工事場所",
    "contract_price": "請負金額",
    "contracted_on": "契約日",
    "branch_id": "申込送信先",
    "premium_billing_name": "保証料請求先",
    "advance_payment-wanted": "前払金保証を申し込む",
    "contract_performance-wanted": "契約保証を申し込む",
    "interim_advance_payment-wanted": "中間前払金保証を申し込む",
    "advance_payment-fiscal_year_amount": "今年度対象額",
}
LEGENDS = ("電子保証発行完了のお知らせ", "保証証書受取", "保証証書の形式について", "契約保証料支払方法", "保証料計算書(紙)について")


def everything(stage: Stage) -> dict[str, str]:
    """A form with every block open, the advance on paper."""
    return typed_example(
        stage.ids,
        **with_performance(),
        **with_interim(),
        advance_payment__certificate_form="paper",
        certificate_delivery="counter",
        announced_on="R6.3.1",
        is_low_bid="on",
        advance_payment__fiscal_year_amount="20,000,000",
        interim_advance_payment__fiscal_year_amount="20000000",
        contract_performance__premium_payment_method="lump_monthly",
    )


def test_the_form_has_the_names_and_labels_that_the_outside_relies_on(contractor: PageClient, stage: Stage) -> None:
    page = contractor.press(contractor.get(NEW), "表示を更新", expect=200, **everything(stage))

    found = {control.get("name") for control in page.form("確認画面へ進む").xpath(".//input|.//select|.//textarea")}
    assert found >= NAMES
    for name, label in LABELS.items():
        assert label in page.dom.xpath(f"//label[@for='{name}']")[0].text_content(), name
    legends = [legend.text_content() for legend in page.dom.xpath("//legend")]
    for legend in LEGENDS:
        assert any(legend in one for one in legends), legend
    actions = {button.get("value") for button in page.dom.xpath("//button[@name='action']")}
    assert {"save_draft", "confirm"} <= actions


def test_choices_carry_the_values_of_the_interface(contractor: PageClient, stage: Stage) -> None:
    page = contractor.press(contractor.get(NEW), "表示を更新", expect=200, **everything(stage))

    def values(name: str) -> set[str]:
        return set(page.dom.xpath(f"//input[@name='{name}']/@value"))

    assert values("works_kind") == {"works", "design", "survey"}
    assert values("certificate_delivery") == {"counter", "post"}
    assert values("notify_on_issue") == values("premium_statement_on_paper") == {"yes", "no"}
    assert values("contract_performance-premium_payment_method") == {"lump_monthly", "transfer"}
    for product in Product:
        assert values(field_name(product, "certificate_form")) == {"paper", "electronic"}


def test_a_new_form_knows_who_is_asking_and_opens_no_product(contractor: PageClient, stage: Stage) -> None:
    fields = contractor.get(NEW).fields("確認画面へ進む")

    assert fields["premium_billing_name"] == "ネットデスク建設株式会社"
    assert fields["branch_id"] == str(stage.ids["branch"])
    assert fields["form_token"]
    assert not [name for name in fields if name.endswith("-wanted")]


def test_a_company_without_an_account_is_not_offered_the_monthly_payment(signed_in: object, stage: Stage) -> None:
    client = PageClient(stage).sign_in("contractor2")

    page = client.press(client.get(NEW), "表示を更新", expect=200, contract_performance__wanted="on")

    assert page.dom.xpath("//input[@name='contract_performance-premium_payment_method']/@value") == ["transfer"]


def test_an_empty_form_names_everything_that_is_missing(contractor: PageClient) -> None:
    page = contractor.get(NEW)
    empty = {name: "" for name in page.fields("確認画面へ進む") if name not in {"csrf_token", "form_token", "revision"}}

    answer = contractor.press(page, "確認画面へ進む", expect=422, **empty)

    assert answer.problems["works_name"] == "工事名を入力してください"
    assert answer.problems["contract_price"] == "請負金額を入力してください"
    assert answer.problems["contracting_authority_id"] == "発注者を選んでください"
    assert answer.problems["advance_payment-wanted"] == "申し込む保証を1つ以上選んでください"
    assert {"works_place", "contracted_on", "construction_starts_on", "construction_ends_on", "branch_id"} <= set(answer.problems)
    assert answer.problems == answer.messages_at_fields()
    for sentence in answer.problems.values():
        assert "不正" not in sentence
        assert sentence.endswith(("ください", "す", "です"))


def test_an_invalid_form_keeps_everything_typed_and_links_each_error_to_its_field(contractor: PageClient, stage: Stage) -> None:
    typed = everything(stage) | {
        "works_name": RARE_WORKS_NAME,
        "contract_price": "四千八百万 円",
        "contracted_on": "令和5年02月30日",  # the sample's own impossible day
        "construction_starts_on": "平成40年4月1日",
        "notification_email": "abcde＠",
        "advance_payment-guaranteed_amount": " １９，４４０，０００円 ",
        "contract_performance-guaranteed_amount": "-1",
    }

    answer = contractor.press(contractor.get(NEW), "確認画面へ進む", expect=422, **typed)

    sent_again = answer.fields("確認画面へ進む")
    assert {name: sent_again.get(name) for name in typed} == typed
    expected = {"contract_price", "contracted_on", "construction_starts_on", "notification_email", "contract_performance-guaranteed_amount"}
    assert set(answer.problems) == expected
    assert answer.problems == answer.messages_at_fields()
    for name in expected:
        control = answer.dom.xpath(f"//*[@id='{name}']")[0]
        assert control.get("aria-invalid") == "true"
        assert f"{name}-error" in control.get("aria-describedby")


def test_text_that_looks_like_html_comes_back_as_text(contractor: PageClient, stage: Stage) -> None:
    hostile = "\"><script>alert(1)</script>'&amp;<b>工事"

    answer = contractor.press(contractor.get(NEW), "確認画面へ進む", expect=422, works_name=hostile)

    assert answer.fields("確認画面へ進む")["works_name"] == hostile
    assert "<script>alert" not in answer.text


def test_the_percentage_of_the_example_of_record_is_40_0(contractor: PageClient, stage: Stage) -> None:
    typed = typed_example(stage.ids)
    contractor.press(contractor.get(NEW), "表示を更新", expect=200, **typed)

    answer = contractor.partial(FIGURES, typed)

    echo = answer.dom.xpath("//hx-partial[@hx-target='#advance_payment-guaranteed_amount-echo']")[0].text_content()
    assert "40.0%（請負金額もしくは今年度対象額に対する前払金保証金額の割合）" in echo
    price = answer.dom.xpath("//hx-partial[@hx-target='#contract_price-echo']")[0].text_content()
    assert "48,600,000円（4,860万円）" in price


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"contract_price": "４８，６００，０００円", "advance_payment__guaranteed_amount": "19440000"}, "40.0%"),
        ({"advance_payment__fiscal_year_amount": "20,000,000", "advance_payment__guaranteed_amount": "8,000,000"}, "40.0%"),
        ({"advance_payment__guaranteed_amount": ""}, "0.0%"),
        ({"contract_price": ""}, "0.0%"),
    ],
    ids=["full width", "year's base", "no amount yet", "no price yet"],
)
def test_the_live_percentage(changes: dict[str, str], expected: str, contractor: PageClient, stage: Stage) -> None:
    typed = typed_example(stage.ids, **changes)
    contractor.press(contractor.get(NEW), "表示を更新", expect=200, **typed)

    answer = contractor.partial(FIGURES, typed)

    assert expected in answer.dom.xpath("//hx-partial[@hx-target='#advance_payment-guaranteed_amount-echo']")[0].text_content()


def test_the_figures_renew_no_field_that_is_being_typed_into(contractor: PageClient, stage: Stage) -> None:
    typed = everything(stage)
    contractor.press(contractor.get(NEW), "表示を更新", expect=200, **typed)

    answer = contractor.partial(FIGURES, typed)

    assert {control.get("name") for control in answer.dom.xpath("//input|//select|//textarea")} <= {"certificate_delivery"}  # two choices


def test_without_javascript_the_same_percentage_comes_with_the_page(contractor: PageClient, stage: Stage) -> None:
    page = contractor.press(contractor.get(NEW), "表示を更新", expect=200, **typed_example(stage.ids))

    assert "40.0%" in page.dom.xpath("//*[@id='advance_payment-guaranteed_amount-echo']")[0].text_content()
    assert "19,440,000円" in page.words


@pytest.mark.parametrize("product", list(Product))
def test_ticking_a_product_opens_its_block_and_unticking_closes_it_without_losing_the_amount(
    product: Product, contractor: PageClient, stage: Stage
) -> None:
    contractor.get(NEW)
    address = f"/netdesk/applications/form/{product}"
    typed = {f"{product}-wanted": "on", f"{product}-guaranteed_amount": "1,000"}

    opened = contractor.partial(address, typed)
    closed = contractor.partial(address, {f"{product}-guaranteed_amount": "1,000"})

    assert opened.dom.xpath(f"//fieldset[@id='{product}-block']//input[@name='{product}-guaranteed_amount'][@type='text']")
    assert "手続状況" in opened.words
    assert "保証契約番号" in opened.words
    assert closed.dom.xpath(f"//input[@name='{product}-guaranteed_amount'][@type='hidden']/@value") == ["1,000"]


def test_choosing_electronic_shows_the_note_the_list_and_this_authoritys_answer(contractor: PageClient, stage: Stage) -> None:
    contractor.get(NEW)
    address = "/netdesk/applications/form/advance_payment"

    accepted = contractor.partial(address, typed_example(stage.ids))
    refused = contractor.partial(address, typed_example(stage.ids, contracting_authority_id=str(stage.ids["みほん町"])))

    assert "発注者が電子保証に対応していることを確認してください" in accepted.words
    assert accepted.link("こちら") == "/guide/authorities/"
    assert accepted.dom.xpath("//*[contains(@class, 'notice--success')]")
    assert refused.dom.xpath("//*[contains(@class, 'notice--danger')]")
    assert "みほん町" in refused.words


def test_choosing_paper_asks_how_it_is_to_be_received(contractor: PageClient, stage: Stage) -> None:
    contractor.get(NEW)
    address = "/netdesk/applications/form/advance_payment"

    paper = contractor.partial(address, typed_example(stage.ids, advance_payment__certificate_form="paper"))
    electronic = contractor.partial(address, typed_example(stage.ids))

    assert set(paper.dom.xpath("//hx-partial[@hx-target='#delivery-block']//input/@value")) == {"counter", "post"}
    assert not electronic.dom.xpath("//hx-partial[@hx-target='#delivery-block']//input")


def test_wanting_the_notice_opens_the_mail_address(contractor: PageClient) -> None:
    contractor.get(NEW)

    wanted = contractor.partial(NOTIFICATION, {"notify_on_issue": "yes"})
    unwanted = contractor.partial(NOTIFICATION, {"notify_on_issue": "no", "notification_email": "abcde@ejcs.co.jp"})

    assert wanted.dom.xpath("//input[@name='notification_email'][@type='email']")
    assert unwanted.dom.xpath("//input[@name='notification_email'][@type='hidden']/@value") == ["abcde@ejcs.co.jp"]


@pytest.mark.parametrize("address", [FIGURES, NOTIFICATION, *(f"/netdesk/applications/form/{product}" for product in Product)])
def test_a_toggle_answers_a_part_only_to_a_partial_request_and_the_whole_form_to_any_other(
    address: str, contractor: PageClient, stage: Stage
) -> None:
    typed = typed_example(stage.ids)
    contractor.press(contractor.get(NEW), "表示を更新", expect=200, **typed)

    part = contractor.post(address, typed, expect=200, headers=PARTIAL)
    plain = contractor.post(address, typed, expect=200)
    redirected = contractor.post(address, typed, expect=200, headers=BOOSTED)

    assert "<html" not in part.text
    for whole in (plain, redirected):
        assert whole.fields("確認画面へ進む").items() >= typed.items()
        assert "HX-Request-Type" in whole.headers["Vary"]


def test_fields_of_other_forms_and_overlong_text_do_not_get_in(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(NEW)

    contractor.press(page, "下書きを保存", works_name="あ" * 5000, state="issued", approver_id="1", company_id="2")

    state, approver, typed = stage.rows("SELECT state, approver_id, typed FROM applications")[0]
    assert (state, approver) == ("draft", None)
    assert "company_id" not in typed
    assert len(typed) < 4000 * 6
