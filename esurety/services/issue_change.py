"""Issuing a change: the next version under the same number, opened with the same key; the premium's difference billed or paid back.

The discipline is that of `issue_guarantee`: prepared, rendered outside any transaction, then issued. Until then everybody sees the
version before, and a crash in between leaves a prepared version that the next try picks up.
"""

from datetime import datetime

from esurety.documents.printable_characters import missing_characters
from esurety.domain.application_state import ApplicationAct, ApplicationState, after
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.log_entry import LogEvent
from esurety.domain.products import CertificateForm
from esurety.persistence import applications, changes, contracts, events
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import Application, CertificateVersion, GuaranteeContract, PremiumSettlement
from esurety.services.assemble_change import PlannedChange, planned_change, signed_as_today
from esurety.services.check_papers import keep_reason_for_open_papers
from esurety.services.check_period import refuse_over
from esurety.services.installation import Installation
from esurety.services.issue_guarantee import CannotBePrinted, IssueAct, NotEntitledToIssue, lock_issuable, put_file
from esurety.services.keep_log import append_to_log
from esurety.services.keep_receipts import keep_settlement_in_step
from esurety.services.make_certificate import MadeFile, Signatory, make_file, publicly_known, signatory_of
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.return_premium import mark_overpayment
from esurety.services.sign_in import Role, SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile


def issue_change(
    *,
    account: SignedIn,
    application_id: int,
    revision: int,
    token: str,
    at: datetime,
    installation: Installation,
    papers_reason: str = "",
) -> None:
    """Issue an approved change whose difference of the premium is in. A repeat with the same token does nothing.

    Raises NotEntitledToIssue, ApplicationNotFound, NotYetApproved, PremiumOutstanding, ChangedMeanwhile, AlreadyIssued,
    CannotBePrinted, CannotBeSigned, GuaranteeIsOver, NoRightToIssue, NeedsAnotherPerson or PapersOpen.
    """
    if account.role is not Role.APPROVER:
        raise NotEntitledToIssue
    act = IssueAct(account, application_id, revision, token, at, installation, papers_reason)
    if events.is_answered(account.account_id, token, act.name):
        return
    signatory = _refuse_impossible(act)
    content = _prepare(act)
    end_reading()
    _issue(act, content, make_file(content, signatory, at=at, installation=installation))


def _refuse_impossible(act: IssueAct) -> Signatory | None:
    """Refuse what could not be printed or signed before anything is written."""
    application = applications.application_of_surety(act.application_id, act.account.surety_id or 0)
    if application is None or application.changed_contract_id is None:
        raise ApplicationNotFound
    content = signed_as_today(planned_change(application, act.at).after, application)
    refuse_over((content,), act.at)
    missing = missing_characters("".join(content.printed_texts()))
    if missing:
        raise CannotBePrinted(missing)
    if content.certificate_form is not CertificateForm.ELECTRONIC:
        return None
    return signatory_of(application.surety_id, at=act.at, installation=act.installation)


def _prepare(act: IssueAct) -> CertificateContent:
    """Store the content of the next version; one left by a broken try gets today's date of issue."""
    with writing():
        application = lock_issuable(act)
        contract = _lock_contract(application)
        plan = planned_change(application, act.at)
        content = signed_as_today(plan.after, application)
        version = contracts.version_of(contract.id, content.version)
        content = publicly_known(content, version, act.installation)
        if version is None:
            contracts.add(
                CertificateVersion(
                    contract_id=contract.id,
                    version=content.version,
                    content=content.to_json(),
                    premium=plan.premium_after,
                    application_id=application.id,
                    status_id=content.status_id,
                )
            )
        elif version.application_id != application.id or version.issued_at is not None:
            raise ChangedMeanwhile
        else:
            version.content = content.to_json()
            version.status_id = content.status_id
        return content


def _lock_contract(application: Application) -> GuaranteeContract:
    contract = changes.lock_contract(application.changed_contract_id or 0)
    if contract is None:
        raise ApplicationNotFound
    if contract.cancelled_on is not None:
        raise ChangedMeanwhile
    return contract


def _issue(act: IssueAct, content: CertificateContent, file: MadeFile) -> None:
    with writing():
        application = lock_issuable(act)
        contract = _lock_contract(application)
        version = contracts.version_of(contract.id, content.version)
        if version is None or version.content != content.to_json() or contract.current_version != content.replaces_version:
            raise ChangedMeanwhile  # another process prepared anew meanwhile; its certificate is the one to issue
        plan = planned_change(application, act.at)
        keep_reason_for_open_papers(application, act.papers_reason, act.account, act.at)
        put_file(version, file)
        _put_in_force(act, contract, version, content)
        _settle_premium(contract, content.version, plan, act.at)
        keep_settlement_in_step(application)  # what is paid by transfer came in before the issue
        application.state = after(ApplicationAct.ISSUE, ApplicationState(application.state))
        mark_overpayment(application)
        application.revision += 1
        application.changed_at = act.at
        _tell(act, application, contract, plan)
        events.keep_answer(act.account.account_id, act.token, act.name, act.at)
        append_to_log(event=LogEvent.CHANGED, contract=contract, version=content.version, at=act.at, installation=act.installation)


def _put_in_force(act: IssueAct, contract: GuaranteeContract, version: CertificateVersion, content: CertificateContent) -> None:
    version.issued_at, version.issued_by = act.at, act.account.account_id
    contract.current_version = content.version
    contract.guaranteed_amount = content.guaranteed_amount
    contract.guarantee_ends_on = content.guarantee_ends_on


def _settle_premium(contract: GuaranteeContract, version: int, plan: PlannedChange, at: datetime) -> None:
    for kind, amount in (("billed", plan.premium.billed), ("refund", plan.premium.refunded)):
        if amount > 0:
            contracts.add(PremiumSettlement(contract_id=contract.id, version=version, kind=kind, amount=amount, created_at=at))


def _tell(act: IssueAct, application: Application, contract: GuaranteeContract, plan: PlannedChange) -> None:
    events.record_event(
        at=act.at,
        kind="ChangeIssued",
        actor_id=act.account.account_id,
        actor_name=act.account.actor_name,
        application_id=application.id,
        contract_id=contract.id,
        note=f"{plan.after.version_text}（{plan.kinds_text}） {plan.after.guaranteed_amount.text}",
    )
    queue_contract_mail(
        "changed",
        contract=contract,
        once=f"{application.id}:{application.revision}",
        account_id=application.created_by,
        also_to=application.notification_email,
        at=act.at,
        application_id=application.id,
        version_text=plan.after.version_text,
        changed=[f"{one.label}　{one.before or '―'} → {one.after or '―'}" for one in plan.differences],
        billed=plan.premium.billed.text if plan.premium.billed else "",
        refunded=plan.premium.refunded.text if plan.premium.refunded else "",
        sign_in_address=act.installation.sign_in_address,
    )
