"""What a contractor does with an application: draft, submit, withdraw."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from esurety.documents.printable_characters import missing_characters
from esurety.domain.advances_together import with_first_advance
from esurety.domain.alike_guarantees import AlikeGuarantee
from esurety.domain.application_content import (
    ApplicationContent,
    FormChoices,
    IncompleteApplication,
    RequestedGuarantee,
    read_application,
)
from esurety.domain.application_differences import differences, premium_changes
from esurety.domain.application_rules import RuleOutcome, broken, check_application
from esurety.domain.application_state import ActNotPossible, ApplicationAct, ApplicationState, after, may
from esurety.domain.guarantee_limits import guarantee_ends_on, guarantee_starts_on
from esurety.domain.guarantee_premium import GuaranteePeriod, Premium, premium_for
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.domain.same_works import year_of_advance
from esurety.domain.typed_fields import named_character
from esurety.domain.works_standing import WorksStanding
from esurety.persistence import applications, events, reference_data
from esurety.persistence.applications import keep_typed
from esurety.persistence.database import writing
from esurety.persistence.models import Application, Works
from esurety.persistence.works import guarantees_alike, works_named_by, works_standing
from esurety.services.installation import Installation
from esurety.services.queue_mail import queue_application_mail
from esurety.services.sign_in import SignedIn

_DIGITS = 10  # of an id: with as many it is none of ours


class ApplicationNotFound(LookupError):
    """There is no such application for this person."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the application since the page was made."""


class AlreadySubmitted(Exception):
    """This page of the form has been submitted before, with something else in it."""

    def __init__(self, application_id: int) -> None:
        super().__init__(f"application {application_id} was submitted from this page")
        self.application_id = application_id


@dataclass(frozen=True)
class AssessedApplication:
    """A complete application that keeps every rule, with its premiums and what to mind."""

    content: ApplicationContent
    outcomes: tuple[RuleOutcome, ...]
    premiums: Mapping[Product, tuple[int, Premium]]  # tariff id and premium
    authority_name: str
    branch_name: str


@dataclass(frozen=True)
class FormIdentity:
    """Which page of the form this is: a new one by its token, a saved one by its application and the revision it was made from."""

    form_token: str
    application_id: int | None = None
    revision: int = 0


def form_choices(
    account: SignedIn,
    branches: Collection[int],
    authority: reference_data.AuthorityWithPolicy | None,
    *,
    today: date,
    works: Works | None = None,
) -> FormChoices:
    """What this person's form may name: for further guarantees of a works, its authority even when that has ended since."""
    has_ended = authority is not None and authority.ended_on is not None and authority.ended_on <= today
    may_be_named = authority is not None and (not has_ended or (works is not None and works.authority_id == authority.id))
    return FormChoices(
        authority_ids=frozenset({authority.id}) if authority is not None and may_be_named else frozenset(),
        branch_ids=frozenset(branches),
        company_pays_monthly=account.company_pays_monthly,
        company_name=account.organisation,
    )


def assess_application(
    *, account: SignedIn, typed: Mapping[str, str], today: date, application_id: int | None = None
) -> AssessedApplication:
    """Read the form, judge it by the authority's policy of today, reckon its premiums; `application_id` is its own, once it has one.

    Raises IncompleteApplication, or ApplicationNotFound where `same_works_as` names nothing of this company.
    """
    works = _shared_works(account, typed)
    standing = works_standing(works.id if works is not None else None, but_of_application=application_id)
    branches = {one.id: one.name for one in reference_data.branches_of(account.surety_id or 0, on=today)}
    authority = _named_authority(typed, today)
    try:
        content = read_application(typed, form_choices(account, branches, authority, today=today, works=works))
    except IncompleteApplication as incomplete:
        of_rules = _judge(incomplete.readable, authority, today, works, standing)[1] if incomplete.readable is not None else {}
        raise IncompleteApplication({**of_rules, **incomplete.problems}) from incomplete
    content = with_first_advance(content, standing, year=year_of_advance(applied_on=today, contracted_on=content.contracted_on))
    outcomes, problems = _judge(content, authority, today, works, standing, alike=_alike(account, content, works))
    if problems:
        raise IncompleteApplication(problems)
    tariffs = reference_data.tariffs_on(account.surety_id or 0, today)
    premiums = {}
    for requested in content.guarantees:
        if requested.product not in tariffs:
            raise reference_data.NoTariff(f"no tariff for {requested.product} on {today}")
        tariff_id, tariff = tariffs[requested.product]
        period = guarantee_period(requested, content, today)
        premiums[requested.product] = (tariff_id, premium_for(tariff, requested.guaranteed_amount, period=period))
    name = authority.name if authority is not None else ""
    return AssessedApplication(content, outcomes, premiums, name, branches[content.branch_id])


def guarantee_period(requested: RequestedGuarantee, content: ApplicationContent, today: date) -> GuaranteePeriod:
    """保証期間 as the certificate will have it: some tariffs grow with it."""
    starts_on = guarantee_starts_on(
        requested.product, contracted_on=content.contracted_on, construction_starts_on=content.construction_starts_on
    )
    ends_on = guarantee_ends_on(
        requested.product,
        applied_on=today,
        contracted_on=content.contracted_on,
        construction_ends_on=content.construction_ends_on,
        fiscal_year_amount=requested.fiscal_year_amount,
    )
    return GuaranteePeriod(starts_on, ends_on)


def _shared_works(account: SignedIn, typed: Mapping[str, str]) -> Works | None:
    """The works that the application shares with an earlier one; None for works of its own."""
    reference = typed.get("same_works_as", "")
    found = works_named_by(reference, account.company_id or 0) if reference else None
    if reference and found is None:
        raise ApplicationNotFound
    return found


def _alike(account: SignedIn, content: ApplicationContent, works: Works | None) -> Sequence[AlikeGuarantee]:
    """The company's own guarantees that seem to be for these works; of another company's it learns nothing here."""
    works_id = works.id if works is not None else None
    return guarantees_alike(content, surety_id=account.surety_id or 0, works_id=works_id, company_id=account.company_id or 0)


def _named_authority(typed: Mapping[str, str], today: date) -> reference_data.AuthorityWithPolicy | None:
    """The authority that a form names, ended or not."""
    named = typed.get("contracting_authority_id", "").strip()
    is_an_id = named.isascii() and named.isdigit() and len(named) < _DIGITS
    return reference_data.authority_on(int(named), today) if is_an_id else None


def _judge(
    content: ApplicationContent,
    authority: reference_data.AuthorityWithPolicy | None,
    today: date,
    works: Works | None,
    standing: WorksStanding,
    *,
    alike: Sequence[AlikeGuarantee] = (),
) -> tuple[tuple[RuleOutcome, ...], dict[str, str]]:
    """Every rule's outcome under the authority's policy, and a message for each field that stands in the way."""
    assert authority is not None, "the form named a listed authority"  # noqa: S101 - read_application checked it
    outcomes = check_application(content, authority.policy, applied_on=today, works=standing, alike=alike)
    problems = {one.field: one.text.rstrip("。") for one in reversed(broken(outcomes))}
    if works is not None and works.authority_id != content.contracting_authority_id:
        problems["contracting_authority_id"] = f"同じ工事（{works.name}）の申込みなので、発注者は変えられません。同じ発注者を選んでください"
    return outcomes, problems | _unprintable(content)


def _unprintable(content: ApplicationContent) -> dict[str, str]:
    """Characters that the certificate could not print are named while they can still be changed."""
    labels = {
        "works_name": ("工事名", content.works_name),
        "works_number": ("工事番号", content.works_number),
        "works_place": ("工事場所", content.works_place),
        "premium_billing_name": ("保証料請求先", content.premium_billing_name),
    }
    if content.joint_venture is not None:
        labels["joint_venture_name"] = ("企業体名", content.joint_venture.name)
        labels["is_joint_venture"] = ("構成員", "".join(one.name + one.address for one in content.joint_venture.members))
    return {
        name: f"{label}の{'、'.join(named_character(one) for one in missing)}は証書に印刷できない文字です。別の文字に置き換えて入力してください"
        for name, (label, text) in labels.items()
        if (missing := missing_characters(text))
    }


def save_draft(*, account: SignedIn, typed: Mapping[str, str], page: FormIdentity, at: datetime) -> int:
    """Keep the form as typed, complete or not; the same page saves the same draft. Returns the application's id.

    Raises ApplicationNotFound, ChangedMeanwhile, ActNotPossible (no longer editable) or AlreadySubmitted.
    """
    with writing():
        application = _locked(account, page, at)
        _refuse_uneditable(application, page)
        keep_typed(application, typed, at)
        return application.id


def submit_application(*, account: SignedIn, typed: Mapping[str, str], page: FormIdentity, at: datetime, installation: Installation) -> int:
    """Hand the application in: once, however often the page is sent. Returns its id.

    Raises IncompleteApplication, ApplicationNotFound, ChangedMeanwhile, ActNotPossible or AlreadySubmitted.
    """
    found = _found(account, page)
    if found is not None and _is_this_submission(found, page, typed):
        return found.id
    own_id = found.id if found is not None else None
    assessed = assess_application(account=account, typed=typed, today=japanese_day(at), application_id=own_id)
    with writing():
        application = _locked(account, page, at)
        if _is_this_submission(application, page, typed):
            return application.id
        _refuse_uneditable(application, page)
        again = application.submitted_at is not None
        application.state = after(ApplicationAct.SUBMIT, ApplicationState(application.state))
        application.submitted_at = at
        keep_typed(application, typed, at)
        costs = premium_changes(applications.premiums_of(application), assessed.premiums)
        changed = (*differences(applications.content_of(application), assessed.content), *costs) if again else ()
        applications.write_content(application, assessed.content, assessed.premiums)
        shared = _shared_works(account, typed)
        application.works_id = shared.id if shared is not None else application.works_id  # returned, it may still join others
        applications.name_works(application)
        events.record_event(
            at=at,
            kind="ApplicationSubmittedAgain" if again else "ApplicationSubmitted",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
            note="\n".join(one.text for one in changed),  # what a clerk who holds the older page has not seen
        )
        queue_application_mail("received", application=application, at=at, sign_in_address=installation.sign_in_address)
        return application.id


def withdraw_application(*, account: SignedIn, application_id: int, revision: int, at: datetime) -> None:
    """Take an application back before its review begins. Raises ApplicationNotFound, ChangedMeanwhile or ActNotPossible."""
    with writing():
        application = _own(account, application_id)
        if ApplicationState(application.state) is ApplicationState.WITHDRAWN:
            return
        application.state = after(ApplicationAct.WITHDRAW, ApplicationState(application.state))
        if application.revision != revision:
            raise ChangedMeanwhile
        application.revision += 1
        application.changed_at = at
        events.record_event(
            at=at,
            kind="ApplicationWithdrawn",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            application_id=application.id,
        )


def _own(account: SignedIn, application_id: int) -> Application:
    application = applications.lock_application(application_id)
    if application is None or application.company_id != account.company_id:
        raise ApplicationNotFound
    return application


def _found(account: SignedIn, page: FormIdentity) -> Application | None:
    """The application that a page is about, if there is one yet."""
    if page.application_id is None:
        return applications.application_with_token(account.account_id, page.form_token)
    return applications.application_of_company(page.application_id, account.company_id or 0)


def _locked(account: SignedIn, page: FormIdentity, at: datetime) -> Application:
    """The application that a page is about, made if need be, and held until the transaction ends."""
    if page.application_id is not None:
        return _own(account, page.application_id)
    _make_draft(account, page.form_token, at)
    made = applications.application_with_token(account.account_id, page.form_token)
    if made is None:
        raise ApplicationNotFound
    return _own(account, made.id)


def _is_this_submission(application: Application, page: FormIdentity, typed: Mapping[str, str]) -> bool:
    """Whether this very form has been handed in before: a double click, a page sent again."""
    if application.submitted_at is None or application.state == ApplicationState.RETURNED:
        return False
    return applications.typed_form(application) == dict(typed) and (page.application_id is None or page.revision < application.revision)


def _refuse_uneditable(application: Application, page: FormIdentity) -> None:
    if page.application_id is None:
        if application.submitted_at is not None:
            raise AlreadySubmitted(application.id)
        return
    state = ApplicationState(application.state)
    if application.changed_contract_id is not None or not may(ApplicationAct.SUBMIT, state):  # a change has a form of its own
        raise ActNotPossible(ApplicationAct.SUBMIT, state)
    if application.revision != page.revision:
        raise ChangedMeanwhile


def _make_draft(account: SignedIn, form_token: str, at: datetime) -> None:
    if account.company_id is None or account.surety_id is None:
        raise ApplicationNotFound
    applications.add_draft_once(
        {
            "surety_id": account.surety_id,
            "company_id": account.company_id,
            "state": ApplicationState.DRAFT.value,
            "revision": 0,
            "form_token": form_token,
            "typed": "{}",
            "created_at": at,
            "created_by": account.account_id,
            "changed_at": at,
        }
    )
