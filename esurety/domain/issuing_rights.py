"""Who may issue what: the register of authority to issue, and four eyes above an amount."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from esurety.domain.products import Product
from esurety.domain.yen import Yen


@dataclass(frozen=True)
class IssuingRight:
    """One entry of the register: this product, up to this amount, from one day to another (None: until further notice)."""

    product: Product
    up_to: Yen
    valid_from: date
    valid_until: date | None

    def covers(self, product: Product, amount: Yen, day: date) -> bool:
        """Whether the entry allows issuing this amount of this product on a day."""
        begun = self.valid_from <= day
        ended = self.valid_until is not None and day > self.valid_until
        return product is self.product and amount <= self.up_to and begun and not ended


def may_issue(rights: Iterable[IssuingRight], product: Product, amount: Yen, day: date) -> bool:
    """Whether any entry of a person allows it."""
    return any(right.covers(product, amount, day) for right in rights)


def needs_another_person(*, acted_before: Collection[int | None], person_id: int, amount: Yen, four_eyes_above: Yen) -> bool:
    """Whether this person must leave the act to another: above the limit nothing goes on that only one person has seen.

    `acted_before` holds who began the review, and for the issue also who approved. So the reviewer and the approver are two
    people, and two are enough: the approver may issue. Source: interface.md, issue 3.
    """
    return amount > four_eyes_above and all(one in {None, person_id} for one in acted_before)
