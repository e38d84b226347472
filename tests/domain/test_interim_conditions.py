"""中間前払金: half of the period, the authority's 認定調書, and what the first advance leaves (domain.md, Products)."""

from dataclasses import replace
from datetime import date

import pytest

from esurety.domain.application_content import ApplicationContent
from esurety.domain.application_rules import Verdict, check_application
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.interim_conditions import first_advance, half_of_period_passes_on
from esurety.domain.rule_outcome import RuleOutcome
from esurety.domain.yen import Yen
from tests.domain.test_application_rules import an_advance, an_interim, the_briefings_application

POLICY = AuthorityPolicy("長生村", electronic_since=date(2024, 4, 1))
CERTIFIED, HALF, TOGETHER = "中間前払金保証：認定調書", "中間前払金保証：工期の2分の1", "前払金と中間前払金の合計"


def judged(content: ApplicationContent, applied_on: date = date(2024, 8, 1)) -> dict[str, RuleOutcome]:
    return {one.rule: one for one in check_application(content, POLICY, applied_on=applied_on)}


def certified(on: date | None, *, previous: int | None = None, amount: int = 9_720_000, number: str = "") -> ApplicationContent:
    interim = replace(
        an_interim(amount),
        certified_on=on,
        certification_number=number,
        previous_advance_amount=None if previous is None else Yen(previous),
    )
    return the_briefings_application(interim)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "half"),
    [
        pytest.param(date(2024, 4, 1), date(2024, 9, 30), date(2024, 7, 1), id="183日のうち92日目"),
        pytest.param(date(2024, 4, 1), date(2024, 4, 10), date(2024, 4, 5), id="10日のうち5日目"),
        pytest.param(date(2024, 4, 1), date(2024, 4, 1), date(2024, 4, 1), id="1日だけ"),
    ],
)
def test_half_of_the_period(starts_on: date, ends_on: date, half: date) -> None:
    assert half_of_period_passes_on(starts_on, ends_on) == half


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        pytest.param(date(2024, 6, 30), Verdict.WARNING, id="2分の1の前日"),
        pytest.param(date(2024, 7, 1), Verdict.KEPT, id="2分の1の日"),
    ],
)
def test_the_certificate_comes_after_half_the_period(on: date, verdict: Verdict) -> None:
    found = judged(certified(on))

    assert found[HALF].verdict is verdict
    assert "令和06年07月01日" in found[HALF].text


def test_a_certificate_with_its_number_is_kept() -> None:
    found = judged(certified(date(2024, 7, 15), number="工第45号"))[CERTIFIED]

    assert found.verdict is Verdict.KEPT
    assert found.text == "令和06年07月15日の認定調書（認定番号 工第45号）を受けています。"


def test_a_missing_certificate_warns_and_says_nothing_of_the_period() -> None:
    found = judged(certified(None))

    assert found[CERTIFIED].verdict is Verdict.WARNING
    assert HALF not in found


def test_a_certificate_of_tomorrow_is_refused() -> None:
    found = judged(certified(date(2024, 8, 2)))[CERTIFIED]

    assert (found.verdict, found.field) == (Verdict.BROKEN, "interim_advance_payment-certified_on")


@pytest.mark.parametrize(
    ("previous", "verdict"),
    [
        pytest.param(19_440_000, Verdict.KEPT, id="合わせて60%ちょうど"),
        pytest.param(19_440_001, Verdict.BROKEN, id="合わせて60%を1円超える"),
        pytest.param(None, Verdict.WARNING, id="既前払金額がわからない"),
    ],
)
def test_the_first_advance_of_an_earlier_contract_counts(previous: int | None, verdict: Verdict) -> None:
    found = judged(certified(date(2024, 7, 15), previous=previous))[TOGETHER]

    assert found.verdict is verdict
    assert "29,160,000円（60%）" in found.text


def test_a_smaller_amount_typed_does_not_widen_the_limit() -> None:
    interim = replace(an_interim(9_720_001), previous_advance_amount=Yen(1_000_000))
    content = the_briefings_application(an_advance(19_440_000), interim)

    assert first_advance(content) == 19_440_000
    assert judged(content)[TOGETHER].verdict is Verdict.BROKEN


def test_the_limit_stands_on_the_years_amount_where_there_is_one() -> None:
    interim = replace(an_interim(4_000_000), fiscal_year_amount=Yen(20_000_000), previous_advance_amount=Yen(8_000_000))

    assert judged(the_briefings_application(interim))[TOGETHER].verdict is Verdict.KEPT
    more = replace(interim, previous_advance_amount=Yen(8_000_001))
    assert judged(the_briefings_application(more))[TOGETHER].verdict is Verdict.BROKEN


def test_nothing_is_said_without_an_interim_advance() -> None:
    found = judged(the_briefings_application())

    assert not {CERTIFIED, HALF, TOGETHER} & found.keys()
