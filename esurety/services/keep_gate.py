"""The office's view of the D-Sure gate: tries, budgets that are used up, alarms; and letting one in again (解除)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.domain.gate_budget import Allowance, left
from esurety.persistence import contracts, events, gate, gate_overview
from esurety.persistence.database import writing
from esurety.persistence.gate_overview import Slowed
from esurety.persistence.models import Event, GateAttempt, GateStop
from esurety.services.gate_limits import GateLimits
from esurety.services.installation import Installation
from esurety.services.sign_in import Role, SignedIn

_MOST = 50
_MAIL_MAY_WAIT = timedelta(hours=1)
_WHOLE_GATE = "gate"  # the subject of events about sources


class NotEntitledToRelease(PermissionError):
    """Approvers and operators look after the gate."""


class NothingToRelease(LookupError):
    """Neither a stop nor a used-up budget, or it is another surety's contract."""


@dataclass(frozen=True)
class GateView:
    """Everything that the page shows."""

    gate_left: int
    gate_size: int
    stops: list[GateStop]
    sources: list[Slowed]
    numbers: list[Slowed]
    attempts: list[tuple[GateAttempt, bool]]
    older_than: int | None
    happened: list[Event]


def look_at_gate(*, account: SignedIn, at: datetime, installation: Installation, older_than: int | None = None) -> GateView:
    """The gate as it is now. Raises NotEntitledToRelease."""
    _refuse_unless_entitled(account)
    limits, surety_id = GateLimits(installation.settings.gate), account.surety_id or 0
    of_gate, of_source, of_number = (limits.of((kind, "")) for kind in ("gate", "source", "number"))
    stops = gate_overview.stops(at, limit=_MOST)
    stopped = {one.source for one in stops}
    attempts, goes_on = gate_overview.attempts(surety_id, older_than=older_than)
    return GateView(
        gate_left=left(gate_overview.whole_gate_full_at() or at, of_gate, at),
        gate_size=of_gate.at_once,
        stops=stops,
        sources=[
            one for one in gate_overview.used_up_sources(at, fuller_than=_nothing_left(of_source), limit=_MOST) if one.name not in stopped
        ],
        numbers=gate_overview.used_up_numbers(
            surety_id, at, fuller_than=_nothing_left(of_number), alarm_from=installation.settings.gate.alarm_failures, limit=_MOST
        ),
        attempts=attempts,
        older_than=goes_on,
        happened=events.events_about(_WHOLE_GATE, limit=20),
    )


def may_keep_gate(account: SignedIn) -> bool:
    """Whether this person looks after the gate."""
    return account.role in {Role.APPROVER, Role.ADMIN}


def release_source(*, account: SignedIn, source: str, at: datetime) -> None:
    """Hear a source again as if it had never failed. Raises NotEntitledToRelease or NothingToRelease."""
    _refuse_unless_entitled(account)
    with writing():
        name = gate.source_budget(source)
        was_used, stop = gate.release_budget(name, at), gate.stop_of(source, at)
        if not was_used and stop is None:
            raise NothingToRelease
        if stop is not None:
            stop.released_at, stop.released_by = at, account.account_id
        events.record_event(
            at=at,
            kind="GateSourceReleased",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            subject=_WHOLE_GATE,
            note=f"接続元 {source}",
        )


def release_contract(*, account: SignedIn, number: str, at: datetime) -> None:
    """Open the gate for a contract's number as if it had never failed. Raises NotEntitledToRelease or NothingToRelease."""
    _refuse_unless_entitled(account)
    with writing():
        contract = contracts.issued_contract(number, surety_id=account.surety_id or 0)
        if contract is None or not gate.release_budget(gate.number_budget(number), at):
            raise NothingToRelease
        events.record_event(
            at=at, kind="GateContractReleased", actor_id=account.account_id, actor_name=account.actor_name, contract_id=contract.id
        )


@dataclass(frozen=True)
class OfficeAlarms:
    """What somebody in the office has to look at, on whatever page they are."""

    mail_waits: bool
    unknown_mails: int
    stopped_sources: int


def office_alarms(*, account: SignedIn, at: datetime) -> OfficeAlarms:
    """Mail that has waited over an hour or may not have arrived; stopped sources, for those who can release them."""
    found = gate_overview.alarms(account.surety_id or 0, at)
    return OfficeAlarms(
        mail_waits=found.mail_waits_since is not None and at - found.mail_waits_since > _MAIL_MAY_WAIT,
        unknown_mails=found.unknown_mails,
        stopped_sources=found.stopped_sources if may_keep_gate(account) else 0,
    )


def _nothing_left(allowance: Allowance) -> timedelta:
    """A budget that is not full for longer than this has not one failure left."""
    return allowance.whole - allowance.every


def _refuse_unless_entitled(account: SignedIn) -> None:
    if not may_keep_gate(account):
        raise NotEntitledToRelease
