"""What of a premium is due, before and after the issue, and what changes and a cancellation make of it (domain.md, Premium)."""

from dataclasses import dataclass
from enum import StrEnum

from esurety.domain.application_state import ApplicationState
from esurety.domain.yen import Yen

_S = ApplicationState
# Money that comes in has come in, so it is recorded as long as something may still come of the application.
_RECORDABLE = frozenset({_S.SUBMITTED, _S.IN_REVIEW, _S.RETURNED, _S.APPROVED, _S.ISSUED})


def may_record_receipt(state: ApplicationState) -> bool:
    """Whether a received premium is recorded for an application in this state."""
    return state in _RECORDABLE


def premium_due(state: ApplicationState, *, to_transfer: Yen, on_account: Yen, settled: Yen) -> Yen:
    """What has to come in by now: before the issue what is paid by transfer, after it the monthly account (一括納付) besides.

    `settled` is what the versions before cost, which a change does not bill again.
    """
    whole = to_transfer + on_account if state is ApplicationState.ISSUED else to_transfer
    return Yen(max(0, whole - settled))


# What has come in for one that came to nothing goes back as a whole; for one that is issued, what is beyond the premium (過払い).
_ENDED_UNISSUED = frozenset({_S.DECLINED, _S.WITHDRAWN})


def is_over(state: ApplicationState) -> bool:
    """Whether the application has come to its end, so that what came in too much can go back."""
    return state in _ENDED_UNISSUED or state is _S.ISSUED


def to_give_back(state: ApplicationState, *, received: Yen, due: Yen, repaid: Yen) -> Yen:
    """返還する額: of what came in, once nothing further can come of the application; nothing while it is still under way."""
    if state in _ENDED_UNISSUED:
        return Yen(max(0, received - repaid))
    return Yen(max(0, received - due - repaid)) if state is _S.ISSUED else Yen(0)


@dataclass(frozen=True)
class OpenPremium:
    """What of an issued application's premium is still to come, by the way it is paid."""

    by_transfer: Yen
    on_account: Yen


def open_by_method(*, to_transfer: Yen, on_account: Yen, by_hand: Yen, for_month: Yen) -> OpenPremium:
    """What came `for_month` is for the monthly account; what was recorded by itself is for the transfer first, then for the account.

    So nothing is billed on both: a premium that is missing is missing either from a month or among the transfers.
    """
    beyond = max(0, by_hand - to_transfer)
    return OpenPremium(Yen(max(0, to_transfer - by_hand)), Yen(max(0, on_account - for_month - beyond)))


class SettlementKind(StrEnum):
    """What a change or a cancellation makes of the premium."""

    BILLED = "billed"
    REFUND = "refund"

    @property
    def label(self) -> str:
        return {"billed": "追加", "refund": "返還"}[self.value]

    def signed(self, amount: Yen) -> int:
        """The amount as it counts on an account, in yen: what is paid back lowers it."""
        return int(amount) if self is SettlementKind.BILLED else -int(amount)
