"""The briefing's words for what is guaranteed, in which form, for what, and how it is paid."""

from enum import StrEnum

import pytest

from esurety.domain.products import CertificateDelivery, CertificateForm, PremiumPaymentMethod, Product, WorksKind


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (Product.ADVANCE_PAYMENT, "前払金保証"),
        (Product.INTERIM_ADVANCE_PAYMENT, "中間前払金保証"),
        (Product.CONTRACT_PERFORMANCE, "契約保証"),
        (CertificateForm.PAPER, "証書(紙)"),
        (CertificateForm.ELECTRONIC, "電子保証(認証キーを含む)"),
        (PremiumPaymentMethod.LUMP_MONTHLY, "一括納付"),
        (PremiumPaymentMethod.TRANSFER, "振込"),
        (WorksKind.WORKS, "工事"),
    ],
)
def test_the_screens_use_the_words_of_the_briefing(value: Product | CertificateForm | PremiumPaymentMethod | WorksKind, label: str) -> None:
    assert value.label == label


@pytest.mark.parametrize("kind", [Product, CertificateForm, PremiumPaymentMethod, WorksKind, CertificateDelivery])
def test_every_choice_has_a_label_of_its_own(kind: type[StrEnum]) -> None:
    labels = [choice.label for choice in kind]  # type: ignore[attr-defined]

    assert all(labels)
    assert len(set(labels)) == len(labels)


def test_a_form_has_a_short_name_for_lists() -> None:
    assert [form.short_label for form in CertificateForm] == ["紙", "電子"]


def test_only_advances_may_count_from_a_years_base() -> None:
    assert [product for product in Product if product.is_advance] == [Product.ADVANCE_PAYMENT, Product.INTERIM_ADVANCE_PAYMENT]
