"""The one-time code that the D-Sure gate asks for when a number or a source has failed too often.

The request writes one row, whether or not there is such a contract; looking the contract up and writing the mail is the worker's
work. So neither the answer nor its time tells anybody which numbers exist.
"""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import make_msgid

from esurety.domain.japanese_calendar import era_time, japanese_day
from esurety.domain.products import Product
from esurety.domain.registered_address import registered_address
from esurety.domain.source_network import source_network
from esurety.persistence import contracts, gate, reference_data
from esurety.persistence.database import writing
from esurety.persistence.models import GateCode, GuaranteeContract, OutboxMail
from esurety.persistence.outbox import add_mail
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.gate_limits import GateLimits
from esurety.services.installation import Installation
from esurety.services.key_vault import KeyVault
from esurety.services.open_certificate_with_key import read_number
from esurety.services.queue_mail import mail_text, one_line
from esurety.services.send_mail import DueMail

_HOUR = timedelta(hours=1)
_EVENT = "gate_code:"
_NONCE_BYTES = 16
# Stands in the outbox where the code will be: a code is in no table, only in the mail that leaves.
_PLACE = re.compile(r"\[code ([0-9a-f]{32})\]")
_NOT_SHOWN = "（画面には表示しません）"
_SUBJECT = "【電子保証】D-Sure の確認コードをお送りします"


class NumberNotReadable(ValueError):
    """What was typed is no 保証契約番号, which anybody can tell who knows how they are written."""


def ask_for_code(*, typed_number: str, source: str, at: datetime, installation: Installation) -> None:
    """Ask for the code of a contract. It does not say whether one is coming. Raises NumberNotReadable."""
    number, network, limits = read_number(typed_number), source_network(source), installation.settings.gate
    if number is None:
        raise NumberNotReadable
    with writing():
        gate.lock_budgets([gate.number_budget(number.text), gate.source_budget(network)], at)  # requests are counted one after the other
        if (
            gate.live_code(number.text, since=at - timedelta(minutes=limits.code_minutes)) is None
            and gate.codes_asked(number=number.text, since=at - _HOUR) < limits.codes_per_hour
            and gate.codes_asked(source=network, since=at - _HOUR) < limits.source_codes_per_hour
        ):
            gate.add(GateCode(number=number.text, source=network, nonce=secrets.token_hex(_NONCE_BYTES), asked_at=at))


def mail_one_asked_code(*, now: datetime, installation: Installation) -> bool:
    """See to the code that was asked for first; False when there is none."""
    limits = GateLimits(installation.settings.gate)
    with writing():
        code = gate.claim_asked_code(now)
        if code is None:
            return False
        contract = contracts.issued_contract(code.number) if code.asked_at > now - limits.code_for else None
        recipient = address_of_authority(contract, now) if contract is not None else ""
        if contract is not None and recipient:
            text = _text(code, contract, until=code.asked_at + limits.code_for, dsure_address=installation.settings.dsure_address)
            add_mail(_mail(code, contract, recipient, text, now))
    return True


def address_of_authority(contract: GuaranteeContract, at: datetime) -> str:
    """Where the code of a contract goes: the desk that takes this product's notice, else the authority's other desk; empty for none."""
    if contracts.valid_key(contract.id) is None:
        return ""
    authority = reference_data.authority_on(contract.authority_id, japanese_day(at))
    if authority is None:
        return ""
    return registered_address(authority.policy.desk(Product(contract.product)).recipient) or address_for_code(authority)


def address_for_code(authority: AuthorityWithPolicy) -> str:
    """Any address of an authority; empty for none."""
    desks = (authority.policy.desk(product) for product in Product)
    return next((found for desk in desks if (found := registered_address(desk.recipient))), "")


def takes_electronic(authority: AuthorityWithPolicy) -> bool:
    """Whether certificates of this authority can be opened in D-Sure at all."""
    return authority.policy.electronic_since is not None


def _text(code: GateCode, contract: GuaranteeContract, *, until: datetime, dsure_address: str) -> str:
    return mail_text(
        "gate_code",
        authority=one_line(contract.authority.name),
        number=contract.number,
        product=Product(contract.product).label,
        works_name=one_line(contract.works_name),
        code=f"[code {code.nonce}]",
        until=era_time(until),
        dsure_address=dsure_address,
        branch=contract.branch,
    )


def _mail(code: GateCode, contract: GuaranteeContract, recipient: str, text: str, now: datetime) -> OutboxMail:
    return OutboxMail(
        surety_id=contract.surety_id,
        event=f"{_EVENT}{code.id}",
        message_id=make_msgid(idstring=f"gate_code.{code.id}", domain="esurety.invalid"),
        recipient=recipient,
        subject=_SUBJECT,
        body=text,
        created_at=now,
        next_try_at=now,
    )


def with_code(due: DueMail, vault: KeyVault) -> DueMail:
    """The mail as it leaves: with its code, if it is one that carries a code."""
    if not due.event.startswith(_EVENT):
        return due
    return replace(due, body=_PLACE.sub(lambda found: vault.one_time_code(found[1]), due.body))


def without_code(event: str, body: str) -> str:
    """The mail as the office reads it."""
    return _PLACE.sub(_NOT_SHOWN, body) if event.startswith(_EVENT) else body
