"""Creating accounts: the first administrator by command, everybody else by the operator."""

from datetime import datetime

from esurety.persistence import accounts
from esurety.persistence.database import writing
from esurety.persistence.models import Account
from esurety.services.keep_records import note_act
from esurety.services.passwords import PasswordKeeper
from esurety.services.sign_in import Role, SignedIn

SHORTEST_PASSWORD = 15


class AccountExists(Exception):
    """There is an account with this address already."""


class PasswordTooShort(Exception):
    """A password has at least SHORTEST_PASSWORD characters."""


def create_account(
    *,
    email: str,
    password: str,
    display_name: str,
    role: Role,
    at: datetime,
    keeper: PasswordKeeper,
    surety_id: int | None = None,
    company_id: int | None = None,
    branch_id: int | None = None,
    shortest_password: int = SHORTEST_PASSWORD,
    created_by: SignedIn | None = None,
) -> int:
    """Create an account and return its id; an operator's act is kept as an event. Raises AccountExists or PasswordTooShort."""
    if len(password) < shortest_password:
        raise PasswordTooShort
    password_hash = keeper.hash(password)
    with writing():
        if accounts.account_with_email(email.strip().lower()) is not None:
            raise AccountExists
        account_id = accounts.add_account(
            Account(
                email=email.strip().lower(),
                password_hash=password_hash,
                display_name=display_name,
                role=role.value,
                surety_id=surety_id,
                company_id=company_id,
                branch_id=branch_id,
                created_at=at,
            )
        )
        if created_by is not None:
            note = f"{display_name}（{email.strip().lower()}）　{role.label}"
            note_act(created_by, "AccountCreated", f"account:{account_id}", at, note)
        return account_id
