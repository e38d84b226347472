"""申込の作成（新規）: the typed form read into an application, or one polite message per field."""

from datetime import date

import pytest

from esurety.domain.application_content import (
    ApplicationContent,
    FormChoices,
    IncompleteApplication,
    field_name,
    read_application,
)
from esurety.domain.products import CertificateDelivery, CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.yen import Yen

CHOICES = FormChoices(authority_ids=frozenset({1, 2}), branch_ids=frozenset({7}), company_pays_monthly=False)
MONTHLY = FormChoices(authority_ids=frozenset({1, 2}), branch_ids=frozenset({7}), company_pays_monthly=True)
THE_BRIEFINGS_EXAMPLE = {
    "contracting_authority_id": "1",
    "works_name": "都営住宅××××× 耐震改修工事",
    "works_number": "",
    "works_place": "東京都中央区八丁堀",
    "works_kind": "works",
    "contract_price": "４８，６００，０００円",
    "contracted_on": "令和6年4月1日",
    "announced_on": "",
    "construction_starts_on": "R6.4.1",
    "construction_ends_on": "2024/9/30",
    "advance_payment-wanted": "on",
    "advance_payment-certificate_form": "electronic",
    "advance_payment-guaranteed_amount": "19,440,000",
    "advance_payment-fiscal_year_amount": "",
    "premium_billing_name": "ネットデスク建設 株式会社",
    "premium_statement_on_paper": "no",
    "branch_id": "7",
    "notify_on_issue": "yes",
    "notification_email": "abcde@ejcs.co.jp",
}
PERFORMANCE = {
    "contract_performance-wanted": "on",
    "contract_performance-certificate_form": "paper",
    "contract_performance-guaranteed_amount": "4,860,000",
    "certificate_delivery": "post",
}


def read(changes: dict[str, str] | None = None, choices: FormChoices = CHOICES) -> ApplicationContent:
    return read_application(THE_BRIEFINGS_EXAMPLE | (changes or {}), choices)


def problems(changes: dict[str, str], choices: FormChoices = CHOICES) -> dict[str, str]:
    with pytest.raises(IncompleteApplication) as refusal:
        read(changes, choices)
    return dict(refusal.value.problems)


def test_the_briefings_example_is_read() -> None:
    content = read()

    assert content.contract_price == Yen(48_600_000)
    assert content.works_kind is WorksKind.WORKS
    assert (content.contracted_on, content.announced_on) == (date(2024, 4, 1), None)
    assert (content.construction_starts_on, content.construction_ends_on) == (date(2024, 4, 1), date(2024, 9, 30))
    assert (content.contracting_authority_id, content.branch_id) == (1, 7)
    assert content.notification_email == "abcde@ejcs.co.jp"
    assert content.is_low_bid is False
    assert content.premium_statement_on_paper is False
    assert [one.product for one in content.guarantees] == [Product.ADVANCE_PAYMENT]
    assert content.guarantees[0].certificate_form is CertificateForm.ELECTRONIC
    assert content.guarantees[0].guaranteed_amount == Yen(19_440_000)
    assert content.guarantees[0].fiscal_year_amount is None


def test_products_of_the_same_works_may_differ_in_form() -> None:
    content = read(PERFORMANCE)

    assert [(one.product, one.certificate_form) for one in content.guarantees] == [
        (Product.ADVANCE_PAYMENT, CertificateForm.ELECTRONIC),
        (Product.CONTRACT_PERFORMANCE, CertificateForm.PAPER),
    ]
    assert content.certificate_delivery is CertificateDelivery.POST


def test_a_product_not_ticked_is_not_read_even_when_filled_in() -> None:
    content = read(PERFORMANCE | {"contract_performance-wanted": "", "contract_performance-guaranteed_amount": "たくさん"})

    assert content.guarantee(Product.CONTRACT_PERFORMANCE) is None
    assert content.guarantee(Product.ADVANCE_PAYMENT) is not None


def test_names_are_stored_exactly_as_typed() -> None:
    content = read({"works_name": "第①工区　㈱髙﨑𠮷ﾋﾞﾙ改修", "premium_billing_name": "神田建設㈱"})

    assert content.works_name == "第①工区　㈱髙﨑𠮷ﾋﾞﾙ改修"
    assert content.premium_billing_name == "神田建設㈱"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("contracting_authority_id", "発注者を選んでください"),
        ("works_name", "工事名を入力してください"),
        ("works_place", "工事場所を入力してください"),
        ("works_kind", "種別を選んでください"),
        ("contract_price", "請負金額を入力してください"),
        ("contracted_on", "契約日を入力してください"),
        ("construction_starts_on", "工期の初日を入力してください"),
        ("construction_ends_on", "工期の末日を入力してください"),
        ("advance_payment-certificate_form", "前払金保証の保証証書の形式を選んでください"),
        ("advance_payment-guaranteed_amount", "前払金保証金額を入力してください"),
        ("premium_billing_name", "保証料請求先を入力してください"),
        ("branch_id", "申込送信先を選んでください"),
        ("notify_on_issue", "電子保証発行完了のお知らせを希望するかどうかを選んでください"),
        ("notification_email", "メールアドレスを入力してください"),
        ("advance_payment-wanted", "申し込む保証を1つ以上選んでください"),
    ],
)
def test_a_missing_field_is_asked_for_and_no_other(field: str, message: str) -> None:
    assert problems({field: ""}) == {field: message}


def test_an_empty_form_names_every_field_in_the_order_of_the_form() -> None:
    with pytest.raises(IncompleteApplication) as refusal:
        read_application({}, CHOICES)

    assert list(refusal.value.problems) == [
        "contracting_authority_id",
        "works_name",
        "works_place",
        "works_kind",
        "contract_price",
        "contracted_on",
        "construction_starts_on",
        "construction_ends_on",
        "advance_payment-wanted",
        "premium_billing_name",
        "branch_id",
        "notify_on_issue",
    ]


def test_every_message_says_politely_what_to_do() -> None:
    with pytest.raises(IncompleteApplication) as refusal:
        read_application({"contract_price": "x", "contracted_on": "令和5年02月30日"}, CHOICES)

    for message in refusal.value.problems.values():
        assert "ください" in message
        assert "不正" not in message


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param(
            {"construction_ends_on": "令和6年3月31日", "contracted_on": "令和6年3月1日"},
            {"construction_ends_on": "工期の末日は、工期の初日以降の日付を入力してください"},
            id="末日が初日より前",
        ),
        pytest.param(
            {"contracted_on": "令和6年10月1日"},
            {"construction_ends_on": "工期の末日は、契約日以降の日付を入力してください"},
            id="末日が契約日より前",
        ),
        pytest.param(
            {"announced_on": "令和6年4月2日"}, {"announced_on": "公告日は、契約日以前の日付を入力してください"}, id="公告日が契約日より後"
        ),
        pytest.param(
            {"construction_ends_on": "令和5年02月30日"},
            {"construction_ends_on": "工期の末日は存在する日付を入力してください（令和5年2月は28日までです）"},
            id="存在しない日",
        ),
    ],
)
def test_days_in_an_impossible_order_are_refused(changes: dict[str, str], expected: dict[str, str]) -> None:
    assert problems(changes) == expected


def test_works_of_a_single_day_are_possible() -> None:
    content = read({"announced_on": "2024/4/1", "construction_ends_on": "2024/4/1"})

    assert content.construction_starts_on == content.construction_ends_on == content.announced_on


def test_records_that_were_not_offered_are_refused() -> None:
    assert problems({"contracting_authority_id": "3", "branch_id": "8"}) == {
        "contracting_authority_id": "発注者を選んでください",
        "branch_id": "申込送信先を選んでください",
    }


def test_a_years_amount_counts_for_an_advance_only() -> None:
    content = read(
        PERFORMANCE | {"advance_payment-fiscal_year_amount": "20,000,000", "contract_performance-fiscal_year_amount": "20,000,000"}
    )

    advance, performance = content.guarantees
    assert advance.fiscal_year_amount == Yen(20_000_000)
    assert advance.ratio_base(content.contract_price) == Yen(20_000_000)
    assert performance.fiscal_year_amount is None
    assert performance.ratio_base(content.contract_price) == Yen(48_600_000)


def test_an_unreadable_years_amount_is_not_passed_over() -> None:
    assert list(problems({"advance_payment-fiscal_year_amount": "未定"})) == ["advance_payment-fiscal_year_amount"]


def test_only_a_paper_certificate_asks_how_to_receive_it() -> None:
    assert read({"certificate_delivery": "post"}).certificate_delivery is None
    assert problems(PERFORMANCE | {"certificate_delivery": ""}) == {"certificate_delivery": "保証証書受取を選んでください"}


def test_without_wish_for_mail_no_address_is_needed_or_kept() -> None:
    assert read({"notify_on_issue": "no"}).notification_email == ""


def test_a_company_with_monthly_payment_pays_monthly_unless_it_says_otherwise() -> None:
    content = read(PERFORMANCE, MONTHLY)
    by_transfer = read(PERFORMANCE | {"contract_performance-premium_payment_method": "transfer"}, MONTHLY)

    assert {one.premium_payment_method for one in content.guarantees} == {PremiumPaymentMethod.LUMP_MONTHLY}
    assert by_transfer.guarantees[1].premium_payment_method is PremiumPaymentMethod.TRANSFER


def test_a_company_without_monthly_payment_cannot_choose_it() -> None:
    name = field_name(Product.CONTRACT_PERFORMANCE, "premium_payment_method")

    found = problems(PERFORMANCE | {name: "lump_monthly"})

    assert found == {name: "一括納付は、保証会社と取り決めのある会社だけが選べます。「振込」を選んでください"}
    assert {one.premium_payment_method for one in read(PERFORMANCE).guarantees} == {PremiumPaymentMethod.TRANSFER}


def test_low_bid_and_paper_statement_are_taken_from_their_boxes() -> None:
    content = read({"is_low_bid": "on", "premium_statement_on_paper": "yes"})

    assert content.is_low_bid is True
    assert content.premium_statement_on_paper is True
