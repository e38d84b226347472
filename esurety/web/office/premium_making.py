"""保証料の計算: how each premium came about, as the 保証料計算書 prints it."""

from collections.abc import Sequence
from dataclasses import dataclass

from esurety.domain.guarantee_premium import exact_yen_text, rate_text, rounding_text, tier_text
from esurety.domain.japanese_calendar import era_date
from esurety.services.explain_premium import ExplainedPremium


@dataclass(frozen=True)
class PremiumPartLine:
    """One tier: its part of the amount, at its rate."""

    tier: str
    amount: str
    rate: str
    premium: str


@dataclass(frozen=True)
class PremiumMaking:
    """One product's premium."""

    product: str
    guaranteed: str
    parts: list[PremiumPartLine]
    rounding: str
    tariff: str
    premium: str


def premium_makings(explained: Sequence[ExplainedPremium]) -> list[PremiumMaking]:
    """In the order of the application."""
    return [
        PremiumMaking(
            product=one.product.label,
            guaranteed=one.guaranteed_amount.text,
            parts=[
                PremiumPartLine(tier_text(part), part.amount.text, rate_text(part.tier.rate), exact_yen_text(part.premium))
                for part in one.reckoned.parts
            ],
            rounding=rounding_text(one.reckoned),
            tariff=f"{one.reckoned.tariff.label}（{era_date(one.reckoned.tariff.effective_from)}から）",
            premium=one.charged.text,
        )
        for one in explained
    ]
