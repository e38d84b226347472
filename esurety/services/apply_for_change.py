"""変更の申込み: a contractor asks for a guarantee to become larger, smaller or longer; reviewed and issued like an application."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from esurety.domain.advances_together import with_first_advance
from esurety.domain.application_content import ApplicationContent
from esurety.domain.application_rules import RuleOutcome, broken, check_application
from esurety.domain.application_state import ApplicationAct, ApplicationState, after
from esurety.domain.certificate_changes import NothingChanges
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.change_request import (
    CHANGE_FIELDS,
    IncompleteChange,
    changed_application,
    read_change,
    refuse_hopeless,
    unchanged_form,
)
from esurety.domain.guarantee_premium import GuaranteePeriod, Premium, premium_for
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.domain.same_works import year_of_advance
from esurety.domain.works_standing import StandingGuarantee, WorksStanding
from esurety.persistence import applications, changes, events, reference_data, works
from esurety.persistence.applications import keep_typed
from esurety.persistence.database import writing
from esurety.persistence.models import Application, CertificateVersion, GuaranteeContract
from esurety.services.assemble_change import PlannedChange, last_application, next_version
from esurety.services.hand_out_documents import NoSuchDocument, content_row
from esurety.services.installation import Installation
from esurety.services.queue_mail import queue_application_mail
from esurety.services.read_contracts import find_contract
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile


class ContractIsCancelled(Exception):
    """A cancelled contract has nothing left to change."""


class AnotherChangeOpen(Exception):
    """A change of this contract is under review, or approved and not yet issued."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"change {application_id} is open")
        self.application_id = application_id


@dataclass(frozen=True)
class ChangeForm:
    """What the form begins with: the contract as it is, and a change that came back for correction."""

    contract: GuaranteeContract
    before: CertificateContent
    typed: dict[str, str]
    returned: Application | None


@dataclass(frozen=True)
class AssessedChange:
    """A change that could be handed in: what it leads to, and how the rules came out for the new totals."""

    plan: PlannedChange
    content: ApplicationContent
    outcomes: tuple[RuleOutcome, ...]
    tariff_id: int
    premium: Premium
    reason: str


def change_form(account: SignedIn, number: str, *, follows_works: bool = False) -> ChangeForm:
    """The form for a contract of this person's company; `follows_works` begins it with price and 工期 as they moved on elsewhere.

    Raises NoSuchDocument, ContractIsCancelled or AnotherChangeOpen.
    """
    contract = find_contract(account, number)
    returned, version = _changeable(contract), content_row(contract)
    before = CertificateContent.from_json(version.content)
    if returned is not None:
        return ChangeForm(contract, before, applications.typed_form(returned), returned)
    of_interim = before.product is Product.INTERIM_ADVANCE_PAYMENT
    applied = applications.content_of(last_application(contract, version)).guarantee(before.product) if of_interim else None
    typed = unchanged_form(before, applied)
    return ChangeForm(contract, before, typed | _as_the_works(contract) if follows_works else typed, None)


def _as_the_works(contract: GuaranteeContract) -> dict[str, str]:
    """Price and 工期 as another guarantee of the works has them, or is to have them by the change that was applied for last."""
    standing = works.works_standing(contract.works_id).without(contract.number)
    newest = max(standing.applications, key=lambda one: one.application_id, default=None) or standing.newest
    if newest is None:
        return {}
    return {
        "contract_price": newest.contract_price.digits,
        "construction_ends_on": era_date(newest.construction_ends_on, padded=False),
    }


def _changeable(contract: GuaranteeContract) -> Application | None:
    """The returned change to correct, if there is one."""
    if contract.cancelled_on is not None:
        raise ContractIsCancelled
    waiting = changes.open_change(contract.id)
    if waiting is not None and waiting.state != ApplicationState.RETURNED:
        raise AnotherChangeOpen(waiting.id)
    return waiting


def assess_change(*, account: SignedIn, number: str, typed: Mapping[str, str], at: datetime) -> AssessedChange:
    """Read and judge a change, and reckon its premium.

    The tariff is that of the version before, so that the difference comes from the amounts alone [A].
    Raises NoSuchDocument, ContractIsCancelled, AnotherChangeOpen or IncompleteChange.
    """
    contract = find_contract(account, number)
    _changeable(contract)
    return _assess(contract, content_row(contract), typed, at)


@dataclass(frozen=True)
class ChangePreview:
    """A change while it is being typed: what can be said already. `assessed` is None until it is a change at all."""

    before: CertificateContent
    assessed: AssessedChange | None
    problems: Mapping[str, str]


def preview_change(*, account: SignedIn, number: str, typed: Mapping[str, str], at: datetime) -> ChangePreview:
    """What a change would come to, hand it in or not; a field still empty is no problem yet.

    Raises NoSuchDocument, ContractIsCancelled or AnotherChangeOpen.
    """
    contract = find_contract(account, number)
    _changeable(contract)
    version = content_row(contract)
    before = CertificateContent.from_json(version.content)
    try:
        assessed, problems = _look_at(contract, version, {"change_reason": "（入力中）"} | dict(typed), at)
    except NothingChanges:
        return ChangePreview(before, None, {})
    except IncompleteChange as incomplete:
        return ChangePreview(before, None, {name: problem for name, problem in incomplete.problems.items() if typed.get(name, "").strip()})
    return ChangePreview(before, assessed, problems)


def _assess(contract: GuaranteeContract, version: CertificateVersion, typed: Mapping[str, str], at: datetime) -> AssessedChange:
    try:
        assessed, problems = _look_at(contract, version, typed, at)
    except NothingChanges:
        before = CertificateContent.from_json(version.content)
        raise IncompleteChange(refuse_hopeless(before, before, today=japanese_day(at))) from None
    if problems:
        raise IncompleteChange(problems)
    return assessed


def _look_at(
    contract: GuaranteeContract, version: CertificateVersion, typed: Mapping[str, str], at: datetime
) -> tuple[AssessedChange, dict[str, str]]:
    """The change and what stands in its way, by field. Raises NothingChanges, or IncompleteChange where it cannot be read."""
    today, before = japanese_day(at), CertificateContent.from_json(version.content)
    change = read_change(typed, before)
    applied = last_application(contract, version)
    standing, first_applied_at = works.works_standing(contract.works_id), changes.first_applied_at(contract.id)
    year = year_of_advance(applied_on=japanese_day(first_applied_at or at), contracted_on=before.contracted_on)
    content = changed_application(applications.content_of(applied), before, change)
    content = with_first_advance(content, standing.without(contract.number), year=year)
    following = next_version(version, content, at, first_applied_at=first_applied_at, judged_on=today)
    outcomes = _judge(content, at, standing, StandingGuarantee.of(before, year))
    problems = {_field(one): one.text.rstrip("。") for one in reversed(broken(outcomes))}
    problems |= refuse_hopeless(before, following, today=today)
    row = next(one for one in applied.requested if one.product == before.product)
    premium = _premium(row.tariff_id, following)
    plan = PlannedChange(contract.number, before, following, version.premium, premium.amount)
    return AssessedChange(plan, content, outcomes, row.tariff_id, premium, change.reason), problems


def _premium(tariff_id: int, following: CertificateContent) -> Premium:
    """The premium of the whole guarantee as it will be."""
    period = GuaranteePeriod(following.guarantee_starts_on, following.guarantee_ends_on)
    return premium_for(reference_data.tariffs_by_id([tariff_id])[tariff_id], following.guaranteed_amount, period=period)


def _judge(content: ApplicationContent, at: datetime, standing: WorksStanding, before: StandingGuarantee) -> tuple[RuleOutcome, ...]:
    authority = reference_data.authority_on(content.contracting_authority_id, japanese_day(at))
    assert authority is not None, "a submitted application names its authority"  # noqa: S101 - a foreign key holds it
    return check_application(content, authority.policy, applied_on=japanese_day(at), works=standing, changes=before)


def _field(outcome: RuleOutcome) -> str:
    """The field of this form that a rule's outcome is about: advance_payment-guaranteed_amount is guaranteed_amount here."""
    name = outcome.field.rpartition("-")[2]
    return name if name in CHANGE_FIELDS else "guaranteed_amount"


def submit_change(
    *, account: SignedIn, number: str, typed: Mapping[str, str], revision: int | None, token: str, at: datetime, installation: Installation
) -> int:
    """Hand a change in, once, however often the page is sent; `revision` is that of a returned change. Returns its application's id.

    Raises NoSuchDocument, ContractIsCancelled, AnotherChangeOpen, ChangedMeanwhile or IncompleteChange.
    """
    contract_id = find_contract(account, number).id
    act = f"change:{contract_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            newest = changes.newest_change(contract_id, account.account_id)
            if newest is None:
                raise NoSuchDocument
            return newest.id
        contract = changes.lock_contract(contract_id)
        if contract is None:
            raise NoSuchDocument
        returned = _changeable(contract)
        if (returned.revision if returned is not None else None) != revision:
            raise ChangedMeanwhile
        assessed = _assess(contract, content_row(contract), typed, at)
        application_id = returned.id if returned is not None else _new_change(account, contract, token, at)
        _hand_in(account, application_id, typed, assessed, at=at, installation=installation)
        events.keep_answer(account.account_id, token, act, at)
        return application_id


def _new_change(account: SignedIn, contract: GuaranteeContract, token: str, at: datetime) -> int:
    applications.add_draft_once(
        {
            "surety_id": contract.surety_id,
            "company_id": contract.company_id,
            "kind": "change",
            "changed_contract_id": contract.id,
            "works_id": contract.works_id,
            "state": ApplicationState.DRAFT.value,
            "revision": 0,
            "form_token": token,
            "typed": "{}",
            "created_at": at,
            "created_by": account.account_id,
            "changed_at": at,
        }
    )
    made = applications.application_with_token(account.account_id, token)
    if made is None or made.changed_contract_id != contract.id:
        raise ChangedMeanwhile
    return made.id


def _hand_in(
    account: SignedIn,
    application_id: int,
    typed: Mapping[str, str],
    assessed: AssessedChange,
    *,
    at: datetime,
    installation: Installation,
) -> None:
    application = applications.lock_application(application_id)
    assert application is not None, "it has just been found or made"  # noqa: S101
    again = application.submitted_at is not None
    application.state = after(ApplicationAct.SUBMIT, ApplicationState(application.state))
    application.submitted_at = at
    application.change_reason = assessed.reason
    keep_typed(application, typed, at)
    applications.write_content(application, assessed.content, {assessed.plan.before.product: (assessed.tariff_id, assessed.premium)})
    events.record_event(
        at=at,
        kind="ChangeSubmittedAgain" if again else "ChangeSubmitted",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=application.id,
        contract_id=application.changed_contract_id,
        note=f"{assessed.plan.kinds_text}：{assessed.reason}",
    )
    queue_application_mail("received", application=application, at=at, sign_in_address=installation.sign_in_address)
