"""A surety's own records as the operator keeps them: its branches, its contractors, its people."""

from dataclasses import dataclass

from sqlalchemy import func, select

from esurety.domain.search_words import folded
from esurety.persistence.database import reading
from esurety.persistence.models import Account, Branch, Company, IssuingAuthority, Surety

PAGE = 50


@dataclass(frozen=True)
class PersonLine:
    """An account in a list, with the name of what it belongs to."""

    account: Account
    belongs_to: str


def lock_surety(surety_id: int) -> Surety | None:
    """A surety, held until the transaction ends."""
    return reading().get(Surety, surety_id, with_for_update=True, populate_existing=True)


def lock_branch(branch_id: int) -> Branch | None:
    """A branch, held until the transaction ends."""
    return reading().get(Branch, branch_id, with_for_update=True, populate_existing=True)


def lock_company(company_id: int) -> Company | None:
    """A contractor, held until the transaction ends."""
    return reading().get(Company, company_id, with_for_update=True, populate_existing=True)


def lock_account(account_id: int) -> Account | None:
    """An account, held until the transaction ends."""
    return reading().get(Account, account_id, with_for_update=True, populate_existing=True)


def account(account_id: int) -> Account | None:
    return reading().get(Account, account_id)


def sureties() -> list[tuple[int, str]]:
    """Id and name of every surety, by name."""
    return [(row.id, row.name) for row in reading().execute(select(Surety.id, Surety.name).order_by(Surety.name, Surety.id))]


def all_sureties() -> list[Surety]:
    """Every surety of the installation."""
    return list(reading().scalars(select(Surety).order_by(Surety.id)))


def surety_named(name: str) -> Surety | None:
    return reading().scalar(select(Surety).where(Surety.name == name))


def branch_with_code(code: int) -> Branch | None:
    """The branch whose numbers begin with a code; unique over all sureties."""
    return reading().scalar(select(Branch).where(Branch.code == code))


def branch_named(surety_id: int, name: str) -> Branch | None:
    """The branch of that name that has not ended; the name of one that has is free again."""
    return reading().scalar(select(Branch).where(Branch.surety_id == surety_id, Branch.name == name, Branch.ended_on.is_(None)))


def companies_page(surety_id: int, *, word: str, after: int) -> list[Company]:
    """Up to PAGE + 1 contractors in the order they were registered; with a word, those whose name contains it."""
    statement = select(Company).where(Company.surety_id == surety_id, Company.id > after)
    if word:
        statement = statement.where(Company.folded_name.contains(folded(word), autoescape=True))
    return list(reading().scalars(statement.order_by(Company.id).limit(PAGE + 1)))


def accounts_page(surety_id: int, *, word: str, after: int) -> list[PersonLine]:
    """Up to PAGE + 1 accounts in the order they were made; with a word, those whose address or name contains it."""
    statement = (
        select(Account, Company.name, Branch.name)
        .outerjoin(Company, Company.id == Account.company_id)
        .outerjoin(Branch, Branch.id == Account.branch_id)
        .where(Account.surety_id == surety_id, Account.id > after)
    )
    if word:
        found = Account.email.contains(word.lower(), autoescape=True) | Account.display_name.contains(word, autoescape=True)
        statement = statement.where(found)
    rows = reading().execute(statement.order_by(Account.id).limit(PAGE + 1))
    return [PersonLine(person, company or branch or "") for person, company, branch in rows]


def lock_accounts_of_company(company_id: int) -> list[Account]:
    """The accounts of a contractor that have not ended, held until the transaction ends."""
    statement = select(Account).where(Account.company_id == company_id, Account.disabled_at.is_(None)).order_by(Account.id)
    return list(reading().scalars(statement.with_for_update().execution_options(populate_existing=True)))


def accounts_of_company(company_id: int) -> list[Account]:
    """Everybody of a contractor, those who have ended too."""
    return list(reading().scalars(select(Account).where(Account.company_id == company_id).order_by(Account.id)))


def counts(surety_id: int) -> dict[str, int]:
    """How many branches, companies, accounts and entries of the register are in use."""
    wanted = {
        "branches": select(func.count()).select_from(Branch).where(Branch.surety_id == surety_id, Branch.ended_on.is_(None)),
        "companies": select(func.count()).select_from(Company).where(Company.surety_id == surety_id, Company.ended_on.is_(None)),
        "accounts": select(func.count()).select_from(Account).where(Account.surety_id == surety_id, Account.disabled_at.is_(None)),
        "rights": select(func.count())
        .select_from(IssuingAuthority)
        .join(Account, Account.id == IssuingAuthority.account_id)
        .where(Account.surety_id == surety_id, IssuingAuthority.ended_at.is_(None)),
    }
    row = reading().execute(select(*(one.scalar_subquery() for one in wanted.values()))).one()
    return dict(zip(wanted, row, strict=True))


def add(record: Surety | Branch | Company) -> int:
    """Store a new record with the running transaction and return its id."""
    reading().add(record)
    reading().flush()
    return record.id
