"""確認結果票: one good sheet with everything that was found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from esurety.documents.verdict_slip import render_verdict_slip
from esurety.domain.diagnosis import Diagnosis
from esurety.domain.verdict import Headline
from esurety.domain.verdict_slip import SlipAnswer, VerdictSlip
from tests.documents.conftest import NUMBER, Poppler

SLIP = VerdictSlip(
    checked_at=datetime(2024, 5, 1, 1, 5, tzinfo=UTC),
    headline="有効（現行）",
    meaning=Headline.VALID.meaning,
    answers=(
        SlipAnswer("内容は発行時のままか", "はい", "ファイル全体が、発行したときに保管したものと1文字も違いません。"),
        SlipAnswer("いま有効か", "はい", "最新の版（当初）で、解約されていません。保証期間は令和06年09月30日までです。"),
        SlipAnswer("発行権限があるか", "はい", "電子保証株式会社が発行しました。"),
    ),
    noticed=(),
    what_to_do=Headline.VALID.what_to_do,
    certificate=(
        ("保証契約番号", NUMBER.text),
        ("工事名", "髙﨑橋 耐震補強工事（その①）𠮷野㈱"),
        ("保証金額（総額）", "19,440,000円（40.0%）"),
    ),
    file_name="前払金保証証書.pdf",
    sha256="0123456789abcdef" * 4,
    verify_address="http://127.0.0.1:8000/verify",
    surety_name="",
    is_specimen=False,
)


def test_the_sheet_says_what_was_found_and_when(poppler: Poppler, assert_good_sheet: Callable[[bytes], None]) -> None:
    pdf = render_verdict_slip(SLIP)

    assert_good_sheet(pdf)
    text = poppler.text(pdf)
    for expected in (
        "確認結果票",
        "有効（現行）",
        "令和06年05月01日10時05分",
        "発行権限があるか",
        NUMBER.text,
        "髙﨑橋耐震補強工事（その①）𠮷野㈱",
        "前払金保証証書.pdf",
        "0123456789abcdef" * 2,
        "http://127.0.0.1:8000/verify",
        "確認した人",
    ):
        assert expected in text, expected
    assert "見本" not in text


LONGEST = sorted(Diagnosis, key=lambda one: -len(one.text + "".join(one.what_to_do)))[:6]


@pytest.mark.parametrize("diagnosis", LONGEST, ids=lambda one: one.name)
def test_the_longest_diagnoses_fit_on_the_sheet(diagnosis: Diagnosis, poppler: Poppler) -> None:
    slip = replace(
        SLIP,
        headline=Headline.COPY.label,
        meaning=Headline.COPY.meaning,
        noticed=((diagnosis.title, diagnosis.text),),
        what_to_do=diagnosis.what_to_do or Headline.COPY.what_to_do,
        certificate=(("保証契約番号", NUMBER.text),),
    )

    pdf = render_verdict_slip(slip)

    assert poppler.info(pdf)["Pages"] == "1"
    assert "".join(diagnosis.title.split()) in poppler.text(pdf)


def test_a_specimen_sheet_says_so(poppler: Poppler) -> None:
    assert "見本" in poppler.text(render_verdict_slip(replace(SLIP, is_specimen=True)))


def test_a_file_name_may_hold_anything(poppler: Poppler) -> None:
    pdf = render_verdict_slip(replace(SLIP, file_name="証書<b>&amp;\U0001f600.pdf"))

    assert "証書<b>&amp;〓.pdf" in poppler.text(pdf)


def test_the_same_outcome_makes_the_same_bytes() -> None:
    assert render_verdict_slip(SLIP) == render_verdict_slip(SLIP)


def test_the_outcome_survives_being_handed_out_and_back() -> None:
    assert VerdictSlip.from_json(SLIP.to_json()) == SLIP
