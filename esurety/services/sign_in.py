"""Signing in to Net Desk or the office."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from esurety.persistence import accounts
from esurety.persistence.database import writing
from esurety.services.passwords import PasswordKeeper

_WINDOW = timedelta(minutes=1)
_FAILURES_ALLOWED = 5  # per account and source and window


class Role(StrEnum):
    """What an account may do."""

    CONTRACTOR = "contractor"
    CLERK = "clerk"
    APPROVER = "approver"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """What the operator's screens call it."""
        return {"contractor": "受注者", "clerk": "審査担当", "approver": "承認者（発行責任者）", "admin": "運用担当"}[self.value]


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in, as every request needs to know it."""

    account_id: int
    email: str
    display_name: str
    role: Role
    organisation: str
    surety_id: int | None
    company_id: int | None
    branch_id: int | None
    company_pays_monthly: bool
    session_epoch: int
    chooses_surety: bool = False  # an operator of the whole installation, who acts for one surety at a time

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the surety."""
        return self.role in {Role.CLERK, Role.APPROVER, Role.ADMIN}

    @property
    def actor_name(self) -> str:
        """How events name this person."""
        return f"{self.organisation} {self.display_name}"


class WrongCredentials(Exception):
    """No such account, or not its password: the answer is the same."""


class SignInSlowed(Exception):
    """Too many failures of this account from this source; never a lock-out of the account."""

    def __init__(self, until: datetime) -> None:
        super().__init__("too many failures")
        self.until = until


def sign_in(*, email: str, password: str, source: str, at: datetime, keeper: PasswordKeeper) -> int:
    """The account's id. Raises WrongCredentials or SignInSlowed.

    The attempt is committed before it is judged: a refusal would otherwise roll it back.
    """
    email = email.strip().lower()[:254]
    with writing():
        failures, first_at = accounts.failed_sign_ins(email=email, source=source, since=at - _WINDOW)
        if failures >= _FAILURES_ALLOWED and first_at is not None:
            raise SignInSlowed(first_at + _WINDOW)
        attempt_id = accounts.record_sign_in_attempt(email, source, at)
    account = accounts.account_with_email(email)
    usable = account is not None and account.disabled_at is None
    verifier = account.password_hash if account is not None and usable else None
    if not keeper.matches(verifier, password) or account is None:
        raise WrongCredentials
    account_id = account.id
    with writing():
        accounts.mark_sign_in_success(attempt_id)
    return account_id


def confirm_password(*, account: SignedIn, password: str, source: str, at: datetime, keeper: PasswordKeeper) -> None:
    """Ask who is signed in for the password again, before an act that binds; the tries count as those at the sign-in.

    Raises WrongCredentials or SignInSlowed.
    """
    sign_in(email=account.email, password=password, source=source, at=at, keeper=keeper)


def who_is(account_id: int, *, acting_for: int | None = None) -> SignedIn | None:
    """The person behind a session; None when the account has ended.

    An operator of no surety acts for the one chosen (`acting_for`), or for the only one there is.
    """
    facts = accounts.signed_in_facts(account_id)
    if facts is None:
        return None
    account, company_name, pays_monthly, branch_name, surety_name = facts
    surety_id, chooses = account.surety_id, account.role == Role.ADMIN and account.surety_id is None
    if chooses:
        surety_id, surety_name = accounts.surety_to_act_for(acting_for)
    return SignedIn(
        account_id=account.id,
        email=account.email,
        display_name=account.display_name,
        role=Role(account.role),
        organisation=company_name or branch_name or surety_name or "運用担当",
        surety_id=surety_id,
        company_id=account.company_id,
        branch_id=account.branch_id,
        company_pays_monthly=bool(pays_monthly),
        session_epoch=account.session_epoch,
        chooses_surety=chooses,
    )
