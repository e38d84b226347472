"""What keeping any record of the surety has in common: whose it is, what was shown, what changed, and its history."""

from collections.abc import Mapping
from datetime import datetime

from esurety.documents.printable_characters import missing_characters
from esurety.persistence import events, organisation_records
from esurety.persistence.models import Event
from esurety.services.sign_in import Role, SignedIn


class NotTheOperator(PermissionError):
    """Only an operator keeps the surety's records."""


class RecordNotFound(LookupError):
    """There is no such record of this person's surety."""


class EndedBefore(Exception):
    """The record has ended: it stays as it is."""


class Taken(Exception):
    """Another record has this value already; `field` is the one to change."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is taken")
        self.field = field


class ShownIsStale(Exception):
    """The record changed after the page was shown; `current` is how it reads now."""

    def __init__(self, current: Mapping[str, str]) -> None:
        super().__init__("the record changed meanwhile")
        self.current = dict(current)


def operator_surety(account: SignedIn) -> int:
    """The surety whose records this operator keeps. Raises NotTheOperator."""
    if account.role is not Role.ADMIN or account.surety_id is None:
        raise NotTheOperator
    return account.surety_id


def refuse_stale(current: Mapping[str, str], seen: Mapping[str, str]) -> None:
    """Raises ShownIsStale where the page did not show what is there now; these records have no revision to compare."""
    if any(seen.get(name) != value for name, value in current.items()):
        raise ShownIsStale(current)


def difference(labels: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changed, a line each: 電話：043-1→043-2."""
    return "\n".join(
        f"{label}：{before.get(name) or '（なし）'}→{after.get(name) or '（なし）'}"
        for name, label in labels.items()
        if before.get(name, "") != after.get(name, "")
    )


def unprintable(text: str) -> tuple[str, ...]:
    """The characters of a text that certificates could not be printed with."""
    return missing_characters(text)


def note_act(account: SignedIn, kind: str, subject: str, at: datetime, note: str = "") -> None:
    """Write the event of an operator's act with the running transaction."""
    events.record_event(at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, subject=subject, note=note)


def history_of(subject: str) -> list[Event]:
    """What happened to a record, newest first."""
    return events.events_about(subject)


def counts_of(account: SignedIn) -> dict[str, int]:
    """How many branches, companies, accounts and rights of this operator's surety are in use."""
    return organisation_records.counts(operator_surety(account))
