"""Applications: stored, found, listed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import joinedload, selectinload

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee
from esurety.domain.application_state import ApplicationState
from esurety.domain.guarantee_premium import Premium
from esurety.domain.products import CertificateDelivery, CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.search_words import folded
from esurety.domain.yen import Yen, total
from esurety.persistence.database import insert, reading
from esurety.persistence.joint_ventures import joint_venture_of, write_joint_venture
from esurety.persistence.models import Application, Event, PremiumReceipt, PremiumRepayment, RequestedGuaranteeRow, WarningOverride, Works

PAGE_SIZE = 30  # with the longest names a page stays under 60 kB


@dataclass(frozen=True)
class ApplicationPage:
    """Some applications, newest first; `older_than` continues the list."""

    applications: list[Application]
    older_than: int | None


def _whole() -> Select[Application]:
    return select(Application).options(
        joinedload(Application.company),
        joinedload(Application.branch),
        joinedload(Application.authority),
        selectinload(Application.requested).joinedload(RequestedGuaranteeRow.contract),
    )


def application_of_company(application_id: int, company_id: int) -> Application | None:
    """A company's own application with everything a page shows; None for another company's, as for none at all."""
    return reading().scalar(_whole().where(Application.id == application_id, Application.company_id == company_id))


def application_of_surety(application_id: int, surety_id: int) -> Application | None:
    """An application that reached the surety: a contractor's draft is not its business."""
    return reading().scalar(
        _whole().where(Application.id == application_id, Application.surety_id == surety_id, Application.submitted_at.is_not(None))
    )


def lock_application(application_id: int) -> Application | None:
    """The application with its requests, held until the transaction ends."""
    return reading().scalar(
        select(Application)
        .where(Application.id == application_id)
        .options(selectinload(Application.requested).joinedload(RequestedGuaranteeRow.contract))
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    )


def application_with_token(account_id: int, form_token: str) -> Application | None:
    """The application that this page of the form has made already."""
    return reading().scalar(select(Application).where(Application.created_by == account_id, Application.form_token == form_token))


def add_draft_once(values: Mapping[str, Any]) -> None:
    """Store a new draft unless this page has made one already; two at once end up with one."""
    reading().execute(insert(Application).values(**values).on_conflict_do_nothing(index_elements=["created_by", "form_token"]))


def add(row: PremiumReceipt | PremiumRepayment | WarningOverride) -> None:
    """Store a new row with the running transaction, which gives it its id."""
    reading().add(row)
    reading().flush()


def applications_of_company(
    company_id: int, *, state: ApplicationState | None = None, word: str = "", older_than: int | None = None
) -> ApplicationPage:
    """A page of a company's applications, newest first."""
    statement = _whole().where(Application.company_id == company_id).order_by(Application.id.desc()).limit(PAGE_SIZE + 1)
    if state is not None:
        statement = statement.where(Application.state == state)
    if word:
        statement = statement.where(Application.folded_works_name.contains(folded(word), autoescape=True))
    if older_than is not None:
        statement = statement.where(Application.id < older_than)
    found = list(reading().scalars(statement))
    return ApplicationPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None)


def newest_in_states(company_id: int, states: Iterable[ApplicationState], *, limit: int) -> list[Application]:
    """A company's newest applications in some states."""
    statement = _whole().where(Application.company_id == company_id, Application.state.in_(list(states)))
    return list(reading().scalars(statement.order_by(Application.id.desc()).limit(limit)))


def counts_by_state(
    *, surety_id: int | None = None, company_id: int | None = None, branch_id: int | None = None
) -> dict[ApplicationState, int]:
    """How many applications are in each state."""
    statement = select(Application.state, func.count()).group_by(Application.state)
    if surety_id is not None:
        statement = statement.where(Application.surety_id == surety_id, Application.submitted_at.is_not(None))
    if company_id is not None:
        statement = statement.where(Application.company_id == company_id)
    if branch_id is not None:
        statement = statement.where(Application.branch_id == branch_id)
    return {ApplicationState(state): count for state, count in reading().execute(statement)}


def receipts_of(application_id: int) -> list[PremiumReceipt]:
    """The premium receipts recorded for an application, oldest first."""
    return list(
        reading().scalars(select(PremiumReceipt).where(PremiumReceipt.application_id == application_id).order_by(PremiumReceipt.id))
    )


def received_total(application_id: int) -> Yen:
    """What has been received; a reversed record does not count."""
    return total([receipt.amount for receipt in receipts_of(application_id) if receipt.reversed_at is None])


def overrides_of(application_id: int) -> list[WarningOverride]:
    """Why the approver went on although rules warned."""
    return list(
        reading().scalars(select(WarningOverride).where(WarningOverride.application_id == application_id).order_by(WarningOverride.id))
    )


def forget_overrides(application_id: int) -> None:
    """The reasons belong to an approval that has been taken back; the events that tell of them stay."""
    reading().execute(delete(WarningOverride).where(WarningOverride.application_id == application_id))


def first_submitted_at(application_id: int) -> datetime | None:
    """When the application first came in; a correction handed in later does not move it."""
    return reading().scalar(
        select(Event.at).where(Event.application_id == application_id, Event.kind == "ApplicationSubmitted").order_by(Event.id).limit(1)
    )


def typed_form(application: Application) -> dict[str, str]:
    """The form as the contractor typed it."""
    typed: dict[str, str] = json.loads(application.typed)
    return typed


def keep_typed(application: Application, typed: Mapping[str, str], at: datetime) -> None:
    """Keep the form as typed, with the works' name for the list of drafts."""
    application.typed = json.dumps(dict(typed), ensure_ascii=False, sort_keys=True)
    application.changed_at = at
    application.revision += 1
    if application.submitted_at is None:
        name = typed.get("works_name", "").strip()[:200].encode("utf-8", "ignore").decode().replace("\x00", "")
        application.works_name, application.folded_works_name = (name, folded(name)) if name else (None, None)


def write_content(application: Application, content: ApplicationContent, premiums: Mapping[Product, tuple[int, Premium]]) -> None:
    """Put what was understood into the columns, and one row per product; `premiums` gives each tariff's id and premium."""
    application.branch_id = content.branch_id
    application.authority_id = content.contracting_authority_id
    application.works_name, application.folded_works_name = content.works_name, folded(content.works_name)
    application.works_number, application.works_place = content.works_number, content.works_place
    application.works_kind = content.works_kind.value
    application.contract_price = content.contract_price
    application.contracted_on, application.announced_on = content.contracted_on, content.announced_on
    application.construction_starts_on, application.construction_ends_on = content.construction_starts_on, content.construction_ends_on
    application.is_low_bid = content.is_low_bid
    application.certificate_delivery = content.certificate_delivery.value if content.certificate_delivery else None
    application.notification_email = content.notification_email
    application.premium_billing_name = content.premium_billing_name
    application.premium_statement_on_paper = content.premium_statement_on_paper
    write_joint_venture(application, content.joint_venture)
    for row in list(application.requested):
        reading().delete(row)
    reading().flush()
    for position, requested in enumerate(content.guarantees):
        tariff_id, premium = premiums[requested.product]
        reading().add(
            RequestedGuaranteeRow(
                application_id=application.id,
                position=position,
                product=requested.product.value,
                certificate_form=requested.certificate_form.value,
                guaranteed_amount=requested.guaranteed_amount,
                fiscal_year_amount=requested.fiscal_year_amount,
                premium_payment_method=requested.premium_payment_method.value,
                premium=premium.amount,
                tariff_id=tariff_id,
                certified_on=requested.certified_on,
                certification_number=requested.certification_number,
                previous_advance_amount=requested.previous_advance_amount,
            )
        )


def premiums_of(application: Application) -> dict[Product, tuple[int, Yen]]:
    """By product the tariff's id and the premium, as it was handed in last; none for a draft."""
    return {Product(row.product): (row.tariff_id, row.premium) for row in application.requested}


def name_works(application: Application) -> None:
    """Give a submitted application its works, or rename the ones it has: 同じ工事 groups guarantees by them."""
    works = reading().get(Works, application.works_id) if application.works_id is not None else None
    if works is None:
        works = Works(company_id=application.company_id, authority_id=application.authority_id, name=application.works_name)
        reading().add(works)
        reading().flush()
        application.works_id = works.id
    else:
        works.name, works.authority_id = application.works_name or "", application.authority_id or works.authority_id


def content_of(application: Application) -> ApplicationContent:
    """The submitted application as the domain knows it. Raises ValueError for a draft, which has no complete content."""
    row = application
    if (
        row.authority_id is None
        or row.branch_id is None
        or row.works_name is None
        or row.contract_price is None
        or row.contracted_on is None
        or row.construction_starts_on is None
        or row.construction_ends_on is None
        or row.works_kind is None
    ):
        raise ValueError("a draft has no complete content")
    return ApplicationContent(
        works_name=row.works_name,
        works_number=row.works_number or "",
        works_place=row.works_place or "",
        works_kind=WorksKind(row.works_kind),
        contracting_authority_id=row.authority_id,
        contract_price=row.contract_price,
        contracted_on=row.contracted_on,
        announced_on=row.announced_on,
        construction_starts_on=row.construction_starts_on,
        construction_ends_on=row.construction_ends_on,
        is_low_bid=row.is_low_bid,
        branch_id=row.branch_id,
        certificate_delivery=CertificateDelivery(row.certificate_delivery) if row.certificate_delivery else None,
        notification_email=row.notification_email,
        premium_billing_name=row.premium_billing_name,
        premium_statement_on_paper=row.premium_statement_on_paper,
        guarantees=tuple(_requested(one) for one in row.requested),
        joint_venture=joint_venture_of(row),
    )


def _requested(row: RequestedGuaranteeRow) -> RequestedGuarantee:
    return RequestedGuarantee(
        Product(row.product),
        CertificateForm(row.certificate_form),
        row.guaranteed_amount,
        row.fiscal_year_amount,
        PremiumPaymentMethod(row.premium_payment_method),
        row.certified_on,
        row.certification_number,
        row.previous_advance_amount,
    )
