"""Who may approve and issue this application: the register of authority to issue, and four eyes above the surety's limit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_state import ApplicationState
from esurety.domain.issuing_rights import IssuingRight, may_issue, needs_another_person
from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence import issuing_register, reference_data
from esurety.persistence.models import Application
from esurety.services.sign_in import SignedIn


class NoRightToIssue(PermissionError):
    """The person's register does not cover this product and amount on the day."""

    def __init__(self, product: Product, amount: Yen) -> None:
        super().__init__(f"no right to issue {product} of {amount}")
        self.product, self.amount = product, amount


class NeedsAnotherPerson(PermissionError):
    """The amount is above the limit and this person took a part in it before; `limit` is the surety's four_eyes_above."""

    def __init__(self, amount: Yen, limit: Yen) -> None:
        super().__init__(f"{amount} is above {limit}")
        self.amount, self.limit = amount, limit


@dataclass(frozen=True)
class Entitlement:
    """What stands in a person's way to approve and to issue, and who could issue (ids of accounts)."""

    to_approve: NeedsAnotherPerson | None
    to_issue: NoRightToIssue | NeedsAnotherPerson | None
    issuers: frozenset[int]


def entitlement(account: SignedIn, application: Application, day: date) -> Entitlement:
    """How a person stands to an application on a day; reads the surety and its register."""
    limit, rights = issuing_register.issuers_of_surety(application.surety_id)
    amounts = _amounts(application)
    acted = acted_before_issue(application)
    issuers = {
        person_id
        for person_id, its in rights.items()
        if all(may_issue(its, product, amount, day) for product, amount in amounts)
        and _above_limit(acted, person_id, application, limit) is None
    }
    return Entitlement(
        to_approve=_above_limit(acted_before_approval(application), account.account_id, application, limit),
        to_issue=_not_covered(rights.get(account.account_id, []), application, day)
        or _above_limit(acted, account.account_id, application, limit),
        issuers=frozenset(issuers),
    )


def refuse_same_person_approving(account: SignedIn, application: Application) -> None:
    """Raises NeedsAnotherPerson where this person began the review of an amount above the limit."""
    refusal = _above_limit(acted_before_approval(application), account.account_id, application, four_eyes_limit(application.surety_id))
    if refusal is not None:
        raise refusal


def refuse_without_right(account: SignedIn, application: Application, day: date) -> None:
    """Raises NoRightToIssue, or NeedsAnotherPerson where this person reviewed or approved an amount above the limit."""
    refusal = _not_covered(issuing_register.rights_of(account.account_id), application, day) or _above_limit(
        acted_before_issue(application), account.account_id, application, four_eyes_limit(application.surety_id)
    )
    if refusal is not None:
        raise refusal


def four_eyes_limit(surety_id: int) -> Yen:
    """The amount of one guarantee above which an act needs another person."""
    surety = reference_data.surety(surety_id)
    assert surety is not None, "a foreign key holds it"  # noqa: S101
    return surety.four_eyes_above


def acted_before_approval(application: Application) -> frozenset[int | None]:
    """Who began the review that is under way; a review that ended in 差戻し counts no more."""
    return frozenset({application.reviewer_id}) if application.state == ApplicationState.IN_REVIEW else frozenset()


def acted_before_issue(application: Application) -> frozenset[int | None]:
    """Who reviewed and who approved."""
    return frozenset({application.reviewer_id, application.approver_id})


def _amounts(application: Application) -> list[tuple[Product, Yen]]:
    return [(Product(row.product), row.guaranteed_amount) for row in application.requested]


def _not_covered(rights: Collection[IssuingRight], application: Application, day: date) -> NoRightToIssue | None:
    return next(
        (NoRightToIssue(product, amount) for product, amount in _amounts(application) if not may_issue(rights, product, amount, day)), None
    )


def _above_limit(acted_before: Collection[int | None], person_id: int, application: Application, limit: Yen) -> NeedsAnotherPerson | None:
    return next(
        (
            NeedsAnotherPerson(amount, limit)
            for _, amount in _amounts(application)
            if needs_another_person(acted_before=acted_before, person_id=person_id, amount=amount, four_eyes_above=limit)
        ),
        None,
    )
