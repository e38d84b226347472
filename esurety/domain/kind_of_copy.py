"""What was done to a certificate that is no original any more, and what stands in a file that its holder must be warned of."""

from collections.abc import Sequence
from dataclasses import replace

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.diagnosis import Diagnosis
from esurety.domain.file_facts import FileFacts, Recognised, RecordFacts, SignatureState
from esurety.domain.printed_words import says_otherwise
from esurety.domain.verdict import Answer, Finding, Headline, Question, Verdict

# By these a file is tied to one version of ours, whose words it must then bear.
_TIED = {Recognised.STATUS_ADDRESS, Recognised.SIGNED_DATA}


def kind_of_copy(facts: FileFacts) -> Diagnosis:
    """The plainest reason why an unsigned file that names a certificate is not the one that was issued."""
    if facts.is_screen_print:
        return Diagnosis.SCREEN_PRINT
    if facts.has_other_pages or facts.page_count > facts.pages_naming_a_certificate > 0:
        return Diagnosis.MERGED
    if facts.pages_without_text == facts.page_count:
        return Diagnosis.PRINTED_AND_SCANNED
    if facts.has_annotations:
        return Diagnosis.ANNOTATED
    if facts.signature is SignatureState.MISPLACED:
        return Diagnosis.RE_SAVED
    return Diagnosis.SIGNATURE_STRIPPED if facts.data else Diagnosis.PRINTED_TO_PDF


def paper_about_a_certificate(facts: FileFacts) -> Diagnosis | None:
    """What an unsigned file is when it is none of a certificate at all."""
    if facts.is_key_notice:
        return Diagnosis.KEY_NOTICE
    if facts.is_verdict_slip:
        return Diagnosis.VERDICT_SLIP
    return Diagnosis.STATUS_PRINT if facts.is_status_print else None


def differs_from_records(facts: FileFacts, records: Sequence[RecordFacts]) -> bool:
    """Whether a file that leads to one of our versions says something else than it."""
    content = facts.content
    is_all = {one.number for one in records} >= set(facts.numbers)  # else amounts of others may stand there
    known = [one.content for one in records] if is_all else None
    return any(
        says_otherwise(facts.text, one.content, among=known) or (content is not None and _is_another(content, one.content))
        for one in records
        if one.recognised in _TIED
    )


def _is_another(said: CertificateContent, ours: CertificateContent) -> bool:
    """Of the same version; which version it is at all, is asked elsewhere."""
    is_same_version = (said.guarantee_contract_number, said.version) == (ours.guarantee_contract_number, ours.version)
    return is_same_version and said != ours


def with_warnings(verdict: Verdict, facts: FileFacts, records: Sequence[RecordFacts]) -> Verdict:
    """What must be said of a strange file whatever else it is."""
    if facts.has_key_notice and not facts.is_key_notice:
        verdict = replace(verdict, diagnoses=(*verdict.diagnoses, Diagnosis.KEY_INSIDE))
    return _leading_elsewhere(verdict, is_known=bool(records)) if facts.foreign_addresses else verdict


def _leading_elsewhere(verdict: Verdict, *, is_known: bool) -> Verdict:
    """Nobody issues a certificate whose address is another's: nothing good is said beside it."""
    _, in_force, authorised = verdict.findings
    diagnoses = (Diagnosis.FOREIGN_ADDRESS, *verdict.diagnoses)
    if verdict.headline is Headline.SPECIMEN:
        return replace(verdict, diagnoses=diagnoses)
    if in_force.answer is not Answer.FAIL:
        in_force = Finding(Question.IN_FORCE, Answer.UNKNOWN, "別のサイトに導くファイルのため、分かりません。")
    if not is_known:
        intact = Finding(Question.INTACT, Answer.UNKNOWN, "保証会社が発行したファイルかどうか、分かりません。")
        return Verdict(Headline.UNREGISTERED, (intact, in_force, authorised), diagnoses)
    intact = Finding(Question.INTACT, Answer.FAIL, "発行されたときのファイルにはない、別のサイトのアドレスがあります。")
    return Verdict(Headline.ALTERED, (intact, in_force, authorised), diagnoses)
