"""Whether the authority of an application is still taken on. Source: issue 3 (records are ended, never deleted)."""

from datetime import date

from esurety.domain.japanese_calendar import era_date
from esurety.domain.rule_outcome import RuleOutcome, Verdict

AUTHORITY_STANDING = "発注者の取扱い"


def ended_authority_text(ended_on: date, today: date) -> str:
    """終了した発注者（令和06年04月02日から）; before that day 終了する発注者."""
    return f"{'終了した' if ended_on <= today else '終了する'}発注者（{era_date(ended_on)}から）"


def authority_outcome(name: str, ended_on: date | None, today: date) -> RuleOutcome | None:
    """The warning about an authority that has ended; whoever approves an application for it all the same says why. [assumption]"""
    if ended_on is None or ended_on > today:
        return None
    text = f"{name}は{ended_authority_text(ended_on, today)}です。引き受けてよいか、宛名が今も正しいかを確認してください。"
    return RuleOutcome(AUTHORITY_STANDING, Verdict.WARNING, text, "")
