"""Contractors and authorities as a file names them: one record a row."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from esurety.domain.address_words import folded_address
from esurety.domain.authority_policy import CountsBy
from esurety.domain.search_words import folded
from esurety.domain.table_rows import Column, FileRefused, RowProblem, named_rows
from esurety.domain.typed_fields import TypedForm, named_character

CONTRACTOR_COLUMNS = (
    Column("name", "商号", also=("受注者名", "会社名", "名称")),
    Column("address", "住所", also=("所在地",)),
    Column("representative", "代表者", also=("代表者名",)),
    Column("depository", "預託金融機関", required=False),
    Column("pays_monthly", "一括納付", required=False),
)
CONTRACTOR_EXAMPLES = (
    ("ネットデスク建設株式会社", "東京都中央区八丁堀2丁目27番10号", "代表取締役 保証 太郎", "〇〇銀行 △△支店", "はい"),
    ("﨑山髙𠮷工業㈱", "千葉県長生郡長生村本郷①番地", "代表取締役 﨑山 髙𠮷", "", "いいえ"),
)
AUTHORITY_COLUMNS = (
    Column("name", "発注者名", also=("名称",)),
    Column("head", "宛名（長の職名）", also=("長の職名", "宛名")),
    Column("electronic_since", "電子保証の開始日", required=False),
    Column("counts_by", "開始日を判断する日", required=False),
)
AUTHORITY_EXAMPLES = (("長生村", "長生村長", "2024/4/1", "契約日"), ("みほん町", "みほん町長", "", ""))
_YES, _NO = {"はい", "有", "○", "〇", "1", "yes"}, {"", "いいえ", "無", "×", "0", "no"}
_COUNTS_BY = {"": CountsBy.CONTRACTED_ON, **{one.label: one for one in CountsBy}}

Unprintable = Callable[[str], tuple[str, ...]]


@dataclass(frozen=True)
class ContractorRow:
    """A contractor to be added."""

    name: str
    address: str
    representative: str
    depository: str
    pays_monthly: bool

    @property
    def identity(self) -> str:
        """The same company under the same address is the same record, however it is written."""
        return contractor_identity(self.name, self.address)


@dataclass(frozen=True)
class AuthorityRow:
    """An authority to be added, with the day from which it takes 電子保証 if it does."""

    name: str
    head: str
    electronic_since: date | None
    counts_by: CountsBy

    @property
    def identity(self) -> str:
        return folded(self.name)


def contractor_identity(name: str, address: str) -> str:
    """What tells one contractor from another: 商号 and 住所, however their characters and numbers are written."""
    return folded(name) + "\n" + folded_address(address)


def namesakes(found: Sequence[ContractorRow], known: Mapping[str, str]) -> dict[int, str]:
    """The rows whose 商号 another contractor has at another address, by their place, with that address; `known` is name key → address."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(found):
        places.setdefault(folded(one.name), []).append(place)
    marked = {}
    for name, same in places.items():
        for place in same:
            other = known.get(name) or next((found[one].address for one in same if one != place), None)
            if other is not None:
                marked[place] = other
    return marked


_Record = TypeVar("_Record", ContractorRow, AuthorityRow)


def read_contractors(rows: Sequence[Sequence[str]], *, known: AbstractSet[str], unprintable: Unprintable) -> list[ContractorRow]:
    """The contractors of a file; `known` are the identities there are already. Raises FileRefused."""
    return _read(rows, CONTRACTOR_COLUMNS, _contractor, known, unprintable)


def read_authorities(rows: Sequence[Sequence[str]], *, known: AbstractSet[str], unprintable: Unprintable) -> list[AuthorityRow]:
    """The authorities of a file; `known` are the identities there are already. Raises FileRefused."""
    return _read(rows, AUTHORITY_COLUMNS, _authority, known, unprintable)


def _read(
    rows: Sequence[Sequence[str]],
    columns: Sequence[Column],
    read_one: Callable[[TypedForm], _Record | None],
    known: AbstractSet[str],
    unprintable: Unprintable,
) -> list[_Record]:
    records: list[_Record] = []
    problems: list[RowProblem] = []
    first_rows: dict[str, int] = {}
    for row in named_rows(rows, columns):
        form = TypedForm(row.cells)
        record = read_one(form)
        _complain_of_unprintable(form, columns, unprintable)
        if record is not None and record.identity in known:
            form.complain("name", f"「{record.name}」はすでに登録されています。この行を削除してください")
        elif record is not None and record.identity in first_rows:
            form.complain("name", f"「{record.name}」は{first_rows[record.identity]}行目にもあります。どちらかを削除してください")
        problems.extend(RowProblem(row.row, message) for message in form.problems.values())
        if record is not None:
            first_rows.setdefault(record.identity, row.row)
            records.append(record)
    if problems:
        raise FileRefused(problems)
    return records


def _complain_of_unprintable(form: TypedForm, columns: Sequence[Column], unprintable: Unprintable) -> None:
    """What a certificate could not print is said while it can still be changed."""
    for column in columns:
        missing = unprintable(form.raw(column.name))
        if missing:
            names = "、".join(named_character(one) for one in missing)
            form.complain(column.name, f"{column.label}の{names}は証書に印刷できない文字です。別の文字に置き換えてください")


def _contractor(form: TypedForm) -> ContractorRow | None:
    name = form.text("name", "商号", longest=200)
    address = form.text("address", "住所", longest=300)
    representative = form.text("representative", "代表者", longest=200)
    depository = form.text("depository", "預託金融機関", longest=200, required=False)
    monthly = form.raw("pays_monthly").lower()
    if monthly not in _YES | _NO:
        form.complain("pays_monthly", "一括納付は「はい」「いいえ」のどちらかを入力してください")
    return ContractorRow(name, address, representative, depository, monthly in _YES) if name and address else None


def _authority(form: TypedForm) -> AuthorityRow | None:
    name = form.text("name", "発注者名", longest=200)
    head = form.text("head", "宛名（長の職名）", longest=200)
    since = form.day("electronic_since", "電子保証の開始日", required=False)
    counts_by = _COUNTS_BY.get(form.raw("counts_by"))
    if counts_by is None:
        form.complain("counts_by", "開始日を判断する日は「公告日」「契約日」のどちらかを入力するか、空欄にしてください")
        return None
    return AuthorityRow(name, head, since, counts_by) if name else None
