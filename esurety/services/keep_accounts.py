"""利用者: the surety's own people and those of its contractors; created, corrected and ended by the operator, never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from esurety.persistence import left_behind, organisation_records, reference_data
from esurety.persistence.database import writing
from esurety.persistence.left_behind import LeftBehind
from esurety.persistence.models import Account
from esurety.persistence.organisation_records import PersonLine
from esurety.services.create_account import SHORTEST_PASSWORD, PasswordTooShort, create_account
from esurety.services.keep_branches import own_branch
from esurety.services.keep_companies import own_company
from esurety.services.keep_records import EndedBefore, RecordNotFound, difference, note_act, operator_surety, refuse_stale
from esurety.services.passwords import PasswordKeeper
from esurety.services.sign_in import Role, SignedIn

LABELS = {"display_name": "氏名", "role": "役割", "branch_id": "所属"}


class NotOneself(Exception):
    """An operator neither ends the own account nor takes the own role away: the last one would lock everybody out."""


@dataclass(frozen=True)
class AccountData:
    """What the operator decides about a person: the name, and for the surety's own people role and branch."""

    display_name: str
    role: Role
    branch_id: int | None = None
    company_id: int | None = None

    def shown(self) -> dict[str, str]:
        """As a form shows it."""
        return {"display_name": self.display_name, "role": self.role.value, "branch_id": str(self.branch_id or "")}

    @classmethod
    def of(cls, account: Account) -> "AccountData":
        return cls(account.display_name, Role(account.role), account.branch_id, account.company_id)


def own_accounts(account: SignedIn, *, word: str = "", after: int = 0) -> tuple[list[PersonLine], int | None]:
    """A page of the accounts, those that have ended too, and where the next page begins."""
    found = organisation_records.accounts_page(operator_surety(account), word=word, after=after)
    page = found[: organisation_records.PAGE]
    return page, page[-1].account.id if len(found) > len(page) else None


def own_account(account: SignedIn, account_id: int) -> Account:
    """An account of this operator's surety. Raises RecordNotFound."""
    found = organisation_records.account(account_id)
    if found is None or found.surety_id != operator_surety(account):
        raise RecordNotFound
    return found


def open_account(*, account: SignedIn, email: str, password: str, data: AccountData, at: datetime, keeper: PasswordKeeper) -> int:
    """Create an account with its first password and return its id. Raises RecordNotFound, EndedBefore, AccountExists or PasswordTooShort."""
    surety_id = operator_surety(account)
    _refuse_foreign(account, data)
    return create_account(
        email=email,
        password=password,
        display_name=data.display_name,
        role=data.role,
        at=at,
        keeper=keeper,
        surety_id=surety_id,
        company_id=data.company_id,
        branch_id=data.branch_id,
        created_by=account,
    )


def correct_account(*, account: SignedIn, account_id: int, data: AccountData, seen: Mapping[str, str], at: datetime) -> None:
    """Change name, role or branch; it counts from the person's next request on.

    Raises RecordNotFound, EndedBefore, ShownIsStale or NotOneself.
    """
    _refuse_foreign(account, data)
    with writing():
        person = _lock(account, account_id)
        before = AccountData.of(person)
        refuse_stale(before.shown(), seen)
        if account_id == account.account_id and data.role is not before.role:
            raise NotOneself
        person.display_name, person.role, person.branch_id = data.display_name, data.role.value, data.branch_id
        note = difference(LABELS, _in_words(before), _in_words(data))
        if note:
            note_act(account, "AccountCorrected", f"account:{account_id}", at, note)


def left_by_account(account: SignedIn, account_id: int) -> LeftBehind:
    """The open applications that a person is on or made. Raises RecordNotFound."""
    return left_behind.left_by_account(own_account(account, account_id).id)


def end_account(*, account: SignedIn, account_id: int, reason: str, at: datetime) -> None:
    """End an account and every session of it. Raises RecordNotFound, EndedBefore or NotOneself."""
    with writing():
        person = _lock(account, account_id)
        if account_id == account.account_id:
            raise NotOneself
        person.disabled_at = at
        person.session_epoch += 1
        note_act(account, "AccountEnded", f"account:{account_id}", at, f"理由：{reason}")


def reset_password(*, account: SignedIn, account_id: int, password: str, at: datetime, keeper: PasswordKeeper) -> None:
    """Give an account a new password and end its sessions. Raises RecordNotFound, EndedBefore or PasswordTooShort."""
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort
    password_hash = keeper.hash(password)
    with writing():
        person = _lock(account, account_id)
        person.password_hash = password_hash
        person.session_epoch += 1
        note_act(account, "PasswordReset", f"account:{account_id}", at)


def _lock(account: SignedIn, account_id: int) -> Account:
    person = organisation_records.lock_account(account_id)
    if person is None or person.surety_id != operator_surety(account):
        raise RecordNotFound
    if person.disabled_at is not None:
        raise EndedBefore
    return person


def _refuse_foreign(account: SignedIn, data: AccountData) -> None:
    """A person belongs to a branch or a company of the operator's own surety."""
    if data.branch_id is not None:
        own_branch(account, data.branch_id)
    if data.company_id is not None and own_company(account, data.company_id).ended_on is not None:
        raise EndedBefore


def _in_words(data: AccountData) -> dict[str, str]:
    branch = reference_data.branch(data.branch_id) if data.branch_id is not None else None
    return {"display_name": data.display_name, "role": data.role.label, "branch_id": branch.name if branch is not None else ""}
