"""Who may approve and issue this application: the register of authority to issue, and four eyes above the surety's limit."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.issuing_rights import IssuingRight, may_issue, needs_another_person
from esurety.domain.products import Product
from esurety.domain.yen import Yen
from esurety.persistence import changes, issuing_register, reference_data
from esurety.persistence.models import Application
from esurety.services.sign_in import SignedIn


class NoRightToIssue(PermissionError):
    """The person's register does not cover this product and amount on the day."""

    def __init__(self, product: Product, amount: Yen) -> None:
        super().__init__(f"no right to issue {product} of {amount}")
        self.product, self.amount = product, amount


class NeedsAnotherPerson(PermissionError):
    """The amount is above the limit and nobody else has taken a part; `limit` is the surety's four_eyes_above.

    `is_reviewed` tells whether a review has been begun at all; before that nobody approves.
    """

    def __init__(self, amount: Yen, limit: Yen, *, is_reviewed: bool) -> None:
        super().__init__(f"{amount} is above {limit}")
        self.amount, self.limit, self.is_reviewed = amount, limit, is_reviewed


@dataclass(frozen=True)
class Entitlement:
    """What stands in a person's way to approve and to issue, and who could issue (ids of accounts)."""

    to_approve: NeedsAnotherPerson | None
    to_issue: NoRightToIssue | NeedsAnotherPerson | None
    issuers: frozenset[int]
    alone: frozenset[int]  # who holds the right, and has reviewed and approved alone above the limit
    exceeded: Yen | None  # the limit, where an amount is above it


def entitlement(account: SignedIn, application: Application, day: date, *, before: Yen | None = None) -> Entitlement:
    """How a person stands to an application on a day; reads the surety and its register.

    `before` is a change's amount so far where the caller has read it already. Until the approval every holder of the right counts
    as an issuer: with a reviewer and an approver who differ, none of them is alone any more.
    """
    limit, rights = issuing_register.issuers_of_surety(application.surety_id)
    amounts = _amounts(application, before)
    acted = acted_before_issue(application)
    is_approved = application.state == ApplicationState.APPROVED
    holders = {person_id for person_id, its in rights.items() if _not_covered(its, amounts, day) is None}
    alone = {one for one in holders if is_approved and _above_limit(acted, one, amounts, limit)}
    return Entitlement(
        to_approve=_above_limit(acted_before_approval(application), account.account_id, amounts, limit),
        to_issue=_not_covered(rights.get(account.account_id, []), amounts, day)
        or (_above_limit(acted, account.account_id, amounts, limit) if is_approved else None),
        issuers=frozenset(holders - alone),
        alone=frozenset(alone),
        exceeded=limit if any(amount > limit for _, amount in amounts) else None,
    )


def refuse_same_person_approving(account: SignedIn, application: Application) -> None:
    """Raises NeedsAnotherPerson where, above the limit, nobody but this person has begun the review."""
    refusal = _above_limit(
        acted_before_approval(application), account.account_id, _amounts(application), four_eyes_limit(application.surety_id)
    )
    if refusal is not None:
        raise refusal


def refuse_without_right(account: SignedIn, application: Application, day: date) -> None:
    """Raises NoRightToIssue, or NeedsAnotherPerson where, above the limit, this person alone reviewed and approved."""
    amounts = _amounts(application)
    refusal = _not_covered(issuing_register.rights_of(account.account_id), amounts, day) or _above_limit(
        acted_before_issue(application), account.account_id, amounts, four_eyes_limit(application.surety_id)
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


def _amounts(application: Application, before: Yen | None = None) -> list[tuple[Product, Yen]]:
    """What each product's act is about. Of a change the larger amount counts: a reduction gives up what was guaranteed before."""
    if application.changed_contract_id is not None and before is None:
        before = _amount_so_far(application)
    least = before or Yen(0)
    return [(Product(row.product), Yen(max(row.guaranteed_amount, least))) for row in application.requested]


def _amount_so_far(application: Application) -> Yen:
    start = changes.start_of_change(application.changed_contract_id or 0, application.id)
    return Yen(0) if start is None else CertificateContent.from_json(start[0].content).guaranteed_amount


def _not_covered(rights: Collection[IssuingRight], amounts: Sequence[tuple[Product, Yen]], day: date) -> NoRightToIssue | None:
    return next((NoRightToIssue(product, amount) for product, amount in amounts if not may_issue(rights, product, amount, day)), None)


def _above_limit(
    acted_before: Collection[int | None], person_id: int, amounts: Sequence[tuple[Product, Yen]], limit: Yen
) -> NeedsAnotherPerson | None:
    return next(
        (
            NeedsAnotherPerson(amount, limit, is_reviewed=bool(acted_before))
            for _, amount in amounts
            if needs_another_person(acted_before=acted_before, person_id=person_id, amount=amount, four_eyes_above=limit)
        ),
        None,
    )
