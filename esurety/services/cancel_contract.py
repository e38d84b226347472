"""解約: a contract ends early; its certificate stays viewable, marked 解約済.

How much of the premium is paid back depends on the surety's terms, which no public text gives [A]: the approver enters the amount,
at most the premium of the whole guarantee.
"""

from datetime import date, datetime

from esurety.domain.application_state import ApplicationAct, ApplicationState, after
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.log_entry import LogEvent
from esurety.domain.yen import Yen
from esurety.persistence import applications, changes, contracts, events
from esurety.persistence.database import writing
from esurety.persistence.models import Application, GuaranteeContract, PremiumSettlement
from esurety.services.hand_out_documents import NoSuchDocument, certificate_content
from esurety.services.installation import Installation
from esurety.services.keep_log import append_to_log
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.sign_in import Role, SignedIn


class AlreadyCancelled(Exception):
    """The contract was cancelled before."""


class AlreadyExpired(Exception):
    """The guarantee's period is over: there is nothing left to end. `ended_on` was its last day."""

    def __init__(self, ended_on: date) -> None:
        super().__init__(f"the guarantee ended on {ended_on}")
        self.ended_on = ended_on


class NotEntitledToCancel(PermissionError):
    """Only an approver cancels."""


class CancelledOnAnImpossibleDay(ValueError):
    """The day lies in the future, before the guarantee began or before the version was issued that it ends; `advice` says what to type."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class RefundsTooMuch(ValueError):
    """More would be paid back than was ever to be paid; `most` is that."""

    def __init__(self, most: Yen) -> None:
        super().__init__(f"at most {most} can be paid back")
        self.most = most


def most_refundable(contract: GuaranteeContract) -> Yen:
    """The premium of the guarantee as it stands."""
    version = contracts.version_of(contract.id, contract.current_version)
    return version.premium if version is not None else Yen(0)


def received_for_open_change(waiting: Application | None) -> Yen:
    """What came in for a change that would end with the contract: it goes back as a whole."""
    return applications.received_total(waiting.id) if waiting is not None else Yen(0)


def cancel_contract(
    *, account: SignedIn, number: str, cancelled_on: date, reason: str, at: datetime, installation: Installation, refund: Yen | None = None
) -> None:
    """Cancel a contract of the surety; a change that is open ends with it.

    Raises NotEntitledToCancel, NoSuchDocument, AlreadyCancelled, AlreadyExpired, CancelledOnAnImpossibleDay or RefundsTooMuch.
    """
    if account.role is not Role.APPROVER:
        raise NotEntitledToCancel
    with writing():
        found = contracts.issued_contract(number, surety_id=account.surety_id)
        contract = changes.lock_contract(found.id) if found is not None else None
        if contract is None:
            raise NoSuchDocument
        if contract.cancelled_on is not None:
            raise AlreadyCancelled
        if contract.guarantee_ends_on < japanese_day(at):
            raise AlreadyExpired(contract.guarantee_ends_on)
        _refuse_impossible(contract, cancelled_on, refund or Yen(0), japanese_day(at))
        contract.cancelled_on, contract.cancellation_reason = cancelled_on, reason
        if refund:
            _settle_refund(contract, refund, at)
        events.record_event(
            at=at,
            kind="ContractCancelled",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            contract_id=contract.id,
            note=reason,
        )
        returned = received_for_open_change(changes.open_change(contract.id))
        lapsed = _end_open_change(account, contract, reason, at)
        _tell(contract, refund, lapsed, returned, at=at, installation=installation)
        append_to_log(
            event=LogEvent.CANCELLED,
            contract=contract,
            version=contract.current_version,
            at=at,
            installation=installation,
            more={"cancelled_on": cancelled_on},
        )


def _refuse_impossible(contract: GuaranteeContract, cancelled_on: date, refund: Yen, today: date) -> None:
    if cancelled_on > today:
        raise CancelledOnAnImpossibleDay("今日以前の日付を入力してください")
    begun = certificate_content(contract).guarantee_starts_on
    if cancelled_on < begun:
        raise CancelledOnAnImpossibleDay(f"保証期間の初日（{era_date(begun)}）以降の日付を入力してください")
    version = contracts.version_of(contract.id, contract.current_version)
    issued_on = japanese_day(version.issued_at) if version is not None and version.issued_at is not None else begun
    if cancelled_on < issued_on:
        raise CancelledOnAnImpossibleDay(f"最新の証書を発行した日（{era_date(issued_on)}）以降の日付を入力してください")
    most = most_refundable(contract)
    if refund > most:
        raise RefundsTooMuch(most)


def _settle_refund(contract: GuaranteeContract, refund: Yen, at: datetime) -> None:
    """The cancellation counts as the step after the last version: that one may have had a refund of its own."""
    contracts.add(
        PremiumSettlement(contract_id=contract.id, version=contract.current_version + 1, kind="refund", amount=refund, created_at=at)
    )


def _end_open_change(account: SignedIn, contract: GuaranteeContract, reason: str, at: datetime) -> Application | None:
    waiting = changes.open_change(contract.id)
    if waiting is None:
        return None
    waiting.state = after(ApplicationAct.LAPSE, ApplicationState(waiting.state))
    waiting.revision += 1
    waiting.changed_at = at
    events.record_event(
        at=at,
        kind="ChangeLapsed",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=waiting.id,
        note=f"解約日 {era_date(contract.cancelled_on or japanese_day(at))}　解約の理由：{reason}",
    )
    return waiting


def _tell(
    contract: GuaranteeContract,
    refund: Yen | None,
    lapsed: Application | None,
    returned: Yen,
    *,
    at: datetime,
    installation: Installation,
) -> None:
    application = applications.application_of_surety(contract.application_id, contract.surety_id)
    assert application is not None, "a foreign key holds it"  # noqa: S101
    queue_contract_mail(
        "cancelled",
        contract=contract,
        once="cancelled",
        account_id=application.created_by,
        also_to=application.notification_email,
        at=at,
        cancelled_on=era_date(contract.cancelled_on or at.date()),
        reason=contract.cancellation_reason,
        refunded=refund.text if refund else "",
        lapsed=f"{lapsed.id:06d}" if lapsed is not None else "",
        returned=returned.text if returned else "",
        sign_in_address=installation.sign_in_address,
    )
