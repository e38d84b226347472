"""Whom the D-Sure gate hears: budgets that are counted before a key is looked at, and one thing more to ask for when they are used up.

Nobody is ever locked out. A number, or a source, that has failed too often is asked for the one-time code that is mailed to the
authority; whoever has opened the contract before from the same source has a budget of its own, which others cannot use up.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.domain.gate_budget import Allowance, after_giving_back, after_taking, next_at, per
from esurety.persistence import events, gate
from esurety.persistence.gate import WHOLE_GATE, BudgetName
from esurety.persistence.models import GateBudget, GateStop
from esurety.services.key_vault import KeyVault
from esurety.settings import GateSettings

DAY = timedelta(days=1)
GATE_NAME = "発注者（D-Sure）"


@dataclass(frozen=True)
class Visit:
    """A try: which number (None for what is none), from which network, when."""

    number: str | None
    source: str
    at: datetime


@dataclass(frozen=True)
class Admitted:
    """A try that is to be judged. A wrong code is judged too, and never found right: it costs the same time."""

    attempt_id: int
    taken: tuple[BudgetName, ...]
    may_open: bool = True


@dataclass(frozen=True)
class Held:
    """A try that is not judged without a mailed code; by itself the next one is heard at `until`."""

    until: datetime


class GateLimits:
    """The allowances of an installation."""

    def __init__(self, settings: GateSettings) -> None:
        of_contract = per(DAY, at_once=settings.contract_failures, more=settings.contract_per_day)
        self._allowances = {
            "number": of_contract,
            "known": of_contract,
            "source": per(DAY, at_once=settings.source_failures, more=settings.source_per_day),
            "gate": per(timedelta(minutes=1), at_once=settings.failures, more=settings.per_minute),
            "code": Allowance(settings.code_tries, DAY),  # longer than any code lives
        }
        self.numbers = settings.numbers
        self.numbers_within = timedelta(minutes=settings.numbers_minutes)
        self.stop_for = timedelta(hours=settings.stop_hours)
        self.known_for = timedelta(days=settings.known_days)
        self.code_for = timedelta(minutes=settings.code_minutes)

    def of(self, name: BudgetName) -> Allowance:
        """The allowance of a budget."""
        return self._allowances[name[0]]


def admit(visit: Visit, typed_code: str, limits: GateLimits, vault: KeyVault) -> Admitted | Held:
    """Count a try and say whether it is judged, in the running write transaction, which has to be committed either way."""
    if visit.number is not None:
        answer = _as_known(visit.number, visit, limits)
        if answer is None and typed_code:
            answer = _with_code(visit.number, visit, typed_code, limits, vault)
        if answer is not None:
            return answer
    return _as_stranger(visit, limits, hold=bool(typed_code))


def take_back(names: tuple[BudgetName, ...], at: datetime, limits: GateLimits, *, has_opened: bool) -> None:
    """The try was no failure after all: in the running write transaction. Who has opened has the whole of its own budget again."""
    for name, budget in gate.lock_budgets(names, at).items():
        is_own = has_opened and name[0] == "known"
        budget.full_at = at if is_own else after_giving_back(budget.full_at, limits.of(name))


def _take(budgets: Mapping[BudgetName, GateBudget], at: datetime, limits: GateLimits) -> datetime | None:
    """Take one of each budget, or of none: None when taken, else when all have one again."""
    taken = {name: after_taking(budget.full_at, limits.of(name), at) for name, budget in budgets.items()}
    if None in taken.values():
        return max(next_at(budget.full_at, limits.of(name), at) for name, budget in budgets.items())
    for name, full_at in taken.items():
        budgets[name].full_at = full_at or at
    return None


def _as_known(number: str, visit: Visit, limits: GateLimits) -> Admitted | None:
    """Who has opened this number from the same source is not asked what others have used up."""
    if not gate.is_known(number, visit.source, opened_since=visit.at - limits.known_for, proved_since=visit.at - limits.code_for):
        return None
    known = gate.known_budget(number, visit.source)
    return _admitted(visit, (known,)) if _take(gate.lock_budgets([known], visit.at), visit.at, limits) is None else None


def _admitted(visit: Visit, taken: tuple[BudgetName, ...], *, may_open: bool = True) -> Admitted:
    return Admitted(gate.record_attempt(visit.number, visit.source, visit.at), taken, may_open)


def _with_code(number: str, visit: Visit, typed_code: str, limits: GateLimits, vault: KeyVault) -> Admitted | None:
    """With the mailed code a source is known for a while; None when there is no code to try, or it has been tried too often."""
    known = gate.known_budget(number, visit.source)
    own = gate.lock_budgets([known], visit.at)[known]  # before the code: two tries of one source wait for each other, not in a ring
    code = gate.live_code(number, since=visit.at - limits.code_for)
    if code is None or _take(gate.lock_budgets([gate.code_budget(code.id, visit.source)], visit.at), visit.at, limits) is not None:
        return None
    if not secrets.compare_digest(vault.one_time_code(code.nonce).encode(), typed_code.encode()):
        of_number = gate.number_budget(number)
        gate.lock_budgets([of_number], visit.at)[of_number].failures += 1
        return _admitted(visit, (), may_open=False)
    code.used_at, code.used_by = visit.at, visit.source
    own.full_at = visit.at + limits.of(known).every
    return _admitted(visit, (known,))


def _as_stranger(visit: Visit, limits: GateLimits, *, hold: bool) -> Admitted | Held:
    names = [WHOLE_GATE, gate.source_budget(visit.source)]
    if visit.number is not None:
        names.append(gate.number_budget(visit.number))
    budgets = gate.lock_budgets(names, visit.at)  # tries of one source or number are counted one after the other
    if visit.number is not None:
        budgets[gate.number_budget(visit.number)].failures += 1
    stop = gate.stop_of(visit.source, visit.at)
    if stop is not None:
        stop.held += 1
        return Held(stop.ends_at)
    # A code that cannot be tried any more is a try all the same; it must not open by the key alone what asked for both.
    until = visit.at + limits.code_for if hold else _take(budgets, visit.at, limits)
    if until is None:
        answer: Admitted | Held = _admitted(visit, tuple(names))
    else:
        gate.record_held(visit.number, visit.source, visit.at, together_since=visit.at - limits.numbers_within)
        answer = Held(until)
    _stop_when_spread(visit, limits)
    return answer


def _stop_when_spread(visit: Visit, limits: GateLimits) -> None:
    """Many different numbers from one source are no slips: stop it, and say so where the office sees it."""
    released = gate.last_released_at(visit.source)
    since = max(visit.at - limits.numbers_within, released or visit.at - limits.numbers_within)
    numbers = gate.different_numbers_failed(visit.source, since=since)
    if numbers < limits.numbers:
        return
    gate.add(GateStop(source=visit.source, stopped_at=visit.at, ends_at=visit.at + limits.stop_for, numbers=numbers))
    minutes = int(limits.numbers_within.total_seconds() // 60)
    events.record_event(
        at=visit.at,
        kind="GateSourceStopped",
        actor_id=None,
        actor_name="D-Sure",
        subject="gate",
        note=f"接続元 {visit.source}（{minutes}分間に{numbers}件の番号）",
    )
