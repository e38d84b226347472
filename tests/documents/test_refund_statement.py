"""返還計算書: what was paid, what is owed now, what is paid back; one sheet, the same bytes every time."""

from dataclasses import replace
from datetime import date

from esurety.documents.refund_statement import render_refund_statement
from esurety.domain.other_documents import PremiumLine
from esurety.domain.products import Product
from esurety.domain.refund_statement import PremiumMaking, RefundStatement
from esurety.domain.yen import Yen
from tests.documents.conftest import CERTIFICATE, NUMBER, SURETY
from tests.pdf_text import pdf_text

STATEMENT = RefundStatement(
    works_name=CERTIFICATE.works_name,
    contractor_name=CERTIFICATE.principal_name,
    billing_name=CERTIFICATE.principal_name,
    product=Product.ADVANCE_PAYMENT,
    guarantee_contract_number=NUMBER,
    occasion="変更第1回",
    guaranteed_before=Yen(19_440_000),
    guaranteed_after=Yen(16_000_000),
    premium_before=Yen(60_000),
    premium_after=Yen(50_000),
    refunded=Yen(10_000),
    payment_method="振込",
    tariff_label="例示料率",
    issued_on=date(2024, 5, 1),
    is_specimen=False,
    **SURETY,
)


def test_the_statement_says_what_is_paid_back() -> None:
    text = pdf_text(render_refund_statement(STATEMENT))

    for words in ("返還計算書", "変更第1回", "19,440,000円", "16,000,000円", "60,000円", "50,000円", "10,000円", "例示料率", "非課税"):
        assert words in text


def test_of_a_cancellation_it_names_no_amount_after_the_change() -> None:
    text = pdf_text(render_refund_statement(replace(STATEMENT, occasion="解約（令和06年05月01日）", guaranteed_after=None)))

    assert "解約（令和06年05月01日）" in text
    assert "変更後の保証金額" not in text


def test_both_makings_stand_on_the_sheet_however_many_tiers_and_however_long_the_names() -> None:
    lines = tuple(PremiumLine(f"{at}億円を超え{at + 1}億円以下の部分", Yen(100_000_000), "0.065%", "65,000円") for at in range(6))
    makings = tuple(
        PremiumMaking(f"{when}保証料の計算の内訳", lines, "1円未満の端数は切り捨てます。", "例示料率（令和6年4月1日からの適用分）" * 3)
        for when in ("これまでの", "変更後の")
    )

    text = pdf_text(render_refund_statement(replace(STATEMENT, works_name="都営住宅耐震改修工事" * 6, makings=makings)))

    assert text.count("5億円を超え6億円以下の部分") == 2
    assert text.count("65,000円") == 12


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert render_refund_statement(STATEMENT) == render_refund_statement(STATEMENT)
