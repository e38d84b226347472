"""What the certificates of an application will say: put together from its content and the records it names."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from esurety.domain.application_content import ApplicationContent
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.guarantee_limits import guarantee_ends_on, guarantee_starts_on
from esurety.domain.guarantee_wording import GUARANTEE_STATEMENTS, TERMS_NAMES
from esurety.domain.interim_conditions import first_advance
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.persistence import applications, reference_data
from esurety.persistence.models import Application
from esurety.services.certificate_principal import principal_of
from esurety.services.installation import Installation
from esurety.services.write_application import ApplicationNotFound


def certificate_contents(
    application: Application, numbers: Mapping[Product, GuaranteeContractNumber], at: datetime, installation: Installation
) -> dict[Product, CertificateContent]:
    """The original certificate (当初) of each product applied for, addressed as the authority's policy on the day of the application says.

    Raises ApplicationNotFound when a record it names is gone.
    """
    applied = applications.content_of(application)
    base = _common_content(application, applied, at, installation)
    return {
        one.product: replace(
            base,
            product=one.product,
            certificate_form=one.certificate_form,
            guarantee_contract_number=numbers[one.product].text,
            fiscal_year_amount=one.fiscal_year_amount,
            previous_advance_amount=first_advance(applied) if one.product is Product.INTERIM_ADVANCE_PAYMENT else None,
            guaranteed_amount=one.guaranteed_amount,
            guarantee_starts_on=guarantee_starts_on(
                one.product, contracted_on=applied.contracted_on, construction_starts_on=applied.construction_starts_on
            ),
            guarantee_ends_on=guarantee_ends_on(
                one.product,
                applied_on=japanese_day(application.submitted_at or at),
                contracted_on=applied.contracted_on,
                construction_ends_on=applied.construction_ends_on,
                fiscal_year_amount=one.fiscal_year_amount,
            ),
            depository=base.depository if one.product.is_advance else "",
            terms_name=TERMS_NAMES[one.product],
            guarantee_statement=GUARANTEE_STATEMENTS[one.product],
        )
        for one in applied.guarantees
    }


def _common_content(application: Application, applied: ApplicationContent, at: datetime, installation: Installation) -> CertificateContent:
    """What the certificates of one application share; the product's own fields are filled in for each."""
    company = reference_data.company(application.company_id)
    authority = reference_data.authority(applied.contracting_authority_id)
    branch = reference_data.branch(applied.branch_id)
    judged_on = japanese_day(application.submitted_at or at)
    parties = reference_data.surety_and_head(application.surety_id, applied.contracting_authority_id, judged_on)
    if company is None or authority is None or branch is None or parties is None:
        raise ApplicationNotFound
    surety, head = parties
    first = applied.guarantees[0]
    principal = principal_of(company, applied.joint_venture)
    return CertificateContent(
        product=first.product,
        certificate_form=first.certificate_form,
        guarantee_contract_number="",
        version=0,
        issued_on=japanese_day(at),
        obligee_name=authority.name,
        obligee_head=head,
        principal_name=principal.name,
        principal_address=principal.address,
        principal_representative=principal.representative,
        works_number=applied.works_number,
        works_name=applied.works_name,
        works_place=applied.works_place,
        contract_price=applied.contract_price,
        contracted_on=applied.contracted_on,
        construction_starts_on=applied.construction_starts_on,
        construction_ends_on=applied.construction_ends_on,
        fiscal_year_amount=None,
        previous_advance_amount=None,
        guaranteed_amount=first.guaranteed_amount,
        guarantee_starts_on=applied.contracted_on,
        guarantee_ends_on=applied.construction_ends_on,
        depository=company.depository,
        terms_name="",
        guarantee_statement="",
        surety_name=surety.name,
        surety_address=surety.address,
        surety_representative=surety.representative,
        branch_name=branch.name,
        branch_phone=branch.phone,
        branch_hours=branch.hours,
        is_specimen=installation.settings.is_demo,
        joint_venture_name=principal.joint_venture_name,
        joint_venture_members=principal.members,
    )
