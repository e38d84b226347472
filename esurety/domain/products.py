"""What is guaranteed (保証区分), in which form, for what kind of works: the briefing's words."""

from enum import StrEnum


class Product(StrEnum):
    """保証区分."""

    ADVANCE_PAYMENT = "advance_payment"
    INTERIM_ADVANCE_PAYMENT = "interim_advance_payment"
    CONTRACT_PERFORMANCE = "contract_performance"

    @property
    def label(self) -> str:
        return _PRODUCT_LABELS[self]

    @property
    def is_advance(self) -> bool:
        """Whether it guarantees an advance, so that a year's base (今年度対象額) may count."""
        return self is not Product.CONTRACT_PERFORMANCE


class CertificateForm(StrEnum):
    """保証証書の形式; one contract never mixes them (Q5)."""

    PAPER = "paper"
    ELECTRONIC = "electronic"

    @property
    def label(self) -> str:
        return "証書(紙)" if self is CertificateForm.PAPER else "電子保証(認証キーを含む)"

    @property
    def short_label(self) -> str:
        return "紙" if self is CertificateForm.PAPER else "電子"

    @property
    def certificate_label(self) -> str:
        """What the certificate itself is called, where the form's choice would speak of the key."""
        return "証書(紙)" if self is CertificateForm.PAPER else "電子証書"


class WorksKind(StrEnum):
    """工事・業務委託の種別."""

    WORKS = "works"
    DESIGN = "design"
    SURVEY = "survey"

    @property
    def label(self) -> str:
        return {"works": "工事", "design": "設計", "survey": "調査・測量"}[self.value]


class PremiumPaymentMethod(StrEnum):
    """保証料支払方法."""

    LUMP_MONTHLY = "lump_monthly"
    TRANSFER = "transfer"

    @property
    def label(self) -> str:
        return "一括納付" if self is PremiumPaymentMethod.LUMP_MONTHLY else "振込"


class ReceiptMethod(StrEnum):
    """入金方法: how a premium that is not on the monthly account came in."""

    TRANSFER = "transfer"
    COUNTER = "counter"

    @property
    def label(self) -> str:
        return "振込" if self is ReceiptMethod.TRANSFER else "窓口"


class CertificateDelivery(StrEnum):
    """保証証書受取: how a paper certificate reaches the contractor."""

    COUNTER = "counter"
    POST = "post"

    @property
    def label(self) -> str:
        return "窓口で受け取る" if self is CertificateDelivery.COUNTER else "郵送で受け取る"


_PRODUCT_LABELS = {
    Product.ADVANCE_PAYMENT: "前払金保証",
    Product.INTERIM_ADVANCE_PAYMENT: "中間前払金保証",
    Product.CONTRACT_PERFORMANCE: "契約保証",
}
