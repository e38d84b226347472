"""D-Sure: opening a certificate with the contract number and the authentication key, without an account."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.domain.authentication_key import AuthenticationKey, NotAKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber, NotAContractNumber
from esurety.persistence import contracts, events, gate
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import CertificateVersion, GuaranteeContract
from esurety.services.key_vault import KeyVault

OPEN_FOR = timedelta(minutes=30)
# Starting values. A few slips cost nothing, then each failure makes the next try wait longer; nobody is locked out, and a slip
# with one number never holds up another number from the same town hall, which is one address to us.
_FREE_FAILURES = 5
_FIRST_WAIT = timedelta(seconds=15)
_LONGEST_WAIT = timedelta(minutes=5)
_FAILURES_COUNT_FOR = timedelta(hours=1)
# One number tried from everywhere.
_NUMBER_FAILURES = 10
_NUMBER_WINDOW = timedelta(days=1)
_NUMBER_PAUSE = timedelta(minutes=1)
# One source that tries many numbers.
_SOURCE_NUMBERS = 30
_SOURCE_WINDOW = timedelta(minutes=10)
_SOURCE_PAUSE = timedelta(minutes=1)


class NotOpened(Exception):
    """Unknown number, wrong key, revoked key or malformed key: one answer for all."""


class GateSlowed(Exception):
    """Too many failures; the next try is heard at `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__("the gate is slowed")
        self.until = until


@dataclass(frozen=True)
class OpenedCertificate:
    """A contract as D-Sure shows it: its record and its issued versions, newest first."""

    contract: GuaranteeContract
    versions: list[CertificateVersion]


def open_certificate_with_key(*, typed_number: str, typed_key: str, source: str, at: datetime, vault: KeyVault) -> tuple[int, int]:
    """Open one contract: its id and its key's id, for the session. Raises NotOpened or GateSlowed.

    The attempt is committed before it is judged: a refusal would otherwise roll it back.
    """
    number = _read_number(typed_number)
    with writing():
        _refuse_when_slowed(number, source, at)
        attempt_id = gate.record_gate_attempt(number.text if number else None, source, at)
    behind = contracts.key_behind_number(number.text) if number else None
    end_reading()
    # The same hash is reckoned whether or not there is such a contract or the key is well-formed: one time for all.
    if not vault.matches(behind.verifier if behind else None, _read_key(typed_key)) or behind is None:
        raise NotOpened
    with writing():
        gate.mark_gate_success(attempt_id)
        contracts.record_opening(behind.contract_id, behind.current_version, at, source)
        events.record_event(at=at, kind="CertificateOpened", actor_id=None, actor_name="発注者（D-Sure）", contract_id=behind.contract_id)
    return behind.contract_id, behind.key_id


def opened_certificate(*, contract_id: int, key_id: int) -> OpenedCertificate | None:
    """The opened contract as it is now; None once the key that opened it has been revoked."""
    key = contracts.valid_key(contract_id)
    contract = contracts.issued_contract_by_id(contract_id)
    if key is None or key.id != key_id or contract is None:
        return None
    return OpenedCertificate(contract, contracts.issued_versions(contract_id))


def _read_number(typed: str) -> GuaranteeContractNumber | None:
    try:
        return GuaranteeContractNumber.parse(typed)
    except NotAContractNumber:
        return None


def _read_key(typed: str) -> AuthenticationKey | None:
    try:
        return AuthenticationKey.parse(typed)
    except NotAKey:
        return None


def _refuse_when_slowed(number: GuaranteeContractNumber | None, source: str, at: datetime) -> None:
    until = max(_waits(number.text if number else None, source, at), default=at)
    if until > at:
        raise GateSlowed(until)


def _waits(number: str | None, source: str, at: datetime) -> Iterator[datetime]:
    """Until when each budget makes this try wait."""
    here = gate.failures(number=number, source=source, since=at - _FAILURES_COUNT_FOR)
    if here.last_at is not None and here.count >= _FREE_FAILURES:
        yield here.last_at + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(here.count - _FREE_FAILURES, 10))
    if number is not None:
        everywhere = gate.failures(number=number, since=at - _NUMBER_WINDOW)
        if everywhere.last_at is not None and everywhere.count >= _NUMBER_FAILURES:
            yield everywhere.last_at + _NUMBER_PAUSE
    spread = gate.different_numbers_failed(source=source, since=at - _SOURCE_WINDOW)
    if spread.last_at is not None and spread.count >= _SOURCE_NUMBERS:
        yield spread.last_at + _SOURCE_PAUSE
