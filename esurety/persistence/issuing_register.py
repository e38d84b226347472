"""The register of authority to issue (発行権限)."""

from collections.abc import Sequence

from sqlalchemy import select

from esurety.domain.issuing_rights import IssuingRight
from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import Account, IssuingAuthority, Surety


def right_of(entry: IssuingAuthority) -> IssuingRight:
    """An entry as the domain knows it."""
    return IssuingRight(Product(entry.product), entry.up_to, entry.valid_from, entry.valid_until)


def rights_of(account_id: int) -> list[IssuingRight]:
    """The entries of one person that were not stopped."""
    return [right_of(entry) for entry in entries_of(account_id) if entry.ended_at is None]


def entries_of(account_id: int) -> Sequence[IssuingAuthority]:
    """The entries of one person, those that have ended too, in the order they were made."""
    return reading().scalars(select(IssuingAuthority).where(IssuingAuthority.account_id == account_id).order_by(IssuingAuthority.id)).all()


def entries_of_surety(surety_id: int) -> list[tuple[IssuingAuthority, Account]]:
    """Every entry of a surety's people, by person."""
    rows = reading().execute(
        select(IssuingAuthority, Account)
        .join(Account, Account.id == IssuingAuthority.account_id)
        .where(Account.surety_id == surety_id)
        .order_by(Account.id, IssuingAuthority.id)
    )
    return [(entry, account) for entry, account in rows]


def issuers_of_surety(surety_id: int) -> tuple[Yen, dict[int, list[IssuingRight]]]:
    """A surety's four-eyes limit, and the rights of each of its approvers who has not ended: in one query, for every review page."""
    is_approver = (Account.surety_id == Surety.id) & (Account.role == "approver") & Account.disabled_at.is_(None)
    rows = reading().execute(
        select(Surety.four_eyes_above, IssuingAuthority)
        .select_from(Surety)
        .outerjoin(Account, is_approver)
        .outerjoin(IssuingAuthority, (IssuingAuthority.account_id == Account.id) & IssuingAuthority.ended_at.is_(None))
        .where(Surety.id == surety_id)
        .order_by(IssuingAuthority.id)
    )
    limit, rights = Yen(0), dict[int, list[IssuingRight]]()
    for four_eyes_above, entry in rows:
        limit = four_eyes_above
        if entry is not None:
            rights.setdefault(entry.account_id, []).append(right_of(entry))
    return limit, rights


def lock_entry(entry_id: int) -> IssuingAuthority | None:
    """One entry, held until the transaction ends."""
    return reading().get(IssuingAuthority, entry_id, with_for_update=True, populate_existing=True)


def add_entry(entry: IssuingAuthority) -> int:
    """Store an entry with the running transaction and return its id."""
    reading().add(entry)
    reading().flush()
    return entry.id
