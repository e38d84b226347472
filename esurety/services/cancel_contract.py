"""解約: a contract ends early; its certificate stays viewable, marked 解約済."""

from datetime import date, datetime

from esurety.persistence import contracts, events
from esurety.persistence.database import writing
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.sign_in import SignedIn


class AlreadyCancelled(Exception):
    """The contract was cancelled before."""


def cancel_contract(*, account: SignedIn, number: str, cancelled_on: date, reason: str, at: datetime) -> None:
    """Mark a contract of the surety as cancelled. Raises NoSuchDocument or AlreadyCancelled."""
    with writing():
        contract = contracts.issued_contract(number, surety_id=account.surety_id)
        if contract is None or not account.is_staff:
            raise NoSuchDocument
        if contract.cancelled_on is not None:
            raise AlreadyCancelled
        contract.cancelled_on, contract.cancellation_reason = cancelled_on, reason
        events.record_event(
            at=at,
            kind="ContractCancelled",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            contract_id=contract.id,
            note=reason,
        )
