"""同じ工事: a year's advance is guaranteed once, and each step says what is missing (domain.md, the flow and Products)."""

from dataclasses import replace
from datetime import date

import pytest

from esurety.domain.application_rules import Verdict, broken, check_application
from esurety.domain.application_state import GuaranteeState
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.guarantee_limits import advance_limit, guarantee_ends_on
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm, Product, WorksKind
from esurety.domain.same_works import missing_of_contract, missing_without_contract
from esurety.domain.works_standing import StandingGuarantee, WorksStanding
from esurety.domain.yen import Yen
from tests.domain.test_application_rules import a_performance, an_advance, the_briefings_application

POLICY = AuthorityPolicy("長生村", electronic_since=date(2024, 4, 1))
ADVANCE_AGAIN, PERFORMANCE_AGAIN = "前払金保証：同じ工事の保証契約", "契約保証：同じ工事の保証契約"

MULTI_YEAR = replace(
    the_briefings_application(an_advance(8_000_000, year_amount=20_000_000)),
    contract_price=Yen(90_000_000),
    contracted_on=date(2026, 5, 1),
    construction_starts_on=date(2026, 5, 2),
    construction_ends_on=date(2028, 8, 31),
)


def standing(product: Product, number: str, amount: int) -> StandingGuarantee:
    ends_on = MULTI_YEAR.construction_ends_on
    year_amount = Yen(20_000_000) if product.is_advance else None
    return StandingGuarantee(product, number, 2026, Yen(amount), MULTI_YEAR.contract_price, ends_on, ends_on, year_amount)


OF_2026 = standing(Product.ADVANCE_PAYMENT, "10126-00001A", 8_000_000)
PERFORMANCE = standing(Product.CONTRACT_PERFORMANCE, "10126-00002B", 9_000_000)
STANDING = WorksStanding((OF_2026, PERFORMANCE))


def test_a_years_advance_is_two_fifths_of_the_years_amount_and_ends_with_the_year() -> None:
    """domain.md: year's base 20,000,000 of 90,000,000 → advance ≤ 8,000,000, guarantee ends 令和9年3月31日 in FY 令和8."""
    assert advance_limit(POLICY, Product.ADVANCE_PAYMENT, WorksKind.WORKS, Yen(20_000_000), is_low_bid=False) == 8_000_000
    ends_on = guarantee_ends_on(
        Product.ADVANCE_PAYMENT,
        applied_on=date(2026, 5, 1),
        contracted_on=MULTI_YEAR.contracted_on,
        construction_ends_on=MULTI_YEAR.construction_ends_on,
        fiscal_year_amount=Yen(20_000_000),
    )
    assert era_date(ends_on, padded=False) == "令和9年3月31日"
    assert broken(check_application(MULTI_YEAR, POLICY, applied_on=date(2026, 5, 1))) == ()


@pytest.mark.parametrize(
    ("amount", "is_broken"), [pytest.param(8_000_000, False, id="限度額ちょうど"), pytest.param(8_000_001, True, id="1円超える")]
)
def test_the_years_limit_holds(amount: int, *, is_broken: bool) -> None:
    content = replace(MULTI_YEAR, guarantees=(an_advance(amount, year_amount=20_000_000),))

    assert bool(broken(check_application(content, POLICY, applied_on=date(2026, 5, 1)))) is is_broken


@pytest.mark.parametrize(
    ("applied_on", "ends_on"),
    [
        pytest.param(date(2027, 4, 1), date(2028, 3, 31), id="翌年度は翌年度末まで"),
        pytest.param(date(2028, 4, 1), date(2028, 8, 31), id="最後の年度は工期の末日まで"),
    ],
)
def test_each_years_advance_ends_with_its_year_but_the_last(applied_on: date, ends_on: date) -> None:
    assert ends_on == guarantee_ends_on(
        Product.ADVANCE_PAYMENT,
        applied_on=applied_on,
        contracted_on=MULTI_YEAR.contracted_on,
        construction_ends_on=MULTI_YEAR.construction_ends_on,
        fiscal_year_amount=Yen(30_000_000),
    )


@pytest.mark.parametrize(
    ("applied_on", "warns"),
    [pytest.param(date(2027, 3, 31), True, id="同じ年度"), pytest.param(date(2027, 4, 1), False, id="次の年度")],
)
def test_a_second_advance_of_one_year_is_warned_of(applied_on: date, *, warns: bool) -> None:
    outcomes = check_application(MULTI_YEAR, POLICY, applied_on=applied_on, works=STANDING)
    found = [one for one in outcomes if one.rule == ADVANCE_AGAIN]

    assert [one.verdict for one in found] == ([Verdict.WARNING] if warns else [])
    assert all("令和8年度の前払金保証（10126-00001A）" in one.text for one in found)


def test_a_second_performance_guarantee_is_warned_of_in_any_year() -> None:
    content = replace(MULTI_YEAR, guarantees=(a_performance(9_000_000),))

    outcomes = check_application(content, POLICY, applied_on=date(2028, 4, 1), works=STANDING)

    assert [one.verdict for one in outcomes if one.rule == PERFORMANCE_AGAIN] == [Verdict.WARNING]


@pytest.mark.parametrize(
    ("form", "state", "taken", "opened", "said", "is_done"),
    [
        (
            CertificateForm.ELECTRONIC,
            GuaranteeState.IN_FORCE,
            False,
            False,
            "契約時に、契約保証の「認証キーのお知らせ」を発注者に提出",
            False,
        ),
        (CertificateForm.ELECTRONIC, GuaranteeState.IN_FORCE, True, False, "発注者はまだ閲覧していません", False),
        (CertificateForm.ELECTRONIC, GuaranteeState.IN_FORCE, True, True, "発注者が電子証書を閲覧しました", True),
        (CertificateForm.PAPER, GuaranteeState.IN_FORCE, False, False, "契約時に、証書(紙)を発注者に提出", False),
        (CertificateForm.ELECTRONIC, GuaranteeState.CANCELLED, False, False, "「解約済」", True),
        (CertificateForm.ELECTRONIC, GuaranteeState.EXPIRED, True, False, "「期間満了」", True),
    ],
)
def test_each_step_says_what_is_missing(
    form: CertificateForm, state: GuaranteeState, *, taken: bool, opened: bool, said: str, is_done: bool
) -> None:
    found = missing_of_contract(Product.CONTRACT_PERFORMANCE, form, state, notice_taken=taken, opened=opened)

    assert said in found.text
    assert found.is_done is is_done


@pytest.mark.parametrize("product", list(Product))
def test_a_step_without_a_contract_says_when_it_is_due(product: Product) -> None:
    assert "申込みはありません" in missing_without_contract(product, None).text
    assert "審査中" in missing_without_contract(product, "審査中").text
