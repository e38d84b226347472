"""Amounts: read as people type them, rounded by named rules, shown in one way."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.yen import NotAnAmount, Yen, percentage_text, round_down, round_up, total

amounts = st.integers(min_value=1, max_value=9_999 * 10**8).map(Yen)
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        pytest.param("48600000", 48_600_000, id="数字だけ"),
        pytest.param("48,600,000", 48_600_000, id="桁区切り"),
        pytest.param("48,600,000円", 48_600_000, id="円付き"),
        pytest.param("４８，６００，０００円", 48_600_000, id="全角"),
        pytest.param("４８６０００００", 48_600_000, id="全角数字だけ"),
        pytest.param("４８、６００、０００", 48_600_000, id="読点で区切る"),
        pytest.param(" 48 600 000　円 ", 48_600_000, id="空白入り"),
        pytest.param("¥48,600,000", 48_600_000, id="半角の円記号"),
        pytest.param("￥48,600,000", 48_600_000, id="全角の円記号"),
        pytest.param("\\48,600,000", 48_600_000, id="円記号に見えるバックスラッシュ"),
        pytest.param("￥48,600,000－", 48_600_000, id="金額の後の全角ダッシュ"),
        pytest.param("¥48,600,000-", 48_600_000, id="金額の後のハイフン"),
        pytest.param("4,860万円", 48_600_000, id="万"),
        pytest.param("1億2,345万6,789円", 123_456_789, id="億と万"),
        pytest.param("1億円", 100_000_000, id="億だけ"),
        pytest.param("1億5", 100_000_005, id="億と端数"),
        pytest.param("0048600000", 48_600_000, id="先頭のゼロ"),
        pytest.param("1", 1, id="1円"),
        pytest.param("9,999億円", 999_900_000_000, id="最大"),
    ],
)
def test_an_amount_is_read_as_people_type_it(typed: str, amount: int) -> None:
    assert Yen.parse(typed) == amount


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="空"),
        pytest.param("　", id="空白だけ"),
        pytest.param("円", id="円だけ"),
        pytest.param("万", id="万だけ"),
        pytest.param("￥", id="円記号だけ"),
        pytest.param("-5", id="負の数"),
        pytest.param("－５", id="全角の負の数"),
        pytest.param("▲5", id="三角の負の数"),
        pytest.param("1e6", id="指数"),
        pytest.param("100円200円", id="金額が二つ"),
        pytest.param("5万20000", id="万の後に五桁"),
        pytest.param("1億12345万", id="億の後の万が五桁"),
        pytest.param("約100万円", id="余分な語"),
        pytest.param("四千八百万", id="漢数字"),
    ],
)
def test_what_is_no_amount_is_answered_with_an_example(typed: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Yen.parse(typed)

    assert refusal.value.advice == "数字で入力してください（例：48,600,000）"


@pytest.mark.parametrize("typed", ["0", "０円", "0億"])
def test_nothing_is_too_little(typed: str) -> None:
    with pytest.raises(NotAnAmount, match="1円以上"):
        Yen.parse(typed)


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("48.6", "1円単位", id="小数"),
        pytest.param("5,170,000.0円", "1円単位", id="小数の円"),
        pytest.param("48,600千円", "「千」", id="千円単位"),
        pytest.param("2千万", "「千」", id="千万"),
        pytest.param("1兆円", "9,999億円以下", id="兆"),
        pytest.param("1兆2,000億", "9,999億円以下", id="兆と億"),
        pytest.param("12345678901234567", "9,999億円以下", id="十七桁"),
        pytest.param("9" * 99, "9,999億円以下", id="長すぎる"),
    ],
)
def test_a_usual_slip_is_answered_with_its_own_advice(typed: str, advice: str) -> None:
    with pytest.raises(NotAnAmount, match=advice):
        Yen.parse(typed)


@pytest.mark.parametrize("typed", ["999,900,000,001", "1000000000000", "10,000億円"])
def test_an_amount_beyond_all_public_works_is_a_slip(typed: str) -> None:
    with pytest.raises(NotAnAmount, match="9,999億円以下"):
        Yen.parse(typed)


def test_an_amount_is_shown_with_separators_and_yen() -> None:
    assert Yen(19_440_000).text == "19,440,000円"
    assert Yen(19_440_000).digits == "19,440,000"
    assert Yen(999).text == "999円"
    assert Yen(0).text == "0円"


def test_sums_and_differences_stay_amounts() -> None:
    together, difference = Yen(2) + Yen(3), Yen(5) - Yen(3)

    assert (together, type(together)) == (5, Yen)
    assert (difference, type(difference)) == (2, Yen)
    assert repr(together) == "Yen(5)"


def test_the_total_of_nothing_is_zero_yen() -> None:
    assert total([]).text == "0円"
    assert total((Yen(1_000), Yen(234))).text == "1,234円"


@pytest.mark.parametrize(
    ("exact", "unit", "cut"),
    [
        pytest.param(Fraction(2_068_000), 10_000, 2_060_000, id="5,170,000円の40%を1万円未満切捨て"),
        pytest.param(Fraction(2_068_000), 100_000, 2_000_000, id="5,170,000円の40%を10万円未満切捨て"),
        pytest.param(Fraction(2_068_000), 1, 2_068_000, id="切捨てなし"),
        pytest.param(Fraction(20, 3), 1, 6, id="1円未満"),
        pytest.param(Fraction(9_999), 10_000, 0, id="単位に満たない"),
    ],
)
def test_a_cap_is_cut_down_to_the_unit(exact: Fraction, unit: int, cut: int) -> None:
    assert round_down(exact, Yen(unit)) == cut


@pytest.mark.parametrize(
    ("exact", "raised"),
    [
        pytest.param(Fraction(12_345_678, 10), 1_234_568, id="12,345,678円の10%"),
        pytest.param(Fraction(12_345_678 * 3, 10), 3_703_704, id="12,345,678円の30%"),
        pytest.param(Fraction(1_000), 1_000, id="端数なし"),
        pytest.param(Fraction(1, 10**9), 1, id="わずかな端数"),
    ],
)
def test_a_minimum_is_raised_to_the_yen(exact: Fraction, raised: int) -> None:
    assert round_up(exact) == raised


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        pytest.param(19_440_000, 48_600_000, "40.0%", id="説明会資料の例"),
        pytest.param(0, 48_600_000, "0.0%", id="未入力"),
        pytest.param(1, 3, "33.3%", id="割り切れない"),
        pytest.param(39_999, 100_000, "39.9%", id="切り上げて40%に見せない"),
        pytest.param(100, 100, "100.0%", id="全額"),
        pytest.param(1, 999_900_000_000, "0.0%", id="ごく小さい"),
    ],
)
def test_a_share_is_shown_with_one_decimal(part: int, whole: int, shown: str) -> None:
    assert percentage_text(Yen(part), Yen(whole)) == shown


@given(amounts)
def test_an_amount_as_shown_is_read_back(amount: Yen) -> None:
    wide = amount.text.translate({**{ord("0") + n: ord("０") + n for n in range(10)}, ord(","): "，"})

    assert Yen.parse(amount.text) == amount
    assert Yen.parse(amount.digits) == amount
    assert Yen.parse(wide) == amount


@given(amounts, shares, st.sampled_from([1, 1_000, 10_000, 100_000]).map(Yen))
def test_cutting_down_never_exceeds_and_stays_within_one_unit(base: Yen, share: Fraction, unit: Yen) -> None:
    cut = round_down(base.times(share), unit)

    assert cut % unit == 0
    assert cut <= base * share < cut + unit


@given(amounts, shares)
def test_raising_never_falls_short_and_adds_less_than_a_yen(base: Yen, share: Fraction) -> None:
    raised = round_up(base.times(share))

    assert raised - 1 < base * share <= raised


@given(amounts, amounts)
def test_a_share_is_never_shown_larger_than_it_is(part: Yen, whole: Yen) -> None:
    shown = Fraction(percentage_text(part, whole).removesuffix("%"))

    assert shown <= Fraction(int(part), int(whole)) * 100 < shown + Fraction(1, 10)
