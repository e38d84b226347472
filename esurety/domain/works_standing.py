"""What stands in the works (同じ工事): each guarantee as its current version has it, and what is being applied for.

New applications and changes are judged with it alike: nobody's typing outweighs what the surety has issued itself.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.products import Product
from esurety.domain.yen import Yen


@dataclass(frozen=True)
class StandingGuarantee:
    """A guarantee of the works that is not cancelled, by its current version; one that has expired still counts as money advanced."""

    product: Product
    number: str
    fiscal_year: int  # whose advance it guarantees
    amount: Yen
    contract_price: Yen
    construction_ends_on: date
    guarantee_ends_on: date
    fiscal_year_amount: Yen | None = None
    version: int = 0
    issued_at: datetime | None = None  # the current version
    is_low_bid: bool = False
    contract_id: int = 0
    is_issued: bool = True  # False where it is an application that counts as if it were

    def ratio_base(self, contract_price: Yen) -> Yen:
        """What the amount is measured against, where the price is this one."""
        return self.fiscal_year_amount or contract_price

    @property
    def name(self) -> str:
        return f"{self.product.label}（{self.number}）"

    @classmethod
    def of(
        cls,
        content: CertificateContent,
        fiscal_year: int,
        *,
        contract_id: int = 0,
        issued_at: datetime | None = None,
        is_low_bid: bool = False,
    ) -> "StandingGuarantee":
        """As a version of the certificate says it."""
        return cls(
            product=content.product,
            number=content.guarantee_contract_number,
            fiscal_year=fiscal_year,
            amount=content.guaranteed_amount,
            contract_price=content.contract_price,
            construction_ends_on=content.construction_ends_on,
            guarantee_ends_on=content.guarantee_ends_on,
            fiscal_year_amount=content.fiscal_year_amount,
            version=content.version,
            issued_at=issued_at,
            is_low_bid=is_low_bid,
            contract_id=contract_id,
        )


@dataclass(frozen=True)
class AppliedFor:
    """A guarantee, or a change of one, that was applied for in the works and has not come to an end."""

    application_id: int
    product: Product
    state: ApplicationState
    fiscal_year: int
    amount: Yen
    contract_price: Yen
    construction_ends_on: date
    fiscal_year_amount: Yen | None = None
    changes_number: str = ""  # of the contract that it changes; empty for a new guarantee

    def as_issued(self) -> StandingGuarantee:
        """A new guarantee as it would stand; until it has a number it is named by its application."""
        return StandingGuarantee(
            self.product,
            f"申込番号 {self.application_id:06d}",
            self.fiscal_year,
            self.amount,
            self.contract_price,
            self.construction_ends_on,
            self.construction_ends_on,
            self.fiscal_year_amount,
            is_issued=False,
        )


@dataclass(frozen=True)
class WorksStanding:
    """Everything that counts when another guarantee of the works, or a change of one, is judged."""

    guarantees: tuple[StandingGuarantee, ...] = ()
    applications: tuple[AppliedFor, ...] = ()

    def guarantee(self, number: str) -> StandingGuarantee | None:
        """The guarantee of a number."""
        return next((one for one in self.guarantees if one.number == number), None)

    @property
    def newest(self) -> StandingGuarantee | None:
        """The guarantee whose current version was issued last: it knows price and 工期 best."""
        return max(self.guarantees, key=lambda one: one.issued_at or datetime.min.replace(tzinfo=UTC), default=None)

    def without(self, number: str) -> "WorksStanding":
        """What stands beside a contract that is itself being changed."""
        return WorksStanding(
            tuple(one for one in self.guarantees if one.number != number),
            tuple(one for one in self.applications if not number or one.changes_number != number),
        )

    def change_of(self, number: str) -> AppliedFor | None:
        """The change of a contract that is under way."""
        return next((one for one in self.applications if one.changes_number == number), None)

    def advances(self, product: Product, year: int) -> tuple[StandingGuarantee, ...]:
        """The advances of a product that stand on the same money: the whole price, or this fiscal year's amount."""
        return tuple(
            one for one in self.guarantees if one.product is product and (one.fiscal_year_amount is None or one.fiscal_year == year)
        )

    def if_all_is_issued(self) -> "WorksStanding":
        """The works as they would stand if everything under way were issued as it was applied for."""
        return self._with_issued(self.applications)

    def with_approved(self) -> "WorksStanding":
        """The works with what has been approved: it needs nobody's consent any more to be issued."""
        return self._with_issued(tuple(one for one in self.applications if one.state is ApplicationState.APPROVED))

    def _with_issued(self, applied: tuple[AppliedFor, ...]) -> "WorksStanding":
        changed = {one.changes_number: one for one in applied if one.changes_number}
        after = tuple(
            replace(one, amount=change.amount, fiscal_year_amount=change.fiscal_year_amount)
            if (change := changed.get(one.number)) is not None
            else one
            for one in self.guarantees
        )
        new = tuple(one.as_issued() for one in applied if not one.changes_number)
        return WorksStanding(after + new, tuple(one for one in self.applications if one not in applied))

    @property
    def has_an_advance(self) -> bool:
        """Whether an advance is guaranteed, or its guarantee applied for."""
        products = [one.product for one in self.guarantees] + [one.product for one in self.applications]
        return any(one.is_advance for one in products)


NOTHING_STANDS = WorksStanding()
