"""What a contractor, or the surety, reads of applications."""

from datetime import date

from esurety.domain.application_content import field_name
from esurety.domain.application_state import ApplicationState
from esurety.domain.joint_venture import JointVenture
from esurety.domain.products import Product
from esurety.persistence import applications, events, reference_data
from esurety.persistence.applications import ApplicationPage
from esurety.persistence.joint_ventures import joint_venture_of
from esurety.persistence.models import Application, Branch, Event, PremiumReceipt, WarningOverride
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound


def own_application(account: SignedIn, application_id: int) -> Application:
    """An application of this person's company. Raises ApplicationNotFound."""
    found = applications.application_of_company(application_id, account.company_id or 0)
    if found is None:
        raise ApplicationNotFound
    return found


def application_for_office(account: SignedIn, application_id: int) -> Application:
    """An application that reached this person's surety. Raises ApplicationNotFound."""
    found = applications.application_of_surety(application_id, account.surety_id or 0)
    if found is None:
        raise ApplicationNotFound
    return found


def typed_of(application: Application) -> dict[str, str]:
    """The form as it was typed."""
    return applications.typed_form(application)


def wanted_products(application: Application) -> list[Product]:
    """The products ticked in a draft."""
    typed = applications.typed_form(application)
    return [product for product in Product if field_name(product, "wanted") in typed]


def own_applications(
    account: SignedIn, *, state: ApplicationState | None = None, word: str = "", older_than: int | None = None
) -> ApplicationPage:
    """A page of a company's applications, newest first."""
    return applications.applications_of_company(account.company_id or 0, state=state, word=word, older_than=older_than)


def newest_in(account: SignedIn, states: tuple[ApplicationState, ...], *, limit: int) -> list[Application]:
    """The newest applications of a company that are in one of these states."""
    return applications.newest_in_states(account.company_id or 0, states, limit=limit)


def form_reference(account: SignedIn, *, today: date, also: int | None = None) -> tuple[list[AuthorityWithPolicy], list[Branch]]:
    """What the form offers: authorities with today's policy (`also` even when it has ended), and branches to send to."""
    return reference_data.authorities_on(today, also=also), reference_data.branches_of(account.surety_id or 0, on=today)


def venture_of(application: Application) -> JointVenture | None:
    """The joint venture that applied, with its members."""
    return joint_venture_of(application)


def latest_reason(application_id: int) -> str:
    """Why the application was last returned or declined."""
    reasons = (
        event.note
        for event in events.events_of(application_id=application_id)
        if event.kind in {"ApplicationReturned", "ApplicationDeclined"}
    )
    return next(reasons, "")


def happened_to(application_id: int) -> list[Event]:
    """An application's events, newest first."""
    return events.events_of(application_id=application_id)


def own_counts(account: SignedIn) -> dict[ApplicationState, int]:
    """How many of a company's applications are in each state."""
    return applications.counts_by_state(company_id=account.company_id)


def office_counts(account: SignedIn, *, branch_id: int | None) -> dict[ApplicationState, int]:
    """How many of a surety's applications are in each state."""
    return applications.counts_by_state(surety_id=account.surety_id, branch_id=branch_id)


def receipts(application_id: int) -> list[PremiumReceipt]:
    """The premium receipts of an application."""
    return applications.receipts_of(application_id)


def overrides(application_id: int) -> list[WarningOverride]:
    """Why the approver went on although rules warned."""
    return applications.overrides_of(application_id)


def office_branches(account: SignedIn) -> list[Branch]:
    """The branches of this person's surety."""
    return reference_data.branches_of(account.surety_id or 0)
