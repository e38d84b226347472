"""What is said of copies and of papers about certificates, and the warnings that go with any strange file."""

from dataclasses import replace

import pytest

from esurety.domain.diagnosis import ASK_SURETY, DO_NOT_USE, Diagnosis
from esurety.domain.file_facts import Reading, Recognised, SignatureState
from esurety.domain.judge_certificate import judge
from esurety.domain.verdict import Answer, Headline, Question
from esurety.domain.yen import Yen
from tests.documents.conftest import CERTIFICATE
from tests.domain.test_verdict import KNOWN_COPY, STRANGE, TODAY, answers

ELSEWHERE = ("https://hosho-kakunin.example/c/0123456789ABCDEF",)


@pytest.mark.parametrize(
    ("facts", "diagnosis"),
    [
        ({"is_key_notice": True}, Diagnosis.KEY_NOTICE),
        ({"is_status_print": True}, Diagnosis.STATUS_PRINT),
        ({"is_verdict_slip": True}, Diagnosis.VERDICT_SLIP),
    ],
)
def test_a_paper_about_a_certificate_is_none(facts: dict[str, object], diagnosis: Diagnosis) -> None:
    verdict = judge(replace(STRANGE, **facts), KNOWN_COPY, today=TODAY)  # type: ignore[arg-type] # names of fields

    assert (verdict.headline, verdict.diagnoses) == (Headline.UNDECIDED, (diagnosis,))
    assert answers(verdict) == (Answer.UNKNOWN,) * 3


def test_a_slip_from_the_contractor_is_no_check() -> None:
    assert Diagnosis.VERDICT_SLIP.what_to_do[0].startswith("受注者から受け取った票で、確認に代えないでください。")


@pytest.mark.parametrize("recognised", [Recognised.STATUS_ADDRESS, Recognised.SIGNED_DATA])
def test_other_data_than_those_of_the_record_are_told_in_red(recognised: Recognised) -> None:
    twice = replace(CERTIFICATE, guaranteed_amount=Yen(CERTIFICATE.guaranteed_amount * 2))
    re_saved = replace(STRANGE, data=twice.to_json(), signature=SignatureState.MISPLACED)

    verdict = judge(re_saved, replace(KNOWN_COPY, recognised=recognised), today=TODAY)

    assert (verdict.headline, verdict.diagnoses) == (Headline.ALTERED, (Diagnosis.WORDS_DIFFER, Diagnosis.RE_SAVED))
    assert answers(verdict) == (Answer.FAIL, Answer.UNKNOWN, Answer.UNKNOWN)
    assert verdict.what_to_do[:2] == (DO_NOT_USE, ASK_SURETY)


@pytest.mark.parametrize("diagnosis", [Diagnosis.RE_SAVED, Diagnosis.PRINTED_TO_PDF])
def test_a_copy_is_not_said_to_be_harmless(diagnosis: Diagnosis) -> None:
    assert "中身が変えられていることもあります" in diagnosis.text


@pytest.mark.parametrize("reading", [Reading.READ, Reading.IMAGE])
@pytest.mark.parametrize("known", [True, False])
def test_an_address_of_another_site_is_told_first(reading: Reading, known: bool) -> None:
    facts = replace(STRANGE, reading=reading, foreign_addresses=ELSEWHERE)

    verdict = judge(facts, KNOWN_COPY if known else None, today=TODAY)

    assert verdict.headline is (Headline.ALTERED if known else Headline.UNREGISTERED)
    assert verdict.headline.tone == "danger"
    assert verdict.diagnoses[0] is Diagnosis.FOREIGN_ADDRESS
    assert "開かないでください" in verdict.what_to_do[0]
    assert not [one for one in verdict.findings if "解約されていません" in one.reason]
    assert verdict.answer(Question.IN_FORCE) is Answer.UNKNOWN


def test_an_address_of_another_site_alone_is_no_unknown_paper() -> None:
    facts = replace(STRANGE, numbers=(), foreign_addresses=ELSEWHERE)

    assert judge(facts, None, today=TODAY).diagnoses[0] is Diagnosis.FOREIGN_ADDRESS


def test_a_scan_may_be_of_the_key_notice() -> None:
    scan = replace(STRANGE, numbers=(), pages_without_text=1)

    verdict = judge(scan, None, today=TODAY)

    assert verdict.diagnoses == (Diagnosis.UNREADABLE_SCAN,)
    assert "「認証キーのお知らせ」を読み取ったもの" in verdict.what_to_do[0]
    assert "D-Sure を" in verdict.what_to_do[0]


def test_a_key_among_the_pages_is_warned_of() -> None:
    verdict = judge(replace(STRANGE, page_count=2, has_other_pages=True, has_key_notice=True), KNOWN_COPY, today=TODAY)

    assert verdict.diagnoses == (Diagnosis.MERGED, Diagnosis.KEY_INSIDE)
