"""営業部・支店: opened, corrected and ended by the operator; never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.japanese_calendar import japanese_day
from esurety.persistence import left_behind, organisation_records, reference_data
from esurety.persistence.database import writing
from esurety.persistence.left_behind import LeftBehind
from esurety.persistence.models import Branch
from esurety.services.keep_records import EndedBefore, RecordNotFound, Taken, difference, note_act, operator_surety, refuse_stale
from esurety.services.sign_in import SignedIn

LABELS = {"name": "名称", "phone": "電話", "hours": "受付時間"}


class LastBranch(Exception):
    """Without a branch nobody could apply any more."""


@dataclass(frozen=True)
class BranchData:
    """What certificates, mails and the guide say of a branch."""

    name: str
    phone: str
    hours: str

    def shown(self) -> dict[str, str]:
        """As a form shows it."""
        return {"name": self.name, "phone": self.phone, "hours": self.hours}

    @classmethod
    def of(cls, branch: Branch) -> "BranchData":
        return cls(branch.name, branch.phone, branch.hours)


def own_branches(account: SignedIn) -> list[Branch]:
    """Every branch of this operator's surety, those that have ended too."""
    return reference_data.branches_of(operator_surety(account))


def own_branch(account: SignedIn, branch_id: int) -> Branch:
    """A branch of this operator's surety. Raises RecordNotFound."""
    found = reference_data.branch(branch_id)
    if found is None or found.surety_id != operator_surety(account):
        raise RecordNotFound
    return found


def open_branch(*, account: SignedIn, code: int, data: BranchData, at: datetime) -> int:
    """Open a branch; contract numbers begin with its code. Raises Taken."""
    surety_id = operator_surety(account)
    with writing():
        if organisation_records.branch_with_code(code) is not None:
            raise Taken("code")
        _refuse_taken(surety_id, data.name, None)
        branch_id = organisation_records.add(Branch(surety_id=surety_id, code=code, name=data.name, phone=data.phone, hours=data.hours))
        note_act(account, "BranchOpened", f"branch:{branch_id}", at, f"番号：{code:03d}\n{difference(LABELS, {}, data.shown())}")
        return branch_id


def correct_branch(*, account: SignedIn, branch_id: int, data: BranchData, seen: Mapping[str, str], at: datetime) -> None:
    """Correct a branch. Raises RecordNotFound, EndedBefore, ShownIsStale or Taken."""
    with writing():
        branch = _lock(account, branch_id)
        before = BranchData.of(branch).shown()
        refuse_stale(before, seen)
        _refuse_taken(branch.surety_id, data.name, branch_id)
        branch.name, branch.phone, branch.hours = data.name, data.phone, data.hours
        note = difference(LABELS, before, data.shown())
        if note:
            note_act(account, "BranchCorrected", f"branch:{branch_id}", at, note)


def end_branch(*, account: SignedIn, branch_id: int, reason: str, at: datetime) -> None:
    """End a branch from today on: it is offered for no new application, what it has goes on.

    Raises RecordNotFound, EndedBefore or LastBranch.
    """
    with writing():
        organisation_records.lock_surety(operator_surety(account))  # two who each end one of the last two wait for each other
        branch = _lock(account, branch_id)
        if is_last_branch(account, branch_id):
            raise LastBranch
        branch.ended_on = japanese_day(at)
        note_act(account, "BranchEnded", f"branch:{branch_id}", at, f"理由：{reason}")


def is_last_branch(account: SignedIn, branch_id: int) -> bool:
    """Whether no other branch of the operator's surety is left."""
    return left_behind.other_living_branches(operator_surety(account), branch_id) == 0


def left_by_branch(account: SignedIn, branch_id: int, today: date) -> LeftBehind:
    """What still hangs on a branch. Raises RecordNotFound."""
    return left_behind.left_by_branch(own_branch(account, branch_id).id, today)


def _lock(account: SignedIn, branch_id: int) -> Branch:
    branch = organisation_records.lock_branch(branch_id)
    if branch is None or branch.surety_id != operator_surety(account):
        raise RecordNotFound
    if branch.ended_on is not None:
        raise EndedBefore
    return branch


def _refuse_taken(surety_id: int, name: str, own_id: int | None) -> None:
    other = organisation_records.branch_named(surety_id, name)
    if other is not None and other.id != own_id:
        raise Taken("name")
