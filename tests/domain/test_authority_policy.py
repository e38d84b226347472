"""The authority's opt-in: electronic is possible only where, from when and for what it was declared."""

from datetime import date
from fractions import Fraction

import pytest

from esurety.domain.authority_policy import (
    AuthorityPolicy,
    CountsBy,
    SubmissionChannel,
    SubmissionDesk,
    electronic_acceptance,
    submission_advice,
    submission_rows,
)
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


# ---- how the key notice is handed in ----


@pytest.mark.parametrize(
    ("channels", "note", "text"),
    [
        pytest.param(set(), "", "", id="指定なし"),
        pytest.param({SubmissionChannel.FAX}, "", "FAX", id="1つ"),
        pytest.param(
            {SubmissionChannel.MAIL, SubmissionChannel.BIDDING_SYSTEM},
            "〇〇入札システム",
            "電子入札システムでの送信 または 電子メールに添付して送信（〇〇入札システム）",
            id="2つと補足",
        ),
        pytest.param(set(), "契約課へお尋ねください", "契約課へお尋ねください", id="補足だけ"),
    ],
)
def test_the_ways_of_handing_in_are_told_in_one_line(channels: set[SubmissionChannel], note: str, text: str) -> None:
    policy = AuthorityPolicy("長生村", submission_channels=frozenset(channels), submission_channel_note=note)

    assert policy.submission_channels_text == text


def test_each_product_is_told_where_how_and_under_which_subject() -> None:
    policy = AuthorityPolicy(
        "長生村",
        submission_channels=frozenset({SubmissionChannel.PAPER}),
        performance_desk=SubmissionDesk("契約課", "【契約保証】"),
        advance_desk=SubmissionDesk("工事課"),
    )

    assert submission_rows(policy, Product.CONTRACT_PERFORMANCE) == [
        ("提出先", "契約課"),
        ("発注者への提出方法", "印刷して持参・郵送"),
        ("メールの件名", "【契約保証】"),
    ]
    assert dict(submission_rows(policy, Product.INTERIM_ADVANCE_PAYMENT))["提出先"] == "工事課"


def test_where_no_way_was_named_the_briefings_two_are_told() -> None:
    """briefing: ① 電子契約システムへのアップロード 又は ② 電子メールに添付して送信."""
    advice = submission_advice(AuthorityPolicy("長生村"))

    assert advice == "「電子契約システムへのアップロード」または「電子メールに添付して送信」"
    assert submission_rows(AuthorityPolicy("長生村"), Product.ADVANCE_PAYMENT) == []
