"""確認結果票: the outcome of a check on one sheet of A4, with room for the name of who checked."""

from esurety.documents.html_to_pdf import pdf_on_one_sheet
from esurety.documents.japanese_lines import lines_of
from esurety.documents.page_template import filled
from esurety.documents.paper_layout import FULL_WIDTH, NOTE_SIZE, TYPE_SIZES, Row, TypeSize, lines_of_all, row_of
from esurety.documents.printable_characters import missing_characters
from esurety.domain.japanese_calendar import era_time, japanese_day
from esurety.domain.verdict_slip import VerdictSlip

_HEADLINE_SIZE = 22
# A whole certificate's chief fields need a little less than the second step of the ladder.
_SIZES = (*TYPE_SIZES[:2], TypeSize(10, 13, 1.8, 9), *TYPE_SIZES[2:])
_ANSWER_WIDTH = 330  # points: the cell of 120 mm less its padding
_NOTES = (
    "※　この票は、確認した時点の結果の記録です。証書の代わりにはなりません。変更や解約は、あとから起こることがあります。",
    "※　SHA-256 は、調べたファイルを見分ける値です。同じファイルを次のアドレスでもう一度確かめると、そのときの結果が分かります。",
)


def render_verdict_slip(slip: VerdictSlip) -> bytes:
    """The sheet as PDF, the same bytes for the same outcome. Raises DocumentNotMade."""
    pages = (filled("verdict_slip.html", **_facts(slip, type_size)) for type_size in _SIZES)
    return pdf_on_one_sheet(pages, made_on=japanese_day(slip.checked_at))


def _facts(slip: VerdictSlip, type_size: TypeSize) -> dict[str, object]:
    size = type_size.size
    checked_at = era_time(slip.checked_at)
    return {
        "title": "確認結果票",
        "number": "",
        "surety_name": slip.surety_name,
        "specimen": "見本　この票は説明のために作成したものです　見本" if slip.is_specimen else "",
        "foot": f"確認した日時　{checked_at}",
        "type": type_size,
        "checked_at": checked_at,
        "headline": lines_of(slip.headline, width=FULL_WIDTH - 20, size=_HEADLINE_SIZE, bold=True),
        "meaning": lines_of(slip.meaning, width=FULL_WIDTH - 20, size=size),
        "answers": [_answer(one.question, one.answer, one.reason, size) for one in slip.answers],
        "noticed": lines_of_all((f"・{title}。{text}" for title, text in slip.noticed), width=FULL_WIDTH, size=size),
        "what_to_do": lines_of_all((f"{at}. {text}" for at, text in enumerate(slip.what_to_do, 1)), width=FULL_WIDTH, size=size),
        "rows": [row_of(term, _printable(value), size) for term, value in slip.certificate],
        "file_rows": [
            row_of("調べたファイル", _printable(slip.file_name), size),
            row_of("SHA-256", f"{slip.sha256[:32]}\n{slip.sha256[32:]}", size),
            Row("確認した人\n（記入欄）", ("　",), "plain"),
        ],
        "notes": lines_of_all((*_NOTES, slip.verify_address), width=FULL_WIDTH, size=NOTE_SIZE),
    }


def _answer(question: str, answer: str, reason: str, size: float) -> dict[str, object]:
    return {
        "question": lines_of(question, width=62, size=size),
        "answer": lines_of(answer, width=62, size=size, bold=True),
        "reason": lines_of(reason, width=_ANSWER_WIDTH, size=size),
    }


def _printable(text: str) -> str:
    """A file's name may hold anything; what the font lacks is shown as 〓, the mark of printers for a missing type."""
    lacking = missing_characters(text)
    return "".join("〓" if character in lacking else character for character in text)
