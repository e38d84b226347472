"""Taking in contractors or authorities from a file: all of its rows or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from esurety.documents.printable_characters import missing_characters
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.policy_form import ReadPolicy
from esurety.domain.record_file import (
    AUTHORITY_COLUMNS,
    AUTHORITY_EXAMPLES,
    CONTRACTOR_COLUMNS,
    CONTRACTOR_EXAMPLES,
    AuthorityRow,
    ContractorRow,
    contractor_identity,
    namesakes,
    read_authorities,
    read_contractors,
)
from esurety.domain.search_words import folded
from esurety.domain.table_rows import template_rows
from esurety.persistence import events, rules
from esurety.persistence.database import writing
from esurety.persistence.models import Authority, Company
from esurety.services.lay_down_policy import policy_row
from esurety.services.rule_keeping import refuse_unless_operator
from esurety.services.sign_in import SignedIn

_Rows = Sequence[Sequence[str]]


class ImportKind(StrEnum):
    """What a file names."""

    CONTRACTORS = "contractors"
    AUTHORITIES = "authorities"

    @property
    def label(self) -> str:
        return "受注者" if self is ImportKind.CONTRACTORS else "発注者"


@dataclass(frozen=True)
class TriedImport:
    """What an import would add, as a table."""

    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    doubtful: int = 0  # of the rows, which come first: those that somebody should look at


def template_of(kind: ImportKind) -> list[Sequence[str]]:
    """The file to begin with."""
    if kind is ImportKind.CONTRACTORS:
        return list(template_rows(CONTRACTOR_COLUMNS, CONTRACTOR_EXAMPLES))
    return list(template_rows(AUTHORITY_COLUMNS, AUTHORITY_EXAMPLES))


def import_subject(kind: ImportKind, account: SignedIn) -> str:
    """How events name imports: contractors belong to a surety, authorities to all."""
    return f"import:{kind.value}:{account.surety_id or 0}" if kind is ImportKind.CONTRACTORS else f"import:{kind.value}"


def try_import(*, account: SignedIn, kind: ImportKind, rows: _Rows, today: date) -> TriedImport:
    """What importing the rows would add; nothing is changed. Raises NotAnOperator or FileRefused."""
    refuse_unless_operator(account)
    if kind is ImportKind.CONTRACTORS:
        return _tried_contractors(account, rows)
    return TriedImport(
        ("発注者名", "宛名", "電子保証の開始日"), [(one.name, one.head, _since_text(one)) for one in _authorities(rows, today)]
    )


def _tried_contractors(account: SignedIn, rows: _Rows) -> TriedImport:
    """The contractors; whoever shares the 商号 with another at another address comes first and is to be looked at."""
    found = _contractors(account, rows)
    marked = namesakes(found, {folded(name): address for name, address in rules.contractors_of(account.surety_id or 0)})
    order = sorted(range(len(found)), key=lambda place: place not in marked)
    return TriedImport(
        ("商号", "住所", "代表者", "預託金融機関", "一括納付", "確認"),
        [(*_cells(found[place]), f"要確認：同じ商号で別の住所（{marked[place]}）" if place in marked else "") for place in order],
        len(marked),
    )


def _cells(one: ContractorRow) -> tuple[str, ...]:
    return one.name, one.address, one.representative, one.depository, "はい" if one.pays_monthly else "いいえ"


def import_records(*, account: SignedIn, kind: ImportKind, rows: _Rows, token: str, at: datetime, file_name: str = "") -> int:
    """Add the records of a file, once per page; returns how many. The event keeps the file's name and the names taken in.

    Raises NotAnOperator or FileRefused, and then nothing is changed.
    """
    refuse_unless_operator(account)
    act = f"import:{kind.value}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return 0
        rules.lock_surety(account.surety_id or 0)
        names = _add_contractors(account, rows) if kind is ImportKind.CONTRACTORS else _add_authorities(account, rows, at)
        events.keep_answer(account.account_id, token, act, at)
        events.record_event(
            at=at,
            kind="ContractorsImported" if kind is ImportKind.CONTRACTORS else "AuthoritiesImported",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            subject=import_subject(kind, account),
            note="\n".join((f"{len(names):,}件{f'　ファイル：{file_name}' if file_name else ''}", *names)),
        )
        return len(names)


def _contractors(account: SignedIn, rows: _Rows) -> list[ContractorRow]:
    known = frozenset(contractor_identity(name, address) for name, address in rules.contractors_of(account.surety_id or 0))
    return read_contractors(rows, known=known, unprintable=missing_characters)


def _authorities(rows: _Rows, today: date) -> list[AuthorityRow]:
    return read_authorities(rows, known=rules.folded_authority_names(today), unprintable=missing_characters)


def _add_contractors(account: SignedIn, rows: _Rows) -> list[str]:
    found = _contractors(account, rows)
    rules.add_all(
        [
            Company(
                surety_id=account.surety_id,
                name=one.name,
                folded_name=folded(one.name),
                address=one.address,
                representative=one.representative,
                depository=one.depository,
                pays_monthly=one.pays_monthly,
            )
            for one in found
        ]
    )
    return [one.name for one in found]


def _add_authorities(account: SignedIn, rows: _Rows, at: datetime) -> list[str]:
    """The authorities, and for those that take 電子保証 a first policy with the national defaults, from today on."""
    today = japanese_day(at)
    found = _authorities(rows, today)
    records = [Authority(name=one.name, folded_name=folded(one.name), head=one.head) for one in found]
    rules.add_all(records)
    rules.add_all(
        [
            policy_row(
                record.id,
                ReadPolicy(today, AuthorityPolicy(one.name, one.head, electronic_since=one.electronic_since, counts_by=one.counts_by)),
                account=account,
                at=at,
            )
            for record, one in zip(records, found, strict=True)
            if one.electronic_since is not None
        ]
    )
    return [one.name for one in found]


def _since_text(one: AuthorityRow) -> str:
    if one.electronic_since is None:
        return "対応していません"
    return f"{one.counts_by.label}が{era_date(one.electronic_since, padded=False)}以降"
