"""How much may be guaranteed, and until when: caps, minimums and periods (domain.md, Products)."""

from datetime import date

from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.japanese_calendar import fiscal_year, last_day_of_fiscal_year
from esurety.domain.products import Product, WorksKind
from esurety.domain.yen import Yen, round_down, round_up


def advance_limit(policy: AuthorityPolicy, product: Product, works_kind: WorksKind, base: Yen, *, is_low_bid: bool) -> Yen:
    """The largest advance on a base (price, or the year's 今年度対象額): the cap cut down to the authority's unit."""
    return round_down(base.times(policy.advance_cap(product, works_kind, is_low_bid=is_low_bid)), policy.rounding_unit)


def advances_together_limit(policy: AuthorityPolicy, base: Yen) -> Yen:
    """The largest sum of the first and the interim advance on one base: 60 % by default, cut down to the authority's unit."""
    return round_down(base.times(policy.advances_together_cap), policy.rounding_unit)


def performance_minimum(policy: AuthorityPolicy, contract_price: Yen, *, is_low_bid: bool) -> Yen:
    """The least amount of 契約保証: a share of the price raised to the whole yen."""
    return round_up(contract_price.times(policy.performance_share(is_low_bid=is_low_bid)))


def guarantee_starts_on(product: Product, *, contracted_on: date, construction_starts_on: date) -> date:
    """The first day of the guarantee: the day of the contract; 契約保証 covers the whole 工期 even where that began earlier."""
    return contracted_on if product.is_advance else min(contracted_on, construction_starts_on)


def guarantee_ends_on(
    product: Product, *, applied_on: date, contracted_on: date, construction_ends_on: date, fiscal_year_amount: Yen | None
) -> date:
    """The last day of the guarantee (保証期間).

    An advance is guaranteed until completion; one on a fiscal year's amount until 31 March of that year, or completion in the
    last year. 契約保証 covers the whole 工期. 今年度 is the year of the application, or of the contract if that is still to come:
    the second year's advance is applied for in the second year.
    """
    if product.is_advance and fiscal_year_amount is not None:
        return min(construction_ends_on, last_day_of_fiscal_year(fiscal_year(max(applied_on, contracted_on))))
    return construction_ends_on
