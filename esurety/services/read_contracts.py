"""What a contractor, or the surety, reads of guarantee contracts."""

from dataclasses import dataclass
from datetime import date

from esurety.domain.authority_policy import AuthorityPolicy, submission_advice
from esurety.domain.authority_policy import submission_rows as rows_of_submission
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber, NotAContractNumber
from esurety.domain.guarantee_limits import guarantee_ends_on, guarantee_starts_on
from esurety.domain.interim_conditions import first_advance
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.persistence import applications, changes, contracts, events, reference_data
from esurety.persistence.contracts import ContractFilter, ContractPage
from esurety.persistence.models import CertificateOpening, CertificateVersion, Event, GuaranteeContract
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.certificate_principal import members_text, principal_of
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.sign_in import Role, SignedIn


@dataclass(frozen=True)
class ComparedField:
    """One field of a certificate beside what was applied for."""

    label: str
    certificate: str
    applied: str

    @property
    def differs(self) -> bool:
        return self.certificate != self.applied


def find_contract(account: SignedIn, number: str) -> GuaranteeContract:
    """A contract that this person may see: the company's own, or the surety's. Raises NoSuchDocument."""
    try:
        parsed = GuaranteeContractNumber.parse(number)
    except NotAContractNumber as no:
        raise NoSuchDocument from no
    found = contracts.issued_contract(parsed.text, **_scope(account))
    if found is None or number != parsed.text:
        raise NoSuchDocument
    return found


def list_contracts(account: SignedIn, narrowed: ContractFilter, *, today: date, older_than: int | None = None) -> ContractPage:
    """A page of contracts that this person may see."""
    return contracts.issued_contracts(narrowed, today=today, older_than=older_than, **_scope(account))


def _scope(account: SignedIn) -> dict[str, int]:
    if account.role is Role.CONTRACTOR:
        return {"company_id": account.company_id or 0}
    return {"surety_id": account.surety_id or 0}


def versions(contract: GuaranteeContract) -> list[CertificateVersion]:
    """The issued versions, newest first."""
    return contracts.issued_versions(contract.id)


def openings(contract: GuaranteeContract) -> list[CertificateOpening]:
    """When the authority looked, newest first."""
    return contracts.openings_of(contract.id)


def happened_to_contract(contract: GuaranteeContract) -> list[Event]:
    """A contract's events, newest first."""
    return events.events_of(contract_id=contract.id)


def authorities_to_choose(today: date) -> list[AuthorityWithPolicy]:
    """The authorities a list can be narrowed to; ended ones have contracts still."""
    return reference_data.authorities_on(today, with_ended=True)


@dataclass(frozen=True)
class Submission:
    """Where and how the authority wants a product's key notice."""

    rows: list[tuple[str, str]]  # empty where the authority named nothing
    ways: str  # inside a sentence: 「電子契約システムへのアップロード」または「電子メールに添付して送信」
    policy: AuthorityPolicy  # of today


def submission_of(contract: GuaranteeContract, today: date) -> Submission:
    """How this contract's key notice is handed in, as the authority's policy of today says."""
    authority = reference_data.authority_on(contract.authority_id, today)
    assert authority is not None, "a contract names its authority"  # noqa: S101 - a foreign key holds it
    policy = authority.policy
    return Submission(rows_of_submission(policy, Product(contract.product)), submission_advice(policy), policy)


def compare_with_application(contract: GuaranteeContract, content: CertificateContent) -> list[ComparedField]:
    """The certificate's fields beside the application's, for the contractor to check. Raises NoSuchDocument."""
    version = contracts.version_of(contract.id, content.version)
    application = applications.application_of_surety(version.application_id, contract.surety_id) if version is not None else None
    if application is None:
        raise NoSuchDocument
    first_applied_at = changes.first_applied_at(contract.id) if content.version else application.submitted_at
    applied = applications.content_of(application)
    requested = applied.guarantee(content.product)
    if requested is None:
        raise NoSuchDocument
    judged_on = japanese_day(application.submitted_at) if application.submitted_at else content.issued_on
    authority = reference_data.authority_on(applied.contracting_authority_id, judged_on)
    principal, previous = principal_of(application.company, applied.joint_venture), first_advance(applied)
    starts_on = guarantee_starts_on(
        content.product, contracted_on=applied.contracted_on, construction_starts_on=applied.construction_starts_on
    )
    ends_on = guarantee_ends_on(
        content.product,
        applied_on=japanese_day(first_applied_at) if first_applied_at else content.issued_on,
        contracted_on=applied.contracted_on,
        construction_ends_on=applied.construction_ends_on,
        fiscal_year_amount=requested.fiscal_year_amount,
    )
    pairs = [
        ("被保証者", f"{content.obligee_head} 様", f"{authority.policy.head} 様" if authority is not None else ""),
        ("企業体名", content.joint_venture_name, principal.joint_venture_name),
        ("構成員", members_text(content.joint_venture_members), principal.members_text),
        ("保証契約者", content.principal_name, principal.name),
        ("代表者", content.principal_representative, principal.representative),
        ("住所", content.principal_address, principal.address),
        ("保証の種類", content.product.label, requested.product.label),
        ("保証証書の形式", content.certificate_form.label, requested.certificate_form.label),
        ("工事番号", content.works_number, applied.works_number),
        ("工事名", content.works_name, applied.works_name),
        ("工事場所", content.works_place, applied.works_place),
        ("請負金額（総額）", content.contract_price.text, applied.contract_price.text),
        ("契約日", era_date(content.contracted_on), era_date(applied.contracted_on)),
        ("工期の初日", era_date(content.construction_starts_on), era_date(applied.construction_starts_on)),
        ("工期の末日", era_date(content.construction_ends_on), era_date(applied.construction_ends_on)),
        (
            "今年度対象額",
            content.fiscal_year_amount.text if content.fiscal_year_amount else "",
            requested.fiscal_year_amount.text if requested.fiscal_year_amount else "",
        ),
        (
            "既前払金額",
            content.previous_advance_amount.text if content.previous_advance_amount else "",
            previous.text if content.product is Product.INTERIM_ADVANCE_PAYMENT and previous is not None else "",
        ),
        ("保証金額（総額）", content.guaranteed_amount.text, requested.guaranteed_amount.text),
        ("保証期間の初日", era_date(content.guarantee_starts_on), era_date(starts_on)),
        ("保証期間の末日", era_date(content.guarantee_ends_on), era_date(ends_on)),
        ("預託金融機関", content.depository, application.company.depository if content.product.is_advance else ""),
    ]
    return [
        ComparedField(label, of_certificate, of_application)
        for label, of_certificate, of_application in pairs
        if of_certificate or of_application
    ]
