"""What the key notice (認証キーのお知らせ) and the premium statement (保証料計算書) say."""

from dataclasses import dataclass
from datetime import date

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.products import PremiumPaymentMethod, Product
from esurety.domain.yen import Yen


@dataclass(frozen=True)
class KeyNotice:
    """電子保証にかかる「認証キー」のお知らせ: what the contractor hands to the authority. The only paper with the key in clear."""

    works_name: str
    contractor_name: str  # of a joint venture the representative only
    product: Product
    guarantee_contract_number: GuaranteeContractNumber
    authentication_key: AuthenticationKey
    dsure_address: str  # where the authority opens the certificate, https://…/dsure/
    issued_on: date
    obligee_head: str
    surety_name: str
    branch_name: str
    branch_phone: str
    branch_hours: str
    is_specimen: bool


@dataclass(frozen=True)
class PremiumLine:
    """One tier of the tariff as it was used: `amount` × `rate_text` = `premium_text`."""

    tier_text: str  # 3億円以下の部分
    amount: Yen
    rate_text: str  # 0.065%
    premium_text: str  # 6,500円, or with a fraction before the final rounding


@dataclass(frozen=True)
class PremiumIncrease:
    """What a change adds to the premium: `previous` has been billed before, `difference` is billed now."""

    version_text: str  # 変更第1回
    previous_guaranteed: Yen
    previous: Yen
    difference: Yen


@dataclass(frozen=True)
class PremiumStatement:
    """保証料計算書 of an original, or of a change that raised the premium."""

    works_name: str
    contractor_name: str
    billing_name: str
    product: Product
    guarantee_contract_number: GuaranteeContractNumber
    guaranteed_amount: Yen
    lines: tuple[PremiumLine, ...]
    rounding_text: str
    premium: Yen  # of the whole guarantee
    payment_method: PremiumPaymentMethod
    tariff_label: str  # 例示料率 …
    issued_on: date
    surety_name: str
    branch_name: str
    branch_phone: str
    branch_hours: str
    is_specimen: bool
    increase: PremiumIncrease | None = None
