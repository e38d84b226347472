"""Authorities with their policies, branches, tariffs: what a form offers and what an application is judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from esurety.domain.authority_policy import AuthorityPolicy, CountsBy, SubmissionChannel, SubmissionDesk
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
    policy: AuthorityPolicy
    ended_on: date | None = None


def authorities_on(day: date, *, word: str = "", with_ended: bool = False, also: int | None = None) -> list[AuthorityWithPolicy]:
    """The authorities that have not ended by a day, with the policy in force on it, by name; with a word, those whose name contains it.

    `also` is one that is listed even when it has ended.
    """
    statement = select(Authority).order_by(Authority.name, Authority.id)
    if not with_ended:
        statement = statement.where(or_(Authority.ended_on.is_(None), Authority.ended_on > day, Authority.id == (also or 0)))
    if word:
        statement = statement.where(Authority.folded_name.contains(folded(word), autoescape=True))
    authorities = reading().scalars(statement).all()
    policies = policies_on(day, [authority.id for authority in authorities])
    return [_with_policy(authority, policies.get(authority.id)) for authority in authorities]


def authority_on(authority_id: int, day: date) -> AuthorityWithPolicy | None:
    """One authority with the policy in force on a day."""
    authority = reading().get(Authority, authority_id)
    if authority is None:
        return None
    return _with_policy(authority, policies_on(day, [authority_id]).get(authority_id))


def policies_on(day: date, authority_ids: Sequence[int]) -> dict[int, AuthorityPolicyVersion]:
    """The version in force on a day, of each authority that has one."""
    rows = reading().scalars(
        select(AuthorityPolicyVersion)
        .where(AuthorityPolicyVersion.authority_id.in_(authority_ids), AuthorityPolicyVersion.effective_from <= day)
        .where(AuthorityPolicyVersion.withdrawn_at.is_(None))
        .order_by(AuthorityPolicyVersion.effective_from)
    )
    return {row.authority_id: row for row in rows}  # the newest comes last and stays


def _with_policy(authority: Authority, row: AuthorityPolicyVersion | None) -> AuthorityWithPolicy:
    if row is None:
        return AuthorityWithPolicy(authority.id, authority.name, default_policy(authority), authority.ended_on)
    return AuthorityWithPolicy(authority.id, authority.name, policy_of(row, authority.name), authority.ended_on)


def default_policy(authority: Authority) -> AuthorityPolicy:
    """The national defaults, for days before the authority's first version."""
    return AuthorityPolicy(authority.name, authority.head)


def policy_of(row: AuthorityPolicyVersion, authority_name: str) -> AuthorityPolicy:
    """A version as the rules read it."""
    return AuthorityPolicy(
        authority_name=authority_name,
        head=row.head,
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
        minimum_price=row.minimum_price,
        submission_channels=frozenset(SubmissionChannel(channel) for channel in row.submission_channels.split(",") if channel),
        submission_channel_note=row.submission_channel_note,
        submission_note=row.submission_note,
        performance_desk=SubmissionDesk(row.performance_recipient, row.performance_subject),
        advance_desk=SubmissionDesk(row.advance_recipient, row.advance_subject),
    )


def surety_and_head(surety_id: int, authority_id: int, day: date) -> tuple[Surety, str] | None:
    """Who signs certificates, and to whom they are addressed by the policy of a day: one statement for both."""
    head = (
        select(AuthorityPolicyVersion.head)
        .where(AuthorityPolicyVersion.authority_id == authority_id, AuthorityPolicyVersion.effective_from <= day)
        .where(AuthorityPolicyVersion.withdrawn_at.is_(None))
        .order_by(AuthorityPolicyVersion.effective_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = (
        reading()
        .execute(
            select(Surety, func.coalesce(head, Authority.head)).join(Authority, Authority.id == authority_id).where(Surety.id == surety_id)
        )
        .first()
    )
    return None if row is None else (row[0], row[1])


def branches_of(surety_id: int, *, on: date | None = None) -> list[Branch]:
    """A surety's branches in the order of their codes; with a day, those that have not ended by it."""
    statement = select(Branch).where(Branch.surety_id == surety_id).order_by(Branch.code)
    if on is not None:
        statement = statement.where(or_(Branch.ended_on.is_(None), Branch.ended_on > on))
    return list(reading().scalars(statement))


def all_branches(*, on: date) -> list[Branch]:
    """Every surety's branches that have not ended by a day, for the guide's contact list."""
    return list(reading().scalars(select(Branch).where(or_(Branch.ended_on.is_(None), Branch.ended_on > on)).order_by(Branch.code)))


def branch(branch_id: int) -> Branch | None:
    return reading().get(Branch, branch_id)


def surety(surety_id: int) -> Surety | None:
    return reading().get(Surety, surety_id)


def authority(authority_id: int) -> Authority | None:
    return reading().get(Authority, authority_id)


def company(company_id: int) -> Company | None:
    return reading().get(Company, company_id)


def tariffs_on(surety_id: int, day: date) -> dict[Product, tuple[int, Tariff]]:
    """The tariff in force for each product on a day, with its id."""
    rows = reading().scalars(
        select(TariffVersion)
        .where(TariffVersion.surety_id == surety_id, TariffVersion.effective_from <= day, TariffVersion.withdrawn_at.is_(None))
        .options(selectinload(TariffVersion.tiers))
        .order_by(TariffVersion.effective_from)
    )
    return {Product(row.product): (row.id, tariff_of(row)) for row in rows}


def tariffs_by_id(tariff_ids: Sequence[int]) -> dict[int, Tariff]:
    """The tariffs that premiums were reckoned with."""
    rows = (
        reading().scalars(select(TariffVersion).where(TariffVersion.id.in_(tariff_ids)).options(joinedload(TariffVersion.tiers))).unique()
    )
    return {row.id: tariff_of(row) for row in rows}


def tariff_of(row: TariffVersion) -> Tariff:
    """A version, read with its tiers, as the domain reckons with it."""
    tiers = tuple(TariffTier(tier.upper_bound, Fraction(tier.rate_millionths, 1_000_000)) for tier in row.tiers)
    return Tariff(Product(row.product), row.label, row.effective_from, tiers, row.minimum, row.rounding_unit, row.months_basis)
