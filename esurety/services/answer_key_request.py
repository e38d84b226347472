"""認証キーの再発行の依頼 as the office's work: the list, and saying no with a reason. Saying yes is `reissue_key`."""

from datetime import datetime

from esurety.persistence import applications, changes, events, key_requests
from esurety.persistence.database import writing
from esurety.persistence.key_requests import KeyRequest
from esurety.persistence.models import Event, GuaranteeContract
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.installation import Installation
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.read_contracts import find_contract
from esurety.services.reissue_key import NotEntitledToReissue
from esurety.services.sign_in import Role, SignedIn


class NothingAsked(Exception):
    """No wish is open: it has been met or declined meanwhile, or there never was one."""


def open_key_requests(account: SignedIn) -> list[KeyRequest]:
    """The wishes that wait at this person's surety, the longest waiting first."""
    return key_requests.key_requests(account.surety_id or 0)


def decline_key_request(*, account: SignedIn, number: str, reason: str, at: datetime, installation: Installation) -> None:
    """Leave the key as it is and tell whoever asked why. Raises NotEntitledToReissue, NoSuchDocument or NothingAsked."""
    if account.role is not Role.APPROVER:
        raise NotEntitledToReissue
    contract_id = find_contract(account, number).id
    with writing():
        contract = changes.lock_contract(contract_id)
        if contract is None:
            raise NoSuchDocument
        asked = key_requests.latest_event(contract.id, key_requests.ASKED)
        if contract.key_requested_at is None or asked is None:
            raise NothingAsked
        contract.key_requested_at = None
        events.record_event(
            at=at,
            kind=key_requests.DECLINED,
            actor_id=account.account_id,
            actor_name=account.actor_name,
            contract_id=contract.id,
            note=reason,
        )
        _tell(contract, asked, reason, at=at, installation=installation)


def _tell(contract: GuaranteeContract, asked: Event, reason: str, *, at: datetime, installation: Installation) -> None:
    """Whoever asked, and the address that is told about this contract."""
    application = applications.application_of_surety(contract.application_id, contract.surety_id)
    assert application is not None, "a foreign key holds it"  # noqa: S101
    queue_contract_mail(
        "key_declined",
        contract=contract,
        once=f"{asked.id}",
        account_id=asked.actor_id or application.created_by,
        also_to=application.notification_email,
        at=at,
        reason=reason,
        sign_in_address=installation.sign_in_address,
    )
