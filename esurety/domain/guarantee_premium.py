"""保証料: what a guarantee costs, by the tiers of a tariff. A tariff is data; nothing here knows a rate."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
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
    months_basis: int | None = None  # where set, the tiers' sum is for so many months


@dataclass(frozen=True)
class GuaranteePeriod:
    """保証期間, both days included."""

    starts_on: date
    ends_on: date

    @property
    def months(self) -> int:
        """Months begun, counted from day to day as 民法143条 does: 1 April to 30 September are 6, to 1 October 7. [A]: at least one."""
        months = (self.ends_on.year - self.starts_on.year) * 12 + self.ends_on.month - self.starts_on.month
        return max(1, months + (self.ends_on > self._last_day_of_month(months)))

    def _last_day_of_month(self, months: int) -> date:
        """The day on which so many months from the start end: the day before the like day, or the month's last where it has no such day."""
        year, month = divmod(self.starts_on.year * 12 + self.starts_on.month - 1 + months, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, last) if self.starts_on.day > last else date(year, month + 1, self.starts_on.day) - timedelta(days=1)


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
    months: int | None = None  # of the guarantee; None where the tariff does not ask


class NoTierForAmount(ValueError):
    """The tariff ends below the amount."""


class PeriodNeeded(ValueError):
    """The tariff grows with the period, and none was given."""


def premium_for(tariff: Tariff, guaranteed_amount: Yen, *, period: GuaranteePeriod | None = None) -> Premium:
    """The premium of an amount: each tier's part at its rate, the sum cut down to the tariff's unit, at least its minimum.

    With a `months_basis`, the sum is multiplied by months / basis before it is cut down. A guarantee shorter than the basis costs
    as much as one of the basis: the factor is never below 1 [A]. Raises NoTierForAmount when the last tier is bounded below the
    amount, PeriodNeeded when the tariff has a basis and no period is given.
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
    if tariff.months_basis is None:
        return Premium(max(round_down(exact, tariff.rounding_unit), tariff.minimum), tuple(parts), tariff)
    if period is None:
        raise PeriodNeeded(f"the tariff 「{tariff.label}」 is for {tariff.months_basis} months")
    exact *= period_factor(tariff.months_basis, period.months)
    return Premium(max(round_down(exact, tariff.rounding_unit), tariff.minimum), tuple(parts), tariff, period.months)


def period_factor(months_basis: int, months: int) -> Fraction:
    """What the tiers' sum is multiplied by: months / basis, at least 1."""
    return Fraction(max(months, months_basis), months_basis)


def rounding_text(premium: Premium) -> str:
    """What was done to the tiers' sum, as the statement prints it: 1円未満切捨て、最低保証料 1,000円."""
    tariff = premium.tariff
    said = [] if tariff.months_basis is None else [_period_text(tariff.months_basis, premium.months or 1)]
    said.append(f"{tariff.rounding_unit.text}未満切捨て")
    if tariff.minimum:
        said.append(f"最低保証料 {tariff.minimum.text}")
    return "、".join(said)


def _period_text(months_basis: int, months: int) -> str:
    if months <= months_basis:
        return f"保証期間{months}か月（{months_basis}か月までは内訳の合計のまま）"
    return f"保証期間{months}か月（内訳の合計×{months}÷{months_basis}）"


def rate_text(rate: Fraction) -> str:
    """A rate in per cent without trailing zeros: 0.065%."""
    thousandths = rate * 100_000
    digits = f"{float(thousandths) / 1000:.4f}".rstrip("0").rstrip(".")
    return f"{digits}%"


def tier_text(part: PremiumPart) -> str:
    """Which part of the amount a tier covers: 3億円以下の部分."""
    return tier_range_text(part.lower_bound, part.tier.upper_bound)


def tier_range_text(lower: Yen, upper: Yen | None) -> str:
    """The part of an amount between two bounds."""
    if not lower:
        return "全額" if upper is None else f"{upper.text}以下の部分"
    return f"{lower.text}を超える部分" if upper is None else f"{lower.text}を超え{upper.text}以下の部分"


def exact_yen_text(amount: Fraction) -> str:
    """An amount before rounding: 6,500円, or 123.45円 with at most two decimals cut off."""
    whole, rest = divmod(amount, 1)
    return f"{int(whole):,}円" if not rest else f"{int(whole):,}.{int(rest * 100):02d}円"
