"""Authorities with their policies, branches, tariffs: what a form offers and what an application is judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from esurety.domain.authority_policy import AuthorityPolicy, CountsBy
from esurety.domain.guarantee_premium import Tariff, TariffTier
from esurety.domain.products import Product, WorksKind
from esurety.domain.search_words import folded
from esurety.persistence.database import reading
from esurety.persistence.models import Authority, AuthorityPolicyVersion, Branch, Company, Surety, TariffVersion


class NoTariff(LookupError):
    """No tariff of the product is in force on the day."""


@dataclass(frozen=True)
class AuthorityWithPolicy:
    """An authority as the guide and the form show it."""

    id: int
    name: str
    head: str
    policy: AuthorityPolicy
    submission_note: str


def authorities_on(day: date, *, word: str = "") -> list[AuthorityWithPolicy]:
    """Every authority with the policy in force on a day, by name; with a word, those whose name contains it."""
    statement = select(Authority).order_by(Authority.name, Authority.id)
    if word:
        statement = statement.where(Authority.folded_name.contains(folded(word), autoescape=True))
    authorities = reading().scalars(statement).all()
    policies = _policies_on(day, [authority.id for authority in authorities])
    return [_with_policy(authority, policies.get(authority.id)) for authority in authorities]


def authority_ids() -> frozenset[int]:
    """Every authority that a form may name."""
    return frozenset(reading().scalars(select(Authority.id)))


def authority_on(authority_id: int, day: date) -> AuthorityWithPolicy | None:
    """One authority with the policy in force on a day."""
    authority = reading().get(Authority, authority_id)
    if authority is None:
        return None
    return _with_policy(authority, _policies_on(day, [authority_id]).get(authority_id))


def _policies_on(day: date, authority_ids: Sequence[int]) -> dict[int, AuthorityPolicyVersion]:
    rows = reading().scalars(
        select(AuthorityPolicyVersion)
        .where(AuthorityPolicyVersion.authority_id.in_(authority_ids), AuthorityPolicyVersion.effective_from <= day)
        .order_by(AuthorityPolicyVersion.effective_from)
    )
    return {row.authority_id: row for row in rows}  # the newest comes last and stays


def _with_policy(authority: Authority, row: AuthorityPolicyVersion | None) -> AuthorityWithPolicy:
    if row is None:
        return AuthorityWithPolicy(authority.id, authority.name, authority.head, AuthorityPolicy(authority.name), "")
    policy = AuthorityPolicy(
        authority_name=authority.name,
        electronic_since=row.electronic_since,
        counts_by=CountsBy(row.counts_by),
        electronic_works_kinds=frozenset(WorksKind(kind) for kind in row.electronic_works_kinds.split(",") if kind),
        advance_cap_works=Fraction(row.advance_cap_works, 1000),
        advance_cap_services=Fraction(row.advance_cap_services, 1000),
        advance_cap_low_bid=Fraction(row.advance_cap_low_bid, 1000),
        interim_cap=Fraction(row.interim_cap, 1000),
        advances_together_cap=Fraction(row.advances_together_cap, 1000),
        performance_minimum=Fraction(row.performance_minimum, 1000),
        performance_minimum_low_bid=Fraction(row.performance_minimum_low_bid, 1000),
        rounding_unit=row.rounding_unit,
    )
    return AuthorityWithPolicy(authority.id, authority.name, authority.head, policy, row.submission_note)


def branches_of(surety_id: int) -> list[Branch]:
    """A surety's branches in the order of their codes."""
    return list(reading().scalars(select(Branch).where(Branch.surety_id == surety_id).order_by(Branch.code)))


def all_branches() -> list[Branch]:
    """Every surety's branches, for the guide's contact list."""
    return list(reading().scalars(select(Branch).order_by(Branch.code)))


def branch(branch_id: int) -> Branch | None:
    return reading().get(Branch, branch_id)


def surety(surety_id: int) -> Surety | None:
    return reading().get(Surety, surety_id)


def company(company_id: int) -> Company | None:
    return reading().get(Company, company_id)


def tariffs_on(surety_id: int, day: date) -> dict[Product, tuple[int, Tariff]]:
    """The tariff in force for each product on a day, with its id."""
    rows = reading().scalars(
        select(TariffVersion)
        .where(TariffVersion.surety_id == surety_id, TariffVersion.effective_from <= day)
        .options(selectinload(TariffVersion.tiers))
        .order_by(TariffVersion.effective_from)
    )
    return {Product(row.product): (row.id, _tariff(row)) for row in rows}


def tariffs_by_id(tariff_ids: Sequence[int]) -> dict[int, Tariff]:
    """The tariffs that premiums were reckoned with."""
    rows = reading().scalars(select(TariffVersion).where(TariffVersion.id.in_(tariff_ids)).options(selectinload(TariffVersion.tiers)))
    return {row.id: _tariff(row) for row in rows}


def _tariff(row: TariffVersion) -> Tariff:
    tiers = tuple(TariffTier(tier.upper_bound, Fraction(tier.rate_millionths, 1_000_000)) for tier in row.tiers)
    return Tariff(Product(row.product), row.label, row.effective_from, tiers, row.minimum, row.rounding_unit)
