"""What a change makes of its contract: the version it sets out from, the one it leads to, and what that does to the premium."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from esurety.domain.application_content import ApplicationContent
from esurety.domain.certificate_changes import FieldDifference, PremiumDifference, change_kinds, differences, premium_difference
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.change_request import changed_certificate
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.same_works import year_of_advance
from esurety.domain.works_standing import StandingGuarantee
from esurety.domain.yen import Yen
from esurety.persistence import applications, changes, reference_data
from esurety.persistence.models import Application, CertificateVersion, GuaranteeContract
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.write_application import ApplicationNotFound


@dataclass(frozen=True)
class PlannedChange:
    """A change as everybody sees it before it is issued: both versions and both premiums."""

    number: str
    before: CertificateContent
    after: CertificateContent
    premium_before: Yen
    premium_after: Yen
    standing: StandingGuarantee | None = None  # of a submitted change: what it is judged against, so that nobody reads it twice
    authority: AuthorityWithPolicy | None = None

    @property
    def differences(self) -> tuple[FieldDifference, ...]:
        return differences(self.before, self.after)

    @property
    def kinds_text(self) -> str:
        """増額・保証期限変更; 契約内容の変更 where amount and period of the guarantee stay."""
        return "・".join(kind.label for kind in change_kinds(self.before, self.after)) or "契約内容の変更"

    @property
    def premium(self) -> PremiumDifference:
        return premium_difference(self.premium_before, self.premium_after)


def planned_change(application: Application, at: datetime) -> PlannedChange:
    """What a submitted change leads to. Raises ApplicationNotFound when a record it names is gone."""
    start = changes.start_of_change(application.changed_contract_id or 0, application.id)
    if start is None:
        raise ApplicationNotFound
    before, first_applied_at = start
    judged_on, applied = japanese_day(application.submitted_at or at), applications.content_of(application)
    authority = reference_data.authority_on(applied.contracting_authority_id, judged_on)
    after = next_version(before, applied, at, first_applied_at=first_applied_at, judged_on=judged_on, authority=authority)
    content = CertificateContent.from_json(before.content)
    premium = application.requested[0].premium
    standing = _standing(content, first_applied_at)
    return PlannedChange(content.guarantee_contract_number, content, after, before.premium, premium, standing, authority)


def next_version(
    before: CertificateVersion,
    applied: ApplicationContent,
    at: datetime,
    *,
    first_applied_at: datetime | None,
    judged_on: date,
    authority: AuthorityWithPolicy | None = None,
) -> CertificateContent:
    """The certificate that would follow: the contract's parties stay, the authority's head is the one of the day. Raises NothingChanges."""
    today, content = japanese_day(at), CertificateContent.from_json(before.content)
    authority = authority or reference_data.authority_on(applied.contracting_authority_id, judged_on)
    return changed_certificate(
        content,
        applied,
        version=before.version + 1,
        issued_on=today,
        first_applied_on=japanese_day(first_applied_at) if first_applied_at else today,
        obligee_head=authority.policy.head if authority is not None else content.obligee_head,
    )


def signed_as_today(content: CertificateContent, application: Application) -> CertificateContent:
    """The surety signs as it is today, whoever signed the version before. Raises ApplicationNotFound when a record is gone."""
    branch = reference_data.branch(application.branch_id or 0)
    surety = reference_data.surety(application.surety_id)
    if branch is None or surety is None:
        raise ApplicationNotFound
    return replace(
        content,
        surety_name=surety.name,
        surety_address=surety.address,
        surety_representative=surety.representative,
        branch_name=branch.name,
        branch_phone=branch.phone,
        branch_hours=branch.hours,
    )


def last_application(contract: GuaranteeContract, version: CertificateVersion) -> Application:
    """The application or change that a version came from. Raises ApplicationNotFound."""
    found = applications.application_of_surety(version.application_id, contract.surety_id)
    if found is None:
        raise ApplicationNotFound
    return found


def premium_before(application: Application) -> Yen:
    """What of an application's premium has been settled with the versions before; 0円 but for a change."""
    if application.changed_contract_id is None:
        return Yen(0)
    start = changes.start_of_change(application.changed_contract_id, application.id)
    return start[0].premium if start is not None else Yen(0)


def guarantee_before(application: Application) -> StandingGuarantee:
    """The guarantee that a change is about, as the version before has it. Raises ApplicationNotFound when a record it names is gone."""
    start = changes.start_of_change(application.changed_contract_id or 0, application.id)
    if start is None:
        raise ApplicationNotFound
    return _standing(CertificateContent.from_json(start[0].content), start[1])


def _standing(before: CertificateContent, first_applied_at: datetime | None) -> StandingGuarantee:
    applied_on = japanese_day(first_applied_at) if first_applied_at is not None else before.contracted_on
    return StandingGuarantee.of(before, year_of_advance(applied_on=applied_on, contracted_on=before.contracted_on))
