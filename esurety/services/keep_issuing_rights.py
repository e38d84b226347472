"""発行権限: the register of who may issue what, up to which amount, from when to when. Entries are added and ended, never deleted."""

from datetime import date, datetime

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence import issuing_register, organisation_records
from esurety.persistence.database import writing
from esurety.persistence.models import Account, IssuingAuthority
from esurety.services.keep_accounts import own_account
from esurety.services.keep_records import RecordNotFound, ShownIsStale, note_act, operator_surety
from esurety.services.sign_in import Role, SignedIn


class NotAnApprover(Exception):
    """Only an approver whose account has not ended is given a right to issue."""


class EndsBeforeItBegins(Exception):
    """The last day lies before the first."""


class BeginsInThePast(Exception):
    """An entry begins today at the earliest: nobody becomes entitled to what was issued before."""


class EndsInThePast(Exception):
    """The last day of an entry is today at the earliest: what was issued under it stays entitled."""


class RightHasEnded(Exception):
    """The entry ran out or was stopped: it stays ended, another one is granted instead."""


def register(account: SignedIn) -> list[tuple[IssuingAuthority, Account]]:
    """Every entry of this operator's surety, by person."""
    return issuing_register.entries_of_surety(operator_surety(account))


def entries_of(account: SignedIn, account_id: int) -> tuple[Account, list[IssuingAuthority]]:
    """A person and the entries. Raises RecordNotFound."""
    person = own_account(account, account_id)
    return person, list(issuing_register.entries_of(account_id))


def grant_right(
    *, account: SignedIn, account_id: int, product: Product, up_to: Yen, valid_from: date, valid_until: date | None, at: datetime
) -> int:
    """Add an entry and return its id. Raises RecordNotFound, NotAnApprover, BeginsInThePast or EndsBeforeItBegins."""
    if valid_from < japanese_day(at):
        raise BeginsInThePast
    if valid_until is not None and valid_until < valid_from:
        raise EndsBeforeItBegins
    with writing():
        person = organisation_records.lock_account(account_id)
        if person is None or person.surety_id != operator_surety(account):
            raise RecordNotFound
        if person.role != Role.APPROVER or person.disabled_at is not None:
            raise NotAnApprover
        entry = IssuingAuthority(
            account_id=account_id,
            product=product.value,
            up_to=up_to,
            valid_from=valid_from,
            valid_until=valid_until,
            created_at=at,
            created_by=account.account_id,
        )
        entry_id = issuing_register.add_entry(entry)
        note_act(account, "IssuingRightGranted", f"account:{account_id}", at, right_text(entry))
        return entry_id


def end_right(*, account: SignedIn, entry_id: int, last_day: date, seen_until: str, at: datetime) -> int:
    """Let an entry end on a day, today at the earliest, and return whose it is.

    Raises RecordNotFound, RightHasEnded, ShownIsStale, EndsBeforeItBegins or EndsInThePast.
    """
    with writing():
        entry = _lock(account, entry_id, japanese_day(at))
        if shown_until(entry) != seen_until:
            raise ShownIsStale({"valid_until": shown_until(entry)})
        if last_day < entry.valid_from:
            raise EndsBeforeItBegins
        if last_day < japanese_day(at):
            raise EndsInThePast
        before = right_text(entry)
        entry.valid_until = last_day
        note_act(account, "IssuingRightEnded", f"account:{entry.account_id}", at, f"{before}\n→終了日 {era_date(last_day)}")
        return entry.account_id


def stop_right(*, account: SignedIn, entry_id: int, reason: str, at: datetime) -> int:
    """Stop an entry from this instant on and return whose it is; its days stay as they were, for what was issued before.

    Raises RecordNotFound or RightHasEnded.
    """
    with writing():
        entry = _lock(account, entry_id, japanese_day(at))
        entry.ended_at = at
        note_act(account, "IssuingRightStopped", f"account:{entry.account_id}", at, f"{right_text(entry)}\n理由：{reason}")
        return entry.account_id


def _lock(account: SignedIn, entry_id: int, today: date) -> IssuingAuthority:
    entry = issuing_register.lock_entry(entry_id)
    if entry is None:
        raise RecordNotFound
    own_account(account, entry.account_id)
    if has_ended(entry, today):
        raise RightHasEnded
    return entry


def has_ended(entry: IssuingAuthority, today: date) -> bool:
    """Whether an entry ran out before today or was stopped."""
    return entry.ended_at is not None or (entry.valid_until is not None and entry.valid_until < today)


def one_entry(account: SignedIn, entry_id: int) -> tuple[IssuingAuthority, Account]:
    """An entry and whose it is. Raises RecordNotFound."""
    found = next(((entry, person) for entry, person in register(account) if entry.id == entry_id), None)
    if found is None:
        raise RecordNotFound
    return found


def shown_until(entry: IssuingAuthority) -> str:
    """The last day as a form shows it; empty until further notice."""
    return era_date(entry.valid_until, padded=False) if entry.valid_until is not None else ""


def right_text(entry: IssuingAuthority) -> str:
    """前払金保証 1,000,000,000円まで　令和02年04月01日から（期限なし）."""
    until = f"{era_date(entry.valid_until)}まで" if entry.valid_until is not None else "期限なし"
    return f"{Product(entry.product).label} {entry.up_to.text}まで　{era_date(entry.valid_from)}から（{until}）"
