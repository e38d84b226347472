"""Tariff files: what is read, what is refused and in which row; tariffs that grow with the period."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.guarantee_premium import GuaranteePeriod, PeriodNeeded, Tariff, TariffTier, premium_for, rounding_text
from esurety.domain.products import Product
from esurety.domain.table_rows import MOST_ROWS, FileRefused, template_rows
from esurety.domain.tariff_file import COLUMNS, EXAMPLE_AMOUNTS, EXAMPLE_ROWS, example_premium, read_tariffs
from esurety.domain.yen import Yen

TODAY = date(2026, 4, 1)
HEADING = [column.label for column in COLUMNS]
GOOD = ["中間前払金保証", "公表料率", "令和8年4月1日", "", "0.065", "", "", ""]


def read(*rows: list[str], heading: list[str] = HEADING) -> list[Tariff]:
    return read_tariffs([heading, *rows], today=TODAY, taken=frozenset())


def refused(*rows: list[str], heading: list[str] = HEADING) -> list[tuple[int, str]]:
    with pytest.raises(FileRefused) as no:
        read(*rows, heading=heading)
    return [(one.row, one.message) for one in no.value.problems]


def good(**changes: str) -> list[str]:
    return [changes.get(column.name, cell) for column, cell in zip(COLUMNS, GOOD, strict=True)]


def test_the_published_rate_gives_the_published_premium() -> None:
    (tariff,) = read(GOOD)

    assert tariff == Tariff(Product.INTERIM_ADVANCE_PAYMENT, "公表料率", TODAY, (TariffTier(None, Fraction(65, 100_000)),), Yen(0), Yen(1))
    assert example_premium(tariff, Yen(10_000_000)) == 6_500


def test_the_template_can_be_loaded_as_it_is() -> None:
    advance, interim = read_tariffs(list(template_rows(COLUMNS, EXAMPLE_ROWS)), today=TODAY, taken=frozenset())

    # 3億円まで0.27%、10億円まで0.22%
    assert [example_premium(advance, amount) for amount in EXAMPLE_AMOUNTS] == [27_000, 270_000, 810_000 + 1_540_000]
    assert interim.product is Product.INTERIM_ADVANCE_PAYMENT


def test_english_headings_and_any_order_are_understood() -> None:
    (tariff,) = read(
        ["0.065%", "interim_advance_payment", "公表料率", "R8.4.1", ""],
        heading=["rate_percent", "product", "label", "effective_from", "upper_bound"],
    )

    assert tariff.tiers == (TariffTier(None, Fraction(65, 100_000)),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"product": "履行保証"}, "商品は「前払金保証」、「中間前払金保証」、「契約保証」のどれか"),
        ({"label": ""}, "料率の名称を入力"),
        ({"effective_from": ""}, "適用開始日を入力"),
        ({"effective_from": "平成40年4月1日"}, "適用開始日は、「平成40年4月1日」ではなく「令和10年4月1日」と入力してください"),
        ({"effective_from": "令和8年3月31日"}, "今日（令和8年4月1日）以降"),
        ({"effective_from": "令和8年2月30日"}, "28日まで"),
        ({"rate_percent": ""}, "料率を入力"),
        ({"rate_percent": "27"}, "0より大きく10以下"),
        ({"rate_percent": "0"}, "0より大きく"),
        ({"rate_percent": "0.06501"}, "小数第4位まで"),
        ({"rate_percent": "-1"}, "数字で入力"),
        ({"upper_bound": "三億"}, "数字で入力"),
        ({"minimum": "10兆"}, "9,999億円以下"),
        ({"months_basis": "0"}, "1から120まで"),
        ({"months_basis": "1.5"}, "1から120まで"),
        ({"upper_bound": "3億"}, "最後の段"),
    ],
)
def test_a_bad_cell_is_named_with_its_row(changes: dict[str, str], words: str) -> None:
    ((row, message),) = refused(good(**changes))

    assert row == 2
    assert words in message


def test_every_fault_of_a_row_is_said_at_once() -> None:
    found = refused(good(product="履行保証", label="", effective_from="", upper_bound="三億", rate_percent="27", months_basis="0"))

    assert [row for row, _ in found] == [2] * 6
    for words, (_, message) in zip(
        ["商品は", "料率の名称を入力", "適用開始日を入力", "上限額「三億」", "料率「27」", "基準月数「0」"], found, strict=True
    ):
        assert words in message


def test_every_bad_row_is_named_at_once() -> None:
    first = good(product="x")
    assert [row for row, _ in refused(first, GOOD, good(rate_percent="y", effective_from="令和9年4月1日"))] == [2, 4]


def test_tiers_rise_and_agree_and_only_the_last_is_open() -> None:
    assert refused(good(upper_bound="3億"), good(upper_bound="3億"), good()) == [
        (3, "上限額は、前の段（300,000,000円）より大きい額を入力してください")
    ]
    assert refused(good(), good(upper_bound="3億"))[0] == (
        2,
        "中間前払金保証（令和8年4月1日から）の上限額が空欄です。空欄にできるのは、最後の段だけです",
    )
    assert refused(good(upper_bound="3億"), good(label="別の名称"))[0][0] == 3


def test_only_a_products_first_tariff_begins_today() -> None:
    """Today's applications have been reckoned, and a tariff whose day has come cannot be withdrawn."""
    tomorrow = good(effective_from="令和8年4月2日")

    assert read(GOOD)[0].effective_from == TODAY
    taken = {(Product.INTERIM_ADVANCE_PAYMENT, date(2020, 4, 1))}
    with pytest.raises(FileRefused) as no:
        read_tariffs([HEADING, GOOD], today=TODAY, taken=taken)
    assert "適用開始日はあした（令和8年4月2日）以降" in no.value.problems[0].text
    assert read_tariffs([HEADING, tomorrow], today=TODAY, taken=taken)[0].effective_from == date(2026, 4, 2)
    for others in ({(Product.ADVANCE_PAYMENT, date(2020, 4, 1))}, {(Product.INTERIM_ADVANCE_PAYMENT, date(2026, 5, 1))}):
        assert read_tariffs([HEADING, GOOD], today=TODAY, taken=others)[0].effective_from == TODAY


def test_a_day_that_has_a_tariff_is_refused() -> None:
    day = date(2026, 5, 1)
    taken = {(Product.INTERIM_ADVANCE_PAYMENT, day)}
    with pytest.raises(FileRefused, match="1 problems") as no:
        read_tariffs([HEADING, good(effective_from="令和8年5月1日")], today=TODAY, taken=taken)

    assert "適用開始日を別の日に" in no.value.problems[0].text


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ([], "見出しがありません"),
        (HEADING[1:], "「商品」の列がありません"),
        ([*HEADING, "備考"], "「備考」は使えません"),
        ([*HEADING, "料率"], "2つあります"),
    ],
)
def test_headings_that_do_not_fit(heading: list[str], words: str) -> None:
    ((row, message),) = refused(GOOD, heading=heading)

    assert row == 1
    assert words in message


def test_too_many_rows_and_none() -> None:
    assert "多すぎます" in refused(*[GOOD] * (MOST_ROWS + 1))[0][1]
    assert "行がありません" in refused(["", ""])[0][1]


# ---- with the period ----


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "months"),
    [
        (date(2024, 4, 1), date(2024, 9, 30), 6),
        (date(2024, 4, 1), date(2024, 10, 1), 7),
        (date(2024, 4, 15), date(2024, 5, 14), 1),
        (date(2024, 4, 15), date(2024, 5, 15), 2),
        (date(2024, 1, 31), date(2024, 2, 28), 1),
        (date(2024, 1, 31), date(2024, 2, 29), 1),  # 民法143条2項但書: a month without the day ends on its last day
        (date(2024, 1, 31), date(2024, 3, 1), 2),
        (date(2025, 1, 31), date(2025, 2, 28), 1),
        (date(2025, 3, 31), date(2025, 4, 30), 1),
        (date(2025, 3, 31), date(2025, 5, 1), 2),
        (date(2025, 12, 30), date(2026, 2, 28), 2),
        (date(2025, 12, 30), date(2026, 3, 1), 3),
        (date(2024, 4, 1), date(2024, 4, 1), 1),
        (date(2024, 4, 1), date(2024, 3, 1), 1),
        (date(2024, 4, 1), date(2026, 3, 31), 24),
    ],
)
def test_months_are_counted_up(starts_on: date, ends_on: date, months: int) -> None:
    assert GuaranteePeriod(starts_on, ends_on).months == months


def growing(basis: int = 12) -> Tariff:
    return Tariff(Product.CONTRACT_PERFORMANCE, "例示料率", TODAY, (TariffTier(None, Fraction(45, 10_000)),), Yen(1000), Yen(1), basis)


@pytest.mark.parametrize(
    ("ends_on", "premium", "said"),
    [
        (date(2024, 9, 30), 45_000, "保証期間6か月（12か月までは内訳の合計のまま）、1円未満切捨て、最低保証料 1,000円"),
        (date(2025, 3, 31), 45_000, "保証期間12か月（12か月までは内訳の合計のまま）、1円未満切捨て、最低保証料 1,000円"),
        (date(2025, 9, 30), 67_500, "保証期間18か月（内訳の合計×18÷12）、1円未満切捨て、最低保証料 1,000円"),
    ],
)
def test_a_longer_guarantee_costs_more_and_the_statement_says_why(ends_on: date, premium: int, said: str) -> None:
    found = premium_for(growing(), Yen(10_000_000), period=GuaranteePeriod(date(2024, 4, 1), ends_on))

    assert found.amount == premium
    assert rounding_text(found) == said


def test_a_growing_tariff_without_a_period_is_a_mistake() -> None:
    with pytest.raises(PeriodNeeded):
        premium_for(growing(), Yen(10_000_000))


@given(st.integers(1, 120), st.integers(0, 4000), st.integers(0, 4000), st.integers(1, 10**12))
def test_a_longer_guarantee_never_costs_less(basis: int, one: int, other: int, amount: int) -> None:
    begin = date(2024, 4, 1)
    shorter, longer = sorted((one, other))

    def cost(days: int) -> Yen:
        return premium_for(growing(basis), Yen(amount), period=GuaranteePeriod(begin, date.fromordinal(begin.toordinal() + days))).amount

    plain = premium_for(Tariff(Product.CONTRACT_PERFORMANCE, "", TODAY, growing().tiers, Yen(1000), Yen(1)), Yen(amount)).amount
    assert plain <= cost(shorter) <= cost(longer)


@given(st.lists(st.integers(1, 10**11), min_size=0, max_size=6, unique=True), st.data())
def test_whatever_rises_can_be_loaded_and_reckons_every_amount(bounds: list[int], data: st.DataObject) -> None:
    rates = [data.draw(st.integers(1, 100_000)) for _ in range(len(bounds) + 1)]
    typed_bounds = [*(f"{one:,}円" for one in sorted(bounds)), ""]
    rows = [good(upper_bound=bound, rate_percent=f"{rate / 10_000:.4f}") for bound, rate in zip(typed_bounds, rates, strict=True)]

    (tariff,) = read(*rows)

    assert [tier.rate for tier in tariff.tiers] == [Fraction(rate, 1_000_000) for rate in rates]
    amount = Yen(data.draw(st.integers(1, 999_900_000_000)))
    highest, lowest = max(tier.rate for tier in tariff.tiers), min(tier.rate for tier in tariff.tiers)
    assert int(amount * lowest) <= premium_for(tariff, amount).amount <= amount * highest
