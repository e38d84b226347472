"""Starting an application for works that have a guarantee, or an application, already: 同じ工事 keeps its guarantees together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_content import field_name
from esurety.domain.japanese_calendar import era_date, fiscal_year
from esurety.domain.joint_venture_form import JOINT_VENTURE_FIELDS, first_members, is_untouched
from esurety.domain.products import Product
from esurety.domain.works_standing import StandingGuarantee, WorksStanding
from esurety.persistence import applications, contracts, reference_data, works
from esurety.persistence.models import Application
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound

_OF_THE_WORKS = (
    "contracting_authority_id",
    "works_name",
    "works_number",
    "works_place",
    "works_kind",
    "contract_price",
    "is_low_bid",
    "contracted_on",
    "announced_on",
    "construction_starts_on",
    "construction_ends_on",
    *JOINT_VENTURE_FIELDS,
    "branch_id",
    "notify_on_issue",
    "notification_email",
    "premium_billing_name",
    "premium_statement_on_paper",
)


@dataclass(frozen=True)
class SameWorks:
    """The works that a form is about, as the page names it."""

    id: int
    name: str
    standing: WorksStanding
    authority_id: int


def same_works(account: SignedIn, reference: str, *, application_id: int | None = None) -> SameWorks | None:
    """The works behind the form's `same_works_as`; None where it names nothing of this company. `application_id` is the form's own."""
    found = works.works_named_by(reference, account.company_id or 0) if reference else None
    if found is None:
        return None
    return SameWorks(found.id, found.name, works.works_standing(found.id, but_of_application=application_id), found.authority_id)


@dataclass(frozen=True)
class BegunForm:
    """A form that begins with what stands in the works."""

    typed: dict[str, str]
    same_works: SameWorks


def form_of_same_works(account: SignedIn, reference: str, product: Product | None, *, today: date) -> BegunForm:
    """What a new form begins with for the works of an own contract (its number) or application (its id), as they stand now.

    Raises ApplicationNotFound.
    """
    found = works.works_named_by(reference, account.company_id or 0)
    application = _application_behind(account, reference)
    if found is None or application is None:
        raise ApplicationNotFound
    standing = works.works_standing(found.id)
    typed = {name: value for name, value in applications.typed_form(application).items() if name in _OF_THE_WORKS}
    typed |= {"same_works_as": reference}
    if standing.newest is not None:
        typed |= _as_last_certified(standing.newest)
    if product is not None:
        typed |= {field_name(product, "wanted"): "on"}
    if product is Product.INTERIM_ADVANCE_PAYMENT:
        advances = [one for one in standing.guarantees if one.product is Product.ADVANCE_PAYMENT]
        this_year = [one for one in advances if one.fiscal_year == fiscal_year(today)]
        typed |= _of_the_first_advance(this_year or advances)
    return BegunForm(typed, SameWorks(found.id, found.name, standing, found.authority_id))


def with_first_members(account: SignedIn, typed: Mapping[str, str]) -> dict[str, str]:
    """The form as typed; a joint venture's block that has just been opened begins with the company itself."""
    if not is_untouched(typed):
        return dict(typed)
    company = reference_data.company(account.company_id or 0)
    return dict(typed) | (first_members(company.name, company.address) if company is not None else {})


def _application_behind(account: SignedIn, reference: str) -> Application | None:
    """The application that a reference names, or that its contract was made from."""
    if reference.isdigit():
        return applications.application_of_company(int(reference), account.company_id or 0)
    contract = contracts.issued_contract(reference, company_id=account.company_id or 0)
    return applications.application_of_company(contract.application_id, account.company_id or 0) if contract is not None else None


def _as_last_certified(newest: StandingGuarantee) -> dict[str, str]:
    """Price and 工期 of the version that was issued last, of whichever guarantee: a change may have moved them since."""
    return {
        "contract_price": newest.contract_price.digits,
        "construction_ends_on": era_date(newest.construction_ends_on, padded=False),
    }


def _of_the_first_advance(advances: list[StandingGuarantee]) -> dict[str, str]:
    """既前払金額, and the year's amount where the first advance stood on one."""
    if not advances:
        return {}
    first = advances[-1]
    begun = {field_name(Product.INTERIM_ADVANCE_PAYMENT, "previous_advance_amount"): first.amount.digits}
    if first.fiscal_year_amount is not None:
        begun[field_name(Product.INTERIM_ADVANCE_PAYMENT, "fiscal_year_amount")] = first.fiscal_year_amount.digits
    return begun
