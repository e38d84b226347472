"""発送: what goes to contractors on paper. Each kind of paper keeps the day it was posted with its own record."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.posted_paper import PaperKind
from esurety.domain.premium_due import SettlementKind
from esurety.domain.products import CertificateDelivery, CertificateForm
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import Application, CertificateVersion, Company, Event, GuaranteeContract, PremiumReceipt, PremiumSettlement

MOST_TO_POST = 200
_NOTHING = Yen(0)
_Row = TypeVarTuple("_Row")


@dataclass(frozen=True)
class PaperToPost:
    """One paper. `id` is the contract's, the settlement's or the receipt's; of receipts for a month that of the last one."""

    kind: PaperKind
    id: int
    application_id: int
    number: str
    company_id: int
    company: str
    address: str
    works_name: str
    since: date
    amount: Yen | None
    posted_on: date | None
    version: int = 0  # of a certificate or a settlement
    current_version: int = 0  # of its contract
    settlement_kind: str = ""
    for_month: date | None = None  # of a receipt for a whole month
    count: int = 1  # how many records the paper is about
    set_off: Yen = _NOTHING  # 相殺した返還: the refunds that the same act recorded as paid back

    @property
    def net(self) -> Yen:
        """差引: what really came in; a 領収証 is of that."""
        return Yen(max(0, (self.amount or 0) - self.set_off))

    @property
    def paid_out(self) -> Yen:
        """What the surety paid out instead, the refunds being more."""
        return Yen(max(0, self.set_off - (self.amount or 0)))

    @property
    def is_set_off_whole(self) -> bool:
        """Whether nothing came in, so that there is nothing to write a 領収証 for."""
        return self.set_off > 0 and self.net == 0


def _posted(column: InstrumentedAttribute[date | None], since: date | None) -> ColumnElement[bool]:
    """Still to be posted; or posted on that day or later."""
    return column.is_(None) if since is None else column >= since


def certificates(surety_id: int, *, posted_since: date | None = None) -> list[PaperToPost]:
    """証書(紙) of every version whose application wished for 郵送."""
    rows = reading().execute(
        _newest_or_oldest(
            select(CertificateVersion, GuaranteeContract, Company)
            .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
            .join(Application, Application.id == CertificateVersion.application_id)
            .join(Company, Company.id == GuaranteeContract.company_id)
            .where(
                GuaranteeContract.surety_id == surety_id,
                GuaranteeContract.certificate_form == CertificateForm.PAPER,
                CertificateVersion.issued_at.is_not(None),
                Application.certificate_delivery == CertificateDelivery.POST,
                _posted(CertificateVersion.posted_on, posted_since),
            ),
            CertificateVersion.posted_on,
            CertificateVersion.issued_at,
            GuaranteeContract.id,
            posted_since=posted_since,
        )
    )
    return [
        PaperToPost(
            PaperKind.CERTIFICATE,
            contract.id,
            version.application_id,
            contract.number,
            company.id,
            company.name,
            company.address,
            contract.works_name,
            japanese_day(version.issued_at or contract.prepared_at),
            None,
            version.posted_on,
            version=version.version,
            current_version=contract.current_version,
        )
        for version, contract, company in rows
    ]


def statements(surety_id: int, *, posted_since: date | None = None) -> list[PaperToPost]:
    """保証料計算書(紙) of originals, where wished."""
    rows = reading().execute(
        _newest_or_oldest(
            select(GuaranteeContract, Company, CertificateVersion.premium)
            .join(Application, Application.id == GuaranteeContract.application_id)
            .join(CertificateVersion, and_(CertificateVersion.contract_id == GuaranteeContract.id, CertificateVersion.version == 0))
            .join(Company, Company.id == GuaranteeContract.company_id)
            .where(
                GuaranteeContract.surety_id == surety_id,
                GuaranteeContract.issued_at.is_not(None),
                Application.premium_statement_on_paper,
                _posted(GuaranteeContract.statement_posted_on, posted_since),
            ),
            GuaranteeContract.statement_posted_on,
            GuaranteeContract.id,
            posted_since=posted_since,
        )
    )
    return [
        PaperToPost(
            PaperKind.STATEMENT,
            contract.id,
            contract.application_id,
            contract.number,
            company.id,
            company.name,
            company.address,
            contract.works_name,
            japanese_day(contract.issued_at or contract.prepared_at),
            premium,
            contract.statement_posted_on,
        )
        for contract, company, premium in rows
    ]


def statements_of_settlements(surety_id: int, *, posted_since: date | None = None) -> list[PaperToPost]:
    """保証料計算書 of an increase and 返還計算書, where paper was wished.

    A cancellation has no application of its own: the wish is that of the version it ended.
    """
    ended = select(func.max(CertificateVersion.version)).where(
        CertificateVersion.contract_id == PremiumSettlement.contract_id,
        CertificateVersion.version <= PremiumSettlement.version,
        CertificateVersion.issued_at.is_not(None),
    )
    version = and_(
        CertificateVersion.contract_id == PremiumSettlement.contract_id,
        CertificateVersion.version == ended.correlate(PremiumSettlement).scalar_subquery(),
    )
    rows = reading().execute(
        _newest_or_oldest(
            select(PremiumSettlement, GuaranteeContract, Company, CertificateVersion.application_id)
            .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
            .join(CertificateVersion, version)
            .join(Application, Application.id == CertificateVersion.application_id)
            .join(Company, Company.id == GuaranteeContract.company_id)
            .where(
                GuaranteeContract.surety_id == surety_id,
                Application.premium_statement_on_paper,
                _posted(PremiumSettlement.statement_posted_on, posted_since),
            ),
            PremiumSettlement.statement_posted_on,
            PremiumSettlement.id,
            posted_since=posted_since,
        )
    )
    return [
        PaperToPost(
            PaperKind.SETTLEMENT,
            settlement.id,
            application_id,
            contract.number,
            company.id,
            company.name,
            company.address,
            contract.works_name,
            japanese_day(settlement.created_at),
            settlement.amount,
            settlement.statement_posted_on,
            version=settlement.version,
            current_version=contract.current_version,
            settlement_kind=settlement.kind,
        )
        for settlement, contract, company, application_id in rows
    ]


def receipts(surety_id: int, *, posted_since: date | None = None) -> list[PaperToPost]:
    """領収証 of what has been received; what a company paid for a month (一括納付) with one act is one. One that was posted stays though
    reversed."""
    is_of_surety = Application.surety_id == surety_id
    counts = PremiumReceipt.reversed_at.is_(None) if posted_since is None else is_of_surety
    rows = reading().execute(
        _newest_or_oldest(
            select(
                func.max(PremiumReceipt.id),
                func.max(Application.id),
                Company.id,
                Company.name,
                Company.address,
                func.max(Application.works_name),
                PremiumReceipt.received_on,
                PremiumReceipt.for_month,
                PremiumReceipt.receipt_posted_on,
                PremiumReceipt.recorded_at,
                func.sum(PremiumReceipt.amount),
                func.count(),
            )
            .join(Application, Application.id == PremiumReceipt.application_id)
            .join(Company, Company.id == Application.company_id)
            .where(is_of_surety, counts, _posted(PremiumReceipt.receipt_posted_on, posted_since))
            .group_by(
                Company.id,
                Company.name,
                Company.address,
                PremiumReceipt.received_on,
                PremiumReceipt.for_month,
                PremiumReceipt.receipt_posted_on,
                PremiumReceipt.recorded_at,
                case((PremiumReceipt.for_month.is_(None), PremiumReceipt.id), else_=0),  # no part of a month: alone
            ),
            PremiumReceipt.receipt_posted_on,
            func.max(PremiumReceipt.id),
            posted_since=posted_since,
        )
    )
    found = list(rows)
    set_off = _set_off(surety_id, {row[9] for row in found})
    return [
        PaperToPost(
            PaperKind.RECEIPT if month is None else PaperKind.MONTH,
            receipt,
            application,
            "",
            company_id,
            company,
            address,
            works or "",
            received_on,
            Yen(int(amount)),
            posted_on,
            for_month=month,
            count=count,
            set_off=set_off.get((company_id, recorded_at, received_on), Yen(0)),
        )
        for receipt, application, company_id, company, address, works, received_on, month, posted_on, recorded_at, amount, count in found
    ]


def _set_off(surety_id: int, acts: set[datetime]) -> dict[tuple[int, datetime, date], Yen]:
    """(company, when it was recorded, day) → the refunds that the same act set off; an act writes all that it writes with one instant."""
    if not acts:
        return {}
    rows = reading().execute(
        select(GuaranteeContract.company_id, Event.at, PremiumSettlement.settled_on, PremiumSettlement.amount, Event.note)
        .join(GuaranteeContract, GuaranteeContract.id == PremiumSettlement.contract_id)
        .join(Event, Event.contract_id == PremiumSettlement.contract_id)
        .where(
            GuaranteeContract.surety_id == surety_id,
            PremiumSettlement.kind == SettlementKind.REFUND.value,
            PremiumSettlement.settled_on.is_not(None),
            Event.kind == "PremiumSettled",
            Event.at.in_(acts),
        )
    )
    found: dict[tuple[int, datetime, date], Yen] = {}
    for company_id, at, settled_on, amount, note in rows:
        if settled_on is not None and note.startswith(f"返還 {amount.text}（"):  # of this refund, not of another of its contract
            key = (company_id, at, settled_on)
            found[key] = Yen(found.get(key, 0) + amount)
    return found


def _newest_or_oldest(wanted: Select[*_Row], posted_on: Any, *order: Any, posted_since: date | None) -> Select[*_Row]:
    """What waits longest comes first; of what was posted, the latest."""
    by = order if posted_since is None else (posted_on.desc(), *(one.desc() for one in order))
    return wanted.order_by(*by).limit(MOST_TO_POST)
