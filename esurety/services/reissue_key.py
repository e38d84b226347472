"""認証キーの再発行: the old key stops at once, a new one takes its place; asked for by the contractor or done by the office."""

from dataclasses import dataclass
from datetime import datetime

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.log_entry import LogEvent
from esurety.persistence import applications, changes, contracts, events, key_requests
from esurety.persistence.database import writing
from esurety.persistence.models import AuthenticationKeyRow, Event, GuaranteeContract
from esurety.persistence.staff import staff_of
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.installation import Installation
from esurety.services.keep_log import append_to_log
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.read_contracts import find_contract
from esurety.services.sign_in import Role, SignedIn

_ASKED, _DONE = key_requests.ASKED, "KeyReissued"


class NotEntitledToReissue(PermissionError):
    """Only an approver re-issues a key."""


class HasNoKey(Exception):
    """A certificate on paper has no key."""


class KeyMovedOn(Exception):
    """The key has been re-issued since the page was made; `reissued_at` is when."""

    def __init__(self, reissued_at: datetime) -> None:
        super().__init__(f"re-issued at {reissued_at}")
        self.reissued_at = reissued_at


class AlreadyAsked(Exception):
    """The contractor has asked before, and the office has not answered yet."""


@dataclass(frozen=True)
class KeyLine:
    """One key of a contract, never the key itself."""

    key_version: int
    created_at: datetime
    revoked_at: datetime | None


def key_lines(contract: GuaranteeContract) -> list[KeyLine]:
    """When a contract's keys were made and revoked, newest first."""
    return [KeyLine(one.key_version, one.created_at, one.revoked_at) for one in changes.keys_of(contract.id)]


def open_request(contract: GuaranteeContract) -> Event | None:
    """The contractor's wish for a new key that has been neither met nor declined."""
    return key_requests.latest_event(contract.id, _ASKED) if contract.key_requested_at is not None else None


def declined_request(contract: GuaranteeContract) -> Event | None:
    """Why the contractor's last wish was not met; None where none was declined since the key was made."""
    declined = key_requests.latest_event(contract.id, key_requests.DECLINED)
    key = contracts.valid_key(contract.id) if declined is not None else None
    return declined if declined is not None and key is not None and declined.at > key.created_at else None


def ask_for_new_key(*, account: SignedIn, number: str, reason: str, at: datetime, installation: Installation) -> None:
    """Ask the surety to re-issue the key of a contract of this person's company. Raises NoSuchDocument, HasNoKey or AlreadyAsked."""
    contract_id = find_contract(account, number).id
    with writing():
        contract = _lock_with_key(contract_id)
        if contract.key_requested_at is not None:
            raise AlreadyAsked
        contract.key_requested_at = at
        _record(account, contract, _ASKED, reason, at)
        for person in approvers_of(contract):
            queue_contract_mail(
                "key_asked",
                contract=contract,
                once=f"{person}:{at.isoformat()}",
                account_id=person,
                at=at,
                reason=reason,
                sign_in_address=installation.sign_in_address,
            )


def approvers_of(contract: GuaranteeContract) -> list[int]:
    """Who can do it: the branch's approvers, or all of them where it has none."""
    approvers = [one for one in staff_of(contract.surety_id) if one.role == Role.APPROVER and one.is_active]
    of_branch = [one for one in approvers if one.branch_id == contract.branch_id]
    return [one.account_id for one in of_branch or approvers]


def reissue_key(
    *,
    account: SignedIn,
    number: str,
    reason: str,
    token: str,
    at: datetime,
    installation: Installation,
    key_seen: int | None = None,
) -> None:
    """Revoke a contract's key and make the next one, in one transaction. A repeat with the same token does nothing.

    Whoever has the certificate open with the old key is asked for the new one. `key_seen` is the version of the key that the page
    spoke of. Raises NotEntitledToReissue, NoSuchDocument, HasNoKey or KeyMovedOn.
    """
    if account.role is not Role.APPROVER:
        raise NotEntitledToReissue
    contract_id = find_contract(account, number).id
    key = AuthenticationKey.draw()
    verifier = installation.vault.verifier(key)  # slow by design, so outside the transaction
    act = f"reissue-key:{contract_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        contract = _lock_with_key(contract_id)
        newest = changes.keys_of(contract.id)[0]
        if key_seen is not None and newest.key_version != key_seen:
            raise KeyMovedOn(newest.created_at)
        _revoke(contract, at)
        contract.key_requested_at = None  # whoever asked has it now
        version = newest.key_version + 1
        sealed = installation.vault.seal(key, GuaranteeContractNumber(contract.number), version)
        contracts.add(AuthenticationKeyRow(contract_id=contract.id, key_version=version, verifier=verifier, sealed=sealed, created_at=at))
        _record(account, contract, _DONE, reason, at)
        _tell(account, contract, version, reason, at=at, installation=installation)
        events.keep_answer(account.account_id, token, act, at)
        append_to_log(
            event=LogEvent.KEY_REISSUED,
            contract=contract,
            version=contract.current_version,
            at=at,
            installation=installation,
            more={"key_version": version},
        )


def _lock_with_key(contract_id: int) -> GuaranteeContract:
    contract = changes.lock_contract(contract_id)
    if contract is None:
        raise NoSuchDocument
    if contracts.valid_key(contract.id) is None:
        raise HasNoKey
    return contract


def _revoke(contract: GuaranteeContract, at: datetime) -> None:
    valid = contracts.valid_key(contract.id)
    if valid is not None:
        valid.revoked_at = at
    contracts.add()  # written before the next key comes: a contract has one valid key


def _record(account: SignedIn, contract: GuaranteeContract, kind: str, reason: str, at: datetime) -> None:
    events.record_event(at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, contract_id=contract.id, note=reason)


def _tell(account: SignedIn, contract: GuaranteeContract, version: int, reason: str, *, at: datetime, installation: Installation) -> None:
    """The contractor and the surety's own person; the authority learns of it where it opens the certificate, and from the new notice."""
    application = applications.application_of_surety(contract.application_id, contract.surety_id)
    assert application is not None, "a foreign key holds it"  # noqa: S101
    for person, also_to in ((application.created_by, application.notification_email), (account.account_id, "")):
        queue_contract_mail(
            "key_reissued",
            contract=contract,
            once=f"{version}:{person}",
            account_id=person,
            also_to=also_to,
            at=at,
            reason=reason,
            sign_in_address=installation.sign_in_address,
        )
