"""Accounts and the tries to sign in."""

from datetime import datetime

from sqlalchemy import Row, func, select

from esurety.persistence.database import reading
from esurety.persistence.models import Account, Branch, Company, SignInAttempt, Surety


def account_with_email(email: str) -> Account | None:
    return reading().scalar(select(Account).where(Account.email == email))


def signed_in_facts(account_id: int) -> Row[Account, str | None, bool | None, str | None, str | None] | None:
    """One query for everything a request needs to know of who is signed in."""
    return (
        reading()
        .execute(
            select(Account, Company.name, Company.pays_monthly, Branch.name, Surety.name)
            .outerjoin(Company, Company.id == Account.company_id)
            .outerjoin(Branch, Branch.id == Account.branch_id)
            .outerjoin(Surety, Surety.id == Account.surety_id)
            .where(Account.id == account_id, Account.disabled_at.is_(None))
        )
        .first()
    )


def surety_to_act_for(chosen: int | None) -> tuple[int | None, str | None]:
    """Id and name of the surety that was chosen, else of the only one there is; nothing where it has to be chosen first."""
    sureties = reading().execute(select(Surety.id, Surety.name).order_by(Surety.id)).all()
    found = [row for row in sureties if row.id == chosen] or (sureties if len(sureties) == 1 else [])
    return (found[0].id, found[0].name) if found else (None, None)


def record_sign_in_attempt(email: str, source: str, at: datetime) -> int:
    """Write a try and return its id."""
    attempt = SignInAttempt(email=email, source=source, at=at)
    reading().add(attempt)
    reading().flush()
    return attempt.id


def mark_sign_in_success(attempt_id: int) -> None:
    attempt = reading().get(SignInAttempt, attempt_id)
    if attempt is not None:
        attempt.succeeded = True


def failed_sign_ins(*, email: str, source: str, since: datetime) -> tuple[int, datetime | None]:
    """How often this account has failed from this source since an instant, and when the first of these was."""
    count, first_at = (
        reading()
        .execute(
            select(func.count(), func.min(SignInAttempt.at)).where(
                SignInAttempt.email == email, SignInAttempt.source == source, SignInAttempt.at > since, SignInAttempt.succeeded.is_(False)
            )
        )
        .one()
    )
    return count, first_at


def account_email(account_id: int) -> str:
    """The address of an account that has not ended; empty otherwise."""
    return reading().scalar(select(Account.email).where(Account.id == account_id, Account.disabled_at.is_(None))) or ""


def add_account(account: Account) -> int:
    """Store a new account with the running transaction and return its id."""
    reading().add(account)
    reading().flush()
    return account.id
