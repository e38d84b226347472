"""The rules of a verdict: from what a file is and what our records say to one headline and three answers.

有効 needs all of it: the whole file's SHA-256 is that of a certificate of ours, newest, in force, signed with a key that was valid
then, issued by a person with the right. Everything else is one of the other headlines; what cannot be checked is UNKNOWN.
"""

from dataclasses import replace
from datetime import date

from esurety.domain.application_state import GuaranteeState
from esurety.domain.certificate_content import version_text
from esurety.domain.diagnosis import Diagnosis
from esurety.domain.file_facts import Continuation, FileFacts, Reading, Recognised, RecordFacts, SignatureState, SignerTrust
from esurety.domain.japanese_calendar import era_date
from esurety.domain.verdict import Answer, Finding, Headline, Question, Verdict

_UNREADABLE = {
    Reading.EMPTY: Diagnosis.EMPTY,
    Reading.NOT_A_PDF: Diagnosis.NOT_A_PDF,
    Reading.IMAGE: Diagnosis.IMAGE,
    Reading.ENCRYPTED: Diagnosis.ENCRYPTED,
    Reading.TOO_LARGE: Diagnosis.TOO_LARGE,
    Reading.TOO_MUCH: Diagnosis.TOO_MUCH,
    Reading.BROKEN: Diagnosis.BROKEN,
}
_COPY_REASON = "写しのため、発行されたときと同じ内容かどうかは分かりません。"
_NOT_FROM_HERE = "このファイルからは分かりません。"
_SPECIMEN_REASON = "見本のため、保証の効力はありません。"


def judge(facts: FileFacts, record: RecordFacts | None, *, today: date, asked_number: str = "") -> Verdict:
    """The verdict on a file. `record` is what the records say of the certificate it names; `asked_number` what the holder expects."""
    if record is not None and record.recognised is Recognised.FILE:
        verdict = _with_specimen(_held(facts, record, today), record.content.is_specimen)
    elif facts.reading is not Reading.READ:
        verdict = _unreadable(facts, record, today)
    else:
        verdict = _strange(facts, record, today)
    if asked_number and asked_number not in _named_numbers(facts, record, asked_number):
        return _other(verdict)
    return verdict


# ---- a file of ours ----


def _held(facts: FileFacts, record: RecordFacts, today: date) -> Verdict:
    authorised = _authorised(facts, record)
    findings = (Finding(Question.INTACT, Answer.PASS, _intact_reason(facts)), _in_force(record, today), authorised)
    if record.is_paper:
        return Verdict(
            Headline.COPY, (findings[0], _unknown(Question.IN_FORCE, _state_words(record, today)), authorised), (Diagnosis.PAPER_ORIGINAL,)
        )
    if authorised.answer is not Answer.PASS:
        return Verdict(Headline.UNDECIDED, findings, (_why_not_authorised(facts),))
    state = record.state(today)
    if state is GuaranteeState.CANCELLED:
        return Verdict(Headline.CANCELLED, findings)
    if not record.is_newest:
        return Verdict(Headline.OLDER_VERSION, findings, (Diagnosis.OLDER_VERSION,))
    return Verdict(Headline.EXPIRED if state is GuaranteeState.EXPIRED else Headline.VALID, findings)


def _intact_reason(facts: FileFacts) -> str:
    reason = "ファイル全体が、発行したときに保管したものと1文字も違いません"
    return f"{reason}。電子署名も合っています。" if facts.signature is SignatureState.INTACT else f"{reason}（SHA-256 が一致）。"


def _in_force(record: RecordFacts, today: date) -> Finding:
    is_good = record.is_newest and record.state(today) is GuaranteeState.IN_FORCE
    return Finding(Question.IN_FORCE, Answer.PASS if is_good else Answer.FAIL, _state_words(record, today))


def _state_words(record: RecordFacts, today: date) -> str:
    state = record.state(today)
    if state is GuaranteeState.CANCELLED and record.cancelled_on is not None:
        return f"{era_date(record.cancelled_on)}に解約されました。保証の効力はありません。"
    newest = version_text(record.newest_version)
    if state is GuaranteeState.EXPIRED:
        return f"保証期間は{era_date(record.ends_on)}に終わりました。" + ("" if record.is_newest else f"最新の版は「{newest}」です。")
    if not record.is_newest:
        return f"この版は「{record.content.version_text}」で、最新の版は「{newest}」です。保証契約は続いていますが、この版は使えません。"
    return f"最新の版（{newest}）で、解約されていません。保証期間は{era_date(record.ends_on)}までです。"


def _authorised(facts: FileFacts, record: RecordFacts) -> Finding:
    surety = record.content.surety_name
    if not record.issuer_had_right:
        return Finding(Question.AUTHORISED, Answer.UNKNOWN, f"{surety}の発行記録はありますが、発行した担当者の権限が登録に見あたりません。")
    holds = facts.signature is SignatureState.INTACT and facts.signer in {SignerTrust.TRUSTED, SignerTrust.DEMO}
    if record.was_signed and not holds:
        return Finding(Question.AUTHORISED, Answer.UNKNOWN, f"{surety}の発行記録はありますが、電子署名の鍵を確かめられません。")
    signed = "署名の鍵は、署名したときに有効でした。" if record.was_signed else "電子署名を付ける前の形式の証書です。"
    return Finding(
        Question.AUTHORISED, Answer.PASS, f"{surety}が発行しました。発行した担当者は、この商品・金額の発行権限を持っていました。{signed}"
    )


def _why_not_authorised(facts: FileFacts) -> Diagnosis:
    if facts.signature is SignatureState.INTACT:
        by_trust = {SignerTrust.NOT_VALID_THEN: Diagnosis.KEY_NOT_VALID_THEN, SignerTrust.UNKNOWN: Diagnosis.UNKNOWN_SIGNER}
        return by_trust.get(facts.signer, Diagnosis.NO_RIGHT)
    return Diagnosis.NO_RIGHT


def _with_specimen(verdict: Verdict, is_specimen: bool) -> Verdict:
    if not is_specimen:
        return verdict
    intact, in_force, _ = verdict.findings
    findings = (
        intact,
        Finding(Question.IN_FORCE, Answer.FAIL, f"{_SPECIMEN_REASON}（見本としては：{in_force.reason}）"),
        Finding(Question.AUTHORISED, Answer.FAIL, "見本用の鍵による署名です。実在の保証会社の発行ではありません。"),
    )
    return replace(verdict, headline=Headline.SPECIMEN, findings=findings, would_be=verdict.headline)


# ---- a file that is none of ours as it stands ----


def _unreadable(facts: FileFacts, record: RecordFacts | None, today: date) -> Verdict:
    if facts.reading is Reading.HASH_ONLY:
        return Verdict(Headline.UNREGISTERED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.ONLY_THE_HASH,))
    diagnosis = _UNREADABLE[facts.reading]
    if facts.reading is Reading.IMAGE and facts.names_a_certificate:
        return _copy((diagnosis,), record, today)
    return Verdict(Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (diagnosis,))


def _strange(facts: FileFacts, record: RecordFacts | None, today: date) -> Verdict:
    verdict = _by_signature(facts, record, today)
    if not facts.has_scripts:
        return verdict
    headline = Headline.ALTERED if facts.names_a_certificate else Headline.UNDECIDED
    return replace(verdict, headline=headline, diagnoses=(Diagnosis.SCRIPTS, *verdict.diagnoses), would_be=None)


def _by_signature(facts: FileFacts, record: RecordFacts | None, today: date) -> Verdict:
    if facts.signature in {SignatureState.INTACT, SignatureState.CONTINUED} and facts.signer is SignerTrust.UNKNOWN:
        return _foreign_signature(record)
    match facts.signature:
        case SignatureState.INTACT:
            return _signed_elsewhere(facts, record)
        case SignatureState.CONTINUED:
            return _altered(_continued(facts), record, today)
        case SignatureState.BROKEN:
            return _altered(Diagnosis.EDITED, record, today)
        case _:
            return _unsigned(facts, record, today)


def _foreign_signature(record: RecordFacts | None) -> Verdict:
    diagnosis = Diagnosis.UNKNOWN_SIGNER if record is None else Diagnosis.FORGED
    return Verdict(
        Headline.UNREGISTERED,
        (
            _unknown(Question.INTACT, "署名した人が分からないため、署名があっても、発行時のままとは言えません。"),
            _unknown(Question.IN_FORCE, "このファイルは登録にないため、分かりません。"),
            Finding(Question.AUTHORISED, Answer.FAIL, "登録された保証会社の署名ではありません。"),
        ),
        (diagnosis,),
    )


def _signed_elsewhere(facts: FileFacts, record: RecordFacts | None) -> Verdict:
    if facts.signer is SignerTrust.DEMO:
        return _demo_elsewhere()
    if facts.signer is SignerTrust.NOT_VALID_THEN:
        return Verdict(Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.KEY_NOT_VALID_THEN,))
    if record is not None:
        return Verdict(
            Headline.ALTERED,
            (
                Finding(Question.INTACT, Answer.FAIL, "発行したときに保管したファイルと一致しません。"),
                _unknown(Question.IN_FORCE, "保管したファイルと違うため、このファイルについては言えません。"),
                _unknown(Question.AUTHORISED, "署名の鍵は知られたものですが、このファイルを発行した記録がありません。"),
            ),
            (Diagnosis.NOT_THE_STORED_FILE,),
        )
    return Verdict(
        Headline.UNREGISTERED,
        (
            Finding(Question.INTACT, Answer.PASS, f"{facts.signer_name}の電子署名が、ファイル全体と合っています。"),
            _unknown(Question.IN_FORCE, "登録にないため、いまの状態は分かりません。"),
            _unknown(Question.AUTHORISED, "署名の鍵は知られたものですが、発行した記録がないため、権限は分かりません。"),
        ),
        (Diagnosis.SIGNED_BUT_UNREGISTERED,),
    )


def _demo_elsewhere() -> Verdict:
    return Verdict(
        Headline.SPECIMEN,
        (
            _unknown(Question.INTACT, "見本用の署名のため、意味がありません。"),
            Finding(Question.IN_FORCE, Answer.FAIL, _SPECIMEN_REASON),
            Finding(Question.AUTHORISED, Answer.FAIL, "見本用の鍵による署名です。実在の保証会社の発行ではありません。"),
        ),
        (Diagnosis.DEMO_KEY,),
    )


def _continued(facts: FileFacts) -> Diagnosis:
    if facts.continuation is Continuation.BYTES:
        return Diagnosis.APPENDED_BYTES
    return Diagnosis.ANNOTATED if facts.has_annotations else Diagnosis.CHANGED_AFTER_SIGNING


def _altered(diagnosis: Diagnosis, record: RecordFacts | None, today: date) -> Verdict:
    intact = Finding(Question.INTACT, Answer.FAIL, "発行されたときのファイルではありません。")
    return Verdict(
        Headline.ALTERED, (intact, _in_force_of_copy(record, today), _unknown(Question.AUTHORISED, _NOT_FROM_HERE)), (diagnosis,)
    )


def _unsigned(facts: FileFacts, record: RecordFacts | None, today: date) -> Verdict:
    if facts.is_key_notice:
        return Verdict(Headline.UNDECIDED, _all_unknown("証書ではないため、確かめられません。"), (Diagnosis.KEY_NOTICE,))
    if not facts.names_a_certificate:
        is_scan = facts.page_count > 0 and facts.pages_without_text == facts.page_count
        return Verdict(
            Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.UNREADABLE_SCAN if is_scan else Diagnosis.NO_CERTIFICATE,)
        )
    diagnosis = _kind_of_copy(facts)
    if diagnosis is Diagnosis.SIGNATURE_STRIPPED:
        return _altered(diagnosis, record, today)
    return _copy((diagnosis,), record, today)


def _kind_of_copy(facts: FileFacts) -> Diagnosis:
    if facts.is_screen_print:
        return Diagnosis.SCREEN_PRINT
    if facts.page_count > facts.pages_naming_a_certificate > 0:
        return Diagnosis.MERGED
    if facts.pages_without_text == facts.page_count:
        return Diagnosis.PRINTED_AND_SCANNED
    if facts.has_annotations:
        return Diagnosis.ANNOTATED
    if facts.signature is SignatureState.MISPLACED:
        return Diagnosis.RE_SAVED
    return Diagnosis.SIGNATURE_STRIPPED if facts.data else Diagnosis.PRINTED_TO_PDF


def _copy(diagnoses: tuple[Diagnosis, ...], record: RecordFacts | None, today: date) -> Verdict:
    if record is None:
        return Verdict(
            Headline.UNREGISTERED,
            (
                _unknown(Question.INTACT, _COPY_REASON),
                _unknown(Question.IN_FORCE, "書かれている保証契約番号の証書は、登録にありません。"),
                Finding(Question.AUTHORISED, Answer.FAIL, "この証書を発行した記録がありません。"),
            ),
            (Diagnosis.UNKNOWN_NUMBER, *diagnoses),
        )
    more = (Diagnosis.PAPER_ORIGINAL,) if record.is_paper else ()
    authorised = _unknown(Question.AUTHORISED, "写しからは、発行した人を確かめられません。")
    return Verdict(
        Headline.COPY, (_unknown(Question.INTACT, _COPY_REASON), _in_force_of_copy(record, today), authorised), (*more, *diagnoses)
    )


def _in_force_of_copy(record: RecordFacts | None, today: date) -> Finding:
    """Never はい: a good state of the record says nothing of a file that is not the one issued; a bad one is worth knowing."""
    if record is None:
        return _unknown(Question.IN_FORCE, "登録に合う証書がないため、分かりません。")
    if not record.may_show_state:
        return _unknown(Question.IN_FORCE, "番号だけでは、いまの状態をお答えできません。D-Sure で確かめてください。")
    state = _state_words(record, today)
    if record.state(today) is GuaranteeState.IN_FORCE and record.is_newest:
        return _unknown(Question.IN_FORCE, f"登録にあるこの番号の証書は、{state}ただし、お手元のものが同じ内容かどうかは分かりません。")
    return Finding(Question.IN_FORCE, Answer.FAIL, f"登録では、{state}")


# ---- pieces ----


def _named_numbers(facts: FileFacts, record: RecordFacts | None, asked: str) -> set[str]:
    """The numbers that a file is about; a file that names none is judged as it is."""
    content = facts.content
    named = {record.number} if record is not None else set()
    named |= {content.guarantee_contract_number} if content is not None else set(facts.numbers)
    return named or {asked}


def _other(verdict: Verdict) -> Verdict:
    intact, _, authorised = verdict.findings
    in_force = _unknown(Question.IN_FORCE, "入力された番号の保証については、このファイルからは分かりません。")
    return Verdict(Headline.OTHER, (intact, in_force, authorised), (Diagnosis.OTHER_CERTIFICATE, *verdict.diagnoses))


def _unknown(question: Question, reason: str) -> Finding:
    return Finding(question, Answer.UNKNOWN, reason)


def _all_unknown(reason: str) -> tuple[Finding, Finding, Finding]:
    return _unknown(Question.INTACT, reason), _unknown(Question.IN_FORCE, reason), _unknown(Question.AUTHORISED, reason)
