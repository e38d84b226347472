"""The rules of a verdict. What may never happen is asked of every combination of facts."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.diagnosis import DO_NOT_USE, Diagnosis
from esurety.domain.file_facts import (
    Continuation,
    FileFacts,
    Reading,
    Recognised,
    RecordFacts,
    SignatureState,
    SignerTrust,
    same_words,
)
from esurety.domain.judge_certificate import judge
from esurety.domain.products import CertificateForm
from esurety.domain.verdict import Answer, Headline, Question, Verdict
from tests.documents.conftest import CERTIFICATE

TODAY = date(2024, 5, 1)
OURS = FileFacts("0" * 64, 70_000, Reading.READ, signature=SignatureState.INTACT, signer=SignerTrust.TRUSTED)
RECORD = RecordFacts(
    recognised=Recognised.FILE,
    content=CERTIFICATE,
    newest_version=0,
    ends_on=date(2024, 9, 30),
    cancelled_on=None,
    issuer_had_right=True,
    is_confirmed=True,
)
STRANGE = FileFacts(
    "1" * 64, 70_000, Reading.READ, page_count=1, pages_naming_a_certificate=1, numbers=(CERTIFICATE.guarantee_contract_number,)
)
KNOWN_COPY = replace(RECORD, recognised=Recognised.STATUS_ADDRESS)


def answers(verdict: Verdict) -> tuple[Answer, ...]:
    return tuple(one.answer for one in verdict.findings)


def test_our_own_file_in_force_issued_with_right_is_valid() -> None:
    verdict = judge(OURS, RECORD, today=TODAY)

    assert verdict.headline is Headline.VALID
    assert verdict.headline.label == "有効（現行）"
    assert answers(verdict) == (Answer.PASS, Answer.PASS, Answer.PASS)
    assert verdict.headline.exit_code == 0


@pytest.mark.parametrize(
    ("changes", "today", "headline", "label"),
    [
        ({"newest_version": 1}, TODAY, Headline.OLDER_VERSION, "旧版"),
        ({"cancelled_on": date(2024, 4, 20)}, TODAY, Headline.CANCELLED, "解約済"),
        ({}, date(2024, 9, 30), Headline.VALID, "有効（現行）"),
        ({}, date(2024, 10, 1), Headline.EXPIRED, "期間満了"),
        ({"cancelled_on": date(2024, 4, 20), "newest_version": 1}, date(2024, 10, 1), Headline.CANCELLED, "解約済"),
        ({"newest_version": 1, "ends_on": date(2024, 12, 31)}, date(2024, 10, 1), Headline.OLDER_VERSION, "旧版"),
        ({"issuer_had_right": False}, TODAY, Headline.UNDECIDED, "判定不能"),
    ],
    ids=["変更された", "解約された", "期間の最後の日", "期間の次の日", "変更のあと解約", "延長の前の版", "発行した人に権限がない"],
)
def test_our_own_file_says_how_the_guarantee_stands(changes: dict[str, object], today: date, headline: Headline, label: str) -> None:
    verdict = judge(OURS, replace(RECORD, **changes), today=today)  # type: ignore[arg-type] # names of fields

    assert verdict.headline is headline
    assert verdict.headline.label == label
    assert verdict.answer(Question.INTACT) is Answer.PASS
    assert (verdict.answer(Question.IN_FORCE) is Answer.PASS) == (headline in {Headline.VALID, Headline.UNDECIDED})


@pytest.mark.parametrize(
    ("signature", "signer", "diagnosis"),
    [
        (SignatureState.INTACT, SignerTrust.UNKNOWN, Diagnosis.UNKNOWN_SIGNER),
        (SignatureState.INTACT, SignerTrust.NOT_VALID_THEN, Diagnosis.KEY_NOT_VALID_THEN),
        (SignatureState.BROKEN, SignerTrust.UNKNOWN, Diagnosis.NO_RIGHT),
    ],
)
def test_our_own_file_whose_key_cannot_be_checked_is_not_called_valid(
    signature: SignatureState, signer: SignerTrust, diagnosis: Diagnosis
) -> None:
    verdict = judge(replace(OURS, signature=signature, signer=signer), RECORD, today=TODAY)

    assert verdict.headline is Headline.UNDECIDED
    assert verdict.diagnoses == (diagnosis,)
    assert verdict.answer(Question.AUTHORISED) is Answer.UNKNOWN


def test_a_file_without_a_signature_is_never_plainly_valid() -> None:
    unsigned = replace(OURS, signature=SignatureState.NONE, signer=SignerTrust.UNKNOWN)

    verdict = judge(unsigned, RECORD, today=TODAY)

    assert (verdict.headline, verdict.diagnoses) == (Headline.UNDECIDED, (Diagnosis.FROM_BEFORE_SIGNATURES,))
    assert verdict.answer(Question.AUTHORISED) is Answer.UNKNOWN


@pytest.mark.parametrize("changes", [{}, {"cancelled_on": date(2024, 4, 20)}, {"newest_version": 1}])
def test_records_that_log_or_signature_contradict_say_nothing(changes: dict[str, object]) -> None:
    verdict = judge(OURS, replace(RECORD, is_confirmed=False, **changes), today=TODAY)  # type: ignore[arg-type] # names of fields

    assert (verdict.headline, verdict.diagnoses) == (Headline.UNDECIDED, (Diagnosis.RECORDS_DISAGREE,))
    assert answers(verdict) == (Answer.UNKNOWN,) * 3
    assert verdict.what_to_do[0] == DO_NOT_USE


def test_a_typed_hash_is_on_record_and_no_more() -> None:
    typed = FileFacts("0" * 64, 0, Reading.HASH_ONLY)

    verdict = judge(typed, RECORD, today=TODAY)

    assert verdict.headline.label == "この値の証書は登録にあります（ファイルは調べていません）"
    assert verdict.headline.exit_code == 2
    assert answers(verdict) == (Answer.UNKNOWN,) * 3
    assert "お手元のファイルから計算した値か確かめてください" in verdict.findings[0].reason
    assert judge(typed, replace(RECORD, cancelled_on=date(2024, 4, 20)), today=TODAY).answer(Question.IN_FORCE) is Answer.FAIL


def test_a_demonstrations_key_makes_a_specimen_of_anything() -> None:
    verdict = judge(replace(OURS, signer=SignerTrust.DEMO), RECORD, today=TODAY)

    assert (verdict.headline, verdict.would_be) == (Headline.SPECIMEN, None)
    assert verdict.diagnoses == (Diagnosis.DEMO_KEY,)
    assert answers(verdict)[1:] == (Answer.FAIL, Answer.FAIL)


def test_a_specimen_without_a_signature_is_not_said_to_have_one() -> None:
    paper = replace(CERTIFICATE, certificate_form=CertificateForm.PAPER, is_specimen=True)

    verdict = judge(replace(OURS, signature=SignatureState.NONE, signer=SignerTrust.UNKNOWN), replace(RECORD, content=paper), today=TODAY)

    assert verdict.headline is Headline.SPECIMEN
    assert "署名" not in verdict.findings[2].reason


def test_the_original_of_a_paper_certificate_is_the_paper() -> None:
    paper = replace(RECORD, content=replace(CERTIFICATE, certificate_form=CertificateForm.PAPER))

    verdict = judge(replace(OURS, signature=SignatureState.NONE), paper, today=TODAY)

    assert verdict.headline is Headline.COPY
    assert verdict.diagnoses == (Diagnosis.PAPER_ORIGINAL,)
    assert verdict.answer(Question.IN_FORCE) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "headline", "diagnosis"),
    [
        ({"signature": SignatureState.MISPLACED}, Headline.COPY, Diagnosis.RE_SAVED),
        ({}, Headline.COPY, Diagnosis.PRINTED_TO_PDF),
        ({"pages_without_text": 1}, Headline.COPY, Diagnosis.PRINTED_AND_SCANNED),
        ({"page_count": 3}, Headline.COPY, Diagnosis.MERGED),
        ({"page_count": 3, "pages_without_text": 3}, Headline.COPY, Diagnosis.MERGED),
        ({"has_annotations": True}, Headline.COPY, Diagnosis.ANNOTATED),
        ({"is_screen_print": True}, Headline.COPY, Diagnosis.SCREEN_PRINT),
        ({"reading": Reading.IMAGE}, Headline.COPY, Diagnosis.IMAGE),
        ({"data": CERTIFICATE.to_json()}, Headline.ALTERED, Diagnosis.SIGNATURE_STRIPPED),
        ({"signature": SignatureState.BROKEN}, Headline.ALTERED, Diagnosis.EDITED),
        (
            {"signature": SignatureState.CONTINUED, "signer": SignerTrust.TRUSTED, "continuation": Continuation.BYTES},
            Headline.ALTERED,
            Diagnosis.APPENDED_BYTES,
        ),
        (
            {"signature": SignatureState.CONTINUED, "signer": SignerTrust.TRUSTED, "continuation": Continuation.REVISION},
            Headline.ALTERED,
            Diagnosis.CHANGED_AFTER_SIGNING,
        ),
        (
            {
                "signature": SignatureState.CONTINUED,
                "signer": SignerTrust.TRUSTED,
                "continuation": Continuation.REVISION,
                "has_annotations": True,
            },
            Headline.ALTERED,
            Diagnosis.ANNOTATED,
        ),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.TRUSTED}, Headline.ALTERED, Diagnosis.NOT_THE_STORED_FILE),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.UNKNOWN}, Headline.UNREGISTERED, Diagnosis.FORGED),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.DEMO}, Headline.SPECIMEN, Diagnosis.DEMO_KEY),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.NOT_VALID_THEN}, Headline.UNDECIDED, Diagnosis.KEY_NOT_VALID_THEN),
        ({"is_key_notice": True}, Headline.UNDECIDED, Diagnosis.KEY_NOTICE),
        ({"has_scripts": True}, Headline.ALTERED, Diagnosis.SCRIPTS),
    ],
)
def test_a_file_that_names_a_certificate_of_ours_is_told_what_it_is(
    facts: dict[str, object], headline: Headline, diagnosis: Diagnosis
) -> None:
    verdict = judge(replace(STRANGE, **facts), KNOWN_COPY, today=TODAY)  # type: ignore[arg-type] # names of fields

    assert verdict.headline is headline
    assert verdict.diagnoses[0] is diagnosis
    assert Answer.PASS not in answers(verdict)


@pytest.mark.parametrize(
    ("facts", "headline", "diagnosis"),
    [
        ({"text": "保証金額1円"}, Headline.UNREGISTERED, Diagnosis.UNKNOWN_NUMBER),
        ({}, Headline.COPY, Diagnosis.PRINTED_TO_PDF),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.UNKNOWN}, Headline.UNREGISTERED, Diagnosis.UNKNOWN_SIGNER),
        ({"signature": SignatureState.INTACT, "signer": SignerTrust.TRUSTED}, Headline.UNREGISTERED, Diagnosis.SIGNED_BUT_UNREGISTERED),
        ({"numbers": ()}, Headline.UNDECIDED, Diagnosis.NO_CERTIFICATE),
        ({"numbers": (), "pages_without_text": 1}, Headline.UNDECIDED, Diagnosis.UNREADABLE_SCAN),
        ({"numbers": (), "has_scripts": True}, Headline.UNDECIDED, Diagnosis.SCRIPTS),
        ({"reading": Reading.HASH_ONLY, "numbers": ()}, Headline.UNREGISTERED, Diagnosis.ONLY_THE_HASH),
        ({"reading": Reading.IMAGE, "numbers": ()}, Headline.UNDECIDED, Diagnosis.IMAGE),
        ({"reading": Reading.EMPTY}, Headline.UNDECIDED, Diagnosis.EMPTY),
        ({"reading": Reading.NOT_A_PDF}, Headline.UNDECIDED, Diagnosis.NOT_A_PDF),
        ({"reading": Reading.ENCRYPTED}, Headline.UNDECIDED, Diagnosis.ENCRYPTED),
        ({"reading": Reading.TOO_LARGE}, Headline.UNDECIDED, Diagnosis.TOO_LARGE),
        ({"reading": Reading.TOO_MUCH}, Headline.UNDECIDED, Diagnosis.TOO_MUCH),
        ({"reading": Reading.BROKEN}, Headline.UNDECIDED, Diagnosis.BROKEN),
    ],
)
def test_a_file_that_nobody_knows_is_told_what_it_is(facts: dict[str, object], headline: Headline, diagnosis: Diagnosis) -> None:
    verdict = judge(replace(STRANGE, **facts), None, today=TODAY)  # type: ignore[arg-type] # names of fields

    assert verdict.headline is headline
    assert verdict.diagnoses[0] is diagnosis


def test_a_file_of_another_number_than_the_one_expected_is_another_certificate() -> None:
    verdict = judge(OURS, RECORD, today=TODAY, asked_number="10124-00006B")

    assert verdict.headline is Headline.OTHER
    assert verdict.diagnoses[0] is Diagnosis.OTHER_CERTIFICATE
    assert verdict.answer(Question.IN_FORCE) is Answer.UNKNOWN
    assert judge(OURS, RECORD, today=TODAY, asked_number=CERTIFICATE.guarantee_contract_number).headline is Headline.VALID


def test_bad_news_of_a_copy_is_told_and_good_news_is_no_yes() -> None:
    cancelled = replace(KNOWN_COPY, cancelled_on=date(2024, 4, 20))

    assert judge(STRANGE, cancelled, today=TODAY).answer(Question.IN_FORCE) is Answer.FAIL
    assert judge(STRANGE, KNOWN_COPY, today=TODAY).answer(Question.IN_FORCE) is Answer.UNKNOWN


def test_who_shows_only_number_and_words_is_not_told_how_the_guarantee_stands() -> None:
    by_number = replace(RECORD, recognised=Recognised.SAME_WORDS)
    states = (by_number, replace(by_number, cancelled_on=date(2024, 4, 20)), replace(by_number, newest_version=2))

    told = {judge(STRANGE, one, today=TODAY).findings for one in states}

    assert len(told) == 1


EVERYTHING = list(
    product(
        Reading,
        SignatureState,
        SignerTrust,
        Continuation,
        (True, False),
        (None, *Recognised),
        (
            {},
            {"newest_version": 1},
            {"cancelled_on": date(2024, 4, 2)},
            {"ends_on": TODAY - timedelta(days=1)},
            {"issuer_had_right": False},
            {"is_confirmed": False},
        ),
    )
)


def test_nothing_but_a_file_of_ours_ever_looks_valid() -> None:
    for reading, signature, signer, continuation, odd, recognised, changes in EVERYTHING:
        facts = replace(
            STRANGE, reading=reading, signature=signature, signer=signer, continuation=continuation, has_scripts=odd, has_annotations=odd
        )
        record = None if recognised is None else replace(RECORD, recognised=recognised, **changes)  # type: ignore[arg-type]

        verdict = judge(facts, record, today=TODAY)

        is_ours = recognised is Recognised.FILE
        assert verdict.what_to_do
        assert is_ours or verdict.headline not in {Headline.VALID, Headline.OLDER_VERSION, Headline.CANCELLED, Headline.EXPIRED}
        assert is_ours or verdict.answer(Question.IN_FORCE) is not Answer.PASS
        assert is_ours or verdict.answer(Question.AUTHORISED) is not Answer.PASS
        # A green tone is for 有効 alone, and 有効 is three times yes.
        assert (verdict.headline.tone == "success") == (verdict.headline is Headline.VALID)
        if verdict.headline is Headline.VALID:
            assert answers(verdict) == (Answer.PASS,) * 3
            assert not changes


def test_every_headline_and_diagnosis_says_what_to_do_in_whole_sentences() -> None:
    for headline in Headline:
        assert headline.meaning.endswith("。")
        assert headline.what_to_do
        assert all(text.endswith(("。", "）。")) for text in headline.what_to_do)
    for diagnosis in Diagnosis:
        assert diagnosis.text.endswith("。")
        assert all(text.endswith("。") for text in diagnosis.what_to_do)
    titles = [diagnosis.title for diagnosis in Diagnosis]
    assert len(set(titles)) == len(titles)


def test_facts_survive_the_way_out_of_the_child_process() -> None:
    facts = replace(STRANGE, data=CERTIFICATE.to_json(), status_ids=("A" * 16,), signer_name="電子保証株式会社")

    assert FileFacts.from_json(facts.to_json()) == facts


WORDS = "工事名都営住宅×××××耐震改修工事保証契約者ネットデスク建設株式会社保証金額19,440,000円"


def test_the_same_words_are_all_three_or_nothing() -> None:
    assert same_words(WORDS, CERTIFICATE)
    assert not same_words(WORDS.replace("19,440,000円", "38,880,000円"), CERTIFICATE)
    assert same_words(f"{WORDS}変更点保証金額（総額）：1,000円→19,440,000円", CERTIFICATE)


@pytest.mark.parametrize("more", ["保証金額38,880,000円", "保証金額（総額）1円", "工事名別の工事"])
def test_a_list_of_guesses_is_no_certificate(more: str) -> None:
    assert not same_words(WORDS + more, CERTIFICATE)
    assert not same_words(more + WORDS, CERTIFICATE)


OTHER_ONE = replace(CERTIFICATE, guarantee_contract_number="10124-00006B", status_id="B" * 16)
BUNDLE = replace(
    STRANGE,
    page_count=2,
    pages_naming_a_certificate=2,
    numbers=(CERTIFICATE.guarantee_contract_number, OTHER_ONE.guarantee_contract_number),
    status_ids=(CERTIFICATE.status_id, OTHER_ONE.status_id),
)


def test_of_a_bundle_each_certificate_is_told_and_the_worst_decides() -> None:
    cancelled = replace(KNOWN_COPY, content=OTHER_ONE, cancelled_on=date(2024, 4, 20))

    for records in ([KNOWN_COPY, cancelled], [cancelled, KNOWN_COPY]):
        in_force = judge(BUNDLE, records, today=TODAY).findings[1]
        assert in_force.answer is Answer.FAIL
        worst, other = "10124-00006B（当初）は、令和06年04月20日に解約", "10124-00005P（当初）は、最新の版"
        assert 0 <= in_force.reason.index(worst) < in_force.reason.index(other)


@pytest.mark.parametrize(
    ("changes", "content"),
    [
        ({"data": OTHER_ONE.to_json(), "numbers": (CERTIFICATE.guarantee_contract_number,)}, CERTIFICATE),
        ({"numbers": ("10124-00006B",), "status_ids": (CERTIFICATE.status_id,)}, CERTIFICATE),
        ({"data": replace(CERTIFICATE, version=1).to_json(), "status_ids": (CERTIFICATE.status_id,)}, CERTIFICATE),
    ],
    ids=["データと紙面", "二次元コードと紙面", "データと二次元コードの版"],
)
def test_parts_of_different_certificates_in_one_file_are_noticed(changes: dict[str, object], content: CertificateContent) -> None:
    verdict = judge(replace(STRANGE, **changes), replace(KNOWN_COPY, content=content), today=TODAY)  # type: ignore[arg-type]

    assert (verdict.headline, verdict.diagnoses[0]) == (Headline.ALTERED, Diagnosis.CONTRADICTORY)
    assert verdict.headline.tone == "danger"
    assert "解約されていません" not in verdict.findings[1].reason


def test_nothing_good_stands_beside_a_script() -> None:
    verdict = judge(replace(STRANGE, has_scripts=True), KNOWN_COPY, today=TODAY)

    assert answers(verdict) == (Answer.FAIL, Answer.UNKNOWN, Answer.UNKNOWN)
    assert "解約されていません" not in verdict.findings[1].reason


def test_a_signature_on_what_is_not_on_record_does_not_say_that_it_is_as_issued() -> None:
    facts = replace(STRANGE, signature=SignatureState.INTACT, signer=SignerTrust.TRUSTED)

    assert judge(facts, None, today=TODAY).answer(Question.INTACT) is Answer.UNKNOWN
