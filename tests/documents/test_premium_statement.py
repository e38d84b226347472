"""保証料計算書, read back with poppler. Expected values: the published interim example, 10,000,000円 → 6,500円."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from esurety.documents.premium_statement import render_premium_statement
from esurety.domain.other_documents import PremiumIncrease, PremiumLine, PremiumStatement
from esurety.domain.products import PremiumPaymentMethod
from esurety.domain.yen import Yen


def increased(statement: PremiumStatement) -> PremiumStatement:
    """12,000,000円 after 10,000,000円 at 0.065 %: 7,800円 after 6,500円."""
    return replace(
        statement,
        guaranteed_amount=Yen(12_000_000),
        lines=(PremiumLine("保証金額の全額", Yen(12_000_000), "0.065%", "7,800円"),),
        premium=Yen(7_800),
        increase=PremiumIncrease("変更第1回", Yen(10_000_000), Yen(6_500), Yen(1_300)),
    )


@pytest.mark.parametrize(
    "printed",
    [
        "保証料計算書",
        "令和06年04月01日",
        "ネットデスク建設株式会社様",
        "中間前払金保証",
        "10124-00005P",
        "工事名都営住宅×××××耐震改修工事",
        "保証料請求先ネットデスク建設株式会社",
        "保証金額（総額）10,000,000円",
        "保証金額の全額10,000,000円0.065%6,500円",
        "1円未満は切り捨てます",
        "保証料（非課税）6,500円",
        "支払方法一括納付",
        "消費税法上の非課税",
        "例示料率（実際の保証料率ではありません）",
        "領収証は、別に書面で",
        "電子保証株式会社",
        "千葉支店",
    ],
)
def test_the_published_example_is_printed(premium_statement: PremiumStatement, poppler, printed: str) -> None:
    assert printed in poppler.text(render_premium_statement(premium_statement))


def test_the_statement_is_one_good_sheet(premium_statement: PremiumStatement, assert_good_sheet: Callable[[bytes], None]) -> None:
    assert_good_sheet(render_premium_statement(premium_statement))


def test_many_tiers_and_long_names_fit(premium_statement: PremiumStatement, poppler, assert_good_sheet: Callable[[bytes], None]) -> None:
    lines = tuple(
        PremiumLine(f"{tier}億円を超え{tier + 1}億円以下の部分", Yen(100_000_000), "0.345%", "345,000.5円") for tier in range(1, 11)
    )
    pdf = render_premium_statement(
        replace(
            premium_statement, lines=lines, works_name="髙" * 200, billing_name="𠮷" * 100, payment_method=PremiumPaymentMethod.TRANSFER
        )
    )

    text = poppler.text(pdf)
    assert text.count("345,000.5円") == 10
    assert "10億円を超え11億円以下の部分" in text
    assert "支払方法振込" in text
    assert_good_sheet(pdf)


def test_a_specimen_is_marked(premium_statement: PremiumStatement, poppler) -> None:
    assert "見本" in poppler.text(render_premium_statement(replace(premium_statement, is_specimen=True)))
    assert "見本" not in poppler.text(render_premium_statement(premium_statement))


def test_the_same_statement_gives_the_same_bytes(premium_statement: PremiumStatement) -> None:
    assert render_premium_statement(premium_statement) == render_premium_statement(premium_statement)


@pytest.mark.parametrize(
    "printed",
    [
        "版変更第1回",
        "これまでの保証金額10,000,000円",
        "変更後の保証金額12,000,000円",
        "変更後の保証料7,800円",
        "これまでの保証料6,500円",
        "追加の保証料（差額・非課税）1,300円",
        "変更後の保証料の計算の内訳",
        "12,000,000円0.065%7,800円",
        "消費税法上の非課税",
        "例示料率（実際の保証料率ではありません）",
    ],
)
def test_an_increase_prints_the_new_total_what_was_paid_and_the_difference(
    premium_statement: PremiumStatement, poppler, printed: str
) -> None:
    assert printed in poppler.text(render_premium_statement(increased(premium_statement)))


def test_the_statement_of_an_increase_is_one_good_sheet(
    premium_statement: PremiumStatement, assert_good_sheet: Callable[[bytes], None]
) -> None:
    assert_good_sheet(render_premium_statement(replace(increased(premium_statement), works_name="髙" * 200, billing_name="𠮷" * 100)))
