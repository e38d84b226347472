"""The lists of contracts and of applications, to be taken away as files."""

from collections.abc import Mapping, Sequence
from datetime import date

from esurety.domain.application_state import ApplicationState, guarantee_state
from esurety.domain.certificate_content import version_text
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.domain.report_table import Holds, Row, TableColumn
from esurety.domain.yen import total
from esurety.persistence import contract_rows
from esurety.persistence.application_queue import QueueFilter
from esurety.persistence.contract_rows import ContractRow
from esurety.persistence.contracts import ContractFilter
from esurety.persistence.database import end_reading
from esurety.persistence.models import Application
from esurety.services.read_queue import applications_in_order, colleagues, queue_order
from esurety.services.sign_in import Role, SignedIn
from esurety.services.table_listing import MOST_ROWS, Listing, whole_key

_COMPANY = TableColumn("受注者", width=26)
_BRANCH = TableColumn("営業部・支店", width=16, only_in_file=True)
CONTRACT_COLUMNS = (
    TableColumn("保証契約番号", Holds.NUMBER, 15),
    TableColumn("工事名", Holds.NAME, 44),
    _COMPANY,
    TableColumn("発注者", width=18),
    _BRANCH,
    TableColumn("保証", width=15),
    TableColumn("証書の形式", width=11),
    TableColumn("版", width=12, only_in_file=True),
    TableColumn("保証金額", Holds.YEN, 16),
    TableColumn("保証期限", Holds.DAY, 18),
    TableColumn("状態", width=10),
    TableColumn("解約日", Holds.DAY, 18, only_in_file=True),
    TableColumn("発行日", Holds.DAY, 18),
)
_QUEUE_COLUMNS = (
    TableColumn("申込番号", width=10),
    TableColumn("工事名", Holds.NAME, 44),
    _COMPANY,
    _BRANCH,
    TableColumn("発注者", width=18),
    TableColumn("新規・変更", width=11),
    TableColumn("保証", width=34),
    TableColumn("保証金額の計", Holds.YEN, 16),
    TableColumn("手続状況", width=10),
    TableColumn("担当", width=14),
    TableColumn("申込日", Holds.DAY, 18),
)


def contract_listing(account: SignedIn, narrowed: ContractFilter, *, today: date) -> Listing[ContractRow]:
    """The contracts that this person may see, newest first; a contractor's own bear no contractor."""
    own = account.role is Role.CONTRACTOR
    company_id, surety_id = ((account.company_id or 0), None) if own else (None, account.surety_id or 0)

    def read(after: str, size: int) -> Sequence[ContractRow]:
        return contract_rows.contract_rows(
            narrowed, today=today, company_id=company_id, surety_id=surety_id, older_than=whole_key(after), limit=size
        )

    left_out = {_COMPANY, _BRANCH} if own else set()
    places = [place for place, column in enumerate(CONTRACT_COLUMNS) if column not in left_out]
    return Listing(
        "保証契約一覧",
        [CONTRACT_COLUMNS[place] for place in places],
        read,
        key=lambda one: str(one.id),
        row=lambda one: [contract_cells(one, today)[place] for place in places],
        count=contract_rows.contract_total(narrowed, today=today, company_id=company_id, surety_id=surety_id)[0],
    )


def contract_cells(one: ContractRow, today: date) -> Row:
    """A contract under CONTRACT_COLUMNS."""
    return (
        one.number,
        one.works_name,
        one.company,
        one.authority,
        one.branch,
        Product(one.product).label,
        CertificateForm(one.certificate_form).short_label,
        version_text(one.version),
        int(one.amount),
        one.ends_on,
        guarantee_state(cancelled_on=one.cancelled_on, guarantee_ends_on=one.ends_on, today=today).label,
        one.cancelled_on,
        japanese_day(one.issued_at),
    )


def queue_listing(account: SignedIn, narrowed: QueueFilter) -> Listing[Application]:
    """The applications of the surety in the order of the queue."""
    names = {one.account_id: one.name for one in colleagues(account)}
    ids = queue_order(account, narrowed, most=MOST_ROWS + 1)
    places = {identity: place for place, identity in enumerate(ids, start=1)}

    def read(after: str, size: int) -> Sequence[Application]:
        end_reading()  # lets go of the batch before
        begin = whole_key(after) or 0
        return applications_in_order(account, ids[begin : begin + size])

    return Listing(
        "申込一覧",
        _QUEUE_COLUMNS,
        read,
        key=lambda one: str(places[one.id]),
        row=lambda one: _application_cells(one, names),
        count=len(ids),
    )


def _application_cells(one: Application, names: Mapping[int, str]) -> Row:
    return (
        f"{one.id:06d}",
        one.works_name,
        one.company.name,
        one.branch.name if one.branch else None,
        one.authority.name if one.authority else None,
        "変更" if one.changed_contract_id is not None else "新規",
        "、".join(f"{Product(row.product).label}（{CertificateForm(row.certificate_form).short_label}）" for row in one.requested),
        int(total([row.guaranteed_amount for row in one.requested])),
        ApplicationState(one.state).label,
        names.get(one.assignee_id or 0),
        japanese_day(one.submitted_at or one.changed_at),
    )
