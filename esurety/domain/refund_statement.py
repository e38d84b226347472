"""What the refund statement (返還計算書) says: of a decrease, or of a cancellation."""

from dataclasses import dataclass
from datetime import date

from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.other_documents import PremiumLine
from esurety.domain.products import Product
from esurety.domain.yen import Yen


@dataclass(frozen=True)
class PremiumMaking:
    """How one of the two premiums came about, tier by tier."""

    title: str  # これまでの保証料の計算の内訳
    lines: tuple[PremiumLine, ...]
    rounding_text: str
    tariff_label: str


@dataclass(frozen=True)
class RefundStatement:
    """返還計算書. The premium as it was, as it is now, and what is paid back."""

    works_name: str
    contractor_name: str
    billing_name: str
    product: Product
    guarantee_contract_number: GuaranteeContractNumber
    occasion: str  # 変更第1回（減額） or 解約（令和…）
    guaranteed_before: Yen
    guaranteed_after: Yen | None  # None: the contract was cancelled
    premium_before: Yen
    premium_after: Yen
    refunded: Yen
    payment_method: str
    tariff_label: str
    issued_on: date
    surety_name: str
    branch_name: str
    branch_phone: str
    branch_hours: str
    is_specimen: bool
    makings: tuple[PremiumMaking, ...] = ()  # before, and after a change
    account_month: date | None = None  # 一括納付: the month whose payment it is taken off; None where it is paid back by transfer
