"""The premium of an application as the office sees it: what is to be received, what has been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.premium_due import OpenPremium, is_over, open_by_method, to_give_back
from esurety.domain.products import PremiumPaymentMethod, ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence.models import Application, PremiumReceipt
from esurety.persistence.staff import StaffMember
from esurety.services.return_premium import repaid_total
from esurety.services.review_application import due_of, premium_by


@dataclass(frozen=True)
class ReceiptLine:
    """One recorded receipt."""

    id: int
    received_on: str
    amount: str
    method: str
    recorded: str
    posted: str  # when its 領収証 was posted; empty where it was not
    reversal: str  # who took the record back, when and why; empty for one that counts


@dataclass(frozen=True)
class PremiumFacts:
    """What is to be received, and what has been."""

    due: Yen  # by now: what is on the monthly account counts from the issue on
    on_account: Yen  # 一括納付, as a whole
    received: Yen
    receipts: list[ReceiptLine]
    is_issued: bool
    repaid: Yen  # 返還済み
    owed: Yen  # 返還する額: nothing while the application is under way
    still_open: OpenPremium  # of an issued one, by the way it is paid
    month: date | None  # of the monthly account that it stands on, once it is issued

    @property
    def outstanding(self) -> Yen:
        return Yen(max(0, self.due - self.received))

    @property
    def overpaid(self) -> Yen:
        """過払い: what came in beyond the premium."""
        return Yen(max(0, self.received - self.due))

    @property
    def month_name(self) -> str:
        """令和8年11月分; empty where nothing is on an account."""
        return f"{era_date(self.month, padded=False).removesuffix('1日')}分" if self.month is not None and self.on_account else ""

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is waited for now: all of it is 一括納付, or a change costs nothing more."""
        return self.due == 0

    @property
    def rows(self) -> list[tuple[str, str]]:
        due = "納める保証料" if self.is_issued else "振込で納める保証料"
        rows = [(due, self.due.text), ("入金済み", self.received.text), ("未入金", self.outstanding.text)]
        if self.owed or self.repaid:
            return [*rows[:2], ("返還済み", self.repaid.text), ("返還する額", self.owed.text)]
        return [*rows, ("過払い", self.overpaid.text)] if self.overpaid else rows


def premium_facts(
    application: Application,
    recorded: Sequence[PremiumReceipt],
    staff: Sequence[StaffMember],
    settled: Yen,
    issued_at: datetime | None = None,
) -> PremiumFacts:
    """The premium with its receipts, each naming who recorded it; `settled` is what a change's versions before cost."""
    names = {one.account_id: one.name for one in staff}
    state, due = ApplicationState(application.state), due_of(application, settled=settled)
    received = total([one.amount for one in recorded if one.reversed_at is None])
    repaid = repaid_total(application) if recorded and is_over(state) else Yen(0)
    return PremiumFacts(
        due=due,
        on_account=premium_by(application, PremiumPaymentMethod.LUMP_MONTHLY),
        received=received,
        receipts=[_receipt_line(one, names) for one in recorded],
        is_issued=state is ApplicationState.ISSUED,
        repaid=repaid,
        owed=to_give_back(state, received=received, due=due, repaid=repaid),
        still_open=_still_open(application, recorded, settled),
        month=japanese_day(issued_at).replace(day=1) if issued_at is not None and state is ApplicationState.ISSUED else None,
    )


def _still_open(application: Application, recorded: Sequence[PremiumReceipt], settled: Yen) -> OpenPremium:
    counted = [one for one in recorded if one.reversed_at is None]
    return open_by_method(
        to_transfer=Yen(max(0, premium_by(application, PremiumPaymentMethod.TRANSFER) - settled)),
        on_account=Yen(max(0, premium_by(application, PremiumPaymentMethod.LUMP_MONTHLY) - settled)),
        by_hand=total([one.amount for one in counted if one.for_month is None]),
        for_month=total([one.amount for one in counted if one.for_month is not None]),
    )


def _receipt_line(receipt: PremiumReceipt, names: Mapping[int, str]) -> ReceiptLine:
    reversal = ""
    if receipt.reversed_at is not None:
        reversal = f"{era_time(receipt.reversed_at)}　{names.get(receipt.reversed_by or 0, '')}　理由：{receipt.reversal_reason}"
    return ReceiptLine(
        id=receipt.id,
        received_on=era_date(receipt.received_on),
        amount=receipt.amount.text,
        method=ReceiptMethod(receipt.method).label,
        recorded=f"{era_time(receipt.recorded_at)}　{names.get(receipt.recorded_by, '')}",
        posted=era_date(receipt.receipt_posted_on) if receipt.receipt_posted_on is not None else "",
        reversal=reversal,
    )
