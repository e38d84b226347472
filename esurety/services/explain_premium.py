"""How the premiums of an application came about, reckoned anew with the tariffs that they were reckoned with."""

from collections.abc import Mapping
from dataclasses import dataclass

from esurety.domain.guarantee_premium import GuaranteePeriod, Premium, premium_for
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence import applications, reference_data
from esurety.persistence.models import Application
from esurety.services.assemble_change import PlannedChange
from esurety.services.write_application import guarantee_period


@dataclass(frozen=True)
class ExplainedPremium:
    """One product's premium: the amount it is for, how it is reckoned, and what was laid down when it was applied for."""

    product: Product
    guaranteed_amount: Yen
    reckoned: Premium
    charged: Yen


def explain_premiums(application: Application, change: PlannedChange | None) -> list[ExplainedPremium]:
    """Each product of a submitted application, in the order of the form; `change` is what a change leads to."""
    tariffs = reference_data.tariffs_by_id([row.tariff_id for row in application.requested])
    periods = _periods(application, change)
    return [
        ExplainedPremium(
            product=Product(row.product),
            guaranteed_amount=row.guaranteed_amount,
            reckoned=premium_for(tariffs[row.tariff_id], row.guaranteed_amount, period=periods[Product(row.product)]),
            charged=row.premium,
        )
        for row in application.requested
    ]


def _periods(application: Application, change: PlannedChange | None) -> Mapping[Product, GuaranteePeriod]:
    """保証期間 of each product as it was when the premium was laid down."""
    if change is not None:
        return {change.after.product: GuaranteePeriod(change.after.guarantee_starts_on, change.after.guarantee_ends_on)}
    content = applications.content_of(application)
    applied_on = japanese_day(application.submitted_at or application.changed_at)
    return {one.product: guarantee_period(one, content, applied_on) for one in content.guarantees}
