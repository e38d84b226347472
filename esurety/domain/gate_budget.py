"""How many failures the D-Sure gate bears before it asks for one thing more: budgets that fill up again by themselves.

A budget is one instant: when it will be full again if nothing more is taken. One instant per budget is exact, needs no sum over
rows, and a clock that jumps back makes it stricter, never looser.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Allowance:
    """`at_once` failures at a stretch, and one more each time `every` has passed."""

    at_once: int
    every: timedelta

    @property
    def whole(self) -> timedelta:
        """How long an empty budget takes to be full again."""
        return self.at_once * self.every


def per(period: timedelta, *, at_once: int, more: int) -> Allowance:
    """The allowance of `at_once` failures and then `more` in each period."""
    return Allowance(at_once, period / more)


def after_taking(full_at: datetime, allowance: Allowance, at: datetime) -> datetime | None:
    """The budget with one failure taken; None when nothing is left of it."""
    taken = max(full_at, at) + allowance.every
    return taken if taken - at <= allowance.whole else None


def after_giving_back(full_at: datetime, allowance: Allowance) -> datetime:
    """The budget as if one failure had not been taken."""
    return full_at - allowance.every


def left(full_at: datetime, allowance: Allowance, at: datetime) -> int:
    """How many failures are left."""
    return max(0, (allowance.whole - max(full_at - at, timedelta(0))) // allowance.every)


def next_at(full_at: datetime, allowance: Allowance, at: datetime) -> datetime:
    """When at least one is left: now, or later."""
    return max(at, full_at - allowance.whole + allowance.every)
