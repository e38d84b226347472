"""D-Sure: opening a certificate with the contract number and the authentication key, without an account."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.domain.authentication_key import AuthenticationKey, NotAKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber, NotAContractNumber
from esurety.domain.source_network import source_network
from esurety.persistence import contracts, events, gate
from esurety.persistence.contracts import KeyBehindNumber
from esurety.persistence.database import end_reading, writing
from esurety.persistence.models import CertificateVersion, GuaranteeContract
from esurety.services.gate_limits import GATE_NAME, Admitted, GateLimits, Held, Visit, admit, take_back
from esurety.services.installation import Installation
from esurety.services.key_vault import HashersBusy

OPEN_FOR = timedelta(minutes=30)
_LONGEST_CODE = 40
_BETWEEN_DIGITS = re.compile(r"[\s‐‑‒–—―−ー─━\-]")


class NotOpened(Exception):
    """Unknown number, wrong key, revoked key or malformed key: one answer for all."""


class CodeWanted(Exception):
    """Too many failures, of this number or from this source: the key is not looked at without the code mailed to the authority.

    By itself the next try is heard at `until`.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__("the gate asks for a mailed code")
        self.until = until


class GateBusy(Exception):
    """Too many keys are being checked at this moment; the try was not counted."""


@dataclass(frozen=True)
class OpenedCertificate:
    """A contract as D-Sure shows it: its record and its issued versions, newest first."""

    contract: GuaranteeContract
    versions: list[CertificateVersion]


def open_certificate_with_key(
    *, typed_number: str, typed_key: str, source: str, at: datetime, installation: Installation, typed_code: str = ""
) -> tuple[int, int]:
    """Open one contract: its id and its key's id, for the session. Raises NotOpened, CodeWanted or GateBusy.

    The attempt is committed before it is judged: a refusal would otherwise roll it back.
    """
    number, limits, vault = read_number(typed_number), GateLimits(installation.settings.gate), installation.vault
    visit = Visit(number.text if number else None, source_network(source), at)
    with writing():
        answer = admit(visit, _read_code(typed_code), limits, vault)
    if isinstance(answer, Held):
        raise CodeWanted(answer.until)
    behind = contracts.key_behind_number(number.text) if number else None
    end_reading()
    try:
        # The same hash is reckoned whatever is wrong, and whether or not there is such a contract: one time for all.
        is_right = vault.matches(behind.verifier if behind and answer.may_open else None, _read_key(typed_key))
    except HashersBusy as busy:
        _take_back(answer, visit, limits)
        raise GateBusy from busy
    if not is_right or behind is None:
        raise NotOpened
    _note_opening(answer, visit, behind, limits)
    return behind.contract_id, behind.key_id


def opened_certificate(*, contract_id: int, key_id: int) -> OpenedCertificate | None:
    """The opened contract as it is now; None once the key that opened it has been revoked."""
    key = contracts.valid_key(contract_id)
    contract = contracts.issued_contract_by_id(contract_id)
    if key is None or key.id != key_id or contract is None:
        return None
    return OpenedCertificate(contract, contracts.issued_versions(contract_id))


def read_number(typed: str) -> GuaranteeContractNumber | None:
    """The number that was typed; None for what is none."""
    try:
        return GuaranteeContractNumber.parse(typed)
    except NotAContractNumber:
        return None


def _read_key(typed: str) -> AuthenticationKey | None:
    try:
        return AuthenticationKey.parse(typed)
    except NotAKey:
        return None


def _read_code(typed: str) -> str:
    """The digits of a code, typed in any width and with blanks or hyphens; something else stays wrong, and short."""
    return _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST_CODE]))


def _take_back(answer: Admitted, visit: Visit, limits: GateLimits) -> None:
    with writing():
        take_back(answer.taken, visit.at, limits, has_opened=False)
        gate.forget_attempt(answer.attempt_id)


def _note_opening(answer: Admitted, visit: Visit, behind: KeyBehindNumber, limits: GateLimits) -> None:
    with writing():
        take_back(answer.taken, visit.at, limits, has_opened=True)
        gate.mark_opened(answer.attempt_id)
        gate.forget_failures(visit.number or "")
        contracts.record_opening(behind.contract_id, behind.current_version, visit.at, visit.source)
        events.record_event(at=visit.at, kind="CertificateOpened", actor_id=None, actor_name=GATE_NAME, contract_id=behind.contract_id)
