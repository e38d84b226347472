"""What issuing an application would make: read before anything is written."""

from dataclasses import dataclass
from datetime import datetime

from esurety.documents.printable_characters import missing_characters
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.products import CertificateForm, Product
from esurety.domain.signing_problem import SigningProblem
from esurety.persistence.models import Application
from esurety.services.assemble_certificate import certificate_contents
from esurety.services.assemble_change import PlannedChange, planned_change, signed_as_today
from esurety.services.installation import Installation
from esurety.services.make_certificate import CannotBeSigned, signatory_of

_STAND_IN = GuaranteeContractNumber("99999-00005M")  # the briefing's sample; real numbers are drawn when issuing


@dataclass(frozen=True)
class PlannedIssue:
    """The certificates to come, without their numbers; the characters that they could not be printed with, and why they could not be signed."""

    contents: tuple[CertificateContent, ...]
    unprintable: tuple[str, ...]
    unsignable: SigningProblem | None


def plan_issue(application: Application, *, at: datetime, installation: Installation, change: PlannedChange | None = None) -> PlannedIssue:
    """The certificates that issuing now would make; `change` spares reading a change anew that is known already. Raises ApplicationNotFound when a record they name is gone."""
    if application.changed_contract_id is not None:
        change = change or planned_change(application, at)
        contents: tuple[CertificateContent, ...] = (signed_as_today(change.after, application),)
    else:
        numbers = {Product(row.product): _STAND_IN for row in application.requested}
        contents = tuple(certificate_contents(application, numbers, at, installation).values())
    missing = missing_characters("".join(text for content in contents for text in content.printed_texts()))
    return PlannedIssue(contents, missing, _why_not_signed(application, contents, at, installation))


def _why_not_signed(
    application: Application, contents: tuple[CertificateContent, ...], at: datetime, installation: Installation
) -> SigningProblem | None:
    if not any(content.certificate_form is CertificateForm.ELECTRONIC for content in contents):
        return None
    try:
        signatory_of(application.surety_id, at=at, installation=installation)
    except CannotBeSigned as no:
        return no.problem
    return None
