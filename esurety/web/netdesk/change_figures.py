"""変更の申込み while it is being typed: what was understood, and what it would come to. Words only, no input field."""

from collections.abc import Mapping
from dataclasses import dataclass

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import NotADate, era_date, parse_date
from esurety.domain.products import Product
from esurety.domain.rule_outcome import Verdict
from esurety.domain.yen import NotAnAmount, Yen
from esurety.services.apply_for_change import ChangePreview
from esurety.web.change_words import premium_rows
from esurety.web.netdesk.form_block import OutcomeLine, amount_echo, day_echo
from esurety.web.presentation import VERDICT_TONES, Tag

_DAYS = {"construction_ends_on", "certified_on"}


@dataclass(frozen=True)
class ChangeFigures:
    """What the form answers while it is typed."""

    echoes: Mapping[str, str]
    rows: list[tuple[str, str]]
    outcomes: list[OutcomeLine]


def change_echoes(before: CertificateContent, typed: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, str]:
    """What was understood of each amount and day of this contract's form, and what is wrong with it."""
    asked = ["contract_price", "construction_ends_on", "guaranteed_amount"]
    if before.fiscal_year_amount is not None:
        asked.append("fiscal_year_amount")
    if before.product is Product.INTERIM_ADVANCE_PAYMENT:
        asked += ["previous_advance_amount", "certified_on"]
    return {name: _echo(name, typed.get(name, ""), problems.get(name)) for name in asked}


def _echo(name: str, typed: str, problem: str | None) -> str:
    try:
        echo = day_echo(parse_date(typed)) if name in _DAYS else amount_echo(Yen.parse(typed))
    except (NotADate, NotAnAmount):
        echo = ""
    return "　".join(part for part in (echo, f"＊{problem}" if problem else "") if part)


def change_figures(preview: ChangePreview, typed: Mapping[str, str]) -> ChangeFigures:
    """The answer to what has been typed so far."""
    assessed = preview.assessed
    if assessed is None:
        return ChangeFigures(change_echoes(preview.before, typed, preview.problems), [], [])
    plan, by_rules = assessed.plan, {one.text.rstrip("。") for one in assessed.outcomes}  # what a rule says is said once, in the list
    slips = {name: problem for name, problem in preview.problems.items() if problem not in by_rules}
    echoes = change_echoes(preview.before, typed, slips)
    period = f"{era_date(plan.after.guarantee_starts_on)}～{era_date(plan.after.guarantee_ends_on)}"
    rows = [("変更の種類", plan.kinds_text), ("変更後の保証期間", period), *premium_rows(plan)]
    told = [one for one in assessed.outcomes if one.verdict is not Verdict.KEPT]
    return ChangeFigures(echoes, rows, [OutcomeLine(Tag(one.verdict.label, VERDICT_TONES[one.verdict]), one.text) for one in told])
