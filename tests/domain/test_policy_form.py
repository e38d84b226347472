"""The form of a policy: percentages, contradictions, the comparison and the example of 48,600,000円."""

from datetime import date
from fractions import Fraction

import pytest

from esurety.domain.authority_policy import AuthorityPolicy, CountsBy, SubmissionChannel, SubmissionDesk
from esurety.domain.percentage import NotAPercentage, parse_percent, percent_digits
from esurety.domain.policy_form import IncompletePolicy, compare_policies, policy_example, read_policy, typed_policy
from esurety.domain.products import Product, WorksKind
from esurety.domain.yen import Yen

FROM = date(2026, 4, 1)
DEFAULTS = AuthorityPolicy("長生村", "長生村長")


def typed(**changes: str) -> dict[str, str]:
    return {**typed_policy(DEFAULTS, effective_from=FROM), **{name.replace("__", "-"): value for name, value in changes.items()}}


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(IncompletePolicy) as no:
        read_policy(typed(**changes), "長生村")
    return no.value.problems


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("40", Fraction(2, 5)),
        ("40.5", Fraction(405, 1000)),
        ("４０．５％", Fraction(405, 1000)),
        ("40.50", Fraction(405, 1000)),
        ("100", Fraction(1)),
    ],
)
def test_percentages_as_people_type_them(text: str, share: Fraction) -> None:
    assert parse_percent(text, decimals=1) == share


@pytest.mark.parametrize("text", ["", "0", "40.55", "101", "-5", "四十", "4割", "1e2", "40..5"])
def test_what_is_no_percentage(text: str) -> None:
    with pytest.raises(NotAPercentage):
        parse_percent(text, decimals=1)


@pytest.mark.parametrize(
    ("share", "digits"), [(Fraction(2, 5), "40"), (Fraction(405, 1000), "40.5"), (Fraction(65, 100_000), "0.065"), (Fraction(1), "100")]
)
def test_percentages_as_they_stand_in_a_field(share: Fraction, digits: str) -> None:
    assert percent_digits(share) == digits


def test_what_the_form_begins_with_is_read_back() -> None:
    policy = AuthorityPolicy(
        "長生村",
        "長生村長",
        electronic_since=date(2024, 4, 1),
        counts_by=CountsBy.ANNOUNCED_ON,
        electronic_works_kinds=frozenset({WorksKind.WORKS}),
        advance_cap_works=Fraction(45, 100),
        advance_cap_services=Fraction(35, 100),
        rounding_unit=Yen(100_000),
        minimum_price=Yen(1_300_000),
        submission_channels=frozenset({SubmissionChannel.MAIL, SubmissionChannel.PAPER}),
        submission_channel_note="keiyaku@example.jp あて",
        submission_note="窓口へ\n持参も可",
        performance_desk=SubmissionDesk("契約課", "【契約保証】工事名"),
        advance_desk=SubmissionDesk("工事担当課", "【前払金保証】工事名"),
    )

    read = read_policy(typed_policy(policy, effective_from=FROM), "長生村")

    assert read.policy == policy
    assert read.effective_from == FROM


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"head": ""}, "head", "証書の宛名を入力"),
        ({"head": "長" * 201}, "head", "200文字以内"),
        ({"submission_channel_note": "あ" * 201}, "submission_channel_note", "200文字以内"),
        ({"effective_from": ""}, "effective_from", "適用開始日を入力"),
        ({"effective_from": "平成40年4月1日"}, "effective_from", "令和10年4月1日"),
        ({"advance_cap_works": ""}, "advance_cap_works", "入力してください"),
        ({"advance_cap_works": "40.55"}, "advance_cap_works", "小数第1位まで"),
        ({"advances_together_cap": "30"}, "advances_together_cap", "前払金の上限（40%）以上"),
        ({"performance_minimum_low_bid": "5"}, "performance_minimum_low_bid", "通常の割合（10%）以上"),
        ({"rounding_unit": "0"}, "rounding_unit", "1円以上"),
        ({"minimum_price": "10兆"}, "minimum_price", "9,999億円以下"),
        ({"counts_by": ""}, "counts_by", "選んでください"),
        ({"advance_subject": "あ" * 201}, "advance_subject", "200文字以内"),
    ],
)
def test_fields_that_need_attention(changes: dict[str, str], field: str, words: str) -> None:
    assert words in problems(**changes)[field]


def test_an_authority_that_opted_in_names_the_kinds_of_works() -> None:
    assert "kind-works" in problems(electronic_since="令和6年4月1日", kind__works="", kind__design="", kind__survey="")


def test_only_what_changed_differs() -> None:
    read = read_policy(typed(advance_cap_works="45", rounding_unit="1万"), "長生村")

    changed = {one.label: (one.before, one.after) for one in compare_policies(DEFAULTS, read.policy) if one.differs}

    assert changed == {"前払金の上限（工事）": ("40%", "45%"), "前払金の端数処理": ("1円未満切捨て", "10,000円未満切捨て")}


def test_the_briefings_example() -> None:
    example = dict(policy_example(DEFAULTS))

    assert example["前払金（工事）"] == "19,440,000円以下"  # the briefing's 40.0 %
    assert example["前払金と中間前払金の合計"] == "29,160,000円以下"
    assert example["契約保証"] == "4,860,000円以上"
    assert example["契約保証（低入札）"] == "14,580,000円以上"


def test_below_the_least_price_no_advance_is_reckoned() -> None:
    example = dict(policy_example(AuthorityPolicy("長生村", minimum_price=Yen(50_000_000))))

    assert example["前払金（工事）"] == "対象外（請負金額が50,000,000円未満）"
    assert "契約保証" in example


@pytest.mark.parametrize(
    ("product", "recipient"),
    [(Product.CONTRACT_PERFORMANCE, "契約課"), (Product.ADVANCE_PAYMENT, "工事課"), (Product.INTERIM_ADVANCE_PAYMENT, "工事課")],
)
def test_each_product_has_its_desk(product: Product, recipient: str) -> None:
    policy = AuthorityPolicy("長生村", performance_desk=SubmissionDesk("契約課"), advance_desk=SubmissionDesk("工事課"))

    assert policy.desk(product).recipient == recipient


def test_a_head_that_cannot_be_printed_is_named() -> None:
    with pytest.raises(IncompletePolicy) as no:
        read_policy(typed(head="𪚥村長"), "長生村", unprintable=lambda text: tuple(one for one in text if one == "𪚥"))

    assert "U+2A6A5" in no.value.problems["head"]


def test_head_and_channels_are_compared_in_words() -> None:
    read = read_policy(typed(head="長生市長", channel__mail="on", channel__contract_system="on"), "長生市")

    changed = {one.label: (one.before, one.after) for one in compare_policies(DEFAULTS, read.policy) if one.differs}

    assert changed == {
        "証書の宛名": ("長生村長 様", "長生市長 様"),
        "発注者への提出方法": ("指定なし", "電子契約システムへのアップロード、電子メールに添付して送信"),
    }
