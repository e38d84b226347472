"""同じ工事: which works an application belongs to, and every guarantee of one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.domain.same_works import EarlierGuarantee, year_of_advance
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Application,
    AuthenticationKeyRow,
    Authority,
    CertificateOpening,
    Company,
    Event,
    GuaranteeContract,
    Works,
)

_MOST = 200  # guarantees of one works; five years of three products are fifteen
_UNDER_WAY = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.RETURNED, ApplicationState.APPROVED)


@dataclass(frozen=True)
class WorksFacts:
    """One works with the names that its page shows."""

    id: int
    name: str
    authority: str
    company: str


@dataclass(frozen=True)
class GuaranteeOfWorks:
    """One issued guarantee of a works."""

    contract: GuaranteeContract
    fiscal_year: int  # whose advance it guarantees; for 契約保証 the year of the application


def works_named_by(reference: str, company_id: int) -> Works | None:
    """The works of a company's own contract (by number) or application (by id); None for any other reference."""
    statement = select(Works).where(Works.company_id == company_id)
    if reference.isascii() and reference.isdigit() and len(reference) < 10:  # noqa: PLR2004 - larger than any id of ours
        joined = statement.join(Application, Application.works_id == Works.id).where(
            Application.id == int(reference), Application.kind == "new"
        )
    else:
        joined = statement.join(GuaranteeContract, GuaranteeContract.works_id == Works.id).where(
            GuaranteeContract.number == reference, GuaranteeContract.issued_at.is_not(None)
        )
    return reading().scalar(joined)


def works_facts(works_id: int, *, company_id: int | None = None, surety_id: int | None = None) -> WorksFacts | None:
    """A works of a company, or of a surety's customer; None for another's, as for none at all."""
    statement = (
        select(Works.id, Works.name, Authority.name, Company.name)
        .join(Authority, Authority.id == Works.authority_id)
        .join(Company, Company.id == Works.company_id)
        .where(Works.id == works_id)
    )
    if company_id is not None:
        statement = statement.where(Works.company_id == company_id)
    if surety_id is not None:
        statement = statement.where(Company.surety_id == surety_id)
    row = reading().execute(statement).first()
    return None if row is None else WorksFacts(*row)


def guarantees_of_works(works_id: int) -> list[GuaranteeOfWorks]:
    """Every issued guarantee of a works, oldest first."""
    rows = reading().execute(
        select(GuaranteeContract, Application.submitted_at, Application.contracted_on)
        .join(Application, Application.id == GuaranteeContract.application_id)
        .where(GuaranteeContract.works_id == works_id, GuaranteeContract.issued_at.is_not(None))
        .options(joinedload(GuaranteeContract.authority), joinedload(GuaranteeContract.company), joinedload(GuaranteeContract.branch))
        .order_by(GuaranteeContract.id)
        .limit(_MOST)
    )
    return [
        GuaranteeOfWorks(contract, year_of_advance(applied_on=japanese_day(submitted_at), contracted_on=contracted_on))
        for contract, submitted_at, contracted_on in rows
        if submitted_at is not None and contracted_on is not None  # as for every application that came to be issued
    ]


def earlier_guarantees(works_id: int | None, *, but_of_application: int | None = None) -> tuple[EarlierGuarantee, ...]:
    """The guarantees of a works that are not cancelled, those of one application left out."""
    if works_id is None:
        return ()
    return tuple(
        EarlierGuarantee(Product(one.contract.product), one.contract.number, one.fiscal_year)
        for one in guarantees_of_works(works_id)
        if one.contract.cancelled_on is None and one.contract.application_id != but_of_application
    )


def applications_under_way(works_id: int) -> list[Application]:
    """The applications for new guarantees of a works that have been handed in and not come to an end."""
    statement = (
        select(Application)
        .where(Application.works_id == works_id, Application.kind == "new", Application.state.in_([one.value for one in _UNDER_WAY]))
        .options(selectinload(Application.requested))
        .order_by(Application.id)
        .limit(_MOST)
    )
    return list(reading().scalars(statement))


def notices_taken(contract_ids: Sequence[int]) -> dict[int, datetime]:
    """When the notice of each contract's valid key was last taken; one of a key that was re-issued since does not count."""
    statement = (
        select(Event.contract_id, func.max(Event.at))
        .join(AuthenticationKeyRow, AuthenticationKeyRow.contract_id == Event.contract_id)
        .where(
            Event.contract_id.in_(contract_ids),
            Event.kind == "KeyNoticeTaken",
            AuthenticationKeyRow.revoked_at.is_(None),
            Event.at >= AuthenticationKeyRow.created_at,
        )
        .group_by(Event.contract_id)
    )
    return {contract_id: at for contract_id, at in reading().execute(statement) if contract_id is not None}


def last_openings(contract_ids: Sequence[int]) -> dict[int, datetime]:
    """When the authority last opened the current version of each contract."""
    statement = (
        select(CertificateOpening.contract_id, func.max(CertificateOpening.opened_at))
        .join(GuaranteeContract, GuaranteeContract.id == CertificateOpening.contract_id)
        .where(CertificateOpening.contract_id.in_(contract_ids), CertificateOpening.version == GuaranteeContract.current_version)
        .group_by(CertificateOpening.contract_id)
    )
    return {row.contract_id: row[1] for row in reading().execute(statement)}
