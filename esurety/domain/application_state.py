"""The states of an application (申込) and of a guarantee, and the acts that lead from one to the next."""

from datetime import date
from enum import StrEnum


class ApplicationState(StrEnum):
    """States of an application in the words of the screens."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    DECLINED = "declined"
    APPROVED = "approved"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _LABELS[self]


class ApplicationAct(StrEnum):
    """What somebody does to an application."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    START_REVIEW = "start_review"
    RETURN = "return"
    DECLINE = "decline"
    APPROVE = "approve"
    REVOKE = "revoke"
    ISSUE = "issue"
    LAPSE = "lapse"

    @property
    def label(self) -> str:
        return _ACT_LABELS[self]


_LABELS = {
    ApplicationState.DRAFT: "下書き",
    ApplicationState.SUBMITTED: "申込済",
    ApplicationState.IN_REVIEW: "審査中",
    ApplicationState.RETURNED: "差戻し",
    ApplicationState.DECLINED: "謝絶",
    ApplicationState.APPROVED: "承認済",
    ApplicationState.ISSUED: "発行済",
    ApplicationState.WITHDRAWN: "取下げ",
}
_ACT_LABELS = {
    ApplicationAct.SUBMIT: "申込",
    ApplicationAct.WITHDRAW: "取下げ",
    ApplicationAct.START_REVIEW: "審査を始める",
    ApplicationAct.RETURN: "差戻し",
    ApplicationAct.DECLINE: "謝絶",
    ApplicationAct.APPROVE: "承認",
    ApplicationAct.REVOKE: "承認の取消し",
    ApplicationAct.ISSUE: "発行",
    ApplicationAct.LAPSE: "解約による終了",
}
_S = ApplicationState
# A contractor may withdraw until the review has begun; a decision may be taken without a separate 「審査を始める」.
_MOVES: dict[ApplicationAct, tuple[frozenset[ApplicationState], ApplicationState]] = {
    ApplicationAct.SUBMIT: (frozenset({_S.DRAFT, _S.RETURNED}), _S.SUBMITTED),
    ApplicationAct.WITHDRAW: (frozenset({_S.DRAFT, _S.SUBMITTED, _S.RETURNED}), _S.WITHDRAWN),
    ApplicationAct.START_REVIEW: (frozenset({_S.SUBMITTED}), _S.IN_REVIEW),
    # An approval binds nobody before the issue: it can be taken back, and the application returned; not once numbers are drawn.
    ApplicationAct.RETURN: (frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.APPROVED}), _S.RETURNED),
    ApplicationAct.DECLINE: (frozenset({_S.SUBMITTED, _S.IN_REVIEW}), _S.DECLINED),
    ApplicationAct.APPROVE: (frozenset({_S.SUBMITTED, _S.IN_REVIEW}), _S.APPROVED),
    ApplicationAct.REVOKE: (frozenset({_S.APPROVED}), _S.IN_REVIEW),
    ApplicationAct.ISSUE: (frozenset({_S.APPROVED}), _S.ISSUED),
    # A change whose contract is cancelled has nothing left to change, however far it had come.
    ApplicationAct.LAPSE: (frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.RETURNED, _S.APPROVED}), _S.WITHDRAWN),
}


class ActNotPossible(Exception):
    """The application is in a state from which the act does not lead anywhere."""

    def __init__(self, act: ApplicationAct, state: ApplicationState) -> None:
        super().__init__(f"{act} is not possible from {state}")
        self.act, self.state = act, state


def may(act: ApplicationAct, state: ApplicationState) -> bool:
    """Whether the act is possible in the state."""
    return state in _MOVES[act][0]


def after(act: ApplicationAct, state: ApplicationState) -> ApplicationState:
    """The state that the act leads to. Raises ActNotPossible."""
    if not may(act, state):
        raise ActNotPossible(act, state)
    return _MOVES[act][1]


class GuaranteeState(StrEnum):
    """States of an issued guarantee in words; 変更あり is said besides, where a newer version exists."""

    IN_FORCE = "in_force"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return {"in_force": "有効", "cancelled": "解約済", "expired": "期間満了"}[self.value]


def guarantee_state(*, cancelled_on: date | None, guarantee_ends_on: date, today: date) -> GuaranteeState:
    """The state on a day. Expiry is derived from the period, never stored: no nightly job can fail to set it."""
    if cancelled_on is not None:
        return GuaranteeState.CANCELLED
    return GuaranteeState.EXPIRED if today > guarantee_ends_on else GuaranteeState.IN_FORCE
