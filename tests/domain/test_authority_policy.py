"""The authority's opt-in: electronic is possible only where, from when and for what it was declared."""

from datetime import date
from fractions import Fraction

import pytest

from esurety.domain.authority_policy import AuthorityPolicy, CountsBy, electronic_acceptance
from esurety.domain.products import Product, WorksKind

SINCE = date(2025, 4, 1)
BEFORE = date(2025, 3, 31)


def judged(policy: AuthorityPolicy, *, contracted_on: date | None = SINCE, announced_on: date | None = None) -> tuple[bool | None, str]:
    acceptance = electronic_acceptance(policy, works_kind=WorksKind.WORKS, contracted_on=contracted_on, announced_on=announced_on)
    return acceptance.is_accepted, acceptance.text


def test_an_authority_that_never_opted_in_is_refused_with_the_way_out() -> None:
    is_accepted, text = judged(AuthorityPolicy("長生村"))

    assert is_accepted is False
    assert text == "長生村は電子保証に対応していません。「証書(紙)」を選んでください。"


@pytest.mark.parametrize(
    ("counts_by", "contracted_on", "announced_on", "is_accepted"),
    [
        pytest.param(CountsBy.CONTRACTED_ON, SINCE, None, True, id="契約日が開始日"),
        pytest.param(CountsBy.CONTRACTED_ON, BEFORE, None, False, id="契約日が開始日の前日"),
        pytest.param(CountsBy.CONTRACTED_ON, SINCE, BEFORE, True, id="契約日で数えるとき公告日は問わない"),
        pytest.param(CountsBy.ANNOUNCED_ON, SINCE, SINCE, True, id="公告日が開始日"),
        pytest.param(CountsBy.ANNOUNCED_ON, SINCE, BEFORE, False, id="公告日が開始日の前日"),
        pytest.param(CountsBy.ANNOUNCED_ON, SINCE, None, None, id="公告日が未入力"),
        pytest.param(CountsBy.CONTRACTED_ON, None, SINCE, None, id="契約日が未入力"),
    ],
)
def test_the_day_the_authority_counts_by_decides(
    counts_by: CountsBy, contracted_on: date | None, announced_on: date | None, is_accepted: bool | None
) -> None:
    policy = AuthorityPolicy("長生村", electronic_since=SINCE, counts_by=counts_by)

    found, text = judged(policy, contracted_on=contracted_on, announced_on=announced_on)

    assert found is is_accepted
    assert f"{counts_by.label}が令和7年4月1日以降" in text


def test_a_missing_day_is_asked_for_by_its_name() -> None:
    _, text = judged(AuthorityPolicy("長生村", electronic_since=SINCE, counts_by=CountsBy.ANNOUNCED_ON))

    assert text.endswith("公告日を入力してください。")


def test_a_contract_too_early_is_told_to_take_paper() -> None:
    _, text = judged(AuthorityPolicy("長生村", electronic_since=SINCE), contracted_on=BEFORE)

    assert text.endswith("「証書(紙)」を選んでください。")


def test_an_authority_may_take_electronic_guarantees_for_works_only() -> None:
    policy = AuthorityPolicy("長生村", electronic_since=SINCE, electronic_works_kinds=frozenset({WorksKind.WORKS}))

    works = electronic_acceptance(policy, works_kind=WorksKind.WORKS, contracted_on=SINCE, announced_on=None)
    design = electronic_acceptance(policy, works_kind=WorksKind.DESIGN, contracted_on=SINCE, announced_on=None)

    assert works.is_accepted is True
    assert design.is_accepted is False
    assert design.text == "長生村では、設計の契約は電子保証の対象外です。「証書(紙)」を選んでください。"


def test_an_unknown_kind_of_works_is_judged_by_the_day_alone() -> None:
    policy = AuthorityPolicy("長生村", electronic_since=SINCE, electronic_works_kinds=frozenset({WorksKind.WORKS}))

    assert electronic_acceptance(policy, works_kind=None, contracted_on=SINCE, announced_on=None).is_accepted is True


@pytest.mark.parametrize(
    ("product", "kind", "is_low_bid", "percent"),
    [
        pytest.param(Product.ADVANCE_PAYMENT, WorksKind.WORKS, False, 40, id="工事"),
        pytest.param(Product.ADVANCE_PAYMENT, WorksKind.DESIGN, False, 30, id="設計"),
        pytest.param(Product.ADVANCE_PAYMENT, WorksKind.SURVEY, False, 30, id="調査・測量"),
        pytest.param(Product.ADVANCE_PAYMENT, WorksKind.WORKS, True, 20, id="低入札"),
        pytest.param(Product.INTERIM_ADVANCE_PAYMENT, WorksKind.WORKS, False, 20, id="中間前払金"),
    ],
)
def test_the_national_caps_hold_where_an_authority_says_nothing(product: Product, kind: WorksKind, is_low_bid: bool, percent: int) -> None:
    assert AuthorityPolicy("長生村").advance_cap(product, kind, is_low_bid=is_low_bid) == Fraction(percent, 100)


def test_a_performance_guarantee_is_a_tenth_or_three_tenths_for_a_low_bid() -> None:
    policy = AuthorityPolicy("長生村")

    assert policy.performance_share(is_low_bid=False) == Fraction(1, 10)
    assert policy.performance_share(is_low_bid=True) == Fraction(3, 10)


def test_an_authority_counts_by_a_day_with_a_name() -> None:
    assert [way.label for way in CountsBy] == ["公告日", "契約日"]
