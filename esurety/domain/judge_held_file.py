"""The verdict where the SHA-256 is that of a certificate of ours: on the file itself, or on the bare value that somebody typed.

有効 needs more than our records, which somebody might have altered: the public log has entered this very file under this number and
version and nothing later, the data under the surety's signature are those of the record, and the key is one of the surety's own.
"""

from dataclasses import replace
from datetime import date

from esurety.domain.application_state import GuaranteeState
from esurety.domain.diagnosis import Diagnosis
from esurety.domain.file_facts import FileFacts, Reading, RecordFacts, SignatureState, SignerTrust
from esurety.domain.state_in_words import in_force_of_copy, is_good, state_words
from esurety.domain.verdict import Answer, Finding, Headline, Question, Verdict

_SPECIMEN_REASON = "見本のため、保証の効力はありません。"
_DEMO_KEY_REASON = "見本用の鍵による署名です。実在の保証会社の発行ではありません。"
_DISAGREEMENT = "登録の内容が、公開記録か証書の署名されたデータと合わないため、言えません。"


def judge_held(facts: FileFacts, record: RecordFacts, today: date) -> Verdict:
    """The verdict on what our records know by its hash. A demonstration's key makes 見本 of anything, whatever the records say."""
    is_demo, is_specimen = facts.signer is SignerTrust.DEMO, record.content.is_specimen
    if facts.reading is Reading.HASH_ONLY:
        verdict = _only_the_hash(record, today)
    else:
        # What a specimen would be were it real: its key is then taken for a real one.
        verdict = _held(replace(facts, signer=SignerTrust.TRUSTED) if is_demo and is_specimen else facts, record, today)
    if is_specimen:
        return _specimen(verdict, is_demo=is_demo)
    return replace(_specimen(verdict, is_demo=True), diagnoses=(Diagnosis.DEMO_KEY,), would_be=None) if is_demo else verdict


def specimen_of_demo() -> Verdict:
    """A file under a demonstration's key that we do not hold."""
    findings = (
        Finding(Question.INTACT, Answer.UNKNOWN, "見本用の署名のため、意味がありません。"),
        Finding(Question.IN_FORCE, Answer.FAIL, _SPECIMEN_REASON),
        Finding(Question.AUTHORISED, Answer.FAIL, _DEMO_KEY_REASON),
    )
    return Verdict(Headline.SPECIMEN, findings, (Diagnosis.DEMO_KEY,))


def _held(facts: FileFacts, record: RecordFacts, today: date) -> Verdict:
    if not record.is_confirmed:
        return _disagreement()
    authorised = _authorised(facts, record)
    findings = (Finding(Question.INTACT, Answer.PASS, _intact_reason(facts)), _in_force(record, today), authorised)
    if record.is_paper:
        state = Finding(Question.IN_FORCE, Answer.UNKNOWN, state_words(record, today))
        return Verdict(Headline.COPY, (findings[0], state, authorised), (Diagnosis.PAPER_ORIGINAL,))
    if authorised.answer is not Answer.PASS:
        return Verdict(Headline.UNDECIDED, findings, (_why_not_authorised(facts, record),))
    state_now = record.state(today)
    if state_now is GuaranteeState.CANCELLED:
        return Verdict(Headline.CANCELLED, findings)
    if not record.is_newest:
        return Verdict(Headline.OLDER_VERSION, findings, (Diagnosis.OLDER_VERSION,))
    return Verdict(Headline.EXPIRED if state_now is GuaranteeState.EXPIRED else Headline.VALID, findings)


def _disagreement() -> Verdict:
    intact, in_force, authorised = (Finding(question, Answer.UNKNOWN, _DISAGREEMENT) for question in Question)
    return Verdict(Headline.UNDECIDED, (intact, in_force, authorised), (Diagnosis.RECORDS_DISAGREE,))


def _only_the_hash(record: RecordFacts, today: date) -> Verdict:
    """Nobody has looked at a file: whoever typed the value may have copied it from a sheet of paper."""
    if not record.is_confirmed:
        return _disagreement()
    intact = Finding(Question.INTACT, Answer.UNKNOWN, "ファイルは調べていません。お手元のファイルから計算した値か確かめてください。")
    authorised = Finding(Question.AUTHORISED, Answer.UNKNOWN, "ファイルは調べていないため、電子署名を確かめていません。")
    return Verdict(Headline.ON_RECORD, (intact, in_force_of_copy([record], today), authorised))


def _intact_reason(facts: FileFacts) -> str:
    reason = "ファイル全体が、発行したときに保管したものと1文字も違いません"
    return f"{reason}。電子署名も合っています。" if facts.signature is SignatureState.INTACT else f"{reason}（SHA-256 が一致）。"


def _in_force(record: RecordFacts, today: date) -> Finding:
    return Finding(Question.IN_FORCE, Answer.PASS if is_good(record, today) else Answer.FAIL, state_words(record, today))


def _authorised(facts: FileFacts, record: RecordFacts) -> Finding:
    surety = record.content.surety_name
    if not record.issuer_had_right:
        return Finding(Question.AUTHORISED, Answer.UNKNOWN, f"{surety}の発行記録はありますが、発行した担当者の権限が登録に見あたりません。")
    is_signed = facts.signature is SignatureState.INTACT and facts.signer is SignerTrust.TRUSTED
    if not is_signed and not record.is_paper:
        return Finding(Question.AUTHORISED, Answer.UNKNOWN, f"{surety}の発行記録はありますが、電子署名の鍵を確かめられません。")
    signed = "署名の鍵は、署名したときに有効でした。" if is_signed else ""
    return Finding(
        Question.AUTHORISED, Answer.PASS, f"{surety}が発行しました。発行した担当者は、この商品・金額の発行権限を持っていました。{signed}"
    )


def _why_not_authorised(facts: FileFacts, record: RecordFacts) -> Diagnosis:
    if facts.signature is SignatureState.NONE and record.issuer_had_right:
        return Diagnosis.FROM_BEFORE_SIGNATURES
    if facts.signature is SignatureState.INTACT:
        by_trust = {SignerTrust.NOT_VALID_THEN: Diagnosis.KEY_NOT_VALID_THEN, SignerTrust.UNKNOWN: Diagnosis.UNKNOWN_SIGNER}
        return by_trust.get(facts.signer, Diagnosis.NO_RIGHT)
    return Diagnosis.NO_RIGHT


def _specimen(verdict: Verdict, *, is_demo: bool) -> Verdict:
    intact, in_force, _ = verdict.findings
    findings = (
        intact,
        Finding(Question.IN_FORCE, Answer.FAIL, f"{_SPECIMEN_REASON}（見本としては：{in_force.reason}）"),
        Finding(
            Question.AUTHORISED,
            Answer.FAIL,
            _DEMO_KEY_REASON if is_demo else "見本として作られたものです。実在の保証会社の発行ではありません。",
        ),
    )
    return replace(verdict, headline=Headline.SPECIMEN, findings=findings, would_be=verdict.headline)
