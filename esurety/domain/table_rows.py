"""Rows of a table that somebody made in a spreadsheet: named columns, and problems that say which row and why."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_ROWS = 2_000


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in a row. `row` counts from 1, the row of the column names, as a spreadsheet does; 0 is the whole file."""

    row: int
    message: str

    @property
    def text(self) -> str:
        return f"{self.row}行目：{self.message}" if self.row else self.message


class FileRefused(Exception):
    """Rows of the file cannot be used, so none is; `problems` says which and why."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Column:
    """A column of a file: its name in the code, the Japanese name that the template prints, whether it must be there."""

    name: str
    label: str
    required: bool = True
    also: tuple[str, ...] = ()  # other headings that are understood


@dataclass(frozen=True)
class NamedRow:
    """One row by its column names."""

    row: int
    cells: Mapping[str, str]


def named_rows(rows: Sequence[Sequence[str]], columns: Sequence[Column]) -> list[NamedRow]:
    """The rows under their columns, blank ones left out. Raises FileRefused when the headings or the number of rows do not fit."""
    heading = rows[0] if rows else []
    if not any(cell.strip() for cell in heading):
        raise FileRefused([RowProblem(1, "1行目に見出しがありません。ひな形の見出しを1行目に置いてください")])
    if len(rows) - 1 > MOST_ROWS:
        raise FileRefused([RowProblem(0, f"行が多すぎます。見出しを除いて{MOST_ROWS:,}行以内に分けてください")])
    places = _places(heading, columns)
    named = (
        NamedRow(number, {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()})
        for number, cells in enumerate(rows[1:], start=2)
    )
    found = [one for one in named if any(one.cells.values())]
    if not found:
        raise FileRefused([RowProblem(0, "見出しの下に行がありません。2行目から入力してください")])
    return found


def _places(heading: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    """Where each column stands. Raises FileRefused for missing, unknown and repeated headings."""
    known = {_plain(word): column.name for column in columns for word in (column.name, column.label, *column.also)}
    places: dict[str, int] = {}
    problems = []
    for place, cell in enumerate(heading):
        name = known.get(_plain(cell))
        if name is None and cell.strip():
            problems.append(RowProblem(1, f"見出し「{cell.strip()[:40]}」は使えません。ひな形の見出しに直すか、その列を削除してください"))
        elif name is not None and name in places:
            problems.append(RowProblem(1, f"見出し「{cell.strip()}」が2つあります。1つにしてください"))
        elif name is not None:
            places[name] = place
    missing = [column.label for column in columns if column.required and column.name not in places]
    if missing:
        problems.append(RowProblem(1, f"見出し{'、'.join(f'「{label}」' for label in missing)}の列がありません。列を加えてください"))
    if problems:
        raise FileRefused(problems)
    return places


def _plain(heading: str) -> str:
    return re.sub(r"[\s（）()%％]", "", unicodedata.normalize("NFKC", heading)).lower()


def template_rows(columns: Sequence[Column], examples: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """The rows of a file to begin with."""
    yield [column.label for column in columns]
    yield from examples
