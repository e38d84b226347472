"""What waits for a surety besides applications: counted in one statement, because its home page asks for all of it."""

from dataclasses import dataclass

from sqlalchemy import select

from esurety.persistence.database import reading
from esurety.persistence.key_requests import counted_key_requests
from esurety.persistence.repayments import counted_owing
from esurety.persistence.settlements import counted_open
from esurety.persistence.unpaid import counted_unpaid


@dataclass(frozen=True)
class OtherWork:
    """How many of each."""

    key_requests: int
    settlements: int
    unpaid: int
    owing: int


def other_work(surety_id: int) -> OtherWork:
    """Keys asked for, differences and refunds to settle, premiums unpaid after the issue, money to give back."""
    counted = (counted_key_requests(surety_id), counted_open(surety_id), counted_unpaid(surety_id), counted_owing(surety_id))
    return OtherWork(*reading().execute(select(*counted)).one())
