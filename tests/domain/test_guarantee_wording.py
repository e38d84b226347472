"""Every product has terms and a guarantee's sentence of its own."""

from esurety.domain.guarantee_wording import GUARANTEE_STATEMENTS, TERMS_NAMES
from esurety.domain.products import Product


def test_every_product_has_its_own_terms_and_sentence() -> None:
    assert set(TERMS_NAMES) == set(GUARANTEE_STATEMENTS) == set(Product)
    assert len(set(TERMS_NAMES.values())) == len(set(GUARANTEE_STATEMENTS.values())) == len(Product)


def test_every_sentence_limits_the_guarantee_to_its_amount() -> None:
    for statement in GUARANTEE_STATEMENTS.values():
        assert "保証金額を限度として" in statement
