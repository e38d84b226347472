"""What the queue is narrowed to, as typed into its form; kept in the session, so that 「次の申込みへ」 stays within it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import session, url_for

from esurety.domain.application_state import ApplicationState
from esurety.domain.products import Product
from esurety.domain.waiting_age import WaitingAge, submitted_between
from esurety.persistence.application_queue import QueueFilter
from esurety.services.sign_in import SignedIn

_S = ApplicationState
EVERYWHERE = "all"
_WAITING = "waiting"
STATES: dict[str, tuple[str, tuple[ApplicationState, ...]]] = {
    _WAITING: ("審査待ち・審査中", (_S.SUBMITTED, _S.IN_REVIEW)),
    _S.SUBMITTED.value: ("申込済", (_S.SUBMITTED,)),
    _S.IN_REVIEW.value: ("審査中", (_S.IN_REVIEW,)),
    _S.APPROVED.value: ("承認済（発行待ち）", (_S.APPROVED,)),
    _S.RETURNED.value: ("差戻し（修正待ち）", (_S.RETURNED,)),
    _S.ISSUED.value: ("発行済", (_S.ISSUED,)),
    _S.DECLINED.value: ("謝絶", (_S.DECLINED,)),
    _S.WITHDRAWN.value: ("取下げ", (_S.WITHDRAWN,)),
    "all": ("すべて", tuple(state for state in _S if state is not _S.DRAFT)),
}
KINDS = {"new": "新規", "change": "変更"}
ASSIGNEES = {"mine": "自分", "nobody": "未割当"}
_KEPT = "office_queue"
_LONGEST_WORD = 60


@dataclass(frozen=True)
class TypedFilter:
    """The filter's fields as they stand in the form; an unknown value counts as none."""

    branch: str
    state: str = _WAITING
    product: str = ""
    kind: str = ""
    assignee: str = ""
    age: str = ""
    word: str = ""

    def arguments(self, **changes: str) -> dict[str, str]:
        """The fields as an address carries them, without the empty ones."""
        return {name: value for name, value in (vars(self) | changes).items() if value}

    def narrowed(self, account: SignedIn, today: date) -> QueueFilter:
        """The filter as the services know it."""
        since, before = submitted_between(WaitingAge(self.age), today) if self.age else (None, None)
        return QueueFilter(
            branch_id=None if self.branch == EVERYWHERE else int(self.branch),
            states=frozenset(STATES[self.state][1]),
            product=Product(self.product) if self.product else None,
            kind=self.kind or None,
            assignee_id=account.account_id if self.assignee == "mine" else None,
            is_unassigned=self.assignee == "nobody",
            submitted_from=since,
            submitted_before=before,
            word=self.word,
        )


def queue_address(arguments: Mapping[str, str], **besides: int) -> str:
    """The queue under a filter."""
    named: dict[str, Any] = {**arguments, **besides}
    return url_for("office.home", **named)


def typed_filter(typed: Mapping[str, str], account: SignedIn, branch_ids: set[str], ended: Collection[int] = ()) -> TypedFilter:
    """Read the fields; without a branch the own one counts, and who has none, or an ended one, sees them all."""
    own = str(account.branch_id) if account.branch_id is not None and account.branch_id not in ended else EVERYWHERE
    branch = typed.get("branch", own)

    def known(name: str, values: set[str], otherwise: str = "") -> str:
        value = typed.get(name, "")
        return value if value in values else otherwise

    return TypedFilter(
        branch=branch if branch in branch_ids else EVERYWHERE,
        state=known("state", set(STATES), _WAITING),
        product=known("product", {one.value for one in Product}),
        kind=known("kind", set(KINDS)),
        assignee=known("assignee", set(ASSIGNEES)),
        age=known("age", {one.value for one in WaitingAge}),
        word=typed.get("word", "").strip()[:_LONGEST_WORD],
    )


def keep_filter(narrowed: TypedFilter) -> None:
    """Remember the filter of the queue that was looked at last."""
    if session.get(_KEPT) != narrowed.arguments():
        session[_KEPT] = narrowed.arguments()


def kept_arguments() -> dict[str, str]:
    """The filter of the queue that was looked at last; empty before the first look."""
    kept = session.get(_KEPT)
    return {str(name): str(value) for name, value in kept.items()} if isinstance(kept, dict) else {}
