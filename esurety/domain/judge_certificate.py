"""The rules of a verdict: from what a file is and what our records say to one headline and three answers.

有効 needs all of it: the whole file's SHA-256 is that of a certificate of ours (`judge_held_file.py`), newest, in force, signed with a
key of the surety that was valid then, issued by a person with the right, entered into the public log. Everything else is one of the
other headlines; what cannot be checked is UNKNOWN.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from esurety.domain.diagnosis import Diagnosis
from esurety.domain.file_facts import Continuation, FileFacts, Reading, Recognised, RecordFacts, SignatureState, SignerTrust
from esurety.domain.judge_held_file import judge_held, specimen_of_demo
from esurety.domain.kind_of_copy import differs_from_records, kind_of_copy, paper_about_a_certificate, with_warnings
from esurety.domain.state_in_words import contradicts_itself, in_force_of_copy, worst_first
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
_ONLY_A_NUMBER = "番号だけでは、登録にあるかどうかも、いまの状態もお答えできません。D-Sure で確かめてください。"
_NOT_FROM_HERE = "このファイルからは分かりません。"
_Records = Sequence[RecordFacts]  # of the certificates that a file names, the worst first


def judge(facts: FileFacts, records: RecordFacts | Sequence[RecordFacts] | None, *, today: date, asked_number: str = "") -> Verdict:
    """The verdict on a file.

    `records` is what ours say of the certificates that it names, each in one version; `asked_number` what the holder expects.
    """
    records = [records] if isinstance(records, RecordFacts) else worst_first(records or (), today)
    if records and records[0].recognised is Recognised.FILE:
        verdict = judge_held(facts, records[0], today)
    elif facts.reading is not Reading.READ:
        verdict = with_warnings(_unreadable(facts, records, today), facts, records)
    else:
        verdict = with_warnings(_strange(facts, records, today), facts, records)
    if asked_number and asked_number not in _named_numbers(facts, records, asked_number):
        return _other(verdict)
    return verdict


# ---- a file that is none of ours as it stands ----


def _unreadable(facts: FileFacts, records: _Records, today: date) -> Verdict:
    if facts.reading is Reading.HASH_ONLY:
        return Verdict(Headline.UNREGISTERED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.ONLY_THE_HASH,))
    diagnosis = _UNREADABLE[facts.reading]
    if facts.reading is Reading.IMAGE and facts.names_a_certificate:
        return _copy((diagnosis,), facts, records, today)
    return Verdict(Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (diagnosis,))


def _strange(facts: FileFacts, records: _Records, today: date) -> Verdict:
    verdict = _by_signature(facts, records, today)
    return _with_scripts(facts, verdict) if facts.has_scripts else verdict


def _with_scripts(facts: FileFacts, verdict: Verdict) -> Verdict:
    """No certificate of ours has any: nothing good is said beside it, bad news of the guarantee stays."""
    _, in_force, authorised = verdict.findings
    diagnoses = (Diagnosis.SCRIPTS, *verdict.diagnoses)
    if in_force.answer is not Answer.FAIL:
        in_force = _unknown(Question.IN_FORCE, _NOT_FROM_HERE)
    if not facts.names_a_certificate:
        return replace(verdict, headline=Headline.UNDECIDED, diagnoses=diagnoses, would_be=None)
    intact = Finding(Question.INTACT, Answer.FAIL, "発行されたときのファイルにはない、プログラムが入っています。")
    return Verdict(Headline.ALTERED, (intact, in_force, authorised), diagnoses)


def _by_signature(facts: FileFacts, records: _Records, today: date) -> Verdict:
    if facts.signature in {SignatureState.INTACT, SignatureState.CONTINUED} and facts.signer is SignerTrust.UNKNOWN:
        return _foreign_signature(records)
    match facts.signature:
        case SignatureState.INTACT:
            return _signed_elsewhere(facts, records)
        case SignatureState.CONTINUED:
            return _altered(_continued(facts), facts, records, today)
        case SignatureState.BROKEN:
            return _altered(Diagnosis.EDITED, facts, records, today)
        case _:
            return _unsigned(facts, records, today)


def _foreign_signature(records: _Records) -> Verdict:
    diagnosis = Diagnosis.FORGED if records else Diagnosis.UNKNOWN_SIGNER
    return Verdict(
        Headline.UNREGISTERED,
        (
            _unknown(Question.INTACT, "署名した人が分からないため、署名があっても、発行時のままとは言えません。"),
            _unknown(Question.IN_FORCE, "このファイルは登録にないため、分かりません。"),
            Finding(Question.AUTHORISED, Answer.FAIL, "登録された保証会社の署名ではありません。"),
        ),
        (diagnosis,),
    )


def _signed_elsewhere(facts: FileFacts, records: _Records) -> Verdict:
    if facts.signer is SignerTrust.DEMO:
        return specimen_of_demo()
    if facts.signer is SignerTrust.NOT_VALID_THEN:
        return Verdict(Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.KEY_NOT_VALID_THEN,))
    if records:
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
            _unknown(Question.INTACT, f"{facts.signer_name}の電子署名はファイル全体と合っていますが、発行した記録がありません。"),
            _unknown(Question.IN_FORCE, "登録にないため、いまの状態は分かりません。"),
            _unknown(Question.AUTHORISED, "署名の鍵は知られたものですが、発行した記録がないため、権限は分かりません。"),
        ),
        (Diagnosis.SIGNED_BUT_UNREGISTERED,),
    )


def _continued(facts: FileFacts) -> Diagnosis:
    if facts.continuation is Continuation.BYTES:
        return Diagnosis.APPENDED_BYTES
    return Diagnosis.ANNOTATED if facts.has_annotations else Diagnosis.CHANGED_AFTER_SIGNING


def _altered(diagnosis: Diagnosis, facts: FileFacts, records: _Records, today: date) -> Verdict:
    intact = Finding(Question.INTACT, Answer.FAIL, "発行されたときのファイルではありません。")
    authorised = _unknown(Question.AUTHORISED, _NOT_FROM_HERE)
    if contradicts_itself(facts, records):
        in_force = _unknown(Question.IN_FORCE, "番号・データ・二次元コードが別々の証書を指しているため、分かりません。")
        return Verdict(Headline.ALTERED, (intact, in_force, authorised), tuple(dict.fromkeys((Diagnosis.CONTRADICTORY, diagnosis))))
    return Verdict(Headline.ALTERED, (intact, in_force_of_copy(records, today), authorised), (diagnosis,))


def _unsigned(facts: FileFacts, records: _Records, today: date) -> Verdict:
    if (paper := paper_about_a_certificate(facts)) is not None:
        return Verdict(Headline.UNDECIDED, _all_unknown("証書ではないため、確かめられません。"), (paper,))
    if not facts.names_a_certificate:
        is_scan = facts.page_count > 0 and facts.pages_without_text == facts.page_count
        return Verdict(
            Headline.UNDECIDED, _all_unknown(_NOT_FROM_HERE), (Diagnosis.UNREADABLE_SCAN if is_scan else Diagnosis.NO_CERTIFICATE,)
        )
    diagnosis = kind_of_copy(facts)
    if diagnosis is not Diagnosis.SCREEN_PRINT and differs_from_records(facts, records):
        return _forged_words(diagnosis, facts, records)
    if diagnosis is Diagnosis.SIGNATURE_STRIPPED:
        return _altered(diagnosis, facts, records, today)
    return _copy((diagnosis,), facts, records, today)


def _forged_words(diagnosis: Diagnosis, facts: FileFacts, records: _Records) -> Verdict:
    """How the guarantee stands is not told here: its good state would lend itself to other words."""
    more = (Diagnosis.CONTRADICTORY,) if contradicts_itself(facts, records) else ()
    return Verdict(
        Headline.ALTERED,
        (
            Finding(Question.INTACT, Answer.FAIL, "書かれている内容が、登録と違います。"),
            _unknown(Question.IN_FORCE, "書かれている内容が登録と違うため、このファイルについては言えません。"),
            _unknown(Question.AUTHORISED, _NOT_FROM_HERE),
        ),
        (*more, Diagnosis.WORDS_DIFFER, diagnosis),
    )


def _copy(diagnoses: tuple[Diagnosis, ...], facts: FileFacts, records: _Records, today: date) -> Verdict:
    if not records and facts.reads_like_a_certificate:
        return _unregistered(diagnoses)
    if contradicts_itself(facts, records):
        return _altered(Diagnosis.CONTRADICTORY, facts, records, today)
    more = (Diagnosis.PAPER_ORIGINAL,) if any(one.is_paper for one in records) else ()
    in_force = in_force_of_copy(records, today) if records else _unknown(Question.IN_FORCE, _ONLY_A_NUMBER)
    authorised = _unknown(Question.AUTHORISED, "写しからは、発行した人を確かめられません。")
    return Verdict(Headline.COPY, (_unknown(Question.INTACT, _COPY_REASON), in_force, authorised), (*more, *diagnoses))


def _unregistered(diagnoses: tuple[Diagnosis, ...]) -> Verdict:
    """The same whether the number was never issued or the rest does not go with it: who guesses learns nothing."""
    return Verdict(
        Headline.UNREGISTERED,
        (
            _unknown(Question.INTACT, _COPY_REASON),
            _unknown(Question.IN_FORCE, "番号と内容の合う証書が登録にないため、分かりません。"),
            Finding(Question.AUTHORISED, Answer.FAIL, "この内容の証書を発行した記録がありません。"),
        ),
        (Diagnosis.UNKNOWN_NUMBER, *diagnoses),
    )


# ---- pieces ----


def _named_numbers(facts: FileFacts, records: _Records, asked: str) -> set[str]:
    """The numbers that a file is about; a file that names none is judged as it is."""
    content = facts.content
    named = {one.number for one in records}
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
