"""A blank form for works that have a guarantee already: the amounts count, and only people say that it is another works (domain.md, Products)."""

from dataclasses import replace
from datetime import date

import pytest

from esurety.domain.alike_guarantees import AlikeGuarantee
from esurety.domain.application_content import ApplicationContent
from esurety.domain.application_rules import check_application
from esurety.domain.products import Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.search_words import folded
from esurety.domain.works_standing import StandingGuarantee
from tests.domain.test_application_rules import a_performance, an_advance
from tests.domain.test_works_standing import APPLIED_ON, FIRST, INTERIM, PERFORMANCE, POLICY, asked, interim_of, stands

RULE = "同じ工事とみられる保証"


def alike(one: StandingGuarantee, content: ApplicationContent, *, name: str | None = None) -> AlikeGuarantee:
    return AlikeGuarantee(one, "甲建設", folded(name or content.works_name))


def judged(content: ApplicationContent, *standing: StandingGuarantee, changes: StandingGuarantee | None = None) -> RuleOutcome | None:
    found = check_application(content, POLICY, applied_on=APPLIED_ON, alike=[alike(one, content) for one in standing], changes=changes)
    return next((one for one in found if one.rule == RULE), None)


@pytest.mark.parametrize(
    ("content", "standing", "verdict"),
    [
        pytest.param(asked(an_advance(16_720_000)), FIRST, Verdict.WARNING, id="二つ目の前払金"),
        pytest.param(asked(interim_of(8_360_000, 1)), FIRST, Verdict.WARNING, id="前払金のあとの中間前払金"),
        pytest.param(asked(a_performance(4_180_000)), PERFORMANCE, Verdict.WARNING, id="二つ目の契約保証"),
        pytest.param(asked(an_advance(16_720_000)), PERFORMANCE, Verdict.NOTED, id="契約保証のあとの前払金"),
        pytest.param(asked(a_performance(4_180_000)), FIRST, Verdict.NOTED, id="前払金のあとの契約保証"),
        pytest.param(
            asked(an_advance(16_720_000)),
            stands(Product.ADVANCE_PAYMENT, 8_000_000, year=2023, of_year=20_000_000),
            Verdict.NOTED,
            id="前の年度の対象額に対する前払金",
        ),
    ],
)
def test_a_double_or_the_same_money_warns_and_the_rest_is_told(
    content: ApplicationContent, standing: StandingGuarantee, verdict: Verdict
) -> None:
    found = judged(content, standing)

    assert found is not None
    assert found.verdict is verdict
    assert f"{standing.name} {standing.amount.text}（甲建設、工事名が同じ）" in found.text
    assert found.contracts == (standing.number,)


def test_their_amounts_count_for_three_fifths() -> None:
    """60 % of 41,800,000円 are 25,080,000円: 16,720,000円 and 8,360,000円 are just that."""
    within, over = judged(asked(interim_of(8_360_000, 1)), FIRST), judged(asked(interim_of(8_360_001, 1)), FIRST)

    assert within is not None
    assert over is not None
    assert "合計は 25,080,000円で、限度額 25,080,000円（60%）以内です" in within.text
    assert "合計は 25,080,001円で、限度額 25,080,000円（60%）を超えます" in over.text


def test_two_of_them_are_told_in_one_outcome() -> None:
    found = judged(asked(an_advance(1)), FIRST, INTERIM)

    assert found is not None
    assert found.contracts == (FIRST.number, INTERIM.number)
    assert "合計は 25,080,001円" in found.text


def test_works_that_had_ended_before_the_contract_are_others() -> None:
    content = asked(an_advance(16_720_000))
    last_year = replace(FIRST, construction_ends_on=date(2024, 3, 25), guarantee_ends_on=date(2024, 3, 25))
    assert content.contracted_on == date(2024, 4, 1)

    assert judged(content, last_year) is None


def test_a_number_alike_says_so() -> None:
    content = asked(an_advance(1))

    found = check_application(content, POLICY, applied_on=APPLIED_ON, alike=[alike(FIRST, content, name="別の書き方")])

    assert "工事番号が同じ" in next(one.text for one in found if one.rule == RULE)


def test_a_change_is_warned_of_only_beyond_the_limit() -> None:
    """Who issued the guarantee has answered for the other one already."""
    assert judged(asked(interim_of(8_360_000, None)), FIRST, changes=INTERIM) is None
    over = judged(asked(interim_of(8_360_001, None)), FIRST, changes=INTERIM)

    assert over is not None
    assert over.verdict is Verdict.WARNING
