"""The premium of an application as the office sees it: what is to be received, what has been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from esurety.domain.japanese_calendar import era_date, era_time
from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen, total
from esurety.persistence.models import Application, PremiumReceipt
from esurety.persistence.staff import StaffMember
from esurety.services.review_application import premium_to_transfer


@dataclass(frozen=True)
class ReceiptLine:
    """One recorded receipt."""

    id: int
    received_on: str
    amount: str
    method: str
    recorded: str
    reversal: str  # who took the record back, when and why; empty for one that counts


@dataclass(frozen=True)
class PremiumFacts:
    """What is to be received, and what has been."""

    to_transfer: Yen
    received: Yen
    receipts: list[ReceiptLine]

    @property
    def outstanding(self) -> Yen:
        return Yen(max(0, self.to_transfer - self.received))

    @property
    def overpaid(self) -> Yen:
        """過払い: what came in beyond the premium."""
        return Yen(max(0, self.received - self.to_transfer))

    @property
    def is_on_account(self) -> bool:
        """Whether all of it is 一括納付, so that nothing is waited for."""
        return self.to_transfer == 0


def premium_facts(application: Application, recorded: Sequence[PremiumReceipt], staff: Sequence[StaffMember], settled: Yen) -> PremiumFacts:
    """The premium with its receipts, each naming who recorded it; `settled` is what a change's versions before cost."""
    names = {one.account_id: one.name for one in staff}
    return PremiumFacts(
        to_transfer=premium_to_transfer(application, settled=settled),
        received=total([one.amount for one in recorded if one.reversed_at is None]),
        receipts=[_receipt_line(one, names) for one in recorded],
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
        reversal=reversal,
    )
