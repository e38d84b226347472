"""Papers that have been asked for and not been accepted: who approves or issues all the same says why."""

from collections.abc import Sequence
from datetime import datetime

from esurety.domain.application_state import ApplicationState
from esurety.domain.requested_papers import OPEN_PAPERS, PaperKind, open_papers_outcome
from esurety.domain.rule_outcome import RuleOutcome
from esurety.persistence import applications, events
from esurety.persistence.models import Application, WarningOverride
from esurety.services.request_papers import RequestedPaper, requested_papers
from esurety.services.sign_in import SignedIn

_ASKED_FOR_UNTIL_ISSUE = {ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED}
_AT_ISSUE = f"{OPEN_PAPERS}（発行時）"


class PapersOpen(Exception):
    """Papers that were asked for have not been accepted, and no reason for issuing all the same was given."""

    def __init__(self, outcome: RuleOutcome) -> None:
        super().__init__("papers are still open")
        self.outcome = outcome


def paper_outcomes(application: Application, papers: Sequence[RequestedPaper] | None = None) -> tuple[RuleOutcome, ...]:
    """The warning about open papers, until the issue. `papers` are the requests where the caller has read them already."""
    if application.state not in _ASKED_FOR_UNTIL_ISSUE:
        return ()
    found = requested_papers(application.id) if papers is None else papers
    outcome = open_papers_outcome((PaperKind(one.request.kind), one.state) for one in found)
    return () if outcome is None else (outcome,)


def refuse_open_papers(application: Application, reason: str) -> None:
    """Raises PapersOpen where papers are open and no reason is given for issuing without them."""
    for outcome in paper_outcomes(application):
        if not reason.strip():
            raise PapersOpen(outcome)


def keep_reason_for_open_papers(application: Application, reason: str, account: SignedIn, at: datetime) -> None:
    """Why the guarantee is issued without the papers, kept as the reasons of the approval are; nothing where none is open."""
    if not paper_outcomes(application):
        return
    applications.add(WarningOverride(application_id=application.id, rule=_AT_ISSUE, reason=reason.strip(), at=at, by=account.account_id))
    events.record_event(
        at=at,
        kind="WarningOverridden",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=application.id,
        note=f"{_AT_ISSUE}\n理由：{reason.strip()}",
    )
