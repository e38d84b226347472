"""How many premiums the domain reckons in a second: the issue asks for 10,000."""

import time
from datetime import date
from fractions import Fraction

from esurety.domain.guarantee_premium import GuaranteePeriod, Tariff, TariffTier, premium_for
from esurety.domain.products import Product
from esurety.domain.yen import Yen

WANTED = 10_000
_COUNT = 20_000
_TIERS = (
    TariffTier(Yen(300_000_000), Fraction(27, 10_000)),
    TariffTier(Yen(1_000_000_000), Fraction(22, 10_000)),
    TariffTier(None, Fraction(18, 10_000)),
)
_PERIOD = GuaranteePeriod(date(2024, 4, 1), date(2025, 9, 30))


def premiums_a_second() -> dict[str, float]:
    """For a tariff of three tiers, without and with the period, over amounts that reach all tiers."""
    plain = Tariff(Product.ADVANCE_PAYMENT, "例示料率", date(2024, 4, 1), _TIERS, Yen(1000), Yen(1))
    growing = Tariff(Product.ADVANCE_PAYMENT, "例示料率", date(2024, 4, 1), _TIERS, Yen(1000), Yen(1), months_basis=12)
    return {"3段の料率": _measured(plain), "3段、期間に応じて増える料率": _measured(growing)}


def _measured(tariff: Tariff) -> float:
    amounts = [Yen(1 + number * 99_991) for number in range(_COUNT)]  # to 2,000,000,000円
    begun = time.process_time()
    for amount in amounts:
        premium_for(tariff, amount, period=_PERIOD)
    return _COUNT / (time.process_time() - begun)
