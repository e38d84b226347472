"""Caps, minimums and periods: the values of domain.md, "Values to test with" and "Products"."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.guarantee_limits import (
    advance_limit,
    advances_together_limit,
    guarantee_ends_on,
    guarantee_starts_on,
    performance_minimum,
)
from esurety.domain.products import Product, WorksKind
from esurety.domain.yen import Yen, percentage_text

prices = st.integers(min_value=1, max_value=9_999 * 10**8).map(Yen)
units = st.sampled_from([1, 1_000, 10_000, 100_000]).map(Yen)


def a_policy(unit: int = 1) -> AuthorityPolicy:
    return AuthorityPolicy("長生村", rounding_unit=Yen(unit))


@pytest.mark.parametrize(
    ("kind", "base", "unit", "limit"),
    [
        pytest.param(WorksKind.WORKS, 48_600_000, 1, 19_440_000, id="説明会資料の例"),
        pytest.param(WorksKind.WORKS, 5_170_000, 1, 2_068_000, id="工事・切捨てなし"),
        pytest.param(WorksKind.WORKS, 5_170_000, 10_000, 2_060_000, id="工事・1万円未満切捨て"),
        pytest.param(WorksKind.WORKS, 5_170_000, 100_000, 2_000_000, id="工事・10万円未満切捨て"),
        pytest.param(WorksKind.DESIGN, 3_300_000, 10_000, 990_000, id="設計・1万円未満切捨て"),
        pytest.param(WorksKind.DESIGN, 3_300_000, 100_000, 900_000, id="設計・10万円未満切捨て"),
        pytest.param(WorksKind.SURVEY, 3_300_000, 1, 990_000, id="調査・測量"),
        pytest.param(WorksKind.WORKS, 20_000_000, 1, 8_000_000, id="今年度対象額2,000万円"),
    ],
)
def test_an_advance_is_capped_by_kind_of_works_and_cut_to_the_unit(kind: WorksKind, base: int, unit: int, limit: int) -> None:
    assert advance_limit(a_policy(unit), Product.ADVANCE_PAYMENT, kind, Yen(base), is_low_bid=False) == limit


@pytest.mark.parametrize("kind", list(WorksKind), ids=lambda kind: kind.label)
def test_a_low_bid_contract_gets_an_advance_of_a_fifth(kind: WorksKind) -> None:
    assert advance_limit(a_policy(), Product.ADVANCE_PAYMENT, kind, Yen(10_000_000), is_low_bid=True) == 2_000_000


def test_an_interim_advance_is_a_fifth_and_both_together_three_fifths() -> None:
    price = Yen(48_600_000)

    interim = advance_limit(a_policy(), Product.INTERIM_ADVANCE_PAYMENT, WorksKind.WORKS, price, is_low_bid=False)

    assert interim == 9_720_000
    assert advances_together_limit(a_policy(), price) == 29_160_000


def test_the_authoritys_own_caps_take_the_place_of_the_national_ones() -> None:
    disaster_rule = AuthorityPolicy("被災町", advance_cap_works=Fraction(45, 100), advance_cap_services=Fraction(35, 100))

    works = advance_limit(disaster_rule, Product.ADVANCE_PAYMENT, WorksKind.WORKS, Yen(10_000_000), is_low_bid=False)
    design = advance_limit(disaster_rule, Product.ADVANCE_PAYMENT, WorksKind.DESIGN, Yen(10_000_000), is_low_bid=False)

    assert (works, design) == (4_500_000, 3_500_000)


@pytest.mark.parametrize(
    ("price", "is_low_bid", "least"),
    [
        pytest.param(12_345_678, False, 1_234_568, id="10%を切上げ"),
        pytest.param(12_345_678, True, 3_703_704, id="低入札の30%を切上げ"),
        pytest.param(48_600_000, False, 4_860_000, id="割り切れる"),
    ],
)
def test_the_least_performance_guarantee_is_raised_to_the_yen(price: int, is_low_bid: bool, least: int) -> None:
    assert performance_minimum(a_policy(), Yen(price), is_low_bid=is_low_bid) == least


def test_the_authoritys_rounding_of_advances_does_not_touch_the_performance_minimum() -> None:
    assert performance_minimum(a_policy(unit=100_000), Yen(12_345_678), is_low_bid=False) == 1_234_568


@pytest.mark.parametrize(
    ("product", "year_amount", "contracted_on", "works_end", "guarantee_end"),
    [
        pytest.param(Product.ADVANCE_PAYMENT, None, date(2024, 4, 1), date(2024, 9, 30), date(2024, 9, 30), id="単年度の前払金"),
        pytest.param(Product.ADVANCE_PAYMENT, 20_000_000, date(2026, 6, 1), date(2028, 9, 30), date(2027, 3, 31), id="令和8年度の対象額"),
        pytest.param(Product.ADVANCE_PAYMENT, 20_000_000, date(2027, 3, 31), date(2028, 9, 30), date(2027, 3, 31), id="年度末日の契約"),
        pytest.param(Product.ADVANCE_PAYMENT, 20_000_000, date(2027, 4, 1), date(2028, 9, 30), date(2028, 3, 31), id="年度初日の契約"),
        pytest.param(Product.ADVANCE_PAYMENT, 20_000_000, date(2026, 6, 1), date(2027, 2, 28), date(2027, 2, 28), id="最終年度は完成まで"),
        pytest.param(Product.ADVANCE_PAYMENT, None, date(2026, 6, 1), date(2028, 9, 30), date(2028, 9, 30), id="対象額なしは完成まで"),
        pytest.param(
            Product.INTERIM_ADVANCE_PAYMENT, 20_000_000, date(2026, 6, 1), date(2028, 9, 30), date(2027, 3, 31), id="中間前払金も年度末まで"
        ),
        pytest.param(Product.CONTRACT_PERFORMANCE, None, date(2026, 6, 1), date(2028, 9, 30), date(2028, 9, 30), id="契約保証は全工期"),
    ],
)
def test_a_guarantee_ends_with_the_works_or_with_its_fiscal_year(
    product: Product, year_amount: int | None, contracted_on: date, works_end: date, guarantee_end: date
) -> None:
    ends_on = guarantee_ends_on(
        product,
        applied_on=contracted_on,
        contracted_on=contracted_on,
        construction_ends_on=works_end,
        fiscal_year_amount=None if year_amount is None else Yen(year_amount),
    )

    assert ends_on == guarantee_end


@pytest.mark.parametrize(
    ("applied_on", "guarantee_end"),
    [
        pytest.param(date(2027, 4, 20), date(2028, 3, 31), id="二年度目の前払金はその年度末まで"),
        pytest.param(date(2028, 4, 20), date(2028, 9, 30), id="最終年度は工期の末日まで"),
        pytest.param(date(2026, 3, 30), date(2027, 3, 31), id="年度をまたいで先に申し込むときは契約の年度"),
    ],
)
def test_this_years_amount_is_that_of_the_year_in_which_it_is_applied_for(applied_on: date, guarantee_end: date) -> None:
    ends_on = guarantee_ends_on(
        Product.ADVANCE_PAYMENT,
        applied_on=applied_on,
        contracted_on=date(2026, 6, 1),
        construction_ends_on=date(2028, 9, 30),
        fiscal_year_amount=Yen(20_000_000),
    )

    assert ends_on == guarantee_end


@pytest.mark.parametrize(
    ("product", "works_start", "guarantee_start"),
    [
        pytest.param(Product.ADVANCE_PAYMENT, date(2024, 4, 10), date(2024, 4, 1), id="前払金は契約日から"),
        pytest.param(Product.CONTRACT_PERFORMANCE, date(2024, 4, 10), date(2024, 4, 1), id="契約保証も契約日から"),
        pytest.param(Product.CONTRACT_PERFORMANCE, date(2024, 3, 25), date(2024, 3, 25), id="先に始まった工期も覆う"),
    ],
)
def test_a_performance_guarantee_covers_the_works_from_their_first_day(product: Product, works_start: date, guarantee_start: date) -> None:
    assert guarantee_starts_on(product, contracted_on=date(2024, 4, 1), construction_starts_on=works_start) == guarantee_start


@given(prices, units, st.sampled_from(WorksKind), st.booleans())
def test_an_advance_at_its_limit_never_passes_its_cap(price: Yen, unit: Yen, kind: WorksKind, is_low_bid: bool) -> None:
    policy = a_policy(unit)
    cap = policy.advance_cap(Product.ADVANCE_PAYMENT, kind, is_low_bid=is_low_bid)

    limit = advance_limit(policy, Product.ADVANCE_PAYMENT, kind, price, is_low_bid=is_low_bid)

    assert limit <= price * cap < limit + unit
    assert limit % unit == 0
    assert Fraction(percentage_text(limit, price).removesuffix("%")) <= cap * 100


@given(prices, prices, units)
def test_a_higher_price_never_lowers_a_limit(one: Yen, other: Yen, unit: Yen) -> None:
    lower, higher = sorted((one, other))
    policy = a_policy(unit)

    limits = [advance_limit(policy, Product.ADVANCE_PAYMENT, WorksKind.WORKS, price, is_low_bid=False) for price in (lower, higher)]

    assert limits[0] <= limits[1]
    assert performance_minimum(policy, lower, is_low_bid=False) <= performance_minimum(policy, higher, is_low_bid=False)


@given(prices, st.booleans())
def test_the_performance_minimum_is_the_least_amount_that_suffices(price: Yen, is_low_bid: bool) -> None:
    share = Fraction(30 if is_low_bid else 10, 100)

    least = performance_minimum(a_policy(), price, is_low_bid=is_low_bid)

    assert least >= price * share > least - 1
