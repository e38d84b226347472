"""認証キーの再発行: the old key stops at once, a new one takes its place; asked for by the contractor or done by the office."""

from dataclasses import dataclass
from datetime import datetime

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.persistence import applications, changes, contracts, events
from esurety.persistence.database import writing
from esurety.persistence.models import AuthenticationKeyRow, Event, GuaranteeContract
from esurety.persistence.staff import staff_of
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.installation import Installation
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.read_contracts import find_contract
from esurety.services.sign_in import Role, SignedIn

_ASKED, _DONE = "KeyReissueRequested", "KeyReissued"


class NotEntitledToReissue(PermissionError):
    """Only an approver re-issues a key."""


class HasNoKey(Exception):
    """A certificate on paper has no key."""


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


def open_request(happened: list[Event]) -> Event | None:
    """The contractor's wish for a new key that has not been met, out of a contract's events, newest first."""
    told = next((event for event in happened if event.kind in {_ASKED, _DONE}), None)
    return told if told is not None and told.kind == _ASKED else None


def ask_for_new_key(*, account: SignedIn, number: str, reason: str, at: datetime, installation: Installation) -> None:
    """Ask the surety to re-issue the key of a contract of this person's company. Raises NoSuchDocument, HasNoKey or AlreadyAsked."""
    contract_id = find_contract(account, number).id
    with writing():
        contract = _lock_with_key(contract_id)
        if open_request(events.events_of(contract_id=contract.id)) is not None:
            raise AlreadyAsked
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


def reissue_key(*, account: SignedIn, number: str, reason: str, token: str, at: datetime, installation: Installation) -> None:
    """Revoke a contract's key and make the next one, in one transaction. A repeat with the same token does nothing.

    Whoever has the certificate open with the old key is asked for the new one. Raises NotEntitledToReissue, NoSuchDocument or HasNoKey.
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
        _revoke(contract, at)
        version = newest.key_version + 1
        sealed = installation.vault.seal(key, GuaranteeContractNumber(contract.number), version)
        contracts.add(AuthenticationKeyRow(contract_id=contract.id, key_version=version, verifier=verifier, sealed=sealed, created_at=at))
        _record(account, contract, _DONE, reason, at)
        _tell(account, contract, version, reason, at=at, installation=installation)
        events.keep_answer(account.account_id, token, act, at)


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
