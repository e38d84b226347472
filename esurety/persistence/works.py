"""同じ工事: which works an application belongs to, and every guarantee of one works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, text, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from esurety.domain.alike_guarantees import AlikeGuarantee
from esurety.domain.application_content import ApplicationContent
from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.domain.same_works import OpenApplication, year_of_advance
from esurety.domain.search_words import folded
from esurety.domain.works_standing import NOTHING_STANDS, AppliedFor, StandingGuarantee, WorksStanding
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Application,
    AuthenticationKeyRow,
    Authority,
    CertificateOpening,
    CertificateVersion,
    Company,
    Event,
    GuaranteeContract,
    RequestedGuaranteeRow,
    Works,
)
from esurety.persistence.models.contracts import OPEN_STATES

_FIRST = aliased(Application)  # the application that a contract came from
_MOST_OPEN = 20
_MOST = 200  # guarantees of one works; five years of three products are fifteen
_UNDER_WAY = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.RETURNED, ApplicationState.APPROVED)


@dataclass(frozen=True)
class WorksFacts:
    """One works with the names that its page shows."""

    id: int
    name: str
    authority: str
    company: str
    authority_id: int


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
        select(Works.id, Works.name, Authority.name, Company.name, Works.authority_id)
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


def works_standing(works_id: int | None, *, but_of_application: int | None = None) -> WorksStanding:
    """What stands in a works: its guarantees that are not cancelled, by their current versions, and what is under way.

    The guarantees of `but_of_application`, and that application, are left out: nobody is judged by himself.
    """
    if works_id is None:
        return NOTHING_STANDS
    return WorksStanding(_standing_guarantees(works_id, but_of_application), _applied_for(works_id, but_of_application))


def _standing_guarantees(works_id: int, but_of_application: int | None) -> tuple[StandingGuarantee, ...]:
    found = _with_names_of_works(GuaranteeContract.works_id == works_id, Application.id != (but_of_application or 0))
    return tuple(one.guarantee for one in found)


def guarantees_alike(
    content: ApplicationContent, *, surety_id: int, works_id: int | None, company_id: int | None = None
) -> tuple[AlikeGuarantee, ...]:
    """What the surety has issued to the same authority for works of the same name or number, outside the application's own works.

    A contractor is told of his own (`company_id`) alone, a clerk of every company's.
    """
    authority_id, key = content.contracting_authority_id, folded(content.works_name)
    of_the_name = select(GuaranteeContract.id).where(
        GuaranteeContract.authority_id == authority_id, GuaranteeContract.folded_works_name == key
    )
    of_the_number = (
        select(GuaranteeContract.id)
        .join(Application, Application.id == GuaranteeContract.application_id)
        .where(Application.authority_id == authority_id, Application.works_number == content.works_number)
    )
    found = union(of_the_name, of_the_number).subquery() if content.works_number else of_the_name.subquery()
    whose = [] if company_id is None else [GuaranteeContract.company_id == company_id]
    is_alike = GuaranteeContract.id.in_(select(found.c.id))  # each half by its index: an OR over two tables would read every contract
    return _with_names_of_works(
        is_alike, GuaranteeContract.surety_id == surety_id, GuaranteeContract.works_id != (works_id or 0), *whose, at_most=_MOST_OPEN
    )


def _with_names_of_works(*where: ColumnElement[bool], at_most: int = _MOST) -> tuple[AlikeGuarantee, ...]:
    """The guarantees that stand, by their current versions, each with its company and the folded name of its works."""
    rows = reading().execute(
        select(
            CertificateVersion,
            Application.is_low_bid,
            Application.submitted_at,
            Application.contracted_on,
            Company.name,
            GuaranteeContract.folded_works_name,
        )
        .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
        .join(Application, Application.id == GuaranteeContract.application_id)
        .join(Company, Company.id == GuaranteeContract.company_id)
        .where(
            GuaranteeContract.issued_at.is_not(None),
            GuaranteeContract.cancelled_on.is_(None),
            GuaranteeContract.current_version == CertificateVersion.version,
            *where,
        )
        .order_by(GuaranteeContract.id)
        .limit(at_most)
    )
    return tuple(
        AlikeGuarantee(
            StandingGuarantee.of(
                CertificateContent.from_json(version.content),
                year_of_advance(applied_on=japanese_day(submitted_at), contracted_on=contracted_on),
                contract_id=version.contract_id,
                issued_at=version.issued_at,
                is_low_bid=is_low_bid,
            ),
            company,
            folded_works_name,
        )
        for version, is_low_bid, submitted_at, contracted_on, company, folded_works_name in rows
        if submitted_at is not None and contracted_on is not None  # as for every application that came to be issued
    )


def _applied_for(works_id: int, but_of_application: int | None) -> tuple[AppliedFor, ...]:
    rows = reading().execute(
        select(Application, RequestedGuaranteeRow, GuaranteeContract.number, _FIRST.submitted_at)
        .join(RequestedGuaranteeRow, RequestedGuaranteeRow.application_id == Application.id)
        .outerjoin(GuaranteeContract, GuaranteeContract.id == Application.changed_contract_id)
        .outerjoin(_FIRST, _FIRST.id == GuaranteeContract.application_id)
        .where(
            Application.works_id == works_id,
            Application.state.in_([one.value for one in _UNDER_WAY]),
            Application.id != (but_of_application or 0),
        )
        .order_by(Application.id, RequestedGuaranteeRow.id)
        .limit(_MOST)
    )
    return tuple(
        AppliedFor(
            application_id=application.id,
            product=Product(requested.product),
            state=ApplicationState(application.state),
            fiscal_year=year_of_advance(
                applied_on=japanese_day(first or application.submitted_at), contracted_on=application.contracted_on
            ),
            amount=requested.guaranteed_amount,
            contract_price=application.contract_price,
            construction_ends_on=application.construction_ends_on,
            fiscal_year_amount=requested.fiscal_year_amount,
            changes_number=number or "",
        )
        for application, requested, number, first in rows
        if application.submitted_at and application.contracted_on and application.contract_price and application.construction_ends_on
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


def open_for_the_same_works(application: Application) -> list[OpenApplication]:
    """Other open applications to the surety, of whatever company, that name the same authority and the same works' name or number.

    The states are spelt out, not bound: SQLite takes the index of the open ones only for a condition it can read.
    """
    same_works = [Application.folded_works_name == application.folded_works_name]
    if application.works_number:
        same_works.append(Application.works_number == application.works_number)
    rows = reading().execute(
        select(Application.id, RequestedGuaranteeRow.product, Application.state, Company.name, Application.folded_works_name)
        .join(RequestedGuaranteeRow, RequestedGuaranteeRow.application_id == Application.id)
        .join(Company, Company.id == Application.company_id)
        .where(
            text(f"applications.{OPEN_STATES}"),
            Application.authority_id == application.authority_id,
            Application.surety_id == application.surety_id,
            Application.id != application.id,
            Application.kind == "new",
            or_(*same_works),
        )
        .order_by(Application.id)
        .limit(_MOST_OPEN)
    )
    return [
        OpenApplication(application_id, Product(product), ApplicationState(state), company, name or "")
        for application_id, product, state, company, name in rows
    ]


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


def last_openings(contract_ids: Sequence[int]) -> dict[tuple[int, int], datetime]:
    """When the authority last opened each version of each contract."""
    statement = (
        select(CertificateOpening.contract_id, CertificateOpening.version, func.max(CertificateOpening.opened_at))
        .where(CertificateOpening.contract_id.in_(contract_ids))
        .group_by(CertificateOpening.contract_id, CertificateOpening.version)
    )
    return {(contract_id, version): at for contract_id, version, at in reading().execute(statement)}
