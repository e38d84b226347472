"""The measures that every document shares with `templates/pdf/paper.html`: one sheet of A4, widths and type sizes in points."""

from collections.abc import Iterable
from dataclasses import dataclass

from esurety.documents.japanese_lines import lines_of

_MILLIMETRE = 72 / 25.4
# A little less than the templates' own widths (170, 85, 100 mm; a table's cell 128 mm less its padding), so that no line is cut.
FULL_WIDTH = 169 * _MILLIMETRE
HALF_WIDTH = 83 * _MILLIMETRE
ISSUER_WIDTH = 98 * _MILLIMETRE
FACT_WIDTH = 124 * _MILLIMETRE
NAME_SIZE = 14
NOTE_SIZE = 9


@dataclass(frozen=True)
class TypeSize:
    """How tightly a page is set, in points."""

    size: float
    chief_size: float  # of the amount that the document is about
    padding: float  # below the text of a cell
    gap: float  # between the parts of the page

    @property
    def padding_above(self) -> float:
        """A little more than below, because a line of Japanese is drawn high in its line box."""
        return self.padding + 2


# A page is set as large as one sheet allows: only one with very long names goes down this ladder, openly and as a whole.
TYPE_SIZES = (
    TypeSize(10.5, 15, 4.6, 18),
    TypeSize(10.5, 14, 2.2, 10),
    TypeSize(9.5, 12, 1.2, 7),
    TypeSize(8.5, 11, 0.8, 5),
    TypeSize(7.5, 9, 0.6, 3),
)


@dataclass(frozen=True)
class Row:
    """One row of a ruled table; `kind` is the class of its text in the style sheet."""

    label: str
    lines: tuple[str, ...]
    kind: str = "plain"


def row_of(label: str, text: str, size: float, kind: str = "plain") -> Row:
    """A row whose text is broken to the width of the table; an empty text is shown as ―."""
    return Row(label, lines_of(text or "―", width=FACT_WIDTH, size=size), kind)


def lines_of_all(texts: Iterable[str], *, width: float, size: float) -> tuple[str, ...]:
    """The lines of several texts one below the other; empty ones are left out."""
    return tuple(line for text in texts if text for line in lines_of(text, width=width, size=size))


def branch_text(branch_name: str, branch_phone: str, branch_hours: str) -> str:
    """Whom to ask, in three lines."""
    return f"取扱支店　{branch_name}\n電話　{branch_phone}\n受付　{branch_hours}"
