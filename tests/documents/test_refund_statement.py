"""返還計算書: what was paid, what is owed now, what is paid back; one sheet, the same bytes every time."""

from dataclasses import replace
from datetime import date

from esurety.documents.refund_statement import render_refund_statement
from esurety.domain.products import Product
from esurety.domain.refund_statement import RefundStatement
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


def test_the_same_statement_gives_the_same_bytes() -> None:
    assert render_refund_statement(STATEMENT) == render_refund_statement(STATEMENT)
