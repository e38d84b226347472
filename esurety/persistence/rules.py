"""What the operator lays down, as records: authorities with all their versions, tariffs, contractors to compare an import with."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import selectinload

from esurety.domain.search_words import folded
from esurety.persistence.database import Base, reading
from esurety.persistence.models import Application, Authority, AuthorityPolicyVersion, Company, Surety, TariffVersion


def add(record: Base) -> None:
    """Add a record with the running transaction and give it its id."""
    reading().add(record)
    reading().flush()


def add_all(records: Sequence[Base]) -> None:
    """Add records with the running transaction and give them their ids."""
    reading().add_all(records)
    reading().flush()


def find_authority(authority_id: int) -> Authority | None:
    """An authority, ended or not."""
    return reading().get(Authority, authority_id)


def lock_authority(authority_id: int) -> Authority | None:
    """An authority, held until the transaction ends: its versions are laid down one after the other."""
    return reading().scalar(
        select(Authority).where(Authority.id == authority_id).with_for_update().execution_options(populate_existing=True)
    )


def list_authorities(*, word: str, after: int | None, limit: int) -> list[Authority]:
    """Authorities by name, ended ones too; with a word, those whose name contains it; after the one named."""
    statement = select(Authority).order_by(Authority.name, Authority.id).limit(limit)
    if word:
        statement = statement.where(Authority.folded_name.contains(folded(word), autoescape=True))
    if after is not None:
        before = select(Authority.name).where(Authority.id == after).scalar_subquery()
        statement = statement.where(tuple_(Authority.name, Authority.id) > tuple_(before, after))
    return list(reading().scalars(statement))


def authority_with_folded_name(name: str, day: date) -> Authority | None:
    """The authority of that name that has not ended by a day, however its characters are written."""
    named = or_(Authority.name == name, Authority.folded_name == folded(name))
    return reading().scalar(select(Authority).where(named, _living_on(day)).order_by(Authority.id).limit(1))


def folded_authority_names(day: date) -> frozenset[str]:
    """The name of every authority that has not ended by a day, in the form in which names are compared."""
    return frozenset(reading().scalars(select(Authority.folded_name).where(_living_on(day))))


def _living_on(day: date) -> ColumnElement[bool]:
    return or_(Authority.ended_on.is_(None), Authority.ended_on > day)


def policy_versions(authority_id: int) -> list[AuthorityPolicyVersion]:
    """All versions of an authority's policy, the withdrawn too, the latest day first."""
    statement = select(AuthorityPolicyVersion).where(AuthorityPolicyVersion.authority_id == authority_id)
    return list(reading().scalars(statement.order_by(AuthorityPolicyVersion.effective_from.desc(), AuthorityPolicyVersion.id.desc())))


def next_policy_days(today: date, authority_ids: Sequence[int]) -> dict[int, date]:
    """For each authority the next day on which a version begins."""
    rows = reading().execute(
        select(AuthorityPolicyVersion.authority_id, func.min(AuthorityPolicyVersion.effective_from))
        .where(AuthorityPolicyVersion.authority_id.in_(authority_ids), AuthorityPolicyVersion.effective_from > today)
        .where(AuthorityPolicyVersion.withdrawn_at.is_(None))
        .group_by(AuthorityPolicyVersion.authority_id)
    )
    return {row[0]: row[1] for row in rows}


def tariff_versions(surety_id: int) -> list[TariffVersion]:
    """All tariffs of a surety with their tiers, the withdrawn too, the latest day first."""
    statement = select(TariffVersion).where(TariffVersion.surety_id == surety_id).options(selectinload(TariffVersion.tiers))
    return list(reading().scalars(statement.order_by(TariffVersion.effective_from.desc(), TariffVersion.id.desc())))


def lock_tariff(tariff_id: int) -> TariffVersion | None:
    """A tariff, held until the transaction ends."""
    return reading().get(TariffVersion, tariff_id, with_for_update=True, populate_existing=True)


def has_judged_since(authority_id: int, start: datetime) -> bool:
    """Whether anything was applied for with an authority from an instant on: it was judged by the rules of its day."""
    judged = select(Application.id).where(Application.authority_id == authority_id, Application.submitted_at >= start)
    return reading().scalar(select(judged.exists())) or False


def lock_surety(surety_id: int) -> Surety | None:
    """A surety, held until the transaction ends: its tariffs and contractors are loaded one file after the other."""
    return reading().scalar(select(Surety).where(Surety.id == surety_id).with_for_update())


def contractors_of(surety_id: int) -> list[tuple[str, str]]:
    """Name and address of every contractor of a surety that has not ended."""
    rows = reading().execute(select(Company.name, Company.address).where(Company.surety_id == surety_id, Company.ended_on.is_(None)))
    return [(name, address) for name, address in rows]
