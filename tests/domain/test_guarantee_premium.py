"""保証料: the one published rate is pinned; every other tariff here is made up for the test and says so."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.guarantee_premium import (
    NoTierForAmount,
    PremiumPart,
    Tariff,
    TariffTier,
    exact_yen_text,
    premium_for,
    rate_text,
    tier_text,
)
from esurety.domain.products import Product
from esurety.domain.yen import Yen

INTERIM = Tariff(
    Product.INTERIM_ADVANCE_PAYMENT,
    "公表料率",
    date(2024, 4, 1),
    (TariffTier(None, Fraction(65, 100_000)),),
    minimum=Yen(0),
    rounding_unit=Yen(1),
)
# 0.3% up to 1,000,000, 0.2% up to 3,000,000, 0.1% above; cut to 10円, at least 500円.
TIERED = Tariff(
    Product.ADVANCE_PAYMENT,
    "試験用の料率",
    date(2024, 4, 1),
    (
        TariffTier(Yen(1_000_000), Fraction(3, 1000)),
        TariffTier(Yen(3_000_000), Fraction(2, 1000)),
        TariffTier(None, Fraction(1, 1000)),
    ),
    minimum=Yen(500),
    rounding_unit=Yen(10),
)
amounts = st.integers(min_value=1, max_value=9_999 * 10**8).map(Yen)


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    bounds = sorted(draw(st.sets(st.integers(min_value=1, max_value=10**10), max_size=4)))
    rates = [draw(st.fractions(min_value=0, max_value=Fraction(5, 100), max_denominator=100_000)) for _ in range(len(bounds) + 1)]
    tiers = tuple(TariffTier(None if bound is None else Yen(bound), rate) for bound, rate in zip([*bounds, None], rates, strict=True))
    return Tariff(
        Product.ADVANCE_PAYMENT,
        "試験用の料率",
        date(2024, 4, 1),
        tiers,
        minimum=Yen(draw(st.integers(0, 5_000))),
        rounding_unit=Yen(draw(st.sampled_from([1, 10, 100]))),
    )


def test_the_published_interim_example_costs_6500_yen() -> None:
    assert premium_for(INTERIM, Yen(10_000_000)).amount.text == "6,500円"


@pytest.mark.parametrize(
    ("amount", "premium"),
    [
        pytest.param(100_000, 500, id="最低保証料"),
        pytest.param(1_000_000, 3_000, id="最初の区分の上限"),
        pytest.param(1_000_001, 3_000, id="次の区分に1円"),
        pytest.param(3_000_000, 7_000, id="二つ目の区分の上限"),
        pytest.param(5_000_000, 9_000, id="三つの区分"),
        pytest.param(5_019_999, 9_010, id="10円未満切捨て"),
    ],
)
def test_each_part_of_an_amount_costs_its_own_rate(amount: int, premium: int) -> None:
    assert premium_for(TIERED, Yen(amount)).amount == premium


def test_a_premium_tells_how_it_came_about() -> None:
    premium = premium_for(TIERED, Yen(5_000_000))

    assert [(part.lower_bound, part.amount, part.premium) for part in premium.parts] == [
        (0, 1_000_000, 3_000),
        (1_000_000, 2_000_000, 4_000),
        (3_000_000, 2_000_000, 2_000),
    ]
    assert premium.tariff.label == "試験用の料率"


def test_tiers_above_the_amount_are_not_used() -> None:
    assert len(premium_for(TIERED, Yen(1_000_000)).parts) == 1


def test_a_tariff_that_ends_below_the_amount_is_refused() -> None:
    bounded = Tariff(Product.ADVANCE_PAYMENT, "試験用", date(2024, 4, 1), TIERED.tiers[:2], Yen(0), Yen(1))

    assert premium_for(bounded, Yen(3_000_000)).amount == 7_000
    with pytest.raises(NoTierForAmount, match="3,000,000円"):
        premium_for(bounded, Yen(3_000_001))


@given(tariffs(), amounts)
def test_the_parts_together_are_the_amount(tariff: Tariff, amount: Yen) -> None:
    premium = premium_for(tariff, amount)

    assert sum(part.amount for part in premium.parts) == amount
    assert all(part.amount > 0 for part in premium.parts)


@given(tariffs(), amounts)
def test_a_premium_is_at_least_the_minimum_and_never_above_the_exact_sum(tariff: Tariff, amount: Yen) -> None:
    premium = premium_for(tariff, amount)
    exact = sum((part.premium for part in premium.parts), Fraction(0))

    assert isinstance(premium.amount, Yen)
    assert premium.amount >= tariff.minimum
    assert premium.amount == tariff.minimum or premium.amount <= exact
    assert exact - tariff.rounding_unit < premium.amount


@given(tariffs(), amounts, amounts)
def test_a_larger_amount_never_costs_less(tariff: Tariff, one: Yen, other: Yen) -> None:
    smaller, larger = sorted((one, other))

    assert premium_for(tariff, smaller).amount <= premium_for(tariff, larger).amount


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(65, 100_000), "0.065%"),
        (Fraction(3, 1000), "0.3%"),
        (Fraction(10, 100), "10%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
    ],
)
def test_a_rate_is_shown_without_trailing_zeros(rate: Fraction, shown: str) -> None:
    assert rate_text(rate) == shown


@pytest.mark.parametrize(
    ("lower", "upper", "shown"),
    [
        pytest.param(0, None, "全額", id="一律"),
        pytest.param(0, 1_000_000, "1,000,000円以下の部分", id="最初の区分"),
        pytest.param(1_000_000, 3_000_000, "1,000,000円を超え3,000,000円以下の部分", id="中の区分"),
        pytest.param(3_000_000, None, "3,000,000円を超える部分", id="最後の区分"),
    ],
)
def test_a_tier_is_named_by_the_part_it_covers(lower: int, upper: int | None, shown: str) -> None:
    tier = TariffTier(None if upper is None else Yen(upper), Fraction(1, 1000))

    assert tier_text(PremiumPart(tier, Yen(lower), Yen(1))) == shown


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        pytest.param(Fraction(6_500), "6,500円", id="端数なし"),
        pytest.param(Fraction(12_345, 100), "123.45円", id="小数二桁"),
        pytest.param(Fraction(3_000_002, 1000), "3,000.00円", id="三桁目は切捨て"),
        pytest.param(Fraction(1_005, 1000), "1.00円", id="四捨五入しない"),
        pytest.param(Fraction(505, 100), "5.05円", id="小数第一位がゼロ"),
    ],
)
def test_an_amount_before_rounding_shows_two_decimals_at_most(exact: Fraction, shown: str) -> None:
    assert exact_yen_text(exact) == shown
