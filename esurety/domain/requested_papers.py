"""Papers that the surety asks a contractor for: which they are, how far each has come."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from esurety.domain.rule_outcome import RuleOutcome, Verdict

LARGEST_PAPER = 10 * 1024 * 1024
MOST_PAPERS = 20  # of one application


class PaperKind(StrEnum):
    """提出書類."""

    CONTRACT = "contract"
    CHANGE_CONTRACT = "change_contract"
    USE_OF_ADVANCE = "use_of_advance"
    INTERIM_CERTIFICATION = "interim_certification"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    PaperKind.CONTRACT: "請負契約書の写し",
    PaperKind.CHANGE_CONTRACT: "変更契約書の写し",
    PaperKind.USE_OF_ADVANCE: "使途内訳明細書",
    PaperKind.INTERIM_CERTIFICATION: "認定調書",
    PaperKind.OTHER: "その他",
}


class PaperState(StrEnum):
    """Where a requested paper stands. Nothing of it is stored: it follows from the instants."""

    AWAITED = "awaited"
    HANDED_IN = "handed_in"
    ACCEPTED = "accepted"

    @property
    def label(self) -> str:
        return {"awaited": "提出待ち", "handed_in": "確認待ち", "accepted": "受領済"}[self.value]


def paper_state(*, requested_at: datetime, accepted_at: datetime | None, last_uploaded_at: datetime | None) -> PaperState:
    """The state of a request; asking again moves `requested_at`, so that what came before no longer answers it."""
    if accepted_at is not None:
        return PaperState.ACCEPTED
    if last_uploaded_at is not None and last_uploaded_at >= requested_at:
        return PaperState.HANDED_IN
    return PaperState.AWAITED


OPEN_PAPERS = "提出書類"


def open_papers_outcome(papers: Iterable[tuple[PaperKind, PaperState]]) -> RuleOutcome | None:
    """A warning while a paper that was asked for has not come, or nobody has looked at what came; None when all are accepted."""
    by_state: dict[PaperState, list[str]] = {}
    for kind, state in papers:
        by_state.setdefault(state, []).append(kind.label)
    told = [f"{state.label}：{'、'.join(by_state[state])}" for state in (PaperState.AWAITED, PaperState.HANDED_IN) if state in by_state]
    if not told:
        return None
    return RuleOutcome(OPEN_PAPERS, Verdict.WARNING, f"受領していない書類があります（{'／'.join(told)}）。", "papers")
