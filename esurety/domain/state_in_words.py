"""How the guarantee behind a certificate stands, in words: of the certificate in hand, and of those that a copy names."""

from collections.abc import Sequence
from datetime import date

from esurety.domain.application_state import GuaranteeState
from esurety.domain.certificate_content import version_text
from esurety.domain.file_facts import FileFacts, RecordFacts
from esurety.domain.japanese_calendar import era_date
from esurety.domain.verdict import Answer, Finding, Question

_MOST_LINES = 4  # more do not fit on the sheet; the worst stand first
_ONLY_THE_WORDS = "番号と内容だけでは、いまの状態をお答えできません。D-Sure で確かめてください。"


def state_words(record: RecordFacts, today: date) -> str:
    """One version's state as the records have it."""
    state = record.state(today)
    if state is GuaranteeState.CANCELLED and record.cancelled_on is not None:
        return f"{era_date(record.cancelled_on)}に解約されました。保証の効力はありません。"
    newest = version_text(record.newest_version)
    if state is GuaranteeState.EXPIRED:
        return f"保証期間は{era_date(record.ends_on)}に終わりました。" + ("" if record.is_newest else f"最新の版は「{newest}」です。")
    if not record.is_newest:
        return f"この版は「{record.content.version_text}」で、最新の版は「{newest}」です。保証契約は続いていますが、この版は使えません。"
    return f"最新の版（{newest}）で、解約されていません。保証期間は{era_date(record.ends_on)}までです。"


def is_good(record: RecordFacts, today: date) -> bool:
    return record.is_newest and record.state(today) is GuaranteeState.IN_FORCE


def worst_first(records: Sequence[RecordFacts], today: date) -> list[RecordFacts]:
    """What decides stands in front: bad news, then what may not be told, then what is in order."""
    return sorted(records, key=lambda one: 1 if not one.may_show_state else 2 if is_good(one, today) else 0)


def in_force_of_copy(records: Sequence[RecordFacts], today: date) -> Finding:
    """Never はい: a good state of the record says nothing of a file that is not the one issued; a bad one is worth knowing."""
    if not records:
        return Finding(Question.IN_FORCE, Answer.UNKNOWN, "番号と内容の合う証書が登録にないため、分かりません。")
    is_bad = any(one.may_show_state and not is_good(one, today) for one in records)
    lines = [_line(one, today) for one in records[:_MOST_LINES]]
    if len(records) > _MOST_LINES:
        lines.append(f"ほかに{len(records) - _MOST_LINES}件の証書があります。1件ずつのファイルで確かめてください。")
    if not is_bad and records[0].may_show_state:
        lines.append("ただし、お手元のものが同じ内容かどうかは分かりません。")
    return Finding(Question.IN_FORCE, Answer.FAIL if is_bad else Answer.UNKNOWN, "".join(lines))


def _line(record: RecordFacts, today: date) -> str:
    if not record.may_show_state:
        return f"保証契約番号 {record.number} は、{_ONLY_THE_WORDS}"
    return f"登録では、保証契約番号 {record.number}（{record.content.version_text}）は、{state_words(record, today)}"


def contradicts_itself(facts: FileFacts, records: Sequence[RecordFacts]) -> bool:
    """Whether data, addresses and page name different certificates: parts of a genuine one put on another.

    A bundle names several too, but each of them with everything. A page that is a picture shows its address and not its number.
    """
    content, shown = facts.content, set(facts.numbers)
    addressed = {(one.number, one.content.version) for one in records if one.content.status_id in facts.status_ids}
    if content is not None:
        if shown and content.guarantee_contract_number not in shown:
            return True
        if addressed and (content.guarantee_contract_number, content.version) not in addressed:
            return True
    return bool(shown) and facts.pages_without_text == 0 and any(number not in shown for number, _ in addressed)
