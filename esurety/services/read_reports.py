"""集計・出力: what people ask for again and again, of one surety: contracts, premiums, changes, what ends soon, electronic and paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from esurety.domain.certificate_changes import NothingChanges, change_kinds, differences
from esurety.domain.certificate_content import CertificateContent, version_text
from esurety.domain.japanese_calendar import JAPAN, japanese_day
from esurety.domain.products import CertificateForm, PremiumPaymentMethod, Product
from esurety.domain.report_table import Holds, Row, TableColumn, share_of
from esurety.persistence import contract_rows, report_figures
from esurety.persistence.contract_rows import ChangeRow, ContractRow, Expiring
from esurety.persistence.contracts import ContractFilter
from esurety.persistence.report_figures import FormCount, ShareBy
from esurety.services.read_lists import CONTRACT_COLUMNS, contract_cells
from esurety.services.sign_in import SignedIn
from esurety.services.table_listing import Listing, listing_of, whole_key

_NUMBER = TableColumn("保証契約番号", Holds.NUMBER, 15)
_WORKS = TableColumn("工事名", Holds.NAME, 44)
_COMPANY = TableColumn("受注者", width=26)
_AUTHORITY = TableColumn("発注者", width=18)


class ReportName(StrEnum):
    """The reports, as their addresses name them."""

    CONTRACTS = "contracts"
    PREMIUMS = "premiums"
    CHANGES = "changes"
    EXPIRING = "expiring"
    FORMS = "forms"

    @property
    def label(self) -> str:
        return {
            "contracts": "年度別契約一覧",
            "premiums": "月別保証料",
            "changes": "変更契約",
            "expiring": "期限が近い契約",
            "forms": "電子・紙の割合",
        }[self.value]


@dataclass(frozen=True)
class ReportQuestion:
    """What a report is asked; each uses what concerns it."""

    fiscal_year: int
    first: date  # of the days between which something happened or ends, both counted
    last: date
    product: Product | None = None
    certificate_form: CertificateForm | None = None
    by: ShareBy = ShareBy.MONTH


def read_report(name: ReportName, account: SignedIn, asked: ReportQuestion, *, today: date) -> Listing[Any]:
    """A report of this person's surety."""
    surety_id = account.surety_id or 0
    match name:
        case ReportName.CONTRACTS:
            return _contracts(surety_id, asked, today)
        case ReportName.PREMIUMS:
            return _premiums(surety_id, asked)
        case ReportName.CHANGES:
            return _changes(surety_id, asked)
        case ReportName.EXPIRING:
            return _expiring(surety_id, asked, today)
        case ReportName.FORMS:
            return _forms(surety_id, asked)


def _contracts(surety_id: int, asked: ReportQuestion, today: date) -> Listing[ContractRow]:
    """The contracts first issued in a fiscal year, with what they guarantee now."""
    narrowed = ContractFilter(product=asked.product, certificate_form=asked.certificate_form, fiscal_year=asked.fiscal_year)
    count, amount = contract_rows.contract_total(narrowed, today=today, company_id=None, surety_id=surety_id)
    return Listing(
        ReportName.CONTRACTS.label,
        CONTRACT_COLUMNS,
        read=lambda after, size: contract_rows.contract_rows(
            narrowed, today=today, company_id=None, surety_id=surety_id, older_than=whole_key(after), limit=size
        ),
        key=lambda one: str(one.id),
        row=lambda one: contract_cells(one, today),
        total=(f"合計　{count:,}件", *[None] * 7, amount, *[None] * 4),
        count=count,
    )


_EXPIRING_COLUMNS = (
    _NUMBER,
    _WORKS,
    _COMPANY,
    _AUTHORITY,
    TableColumn("保証", width=15),
    TableColumn("証書の形式", width=11),
    TableColumn("保証金額", Holds.YEN, 16),
    TableColumn("保証期限", Holds.DAY, 18),
    TableColumn("残り日数", Holds.COUNT, 10),
)


def _expiring(surety_id: int, asked: ReportQuestion, today: date) -> Listing[ContractRow]:
    """What is in force and ends soon, the soonest first."""
    between = Expiring(asked.first, asked.last, asked.product)
    count, amount = contract_rows.expiring_total(surety_id, between)

    def row(one: ContractRow) -> Row:
        form, product = CertificateForm(one.certificate_form).short_label, Product(one.product).label
        days = (one.ends_on - today).days
        return (one.number, one.works_name, one.company, one.authority, product, form, int(one.amount), one.ends_on, days)

    return Listing(
        ReportName.EXPIRING.label,
        _EXPIRING_COLUMNS,
        read=lambda after, size: contract_rows.expiring_rows(surety_id, between, after=whole_key(after), limit=size),
        key=lambda one: str(one.id),
        row=row,
        total=(f"合計　{count:,}件", *[None] * 5, amount, None, None),
        count=count,
    )


_CHANGE_COLUMNS = (
    _NUMBER,
    _WORKS,
    TableColumn("受注者", width=26, only_in_file=True),
    TableColumn("発注者", width=18, only_in_file=True),
    TableColumn("版", width=12, only_in_file=True),
    TableColumn("変更日", Holds.DAY, 18),
    TableColumn("変更の種類", width=18),
    TableColumn("変更前の金額", Holds.YEN, 18, only_in_file=True),
    TableColumn("変更後の金額", Holds.YEN, 18, only_in_file=True),
    TableColumn("金額の差", Holds.YEN, 16),
    TableColumn("保証料の追加", Holds.YEN, 14),
    TableColumn("保証料の返還", Holds.YEN, 14),
    TableColumn("変わった項目", Holds.NAME, 70),
)


def _changes(surety_id: int, asked: ReportQuestion) -> Listing[ChangeRow]:
    """The changes that were issued between two days in Japan, the oldest first, each with its differences."""
    span = {"begins_at": _midnight(asked.first), "ends_at": _midnight(asked.last + timedelta(days=1))}
    total = contract_rows.change_total(surety_id, **span)
    return Listing(
        ReportName.CHANGES.label,
        _CHANGE_COLUMNS,
        read=lambda after, size: contract_rows.change_rows(surety_id, **span, after=_contract_and_version(after), limit=size),
        key=lambda one: f"{one.contract_id}.{one.version}",
        row=_change_cells,
        total=(f"合計　{total.count:,}件", *[None] * 8, total.amount, total.billed, total.refunded, None),
        count=total.count,
    )


def _contract_and_version(key: str) -> tuple[int, int] | None:
    contract, version = (whole_key(part) for part in (*key.split("."), "", "")[:2])
    return None if contract is None or version is None else (contract, version)


def _change_cells(one: ChangeRow) -> Row:
    before, after = CertificateContent.from_json(one.content_before), CertificateContent.from_json(one.content)
    premium = int(one.premium) - int(one.premium_before)
    return (
        one.number,
        one.works_name,
        one.company,
        one.authority,
        version_text(one.version),
        japanese_day(one.issued_at),
        _kinds(before, after),
        int(before.guaranteed_amount),
        int(after.guaranteed_amount),
        int(after.guaranteed_amount) - int(before.guaranteed_amount),
        max(0, premium),
        max(0, -premium),
        "、".join(f"{field.label} {field.before or '―'}→{field.after or '―'}" for field in differences(before, after)),
    )


def _kinds(before: CertificateContent, after: CertificateContent) -> str:
    try:
        kinds = change_kinds(before, after)
    except NothingChanges:
        kinds = ()
    return "・".join(kind.label for kind in kinds) or "契約内容の変更"


_PREMIUM_COLUMNS = (
    TableColumn("月", Holds.MONTH, 14),
    TableColumn("発行件数", Holds.COUNT, 10),
    TableColumn("当初（振込）", Holds.YEN, 18),
    TableColumn("当初（一括納付）", Holds.YEN, 18),
    TableColumn("変更による追加", Holds.YEN, 18),
    TableColumn("請求の計", Holds.YEN, 18),
    TableColumn("入金", Holds.YEN, 18),
    TableColumn("返還の決定", Holds.YEN, 18),
    TableColumn("返還済", Holds.YEN, 18),
    TableColumn("過払い・謝絶等の返還", Holds.YEN, 22),
)


def _premiums(surety_id: int, asked: ReportQuestion) -> Listing[tuple[int, Row]]:
    """A fiscal year's premiums month by month: expected from what was issued, received by day of receipt, paid back."""
    months = _months(asked.fiscal_year)
    issued = report_figures.issued_premiums(surety_id, months)
    settled = report_figures.settled_premiums(surety_id, months)
    received, refunded = report_figures.received_premiums(surety_id, months), report_figures.refunded_premiums(surety_id, months)
    repaid = report_figures.repaid_premiums(surety_id, months)
    figures = []
    for place in range(len(months) - 1):
        first = {one.method: one for one in issued if one.place == place}
        paid = [
            first[method].amount if method in first else 0 for method in (PremiumPaymentMethod.TRANSFER, PremiumPaymentMethod.LUMP_MONTHLY)
        ]
        billed = settled.get((place, "billed"), 0)
        count = sum(one.count for one in first.values())
        come_and_gone = received.get(place, 0), settled.get((place, "refund"), 0), refunded.get(place, 0), repaid.get(place, 0)
        figures.append((count, *paid, billed, sum(paid) + billed, *come_and_gone))
    rows: list[Row] = [(month, *figure) for month, figure in zip(months, figures, strict=False)]
    return listing_of(ReportName.PREMIUMS.label, _PREMIUM_COLUMNS, rows, ("合計", *(sum(column) for column in zip(*figures, strict=True))))


def _forms(surety_id: int, asked: ReportQuestion) -> Listing[tuple[int, Row]]:
    """How many guarantees of a fiscal year were issued electronically, and how many on paper."""
    months = _months(asked.fiscal_year)
    counts = report_figures.form_counts(surety_id, months, asked.by)
    columns = (
        TableColumn(asked.by.label, Holds.MONTH if asked.by is ShareBy.MONTH else Holds.TEXT, 24),
        TableColumn("電子保証", Holds.COUNT, 12),
        TableColumn("証書(紙)", Holds.COUNT, 12),
        TableColumn("計", Holds.COUNT, 12),
        TableColumn("電子の割合", Holds.SHARE, 12),
    )
    by_key: dict[int | str, list[FormCount]] = {}
    for one in counts:
        by_key.setdefault(one.key, []).append(one)
    rows: list[Row] = [(heading, *_shares(by_key.get(key, []))) for key, heading in _headings(by_key, months, asked.by)]
    return listing_of(ReportName.FORMS.label, columns, rows, ("合計", *_shares(counts)))


def _headings(
    counts: Mapping[int | str, Sequence[FormCount]], months: Sequence[date], by: ShareBy
) -> Sequence[tuple[int | str, str | date]]:
    """Every month and every product; of the authorities those with guarantees, the most first."""
    if by is ShareBy.MONTH:
        return list(enumerate(months[:-1]))
    if by is ShareBy.PRODUCT:
        return [(product.value, product.label) for product in Product]
    sums = {key: sum(one.count for one in several) for key, several in counts.items()}
    names = {key: several[0].label for key, several in counts.items()}
    return [(key, names[key]) for key in sorted(sums, key=lambda key: (-sums[key], names[key]))]


def _shares(counts: Sequence[FormCount]) -> Row:
    electronic = sum(one.count for one in counts if one.certificate_form == CertificateForm.ELECTRONIC)
    everything = sum(one.count for one in counts)
    return electronic, everything - electronic, everything, share_of(electronic, everything)


def _months(fiscal_year: int) -> list[date]:
    """The first days of the year's months, April to March, and of the April after it."""
    return [date(fiscal_year + (3 + place) // 12, (3 + place) % 12 + 1, 1) for place in range(13)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=JAPAN)
