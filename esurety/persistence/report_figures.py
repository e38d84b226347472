"""Figures by month, authority and product, reckoned by the database: a report reads dozens of rows however many contracts there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select

from esurety.domain.japanese_calendar import JAPAN
from esurety.persistence.database import reading
from esurety.persistence.models import Application, Authority, GuaranteeContract, PremiumReceipt, PremiumRepayment, PremiumSettlement
from esurety.persistence.models import RequestedGuaranteeRow as Requested

_Contract = GuaranteeContract


class ShareBy(StrEnum):
    """What electronic and paper certificates are counted by."""

    MONTH = "month"
    AUTHORITY = "authority"
    PRODUCT = "product"

    @property
    def label(self) -> str:
        return {"month": "月", "authority": "発注者", "product": "保証"}[self.value]


@dataclass(frozen=True)
class IssuedPremiums:
    """The premiums of guarantees first issued in a month, by how they are paid."""

    place: int  # of the month
    method: str
    count: int
    amount: int


@dataclass(frozen=True)
class FormCount:
    """How many guarantees were first issued in one form, under one heading: a month's place, an authority's id, a product."""

    key: int | str
    label: str
    certificate_form: str
    count: int


def issued_premiums(surety_id: int, months: Sequence[date]) -> list[IssuedPremiums]:
    """`months` are first days, the one after the last included. The premium of the first version is the one applied for."""
    place = _place(_Contract.issued_at, _midnights(months))
    rows = reading().execute(
        select(place, Requested.premium_payment_method, func.count(), func.sum(Requested.premium))
        .join(Requested, Requested.id == _Contract.requested_guarantee_id)
        .where(_Contract.surety_id == surety_id, *_within(_Contract.issued_at, _midnights(months)))
        .group_by(place, Requested.premium_payment_method)
    )
    return [IssuedPremiums(at, method, count, int(amount)) for at, method, count, amount in rows]


def settled_premiums(surety_id: int, months: Sequence[date]) -> dict[tuple[int, str], int]:
    """What changes and cancellations billed and paid back: (month's place, billed or refund) → yen."""
    place = _place(PremiumSettlement.created_at, _midnights(months))
    rows = reading().execute(
        select(place, PremiumSettlement.kind, func.sum(PremiumSettlement.amount))
        .join(_Contract, _Contract.id == PremiumSettlement.contract_id)
        .where(_Contract.surety_id == surety_id, *_within(PremiumSettlement.created_at, _midnights(months)))
        .group_by(place, PremiumSettlement.kind)
    )
    return {(at, kind): int(amount) for at, kind, amount in rows}


def refunded_premiums(surety_id: int, months: Sequence[date]) -> dict[int, int]:
    """What was really paid back, by the day it was: month's place → yen."""
    place = _place(PremiumSettlement.settled_on, months)
    rows = reading().execute(
        select(place, func.sum(PremiumSettlement.amount))
        .join(_Contract, _Contract.id == PremiumSettlement.contract_id)
        .where(_Contract.surety_id == surety_id, PremiumSettlement.kind == "refund", *_within(PremiumSettlement.settled_on, months))
        .group_by(place)
    )
    return {at: int(amount) for at, amount in rows}


def received_premiums(surety_id: int, months: Sequence[date]) -> dict[int, int]:
    """What came in by the day it came, records taken back left out: month's place → yen."""
    place = _place(PremiumReceipt.received_on, months)
    rows = reading().execute(
        select(place, func.sum(PremiumReceipt.amount))
        .join(Application, Application.id == PremiumReceipt.application_id)
        .where(Application.surety_id == surety_id, PremiumReceipt.reversed_at.is_(None), *_within(PremiumReceipt.received_on, months))
        .group_by(place)
    )
    return {at: int(amount) for at, amount in rows}


def repaid_premiums(surety_id: int, months: Sequence[date]) -> dict[int, int]:
    """What was given back of money that came in too much or for nothing (過払い・謝絶等), by the day it was: month's place → yen."""
    place = _place(PremiumRepayment.repaid_on, months)
    rows = reading().execute(
        select(place, func.sum(PremiumRepayment.amount))
        .join(Application, Application.id == PremiumRepayment.application_id)
        .where(Application.surety_id == surety_id, PremiumRepayment.reversed_at.is_(None), *_within(PremiumRepayment.repaid_on, months))
        .group_by(place)
    )
    return {at: int(amount) for at, amount in rows}


def form_counts(surety_id: int, months: Sequence[date], by: ShareBy) -> list[FormCount]:
    """First issues in each form over the months, by month, authority or product."""
    heading: dict[ShareBy, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
        ShareBy.MONTH: (_place(_Contract.issued_at, _midnights(months)), literal("").label("name")),
        ShareBy.AUTHORITY: (Authority.id.expression, Authority.name.expression),
        ShareBy.PRODUCT: (_Contract.product.expression, literal("").label("name")),
    }
    key_of, name_of = heading[by]
    statement = select(key_of, name_of, _Contract.certificate_form, func.count()).where(
        _Contract.surety_id == surety_id, *_within(_Contract.issued_at, _midnights(months))
    )
    if by is ShareBy.AUTHORITY:
        statement = statement.join(Authority, Authority.id == _Contract.authority_id)
    grouped = (key_of, name_of) if by is ShareBy.AUTHORITY else (key_of,)
    return [
        FormCount(key, name, form, count)
        for key, name, form, count in reading().execute(statement.group_by(*grouped, _Contract.certificate_form))
    ]


def _midnights(days: Sequence[date]) -> list[datetime]:
    """When the days begin in Japan."""
    return [datetime.combine(day, time.min, tzinfo=JAPAN) for day in days]


def _place(column: Any, bounds: Sequence[date] | Sequence[datetime]) -> ColumnElement[int]:
    """Between which bounds a row lies, counted from 0: month by month in Japanese time, the same on both databases."""
    steps = [(column < bound, literal(place)) for place, bound in enumerate(bounds[1:-1])]
    return (case(*steps, else_=literal(len(bounds) - 2)) if steps else literal(0)).label("place")


def _within(column: Any, bounds: Sequence[date] | Sequence[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= bounds[0], column < bounds[-1]
