"""認証キーの再発行の依頼: the wishes for a new key that nobody has answered yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import joinedload

from esurety.persistence.database import reading
from esurety.persistence.models import Event, GuaranteeContract

MOST_SHOWN = 100
ASKED = "KeyReissueRequested"
DECLINED = "KeyReissueDeclined"


@dataclass(frozen=True)
class KeyRequest:
    """A contract whose key the contractor wants anew, since when and why."""

    contract: GuaranteeContract
    asked_at: datetime
    asked_by: str
    reason: str


def key_requests(surety_id: int) -> list[KeyRequest]:
    """The longest waiting first."""
    latest = (
        select(func.max(Event.id)).where(Event.contract_id == GuaranteeContract.id, Event.kind == ASKED).correlate(GuaranteeContract)
    ).scalar_subquery()
    rows = reading().execute(
        select(GuaranteeContract, Event)
        .join(Event, Event.id == latest)
        .where(GuaranteeContract.surety_id == surety_id, GuaranteeContract.key_requested_at.is_not(None))
        .options(joinedload(GuaranteeContract.company), joinedload(GuaranteeContract.branch))
        .order_by(GuaranteeContract.key_requested_at, GuaranteeContract.id)
        .limit(MOST_SHOWN)
    )
    return [KeyRequest(contract, asked.at, asked.actor_name, asked.note) for contract, asked in rows]


def counted_key_requests(surety_id: int) -> ScalarSelect[int]:
    """How many contracts wait for a new key, or for a word why not."""
    waiting = (GuaranteeContract.surety_id == surety_id, GuaranteeContract.key_requested_at.is_not(None))
    return select(func.count()).select_from(GuaranteeContract).where(*waiting).scalar_subquery()


def latest_event(contract_id: int, kind: str) -> Event | None:
    """The latest event of a kind."""
    return reading().scalar(select(Event).where(Event.contract_id == contract_id, Event.kind == kind).order_by(Event.id.desc()).limit(1))
