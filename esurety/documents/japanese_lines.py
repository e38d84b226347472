"""Breaking Japanese text into lines that fit a width: numbers and words stay whole, 。 never begins a line and （ never ends one."""

import re
from collections.abc import Iterator

from esurety.documents.japanese_fonts import BOLD, REGULAR, face_named
from esurety.documents.printable_characters import visible_text

# The rules of JIS X 4051 (行頭禁則・行末禁則), and the counters that follow a number.
_BEGINS_NO_LINE = frozenset(
    "、。，．,.・：；:;？！?!゛゜ヽヾゝゞ々〻ー’”）〕］｝〉》」』】〙〗〟)]}»°′″℃％%‰～〜―…‥-‐–"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ円年月日 \u3000"
)
_ENDS_NO_LINE = frozenset("‘“（〔［｛〈《「『【〘〖〝([{«￥¥＄$")
_COMBINING = "[\u0300-\u036f\u302a-\u302d\u3099\u309a]*"
_PIECE = re.compile(rf"[0-9０-９]+(?:[,，.．:：/-][0-9０-９]+)*|[A-Za-zＡ-Ｚａ-ｚÀ-ɏ]+(?:[-'&][A-Za-z]+)*|.{_COMBINING}", re.DOTALL)


def lines_of(text: str, *, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """The lines that `text` takes at a type size in a column, both in points; one empty line for an empty text."""
    face = face_named(BOLD if bold else REGULAR)

    def width_of(part: str) -> float:
        return float(face.stringWidth(part.rstrip(" \u3000"), size))

    lines = []
    for paragraph in visible_text(text).split("\n"):
        line = ""
        for unbroken in _unbroken_parts(paragraph):
            # What is wider than a whole line, such as a long address of a web page, breaks anywhere.
            for part in [unbroken] if width_of(unbroken) <= width else unbroken:
                if line and width_of(line + part) > width:
                    lines.append(line.rstrip())
                    line = ""
                line += part
        lines.append(line.rstrip())
    return tuple(lines)


def _unbroken_parts(paragraph: str) -> Iterator[str]:
    """The stretches between which a line may be broken."""
    stretch = ""
    for piece in _PIECE.findall(paragraph):
        if stretch and piece[0] not in _BEGINS_NO_LINE and stretch[-1] not in _ENDS_NO_LINE:
            yield stretch
            stretch = ""
        stretch += piece
    if stretch:
        yield stretch
