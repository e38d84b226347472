"""The premium of an application as the office sees it: what is to be received, what has been."""

from collections.abc import Sequence
from dataclasses import dataclass

from esurety.domain.japanese_calendar import era_date, era_time
from esurety.domain.yen import Yen, total
from esurety.persistence.models import Application, PremiumReceipt
from esurety.persistence.staff import StaffMember
from esurety.services.review_application import premium_to_transfer


@dataclass(frozen=True)
class ReceiptLine:
    """One recorded receipt."""

    received_on: str
    amount: str
    recorded: str


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
    def is_on_account(self) -> bool:
        """Whether all of it is 一括納付, so that nothing is waited for."""
        return self.to_transfer == 0


def premium_facts(application: Application, recorded: Sequence[PremiumReceipt], staff: Sequence[StaffMember]) -> PremiumFacts:
    """The premium with its receipts, each naming who recorded it."""
    names = {one.account_id: one.name for one in staff}
    return PremiumFacts(
        to_transfer=premium_to_transfer(application),
        received=total([one.amount for one in recorded]),
        receipts=[
            ReceiptLine(era_date(one.received_on), one.amount.text, f"{era_time(one.recorded_at)}　{names.get(one.recorded_by, '')}")
            for one in recorded
        ],
    )
