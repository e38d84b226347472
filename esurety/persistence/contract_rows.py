"""Contracts and their changes as plain rows: for lists that leave the house, batch by batch, however many there are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence.contracts import ContractFilter, narrowed_to
from esurety.persistence.database import reading
from esurety.persistence.models import Authority, Branch, CertificateVersion, Company, GuaranteeContract
from esurety.persistence.models import RequestedGuaranteeRow as Requested

_Contract, _After = GuaranteeContract, CertificateVersion
_AnySelect = Select[*tuple[Any, ...]]


class ContractRow(NamedTuple):
    """What a list says of an issued contract."""

    id: int
    number: str
    works_name: str
    company: str
    authority: str
    branch: str
    product: str
    certificate_form: str
    version: int
    amount: Yen
    ends_on: date
    cancelled_on: date | None
    issued_at: datetime


class ChangeRow(NamedTuple):
    """An issued change with the version that it replaced."""

    contract_id: int
    number: str
    works_name: str
    company: str
    authority: str
    version: int
    issued_at: datetime
    content: str
    premium: Yen
    content_before: str
    premium_before: Yen


@dataclass(frozen=True)
class Expiring:
    """In force, and ending between two days, both counted."""

    first: date
    last: date
    product: Product | None = None


def contract_rows(
    narrowed: ContractFilter, *, today: date, company_id: int | None, surety_id: int | None, older_than: int | None, limit: int
) -> list[ContractRow]:
    """Issued contracts, newest first, of a company or of a surety."""
    statement = _belonging(narrowed_to(_rows(), narrowed, today), company_id, surety_id).order_by(_Contract.id.desc()).limit(limit)
    if older_than is not None:
        statement = statement.where(_Contract.id < older_than)
    return [ContractRow(*row) for row in reading().execute(statement)]


def contract_total(narrowed: ContractFilter, *, today: date, company_id: int | None, surety_id: int | None) -> tuple[int, int]:
    """How many issued contracts, and the sum of what they guarantee now, in yen."""
    counted = select(func.count(), func.sum(_Contract.guaranteed_amount)).where(_Contract.issued_at.is_not(None))
    return _counted(_belonging(narrowed_to(counted, narrowed, today), company_id, surety_id))


def _belonging(statement: _AnySelect, company_id: int | None, surety_id: int | None) -> _AnySelect:
    if company_id is not None:
        statement = statement.where(_Contract.company_id == company_id)
    return statement.where(_Contract.surety_id == surety_id) if surety_id is not None else statement


def expiring_rows(surety_id: int, by: Expiring, *, after: int | None, limit: int) -> list[ContractRow]:
    """Contracts in force by the day they end, the soonest first; `after` is the last one that was read before."""
    statement = _rows().where(*_expiring(surety_id, by)).order_by(_Contract.guarantee_ends_on, _Contract.id).limit(limit)
    last = reading().scalar(select(_Contract.guarantee_ends_on).where(_Contract.id == after, _Contract.surety_id == surety_id))
    if last is not None:
        ends_on = _Contract.guarantee_ends_on
        statement = statement.where(or_(ends_on > last, and_(ends_on == last, _Contract.id > after)))
    return [ContractRow(*row) for row in reading().execute(statement)]


def expiring_total(surety_id: int, by: Expiring) -> tuple[int, int]:
    """How many end between the days, and what they guarantee together, in yen."""
    return _counted(select(func.count(), func.sum(_Contract.guaranteed_amount)).where(*_expiring(surety_id, by)))


def _expiring(surety_id: int, by: Expiring) -> list[ColumnElement[bool]]:
    conditions = [
        _Contract.surety_id == surety_id,
        _Contract.issued_at.is_not(None),
        _Contract.cancelled_on.is_(None),
        _Contract.guarantee_ends_on.between(by.first, by.last),
    ]
    return [*conditions, _Contract.product == by.product] if by.product is not None else conditions


def _rows() -> _AnySelect:
    return (
        select(
            _Contract.id,
            _Contract.number,
            _Contract.works_name,
            Company.name,
            Authority.name,
            Branch.name,
            _Contract.product,
            _Contract.certificate_form,
            _Contract.current_version,
            _Contract.guaranteed_amount,
            _Contract.guarantee_ends_on,
            _Contract.cancelled_on,
            _Contract.issued_at,
        )
        .join(Company, Company.id == _Contract.company_id)
        .join(Authority, Authority.id == _Contract.authority_id)
        .join(Branch, Branch.id == _Contract.branch_id)
        .where(_Contract.issued_at.is_not(None))
    )


def _counted(statement: _AnySelect) -> tuple[int, int]:
    count, amount = reading().execute(statement).one()
    return int(count), int(amount or 0)


def change_rows(surety_id: int, *, begins_at: datetime, ends_at: datetime, after: tuple[int, int] | None, limit: int) -> list[ChangeRow]:
    """Changes that were issued in a span of time, the oldest first; `after` is contract and version of the last one before."""
    before = aliased(CertificateVersion)
    statement = (
        _changes(
            select(
                _Contract.id,
                _Contract.number,
                _Contract.works_name,
                Company.name,
                Authority.name,
                _After.version,
                _After.issued_at,
                _After.content,
                _After.premium,
                before.content,
                before.premium,
            ),
            surety_id,
            (begins_at, ends_at),
            before,
        )
        .join(Company, Company.id == _Contract.company_id)
        .join(Authority, Authority.id == _Contract.authority_id)
        .order_by(_After.issued_at, _Contract.id, _After.version)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(_behind(*after))
    return [ChangeRow(*row) for row in reading().execute(statement)]


def _behind(contract_id: int, version: int) -> ColumnElement[bool]:
    last = reading().scalar(select(_After.issued_at).where(_After.contract_id == contract_id, _After.version == version))
    at = _After.issued_at
    same_contract = and_(_Contract.id == contract_id, _After.version > version)
    return or_(at > last, and_(at == last, or_(_Contract.id > contract_id, same_contract)))


@dataclass(frozen=True)
class ChangeTotal:
    """What all changes of a span of time come to, in yen."""

    count: int
    amount: int  # by how much they raised what is guaranteed; below zero where they lowered it
    billed: int
    refunded: int


def change_total(surety_id: int, *, begins_at: datetime, ends_at: datetime) -> ChangeTotal:
    """The sums over the changes. A version's amount is that of the application it came from: the certificate itself is text."""
    before, now_asked, before_asked = aliased(CertificateVersion), aliased(Requested), aliased(Requested)
    difference = _After.premium - before.premium
    statement = (
        _changes(
            select(
                func.count(),
                func.sum(now_asked.guaranteed_amount - before_asked.guaranteed_amount),
                func.sum(case((difference > 0, difference), else_=0)),
                func.sum(case((difference < 0, -difference), else_=0)),
            ),
            surety_id,
            (begins_at, ends_at),
            before,
        )
        .join(now_asked, and_(now_asked.application_id == _After.application_id, now_asked.product == _Contract.product))
        .join(before_asked, and_(before_asked.application_id == before.application_id, before_asked.product == _Contract.product))
    )
    return ChangeTotal(*(int(one or 0) for one in reading().execute(statement).one()))


def _changes(statement: _AnySelect, surety_id: int, span: tuple[datetime, datetime], before: type[CertificateVersion]) -> _AnySelect:
    """Issued versions after the first with their predecessors, found from the contracts that have one: no version is read in vain."""
    return (
        statement.select_from(_Contract)
        .join(_After, and_(_After.contract_id == _Contract.id, _After.version > 0))
        .join(before, and_(before.contract_id == _Contract.id, before.version == _After.version - 1))
        .where(_Contract.surety_id == surety_id, _Contract.current_version > 0, _After.issued_at >= span[0], _After.issued_at < span[1])
    )
