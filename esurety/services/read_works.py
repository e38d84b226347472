"""同じ工事: every guarantee of one works side by side, with what is still missing at each step."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from esurety.domain.application_state import ApplicationState, guarantee_state
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.domain.same_works import Missing, missing_of_contract, missing_without_contract, year_of_advance
from esurety.domain.works_in_step import Behind, WorksFigures, behind
from esurety.domain.works_standing import AppliedFor, StandingGuarantee, WorksStanding
from esurety.persistence import applications, reference_data, works
from esurety.persistence.models import Application, GuaranteeContract
from esurety.persistence.works import GuaranteeOfWorks, WorksFacts
from esurety.services.sign_in import Role, SignedIn


class NoSuchWorks(LookupError):
    """There is no such works for this person."""


@dataclass(frozen=True)
class Step:
    """One guarantee of a works, issued or applied for; or that there is none yet."""

    product: Product
    fiscal_year: int | None  # of an advance
    missing: Missing
    contract: GuaranteeContract | None = None
    application: Application | None = None
    notice_taken_at: datetime | None = None
    opened_at: datetime | None = None  # the current version
    issued_at: datetime | None = None  # the current version
    change: AppliedFor | None = None  # under way
    behind: Behind | None = None  # price and 工期 of the works have moved on
    cancelled_beside: str = ""  # the number of the works' 前払金保証, cancelled while this guarantee goes on


@dataclass(frozen=True)
class WorksOverview:
    """A works with its steps: those of each product in the order of the years."""

    facts: WorksFacts
    steps: dict[Product, list[Step]]


def works_overview(account: SignedIn, works_id: int, *, today: date) -> WorksOverview:
    """What a works has come to. Raises NoSuchWorks."""
    facts = works.works_facts(works_id, **_scope(account))
    if facts is None:
        raise NoSuchWorks
    authority = reference_data.authority_on(facts.authority_id, today)
    assert authority is not None, "a works names its authority"  # noqa: S101 - a foreign key holds it
    steps = [*_issued(works_id, today, authority.policy), *_under_way(works_id)]
    of_product = {product: sorted((one for one in steps if one.product is product), key=_order) for product in _IN_ORDER_OF_TIME}
    return WorksOverview(
        facts, {product: found or [Step(product, None, missing_without_contract(product, None))] for product, found in of_product.items()}
    )


_IN_ORDER_OF_TIME = (Product.CONTRACT_PERFORMANCE, Product.ADVANCE_PAYMENT, Product.INTERIM_ADVANCE_PAYMENT)


def _scope(account: SignedIn) -> dict[str, int]:
    if account.role is Role.CONTRACTOR:
        return {"company_id": account.company_id or 0}
    return {"surety_id": account.surety_id or 0}


def _order(step: Step) -> tuple[int, int]:
    return step.fiscal_year or 0, step.contract.id if step.contract is not None else 10**12


def _issued(works_id: int, today: date, policy: AuthorityPolicy) -> list[Step]:
    issued = works.guarantees_of_works(works_id)
    if not issued:
        return []
    ids = [one.contract.id for one in issued]
    standing, taken, opened = works.works_standing(works_id), works.notices_taken(ids), works.last_openings(ids)
    late = {one.guarantee.number: one for one in left_behind(standing, policy)}
    without_advance = _cancelled_advance(issued)
    steps = []
    for one in issued:
        contract = one.contract
        step = _issued_step(one, taken.get(contract.id), {v: at for (of, v), at in opened.items() if of == contract.id}, today)
        stands = standing.guarantee(contract.number)
        issued_at = stands.issued_at if stands is not None else contract.issued_at
        steps.append(
            replace(
                step,
                issued_at=issued_at,
                change=standing.change_of(contract.number),
                behind=late.get(contract.number),
                cancelled_beside=without_advance if _is_in_force(contract, today) else "",
            )
        )
    return steps


def _cancelled_advance(issued: list[GuaranteeOfWorks]) -> str:
    """The number of the 前払金保証 that was cancelled last, where none is left; empty otherwise."""
    advances = [one.contract for one in issued if one.contract.product == Product.ADVANCE_PAYMENT]
    if any(one.cancelled_on is None for one in advances):
        return ""
    return advances[-1].number if advances else ""


def _is_in_force(contract: GuaranteeContract, today: date) -> bool:
    return contract.cancelled_on is None and contract.guarantee_ends_on >= today


def left_behind(standing: WorksStanding, policy: AuthorityPolicy) -> list[Behind]:
    """The guarantees of a works that do not follow the price and 工期 of the version issued last."""
    figures = WorksFigures.of_newest(standing, policy)
    return [*behind(figures, standing)] if figures is not None else []


def _issued_step(one: GuaranteeOfWorks, taken_at: datetime | None, opened: Mapping[int, datetime], today: date) -> Step:
    """`opened` is when each version was last opened."""
    contract, product = one.contract, Product(one.contract.product)
    state = guarantee_state(cancelled_on=contract.cancelled_on, guarantee_ends_on=contract.guarantee_ends_on, today=today)
    opened_at = opened.get(contract.current_version)
    missing = missing_of_contract(
        product,
        CertificateForm(contract.certificate_form),
        state,
        notice_taken=taken_at is not None,
        opened=opened_at is not None,
        version=contract.current_version,
        opened_before=max((version for version in opened if version < contract.current_version), default=None),
    )
    return Step(product, one.fiscal_year if product.is_advance else None, missing, contract, None, taken_at, opened_at)


def _under_way(works_id: int) -> list[Step]:
    return [
        Step(
            product,
            _year_of(application) if product.is_advance else None,
            missing_without_contract(product, ApplicationState(application.state).label),
            application=application,
        )
        for application in works.applications_under_way(works_id)
        for product in (Product(row.product) for row in application.requested)
    ]


def _year_of(application: Application) -> int | None:
    if application.submitted_at is None or application.contracted_on is None:
        return None
    return year_of_advance(applied_on=japanese_day(application.submitted_at), contracted_on=application.contracted_on)


def standing_of(contract: GuaranteeContract) -> WorksStanding:
    """What stands in a contract's works, itself included."""
    return works.works_standing(contract.works_id)


def beside_in_force(contract: GuaranteeContract, *, today: date) -> list[StandingGuarantee]:
    """The other guarantees of a contract's works that are in force: a cancellation leaves them as they are."""
    others = works.works_standing(contract.works_id).without(contract.number).guarantees
    return [one for one in others if one.guarantee_ends_on >= today]


def left_behind_by(application: Application, *, today: date) -> list[Behind]:
    """The other guarantees of its works that a submitted application, or a change, leaves behind."""
    authority = reference_data.authority_on(application.authority_id or 0, today)
    if authority is None or application.submitted_at is None:
        return []
    standing = works.works_standing(application.works_id, but_of_application=application.id)
    own = next((one.number for one in standing.guarantees if one.contract_id == application.changed_contract_id), "")
    return [*behind(WorksFigures.of(applications.content_of(application), authority.policy), standing.without(own))]
