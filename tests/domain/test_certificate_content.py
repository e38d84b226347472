"""The content of a certificate: one canonical text, from which exactly the same content comes back."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import Yen

CONTENT = CertificateContent(
    product=Product.ADVANCE_PAYMENT,
    certificate_form=CertificateForm.ELECTRONIC,
    guarantee_contract_number="99999-00005M",
    version=0,
    issued_on=date(2024, 4, 1),
    obligee_name="長生村",
    obligee_head="長生村長",
    principal_name="ネットデスク建設株式会社",
    principal_address="東京都中央区八丁堀2丁目27番10号",
    principal_representative="代表取締役 髙﨑 𠮷郎",
    works_number="第①号",
    works_name="都営住宅××××× 耐震改修工事",
    works_place="千葉県長生郡長生村",
    contract_price=Yen(48_600_000),
    contracted_on=date(2024, 4, 1),
    construction_starts_on=date(2024, 4, 1),
    construction_ends_on=date(2024, 9, 30),
    fiscal_year_amount=None,
    previous_advance_amount=None,
    guaranteed_amount=Yen(19_440_000),
    guarantee_starts_on=date(2024, 4, 1),
    guarantee_ends_on=date(2024, 9, 30),
    depository="〇〇銀行 △△支店",
    terms_name="前払金保証約款",
    guarantee_statement="前払金保証約款により保証します。",
    surety_name="○○建設業保証㈱",
    surety_address="東京都中央区",
    surety_representative="取締役社長 保証 太郎",
    branch_name="千葉支店",
    branch_phone="043-241-6101",
    branch_hours="9:00～17:00",
    is_specimen=True,
)


def test_the_ratio_of_the_briefings_example_is_40_per_cent() -> None:
    assert CONTENT.ratio_text == "40.0%"


def test_the_ratio_is_measured_against_the_years_amount_where_there_is_one() -> None:
    multi_year = replace(CONTENT, contract_price=Yen(90_000_000), fiscal_year_amount=Yen(20_000_000), guaranteed_amount=Yen(8_000_000))

    assert multi_year.ratio_base == 20_000_000
    assert multi_year.ratio_text == "40.0%"


@pytest.mark.parametrize(("version", "text"), [(0, "当初"), (1, "変更第1回"), (12, "変更第12回")])
def test_a_version_is_the_original_or_the_nth_change(version: int, text: str) -> None:
    assert replace(CONTENT, version=version).version_text == text


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(CONTENT, id="当初の前払金保証"),
        pytest.param(
            replace(CONTENT, product=Product.INTERIM_ADVANCE_PAYMENT, previous_advance_amount=Yen(19_440_000)), id="中間前払金保証"
        ),
        pytest.param(replace(CONTENT, fiscal_year_amount=Yen(20_000_000), version=3), id="今年度対象額のある変更"),
        pytest.param(replace(CONTENT, product=Product.CONTRACT_PERFORMANCE, certificate_form=CertificateForm.PAPER), id="紙の契約保証"),
    ],
)
def test_the_same_content_comes_back_from_its_text(content: CertificateContent) -> None:
    read = CertificateContent.from_json(content.to_json())

    assert read == content
    assert isinstance(read.product, Product)
    assert isinstance(read.certificate_form, CertificateForm)
    assert isinstance(read.guaranteed_amount, Yen)
    assert isinstance(read.issued_on, date)
    assert read.to_json() == content.to_json()


@given(st.text(), st.integers(min_value=1, max_value=9_999 * 10**8), st.dates())
def test_any_name_amount_and_day_come_back(name: str, amount: int, day: date) -> None:
    content = replace(CONTENT, works_name=name, guaranteed_amount=Yen(amount), guarantee_ends_on=day)

    assert CertificateContent.from_json(content.to_json()) == content


def test_the_text_is_canonical() -> None:
    text = CONTENT.to_json()
    plain = json.loads(text)

    assert list(plain) == sorted(plain)
    assert plain["issued_on"] == "2024-04-01"
    assert plain["guaranteed_amount"] == 19_440_000
    assert plain["fiscal_year_amount"] is None
    assert plain["product"] == "advance_payment"
    assert '","' in text
    assert '": ' not in text


def test_names_stand_in_the_text_exactly_as_typed() -> None:
    text = CONTENT.to_json()

    for name in ("髙﨑 𠮷郎", "第①号", "○○建設業保証㈱"):
        assert name in text


@pytest.mark.parametrize("missing", ["works_name", "issued_on", "contract_price", "product"])
def test_a_text_without_one_of_its_fields_is_refused(missing: str) -> None:
    plain = json.loads(CONTENT.to_json())
    del plain[missing]

    with pytest.raises(TypeError):
        CertificateContent.from_json(json.dumps(plain))


def test_a_text_with_an_unknown_field_is_refused() -> None:
    plain = json.loads(CONTENT.to_json()) | {"authentication_key": "ABCDEF01"}

    with pytest.raises(TypeError):
        CertificateContent.from_json(json.dumps(plain))


def test_every_printed_name_is_checked_for_missing_characters() -> None:
    printed = CONTENT.printed_texts()

    for name in ("都営住宅××××× 耐震改修工事", "代表取締役 髙﨑 𠮷郎", "第①号", "〇〇銀行 △△支店", "○○建設業保証㈱"):
        assert name in printed


VENTURE = replace(
    CONTENT,
    joint_venture_name="見本・髙﨑特定建設工事共同企業体",
    joint_venture_members=(("見本建設㈱", "東京都", "66.66%", True), ("髙﨑土木", "千葉県", "33.34%", False)),
)


def test_a_joint_venture_comes_back_with_its_members() -> None:
    assert CertificateContent.from_json(VENTURE.to_json()) == VENTURE


def test_a_text_from_before_joint_ventures_is_read_as_one_of_a_single_company() -> None:
    plain = json.loads(CONTENT.to_json())
    del plain["joint_venture_name"], plain["joint_venture_members"]

    assert CertificateContent.from_json(json.dumps(plain)) == CONTENT


def test_every_member_is_checked_for_missing_characters() -> None:
    assert {"見本・髙﨑特定建設工事共同企業体", "髙﨑土木", "千葉県"} <= set(VENTURE.printed_texts())


def test_a_change_says_which_version_it_takes_the_place_of() -> None:
    assert CONTENT.replaced_row == ()
    assert replace(CONTENT, version=1, replaces_version=0).replaced_row == (("この証書が代わる版", "当初の証書"),)
    assert replace(CONTENT, version=2, replaces_version=1).replaced_row == (("この証書が代わる版", "変更第1回の証書"),)
