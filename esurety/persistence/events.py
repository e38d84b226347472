"""What happened, to an application or a contract; and answers already given to an act's token."""

from datetime import datetime

from sqlalchemy import false, or_, select

from esurety.persistence.database import reading
from esurety.persistence.models import AnsweredToken, Event


def record_event(
    *,
    at: datetime,
    kind: str,
    actor_id: int | None,
    actor_name: str,
    application_id: int | None = None,
    contract_id: int | None = None,
    note: str = "",
) -> None:
    """Write an event with the running transaction."""
    reading().add(
        Event(at=at, kind=kind, actor_id=actor_id, actor_name=actor_name, application_id=application_id, contract_id=contract_id, note=note)
    )


def events_of(*, application_id: int | None = None, contract_id: int | None = None, limit: int = 100) -> list[Event]:
    """The events of an application or a contract, newest first."""
    # A side that was not asked for must not become "IS NULL": that would be everybody else's events.
    asked = [
        column == value for column, value in ((Event.application_id, application_id), (Event.contract_id, contract_id)) if value is not None
    ]
    return list(reading().scalars(select(Event).where(or_(false(), *asked)).order_by(Event.id.desc()).limit(limit)))


def answer_to(account_id: int, token: str) -> str | None:
    """The answer that a token of this person got before, if any."""
    found = reading().get(AnsweredToken, (account_id, token))
    return found.outcome if found is not None else None


def keep_answer(account_id: int, token: str, outcome: str, at: datetime) -> None:
    """Save the answer with the act's own transaction."""
    reading().add(AnsweredToken(account_id=account_id, token=token, outcome=outcome, answered_at=at))
