"""Whether the contractor of an application is still registered. Source: issue 3 (records are ended, never deleted)."""

from datetime import date

from esurety.domain.japanese_calendar import era_date
from esurety.domain.rule_outcome import RuleOutcome, Verdict

CONTRACTOR_STANDING = "受注者の登録"


def ended_contractor_text(ended_on: date) -> str:
    """終了した受注者（令和06年04月02日に終了）."""
    return f"終了した受注者（{era_date(ended_on)}に終了）"


def contractor_outcome(name: str, ended_on: date | None) -> RuleOutcome | None:
    """The warning about a contractor that has ended; whoever approves its application all the same says why."""
    if ended_on is None:
        return None
    text = f"{name}は{ended_contractor_text(ended_on)}です。引き受けてよいか確認してください。"
    return RuleOutcome(CONTRACTOR_STANDING, Verdict.WARNING, text, "")
