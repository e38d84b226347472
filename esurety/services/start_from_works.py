"""Starting an application for works that have a guarantee, or an application, already: 同じ工事 keeps its guarantees together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_content import field_name
from esurety.domain.japanese_calendar import era_date, fiscal_year
from esurety.domain.joint_venture_form import JOINT_VENTURE_FIELDS, first_members, is_untouched
from esurety.domain.products import Product
from esurety.persistence import applications, reference_data, works
from esurety.persistence.models import Application, GuaranteeContract
from esurety.persistence.works import GuaranteeOfWorks
from esurety.services.hand_out_documents import certificate_content
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


def same_works(account: SignedIn, reference: str) -> SameWorks | None:
    """The works behind the form's `same_works_as`; None where it names nothing of this company."""
    found = works.works_named_by(reference, account.company_id or 0)
    return SameWorks(found.id, found.name) if found is not None else None


def form_of_same_works(account: SignedIn, reference: str, product: Product | None, *, today: date) -> dict[str, str]:
    """What a new form begins with for the works of an own contract (its number) or application (its id), as they stand now.

    Raises ApplicationNotFound.
    """
    found = works.works_named_by(reference, account.company_id or 0)
    issued = works.guarantees_of_works(found.id) if found is not None else []
    application = _application_behind(account, reference, issued)
    if found is None or application is None:
        raise ApplicationNotFound
    earlier = [one for one in issued if one.contract.cancelled_on is None]
    typed = {name: value for name, value in applications.typed_form(application).items() if name in _OF_THE_WORKS}
    typed |= {"same_works_as": reference}
    if earlier:
        typed |= _as_last_certified(earlier[-1].contract)
    if product is not None:
        typed |= {field_name(product, "wanted"): "on"}
    if product is Product.INTERIM_ADVANCE_PAYMENT:
        advances = [one for one in earlier if one.contract.product == Product.ADVANCE_PAYMENT]
        this_year = [one for one in advances if one.fiscal_year == fiscal_year(today)]
        typed |= _of_the_first_advance([one.contract for one in this_year or advances])
    return typed


def with_first_members(account: SignedIn, typed: Mapping[str, str]) -> dict[str, str]:
    """The form as typed; a joint venture's block that has just been opened begins with the company itself."""
    if not is_untouched(typed):
        return dict(typed)
    company = reference_data.company(account.company_id or 0)
    return dict(typed) | (first_members(company.name, company.address) if company is not None else {})


def _application_behind(account: SignedIn, reference: str, issued: list[GuaranteeOfWorks]) -> Application | None:
    """The application that a reference names, or that its contract was made from."""
    made_from = {one.contract.number: one.contract.application_id for one in issued}
    named = made_from.get(reference) or (int(reference) if reference.isdigit() else 0)
    return applications.application_of_company(named, account.company_id or 0)


def _as_last_certified(contract: GuaranteeContract) -> dict[str, str]:
    """Price and 工期 of the newest guarantee: a change may have moved them since the application was typed."""
    content = certificate_content(contract)
    return {
        "contract_price": f"{content.contract_price:,}",
        "construction_starts_on": era_date(content.construction_starts_on, padded=False),
        "construction_ends_on": era_date(content.construction_ends_on, padded=False),
    }


def _of_the_first_advance(advances: list[GuaranteeContract]) -> dict[str, str]:
    """既前払金額, and the year's amount where the first advance stood on one."""
    if not advances:
        return {}
    content = certificate_content(advances[-1])
    begun = {field_name(Product.INTERIM_ADVANCE_PAYMENT, "previous_advance_amount"): f"{content.guaranteed_amount:,}"}
    if content.fiscal_year_amount is not None:
        begun[field_name(Product.INTERIM_ADVANCE_PAYMENT, "fiscal_year_amount")] = f"{content.fiscal_year_amount:,}"
    return begun
