"""What the review page shows besides the application: who is on it, warnings to be answered for, papers, what happened since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from esurety.domain.application_rules import RuleOutcome, warning
from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import era_time
from esurety.domain.requested_papers import OPEN_PAPERS, PaperKind, PaperState
from esurety.persistence.models import Application, Event
from esurety.persistence.staff import StaffMember
from esurety.services.assign_application import ASSIGNABLE
from esurety.services.read_applications import overrides
from esurety.services.request_papers import PAPERS_WANTED_IN, RequestedPaper
from esurety.services.sign_in import SignedIn
from esurety.web.office.permissions import may_act
from esurety.web.paper_lines import PaperLine, paper_lines
from esurety.web.presentation import age_text, history_lines

_GONE = "退職した担当者"
_MOST_EVENTS_TOLD = 10
_PAST_APPROVAL = {ApplicationState.APPROVED, ApplicationState.ISSUED}


@dataclass(frozen=True)
class WarningLine:
    """A rule that warns, with the number of its field in the approve form."""

    number: int
    rule: str
    text: str


@dataclass(frozen=True)
class OverrideLine:
    """Why somebody went on although a rule warned."""

    rule: str
    reason: str
    who: str
    when: str


@dataclass(frozen=True)
class ReviewExtras:
    """See the module."""

    warnings: list[WarningLine]
    overrides: list[OverrideLine]
    assigned: str  # who is on it since when; empty for nobody
    assignee_id: int | None
    colleague: str  # who is on it, where that is somebody else
    is_mine: bool
    may_assign: bool
    may_correct: bool
    papers: list[PaperLine]
    may_ask_for_papers: bool
    paper_kinds: list[tuple[str, str]]
    events: tuple[Event, ...]  # newest first
    names: Mapping[int, str]  # of the surety's people, by account
    open_papers: str  # which papers have not been accepted; empty when none is open

    @property
    def last_event_id(self) -> int:
        return self.events[0].id if self.events else 0

    def since(self, seen_event: int | None) -> tuple[str, ...]:
        """What happened after the event that a stale page had shown last, oldest first; a correction names its fields."""
        if seen_event is None:
            return ()
        unseen = [one for one in self.events if one.id > seen_event][:_MOST_EVENTS_TOLD]
        lines = history_lines(unseen[::-1])
        return tuple(f"この画面を開いたあと：{one.when}　{one.who}　{one.what}" + _noted(one.note) for one in lines)


def _noted(note: str) -> str:
    return f"（{'、'.join(note.splitlines())}）" if note else ""


def review_extras(
    account: SignedIn,
    application: Application,
    *,
    outcomes: tuple[RuleOutcome, ...],
    events: Sequence[Event],
    staff: Sequence[StaffMember],
    requested: Sequence[RequestedPaper],
    at: datetime,
) -> ReviewExtras:
    """What the page shows besides the application itself; `requested` are the papers that were asked for."""
    names = {one.account_id: one.name for one in staff}
    state, acts = ApplicationState(application.state), may_act(account)
    papers = paper_lines(requested)
    return ReviewExtras(
        warnings=[WarningLine(number, one.rule, one.text) for number, one in enumerate(warning(outcomes), 1)],
        overrides=_overrides(application.id, names) if state in _PAST_APPROVAL else [],
        assigned=_assigned(application, names, at),
        assignee_id=application.assignee_id,
        colleague=_colleague(account, application, names),
        is_mine=application.assignee_id == account.account_id,
        may_assign=acts and state in ASSIGNABLE,
        may_correct=acts,
        papers=papers if not acts or state not in PAPERS_WANTED_IN else [_to_judge(one) for one in papers],
        may_ask_for_papers=acts and state in PAPERS_WANTED_IN,
        paper_kinds=[(one.value, one.label) for one in PaperKind],
        events=tuple(events),
        names=names,
        open_papers=next((one.text for one in outcomes if one.rule == OPEN_PAPERS), ""),
    )


def _overrides(application_id: int, names: Mapping[int, str]) -> list[OverrideLine]:
    return [OverrideLine(one.rule, one.reason, names.get(one.by, ""), era_time(one.at)) for one in overrides(application_id)]


def _assigned(application: Application, names: Mapping[int, str], at: datetime) -> str:
    if application.assignee_id is None or application.assigned_at is None:
        return ""
    name = names.get(application.assignee_id, _GONE)
    return f"{name}（{era_time(application.assigned_at)}から、{age_text(application.assigned_at, at)}）"


def _colleague(account: SignedIn, application: Application, names: Mapping[int, str]) -> str:
    if application.assignee_id in {None, account.account_id}:
        return ""
    return names.get(application.assignee_id or 0, _GONE)


def _to_judge(line: PaperLine) -> PaperLine:
    return line.judgeable() if line.state is PaperState.HANDED_IN else line
