"""Issuing: number, key, certificate, record and mail, all or nothing.

Rendering is slow and needs the number; the write transaction must be short; numbers have no gaps. So: (1) prepare stores number
and content, (2) the certificate is rendered outside any transaction, (3) issue turns prepared into issued. Nobody sees anything
before (3), and a crash in between leaves a prepared row that the next try picks up with the same number.
"""

from dataclasses import dataclass
from datetime import date, datetime

from esurety.documents.printable_characters import missing_characters
from esurety.domain.application_state import ApplicationAct, ApplicationState, after, may
from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.japanese_calendar import fiscal_year, japanese_day
from esurety.domain.log_entry import LogEvent
from esurety.domain.products import CertificateForm, Product
from esurety.domain.search_words import folded
from esurety.persistence import applications, contracts, events, reference_data, roll_ups
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import (
    Application,
    AuthenticationKeyRow,
    CertificateVersion,
    GuaranteeContract,
    RequestedGuaranteeRow,
)
from esurety.services.assemble_certificate import certificate_contents
from esurety.services.check_entitlement import refuse_without_right
from esurety.services.check_papers import keep_reason_for_open_papers, refuse_open_papers
from esurety.services.check_period import refuse_over
from esurety.services.installation import Installation
from esurety.services.keep_log import append_to_log
from esurety.services.make_certificate import MadeFile, Signatory, make_file, publicly_known, signatory_of
from esurety.services.queue_mail import IssuedLine, queue_application_mail
from esurety.services.return_premium import mark_overpayment
from esurety.services.review_application import premium_outstanding
from esurety.services.sign_in import Role, SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile


class NotEntitledToIssue(PermissionError):
    """Only an approver issues."""


class NotYetApproved(Exception):
    """The application has not been approved, or its premium is still to come."""


class PremiumOutstanding(NotYetApproved):
    """The premium has not been received in full."""


class AlreadyIssued(Exception):
    """The application's guarantees have been issued before."""


class IsAChange(Exception):
    """The application changes a guarantee that exists; `issue_change` issues it, without a new number or key."""


class CannotBePrinted(Exception):
    """The certificate's font lacks characters; nothing was written."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__("the font lacks characters")
        self.characters = characters


@dataclass(frozen=True)
class IssueAct:
    """Who issues what, from which page, when and where."""

    account: SignedIn
    application_id: int
    revision: int
    token: str
    at: datetime
    installation: Installation
    papers_reason: str = ""  # why it is issued although papers are open

    @property
    def name(self) -> str:
        """What the act's token stands for."""
        return f"issue:{self.application_id}"


@dataclass(frozen=True)
class _Made:
    """One certificate's file, with its key drawn, not yet issued."""

    contract_id: int
    content: CertificateContent
    file: MadeFile
    verifier: str
    sealed_key: bytes


def issue_guarantees(
    *,
    account: SignedIn,
    application_id: int,
    revision: int,
    token: str,
    at: datetime,
    installation: Installation,
    papers_reason: str = "",
) -> None:
    """Issue every guarantee of an approved application whose premium is in. A repeat with the same token does nothing.

    Raises NotEntitledToIssue, ApplicationNotFound, NotYetApproved, PremiumOutstanding, ChangedMeanwhile, AlreadyIssued,
    CannotBePrinted, CannotBeSigned, GuaranteeIsOver, NoRightToIssue, NeedsAnotherPerson or PapersOpen.
    """
    if account.role is not Role.APPROVER:
        raise NotEntitledToIssue
    act = IssueAct(account, application_id, revision, token, at, installation, papers_reason)
    if events.is_answered(account.account_id, token, act.name):
        return
    signatory = _refuse_impossible(act)
    prepared = _prepare(act)
    end_reading()
    made = [_make(act, signatory, contract_id, content) for contract_id, content in prepared]
    _issue(act, made)


def _refuse_impossible(act: IssueAct) -> Signatory | None:
    """Refuse what could not be printed or signed before a number is used; whoever signs is None where all is on paper."""
    application = applications.application_of_surety(act.application_id, act.account.surety_id or 0)
    if application is None:
        raise ApplicationNotFound
    if application.changed_contract_id is not None:
        raise IsAChange
    if application.state == ApplicationState.ISSUED:
        raise AlreadyIssued
    any_number = GuaranteeContractNumber.of(branch_code=1, fiscal_year=0, sequence=1)
    numbers = {Product(row.product): any_number for row in application.requested}
    contents = certificate_contents(application, numbers, act.at, act.installation)
    refuse_over(contents.values(), act.at)
    missing = missing_characters("".join(text for content in contents.values() for text in content.printed_texts()))
    if missing:
        raise CannotBePrinted(missing)
    if not any(content.certificate_form is CertificateForm.ELECTRONIC for content in contents.values()):
        return None
    return signatory_of(application.surety_id, at=act.at, installation=act.installation)


def _prepare(act: IssueAct) -> list[tuple[int, CertificateContent]]:
    """Store number and content of each guarantee; a row left by a broken try keeps its number."""
    with writing():
        application = lock_issuable(act)
        rows = {Product(row.product): row for row in application.requested}
        today = japanese_day(act.at)
        contracts_by_product = {}
        for product, row in rows.items():
            contracts_by_product[product] = row.contract or _numbered_contract(application, row, today, act.at)
        numbers = {product: GuaranteeContractNumber(one.number) for product, one in contracts_by_product.items()}
        contents = certificate_contents(application, numbers, act.at, act.installation)
        return [
            (contracts_by_product[product].id, _store_content(contracts_by_product[product], rows[product], content, act.installation))
            for product, content in contents.items()
        ]


def lock_issuable(act: IssueAct) -> Application:
    application = applications.lock_application(act.application_id)
    if application is None or application.surety_id != act.account.surety_id or application.submitted_at is None:
        raise ApplicationNotFound
    state = ApplicationState(application.state)
    if state is ApplicationState.ISSUED:
        raise AlreadyIssued
    if not may(ApplicationAct.ISSUE, state):
        raise NotYetApproved
    if application.revision != act.revision:
        raise ChangedMeanwhile
    if premium_outstanding(application) > 0:
        raise PremiumOutstanding
    refuse_without_right(act.account, application, japanese_day(act.at))
    refuse_open_papers(application, act.papers_reason)
    return application


def _numbered_contract(application: Application, row: RequestedGuaranteeRow, today: date, at: datetime) -> GuaranteeContract:
    branch = reference_data.branch(application.branch_id or 0)
    assert branch is not None, "a submitted application names its branch"  # noqa: S101 - a foreign key holds it
    year = fiscal_year(today)
    number = GuaranteeContractNumber.of(branch.code, year, contracts.next_sequence(branch.id, year))
    works_name = application.works_name or ""
    contract = GuaranteeContract(
        number=number.text,
        surety_id=application.surety_id,
        branch_id=branch.id,
        company_id=application.company_id,
        authority_id=application.authority_id,
        application_id=application.id,
        requested_guarantee_id=row.id,
        works_id=application.works_id,
        product=row.product,
        certificate_form=row.certificate_form,
        works_name=works_name,
        folded_works_name=folded(works_name),
        fiscal_year=year,
        current_version=0,
        guaranteed_amount=row.guaranteed_amount,
        guarantee_ends_on=application.construction_ends_on,
        prepared_at=at,
        cancellation_reason="",
    )
    contracts.add(contract)
    return contract


def _store_content(
    contract: GuaranteeContract, row: RequestedGuaranteeRow, content: CertificateContent, installation: Installation
) -> CertificateContent:
    contract.guarantee_ends_on = content.guarantee_ends_on
    version = contracts.version_of(contract.id, content.version)
    content = publicly_known(content, version, installation)
    if version is None:
        contracts.add(
            CertificateVersion(
                contract_id=contract.id,
                version=content.version,
                content=content.to_json(),
                premium=row.premium,
                application_id=row.application_id,
                status_id=content.status_id,
            )
        )
    else:
        version.content = content.to_json()  # a try that broke off on an earlier day gets today's date of issue
        version.status_id = content.status_id
    return content


def _make(act: IssueAct, signatory: Signatory | None, contract_id: int, content: CertificateContent) -> _Made:
    """Make one certificate's file and draw its key: slow work, outside any transaction."""
    file = make_file(content, signatory, at=act.at, installation=act.installation)
    verifier, sealed = "", b""
    if content.certificate_form is CertificateForm.ELECTRONIC:
        key, vault = AuthenticationKey.draw(), act.installation.vault
        verifier = vault.verifier(key)
        sealed = vault.seal(key, GuaranteeContractNumber(content.guarantee_contract_number), 1)
    return _Made(contract_id, content, file, verifier, sealed)


def _issue(act: IssueAct, made: list[_Made]) -> None:
    with writing():
        application = lock_issuable(act)
        keep_reason_for_open_papers(application, act.papers_reason, act.account, act.at)
        for one in made:
            _issue_one(act.account, application, one, act.at)
        application.state = after(ApplicationAct.ISSUE, ApplicationState(application.state))
        mark_overpayment(application)
        application.revision += 1
        application.changed_at = act.at
        queue_application_mail(
            "issued",
            application=application,
            at=act.at,
            sign_in_address=act.installation.sign_in_address,
            issued=[IssuedLine(one.content.product, one.content.certificate_form, one.content.guarantee_contract_number) for one in made],
        )
        events.keep_answer(act.account.account_id, act.token, act.name, act.at)
        _enter_into_log(act, application, made)


def _enter_into_log(act: IssueAct, application: Application, made: list[_Made]) -> None:
    """Last of all: from here on whoever issues elsewhere waits for this transaction's end."""
    for one in made:
        contract = next(row.contract for row in application.requested if row.product == one.content.product)
        assert contract is not None, "it has just been issued"  # noqa: S101
        append_to_log(event=LogEvent.ISSUED, contract=contract, version=one.content.version, at=act.at, installation=act.installation)


def put_file(version: CertificateVersion, file: MadeFile) -> None:
    """Keep a certificate's bytes and what is known of its signature."""
    contracts.store_file(file.sha256, file.pdf)
    version.file_sha256 = file.sha256
    version.signed_at, version.timestamp_state = file.signed_at, file.timestamp_state


def _issue_one(account: SignedIn, application: Application, made: _Made, at: datetime) -> None:
    row = next(row for row in application.requested if row.product == made.content.product)
    contract, version = row.contract, contracts.version_of(made.contract_id, made.content.version)
    if contract is None or version is None or version.content != made.content.to_json():
        raise ChangedMeanwhile  # another process prepared anew meanwhile; its certificate is the one to issue
    put_file(version, made.file)
    version.issued_at, version.issued_by = at, account.account_id
    contract.issued_at = at
    if made.sealed_key:
        contracts.add(
            AuthenticationKeyRow(contract_id=contract.id, key_version=1, verifier=made.verifier, sealed=made.sealed_key, created_at=at)
        )
    contracts.index_for_search(contract)
    roll_ups.count_issued(contract, at)
    events.record_event(
        at=at,
        kind="GuaranteeIssued",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=application.id,
        contract_id=contract.id,
        note=f"{made.content.version_text} {made.content.guaranteed_amount.text}",
    )
