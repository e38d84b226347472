"""A list that is looked at page by page and taken away whole: one reading of rows for both."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from esurety.domain.report_table import ReportTable, Row, TableColumn

MOST_ROWS = 50_000  # in one file: Excel takes some seconds for so many; a surety's year is fewer
PAGE_ROWS = 30  # with the longest works names a page stays under 60 kB
_BATCH = 1_000
_Record = TypeVar("_Record")


class TooManyRows(Exception):
    """More rows than one file takes; nothing is cut off unsaid."""


@dataclass(frozen=True)
class ListingPage:
    """Some rows as a table, and the key that continues them; empty at the end."""

    table: ReportTable
    next_key: str


@dataclass(frozen=True)
class Listing(Generic[_Record]):
    """How a list is read: `read` gives up to so many records behind a key ("" is the beginning), `key` is that of a record."""

    title: str
    columns: Sequence[TableColumn]
    read: Callable[[str, int], Sequence[_Record]]
    key: Callable[[_Record], str]
    row: Callable[[_Record], Row]
    total: Row | None = None
    count: int | None = None  # of all records, where it is known beforehand

    def page(self, after: str) -> ListingPage:
        """The rows of one page."""
        found = self.read(after, PAGE_ROWS + 1)
        shown = found[:PAGE_ROWS]
        table = ReportTable(self.title, self.columns, [self.row(one) for one in shown], self.total)
        return ListingPage(table, self.key(shown[-1]) if len(found) > PAGE_ROWS else "")

    def everything(self) -> ReportTable:
        """All rows, read batch by batch while they are written. Raises TooManyRows beyond MOST_ROWS, at the latest on the way."""
        if self.count is not None and self.count > MOST_ROWS:
            raise TooManyRows
        return ReportTable(self.title, self.columns, self._rows(), self.total)

    def _rows(self) -> Iterator[Row]:
        after, count = "", 0
        while True:
            found = self.read(after, _BATCH)
            count += len(found)
            if count > MOST_ROWS:
                raise TooManyRows
            yield from map(self.row, found)
            if len(found) < _BATCH:
                return
            after = self.key(found[-1])


def listing_of(title: str, columns: Sequence[TableColumn], rows: Sequence[Row], total: Row | None = None) -> Listing[tuple[int, Row]]:
    """A list of rows that are all there."""
    numbered = list(enumerate(rows, start=1))
    return Listing(
        title,
        columns,
        read=lambda after, size: numbered[whole_key(after) or 0 :][:size],
        key=lambda one: str(one[0]),
        row=lambda one: one[1],
        total=total,
    )


def whole_key(after: str) -> int | None:
    """A key that is a number; None for the beginning, and for what is no key."""
    return int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None  # noqa: PLR2004 - larger than any id of ours
