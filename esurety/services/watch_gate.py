"""What the worker does for the D-Sure gate: tell of contracts that are being guessed at, forget what is old."""

from datetime import datetime, timedelta

from esurety.persistence import applications, contracts, events, gate, outbox
from esurety.persistence.database import writing
from esurety.persistence.models import GuaranteeContract
from esurety.services.installation import Installation
from esurety.services.queue_contract_mail import queue_contract_mail
from esurety.services.reissue_key import approvers_of

_MANY = 50
_ABOUT = "key_guessed"


def tell_of_guessed_contracts(*, at: datetime, installation: Installation) -> bool:
    """Tell contractor and surety of every contract with too many failures since it was last opened, once for each of its keys.

    Nothing is revoked by it: the step-up keeps the contract safe, and a re-issue is for people to decide.
    """
    numbers = gate.guessed_numbers(installation.settings.gate.alarm_failures, limit=_MANY)
    for number in numbers:
        with writing():
            failures = gate.take_guessed(number, at)
            contract = contracts.issued_contract(number)
            if failures and contract is not None:
                _tell(contract, failures, at=at, installation=installation)
    return bool(numbers)


def _tell(contract: GuaranteeContract, failures: int, *, at: datetime, installation: Installation) -> None:
    key = contracts.valid_key(contract.id)
    once = f"{key.key_version}" if key is not None else ""
    if key is None or outbox.is_in_outbox(f"{_ABOUT}:contract:{contract.id}:{once}:"):
        return
    application = applications.application_of_surety(contract.application_id, contract.surety_id)
    assert application is not None, "a foreign key holds it"  # noqa: S101
    told = [(application.created_by, application.notification_email, "contractor")]
    told += [(person, "", "surety") for person in approvers_of(contract)]
    for person, also_to, reader in told:
        queue_contract_mail(
            _ABOUT,
            contract=contract,
            once=f"{once}:{person}",
            account_id=person,
            also_to=also_to,
            at=at,
            failures=failures,
            reader=reader,
            sign_in_address=installation.sign_in_address,
        )
    events.record_event(
        at=at, kind="KeyGuessed", actor_id=None, actor_name="D-Sure", contract_id=contract.id, note=f"開けない入力 {failures}回"
    )


def forget_old_tries(*, at: datetime, installation: Installation) -> bool:
    """Tries, codes, stops and full budgets that no limit looks at any more: what remains would only be a record of addresses."""
    with writing():
        return gate.forget_before(at - timedelta(days=installation.settings.gate.known_days))
