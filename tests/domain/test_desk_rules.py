"""Waiting times, the state of a requested paper, what a corrected application says otherwise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from esurety.domain.application_content import ApplicationContent, FormChoices, read_application
from esurety.domain.application_differences import differences
from esurety.domain.products import Product
from esurety.domain.requested_papers import PaperKind, PaperState, open_papers_outcome, paper_state
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.waiting_age import WaitingAge, submitted_between
from esurety.domain.yen import Yen
from tests.example_of_record import typed_example, with_performance

TODAY = date(2024, 4, 10)
AT = datetime(2024, 4, 10, 1, 0, tzinfo=UTC)


def japanese(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 4, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


@pytest.mark.parametrize(
    ("submitted_at", "age"),
    [
        (japanese(10, 9), WaitingAge.TODAY),
        (japanese(10, 0), WaitingAge.TODAY),
        (japanese(9, 23, 59), WaitingAge.FEW_DAYS),
        (japanese(8, 0), WaitingAge.FEW_DAYS),
        (japanese(7, 23, 59), WaitingAge.LONG),
        (japanese(1, 9), WaitingAge.LONG),
    ],
)
def test_an_age_counts_calendar_days_in_japan(submitted_at: datetime, age: WaitingAge) -> None:
    def is_within(one: WaitingAge) -> bool:
        since, before = submitted_between(one, TODAY)
        return (since is None or submitted_at >= since) and (before is None or submitted_at < before)

    assert [one for one in WaitingAge if is_within(one)] == [age]


@pytest.mark.parametrize(
    ("accepted_at", "last_uploaded_at", "state"),
    [
        (None, None, PaperState.AWAITED),
        (None, AT + timedelta(hours=1), PaperState.HANDED_IN),
        (None, AT - timedelta(hours=1), PaperState.AWAITED),  # asked again since
        (AT + timedelta(hours=2), AT + timedelta(hours=1), PaperState.ACCEPTED),
    ],
)
def test_the_state_of_a_paper_follows_from_its_instants(
    accepted_at: datetime | None, last_uploaded_at: datetime | None, state: PaperState
) -> None:
    assert paper_state(requested_at=AT, accepted_at=accepted_at, last_uploaded_at=last_uploaded_at) is state


@pytest.fixture
def content() -> ApplicationContent:
    ids = {"〇〇区": 1, "branch": 1}
    choices = FormChoices(authority_ids=frozenset({1}), branch_ids=frozenset({1}), company_pays_monthly=True)
    return read_application(typed_example(ids, **with_performance()), choices)


def test_the_same_application_differs_in_nothing(content: ApplicationContent) -> None:
    assert differences(content, content) == ()


def test_differences_are_told_in_the_words_of_the_form(content: ApplicationContent) -> None:
    advance = content.guarantee(Product.ADVANCE_PAYMENT)
    assert advance is not None
    corrected = replace(
        content,
        contract_price=Yen(50_000_000),
        construction_ends_on=date(2024, 10, 31),
        works_number="",
        guarantees=(replace(advance, guaranteed_amount=Yen(20_000_000)),),
    )

    assert [one.text for one in differences(content, corrected)] == [
        "工事番号：6都住第123号 → （なし）",
        "請負金額：48,600,000円 → 50,000,000円",
        "工期の末日：令和6年9月30日 → 令和6年10月31日",
        "前払金保証金額：19,440,000円 → 20,000,000円",
        "契約保証：申し込む → 申し込まない",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("金額が限度額を超えています。限度額以下で入力してください。", "金額が限度額を超えています。"),
        ("限度額以内です。", "限度額以内です。"),
        ("契約書を確認してください。", "契約書を確認してください。"),
    ],
)
def test_a_finding_leaves_out_what_the_contractor_is_asked_to_do(text: str, finding: str) -> None:
    assert RuleOutcome("規則", Verdict.BROKEN, text, "field").finding == finding


@pytest.mark.parametrize(
    ("states", "told"),
    [
        ([], None),
        ([(PaperKind.CONTRACT, PaperState.ACCEPTED)], None),
        ([(PaperKind.CONTRACT, PaperState.AWAITED)], "提出待ち：請負契約書の写し"),
        (
            [
                (PaperKind.OTHER, PaperState.HANDED_IN),
                (PaperKind.CONTRACT, PaperState.AWAITED),
                (PaperKind.USE_OF_ADVANCE, PaperState.AWAITED),
            ],
            "提出待ち：請負契約書の写し、使途内訳明細書／確認待ち：その他",
        ),
    ],
)
def test_papers_that_have_not_been_accepted_are_a_warning(states: list[tuple[PaperKind, PaperState]], told: str | None) -> None:
    outcome = open_papers_outcome(states)

    if told is None:
        assert outcome is None
    else:
        assert outcome is not None
        assert outcome.verdict is Verdict.WARNING
        assert told in outcome.text
