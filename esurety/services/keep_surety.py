"""The surety's own data: registered once by the first operator, corrected later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from esurety.domain.yen import Yen
from esurety.persistence import organisation_records, reference_data
from esurety.persistence.database import writing
from esurety.persistence.models import Surety
from esurety.services.keep_records import NotTheOperator, RecordNotFound, Taken, difference, note_act, operator_surety, refuse_stale
from esurety.services.sign_in import Role, SignedIn

LABELS = {"name": "商号", "address": "住所", "representative": "代表者", "four_eyes_above": "承認者を分ける金額（円）"}


class HasSurety(Exception):
    """The operator belongs to a surety already."""


@dataclass(frozen=True)
class SuretyData:
    """What a surety prints on its certificates, and the amount above which two persons act."""

    name: str
    address: str
    representative: str
    four_eyes_above: Yen

    def shown(self) -> dict[str, str]:
        """As a form shows it."""
        return {
            "name": self.name,
            "address": self.address,
            "representative": self.representative,
            "four_eyes_above": self.four_eyes_above.digits,
        }

    @classmethod
    def of(cls, surety: Surety) -> "SuretyData":
        return cls(surety.name, surety.address, surety.representative, surety.four_eyes_above)


def own_surety(account: SignedIn) -> SuretyData:
    """The surety of this operator. Raises RecordNotFound."""
    found = reference_data.surety(operator_surety(account))
    if found is None:
        raise RecordNotFound
    return SuretyData.of(found)


def sureties_to_choose(account: SignedIn) -> list[tuple[int, str]]:
    """Id and name of every surety, for an operator of none, who acts for one of them at a time. Raises NotTheOperator."""
    if not account.chooses_surety:
        raise NotTheOperator
    return organisation_records.sureties()


def create_surety(*, account: SignedIn, data: SuretyData, at: datetime) -> int:
    """Register a surety and return its id. The first one of all is from now on its operator's own.

    Raises NotTheOperator, HasSurety (only an operator of none registers one) or Taken.
    """
    if account.role is not Role.ADMIN:
        raise NotTheOperator
    with writing():
        person = organisation_records.lock_account(account.account_id)
        if person is None or person.surety_id is not None:
            raise HasSurety
        _refuse_taken(data.name, None)
        surety = Surety(
            name=data.name,
            address=data.address,
            representative=data.representative,
            four_eyes_above=data.four_eyes_above,
            created_at=at,
        )
        is_first = not organisation_records.sureties()
        surety_id = organisation_records.add(surety)
        if is_first:
            person.surety_id = surety_id
        note_act(account, "SuretyCreated", f"surety:{surety.id}", at, difference(LABELS, {}, data.shown()))
        return surety.id


def correct_surety(*, account: SignedIn, data: SuretyData, seen: Mapping[str, str], at: datetime) -> None:
    """Correct the surety's data. Certificates issued before keep what they say. Raises RecordNotFound, Taken or ShownIsStale."""
    surety_id = operator_surety(account)
    with writing():
        surety = organisation_records.lock_surety(surety_id)
        if surety is None:
            raise RecordNotFound
        before = SuretyData.of(surety).shown()
        refuse_stale(before, seen)
        _refuse_taken(data.name, surety_id)
        surety.name, surety.address, surety.representative = data.name, data.address, data.representative
        surety.four_eyes_above = data.four_eyes_above
        note = difference(LABELS, before, data.shown())
        if note:
            note_act(account, "SuretyCorrected", f"surety:{surety_id}", at, note)


def surety_called(name: str) -> int | None:
    """The id of the surety with this name."""
    found = organisation_records.surety_named(name)
    return found.id if found is not None else None


def _refuse_taken(name: str, own_id: int | None) -> None:
    other = organisation_records.surety_named(name)
    if other is not None and other.id != own_id:
        raise Taken("name")
