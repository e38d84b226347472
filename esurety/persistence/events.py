"""What happened, to an application or a contract; and answers already given to an act's token."""

from datetime import datetime

import structlog
from sqlalchemy import false, or_, select

from esurety.persistence.database import after_commit, reading
from esurety.persistence.models import AnsweredToken, Event


def record_event(
    *,
    at: datetime,
    kind: str,
    actor_id: int | None,
    actor_name: str,
    application_id: int | None = None,
    contract_id: int | None = None,
    subject: str | None = None,
    note: str = "",
) -> None:
    """Write an event with the running transaction. `subject` names a record that is neither application nor contract: branch:3."""
    reading().add(
        Event(
            at=at,
            kind=kind,
            actor_id=actor_id,
            actor_name=actor_name,
            application_id=application_id,
            contract_id=contract_id,
            subject=subject,
            note=note,
        )
    )
    # Ids only: a line must not carry names, amounts or what people typed. And only what has been committed has happened.
    facts = {"account": actor_id, "application": application_id, "contract": contract_id, "subject": subject}
    told = {name: value for name, value in facts.items() if value is not None}
    after_commit(lambda: structlog.get_logger("esurety").info(kind, **told))


def events_of(*, application_id: int | None = None, contract_id: int | None = None, limit: int = 100) -> list[Event]:
    """The events of an application or a contract, newest first."""
    # A side that was not asked for must not become "IS NULL": that would be everybody else's events.
    asked = [
        column == value for column, value in ((Event.application_id, application_id), (Event.contract_id, contract_id)) if value is not None
    ]
    return list(reading().scalars(select(Event).where(or_(false(), *asked)).order_by(Event.id.desc()).limit(limit)))


def events_about(subject: str, *, limit: int = 100) -> list[Event]:
    """The events of another record (branch:3, account:5), newest first."""
    return list(reading().scalars(select(Event).where(Event.subject == subject).order_by(Event.id.desc()).limit(limit)))


def newest_at() -> datetime | None:
    """When the last event was written."""
    return reading().scalar(select(Event.at).order_by(Event.id.desc()).limit(1))


class TokenOfAnotherAct(Exception):
    """The token was used for something else; the page it came from is not the one it is sent with."""


def is_answered(account_id: int, token: str, act: str) -> bool:
    """Whether this person's token has been answered before for this act. Raises TokenOfAnotherAct."""
    found = reading().get(AnsweredToken, (account_id, token))
    if found is not None and found.outcome != act:
        raise TokenOfAnotherAct
    return found is not None


def keep_answer(account_id: int, token: str, act: str, at: datetime) -> None:
    """Note with the act's own transaction that its token is answered."""
    reading().add(AnsweredToken(account_id=account_id, token=token, outcome=act, answered_at=at))
