"""Keeping the register of authorities (発注者): taken in, ended; never deleted. Their policies are laid down elsewhere."""

from datetime import date, datetime

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.search_words import folded
from esurety.persistence import events, left_behind, rules
from esurety.persistence.database import writing
from esurety.persistence.left_behind import LeftBehind
from esurety.persistence.models import Authority
from esurety.services.rule_keeping import refuse_unless_operator
from esurety.services.sign_in import SignedIn


class AuthorityNotFound(LookupError):
    """There is no such authority."""


class NameTaken(Exception):
    """There is an authority of that name, perhaps written otherwise; `ended_on` is the day from which the name is free."""

    def __init__(self, authority_id: int, name: str, ended_on: date | None) -> None:
        super().__init__(f"authority {authority_id} has that name")
        self.authority_id, self.name, self.ended_on = authority_id, name, ended_on


class AuthorityEnded(Exception):
    """The authority ended on a day; nothing more is laid down for it."""

    def __init__(self, on: date) -> None:
        super().__init__(f"ended on {on}")
        self.on = on


def authority_subject(authority_id: int) -> str:
    """How events name an authority."""
    return f"authority:{authority_id}"


def create_authority(*, account: SignedIn, name: str, head: str, at: datetime) -> int:
    """Take an authority in, with the national defaults until a policy is laid down; the name of one that has ended is free.

    Returns its id. Raises NotAnOperator or NameTaken.
    """
    refuse_unless_operator(account)
    with writing():
        there = rules.authority_with_folded_name(name, japanese_day(at))
        if there is not None:
            raise NameTaken(there.id, there.name, there.ended_on)
        authority = Authority(name=name, folded_name=folded(name), head=head)
        rules.add(authority)
        _record(account, authority, "AuthorityCreated", f"宛名 {head}", at)
        return authority.id


def left_by_authority(account: SignedIn, authority_id: int, today: date) -> LeftBehind:
    """What the operator's own surety still has under way with an authority. Raises NotAnOperator."""
    refuse_unless_operator(account)
    return left_behind.left_by_authority(authority_id, account.surety_id or 0, today)


def end_authority(*, account: SignedIn, authority_id: int, ended_on: date, reason: str, at: datetime) -> None:
    """Offer an authority no longer from a day on; its contracts stay. Raises NotAnOperator, AuthorityNotFound or AuthorityEnded."""
    with writing():
        authority = lock_living_authority(account, authority_id)
        authority.ended_on = ended_on
        _record(account, authority, "AuthorityEnded", f"{era_date(ended_on, padded=False)}から　{reason}", at)


def lock_living_authority(account: SignedIn, authority_id: int) -> Authority:
    """The authority, held for a change by an operator. Raises NotAnOperator, AuthorityNotFound or AuthorityEnded."""
    refuse_unless_operator(account)
    authority = rules.lock_authority(authority_id)
    if authority is None:
        raise AuthorityNotFound
    if authority.ended_on is not None:
        raise AuthorityEnded(authority.ended_on)
    return authority


def _record(account: SignedIn, authority: Authority, kind: str, note: str, at: datetime) -> None:
    events.record_event(
        at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, subject=authority_subject(authority.id), note=note
    )
