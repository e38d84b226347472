"""Advances only from a price on: the authority's own threshold."""

from dataclasses import replace

import pytest

from esurety.domain.application_rules import RuleOutcome, Verdict, check_application
from esurety.domain.yen import Yen
from tests.domain.test_application_rules import (
    APPLIED_ON,
    POLICY,
    a_performance,
    an_advance,
    an_interim,
    the_briefings_application,
)


def about_the_price(minimum_price: int) -> list[RuleOutcome]:
    """For the briefing's 48,600,000円, all three products."""
    content = the_briefings_application(an_advance(19_440_000), an_interim(9_720_000), a_performance(4_860_000))
    found = check_application(content, replace(POLICY, minimum_price=Yen(minimum_price)), applied_on=APPLIED_ON)
    return [one for one in found if one.rule.endswith("対象となる請負金額")]


@pytest.mark.parametrize(("minimum_price", "verdict"), [(1, Verdict.KEPT), (48_600_000, Verdict.KEPT), (48_600_001, Verdict.BROKEN)])
def test_both_advances_need_the_price_and_the_performance_guarantee_does_not(minimum_price: int, verdict: Verdict) -> None:
    found = about_the_price(minimum_price)

    assert [one.verdict for one in found] == [verdict, verdict]
    assert [one.field for one in found] == ["advance_payment-wanted", "interim_advance_payment-wanted"]


def test_without_a_threshold_nothing_is_said() -> None:
    assert about_the_price(0) == []


def test_what_is_refused_says_from_which_price_and_what_to_do() -> None:
    first, _ = about_the_price(50_000_000)

    assert first.text == (
        "長生村で前払金の対象になるのは、請負金額が50,000,000円以上の契約です。請負金額 48,600,000円では前払金保証を申し込めません。"
        "請負金額を確認し、正しければ前払金保証を外してください。"
    )
