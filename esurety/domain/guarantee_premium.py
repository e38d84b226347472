"""保証料: what a guarantee costs, by the tiers of a tariff. A tariff is data; nothing here knows a rate."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from esurety.domain.products import Product
from esurety.domain.yen import Yen, round_down


@dataclass(frozen=True)
class TariffTier:
    """The part of an amount up to `upper_bound` (None: without bound) costs `rate`."""

    upper_bound: Yen | None
    rate: Fraction


@dataclass(frozen=True)
class Tariff:
    """The rates of one product from a day on. `label` is printed on the statement: 例示料率 is never taken for a company's own."""

    product: Product
    label: str
    effective_from: date
    tiers: tuple[TariffTier, ...]
    minimum: Yen
    rounding_unit: Yen


@dataclass(frozen=True)
class PremiumPart:
    """One tier as it was used: this part of the amount, at this rate."""

    tier: TariffTier
    lower_bound: Yen
    amount: Yen

    @property
    def premium(self) -> Fraction:
        return self.amount.times(self.tier.rate)


@dataclass(frozen=True)
class Premium:
    """A premium and how it came about."""

    amount: Yen
    parts: tuple[PremiumPart, ...]
    tariff: Tariff


class NoTierForAmount(ValueError):
    """The tariff ends below the amount."""


def premium_for(tariff: Tariff, guaranteed_amount: Yen) -> Premium:
    """The premium of an amount: each tier's part at its rate, the sum cut down to the tariff's unit, at least its minimum.

    Raises NoTierForAmount when the last tier is bounded below the amount.
    """
    parts: list[PremiumPart] = []
    lower = Yen(0)
    for tier in tariff.tiers:
        upper = guaranteed_amount if tier.upper_bound is None else Yen(min(tier.upper_bound, guaranteed_amount))
        if upper > lower:
            parts.append(PremiumPart(tier, lower, upper - lower))
            lower = upper
    if lower < guaranteed_amount:
        raise NoTierForAmount(f"the tariff 「{tariff.label}」 ends at {lower.text}")
    exact = sum((part.premium for part in parts), Fraction(0))
    return Premium(max(round_down(exact, tariff.rounding_unit), tariff.minimum), tuple(parts), tariff)


def rate_text(rate: Fraction) -> str:
    """A rate in per cent without trailing zeros: 0.065%."""
    thousandths = rate * 100_000
    digits = f"{float(thousandths) / 1000:.4f}".rstrip("0").rstrip(".")
    return f"{digits}%"


def tier_text(part: PremiumPart) -> str:
    """Which part of the amount a tier covers: 3億円以下の部分."""
    upper = part.tier.upper_bound
    if not part.lower_bound:
        return "全額" if upper is None else f"{upper.text}以下の部分"
    return f"{part.lower_bound.text}を超える部分" if upper is None else f"{part.lower_bound.text}を超え{upper.text}以下の部分"


def exact_yen_text(amount: Fraction) -> str:
    """An amount before rounding: 6,500円, or 123.45円 with at most two decimals cut off."""
    whole, rest = divmod(amount, 1)
    return f"{int(whole):,}円" if not rest else f"{int(whole):,}.{int(rest * 100):02d}円"
