"""Who may approve and issue: the register, and four eyes above 50,000,000円."""

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.services.apply_for_change import change_form, submit_change
from esurety.services.check_entitlement import NeedsAnotherPerson, NoRightToIssue, refuse_without_right
from esurety.services.read_applications import application_for_office
from tests.example_of_record import ISSUED_AT, with_performance
from tests.stage import Stage

ACT = ApplicationAct
LARGE = {"contract_price": "150,000,000", "advance_payment__guaranteed_amount": "60,000,000"}


def second_approver(stage: Stage) -> None:
    """Make the clerk an approver with the same rights."""
    stage.change("UPDATE accounts SET role = 'approver' WHERE email = 'clerk@demo.example'")
    stage.change(
        "INSERT INTO issuing_authorities (account_id, product, up_to, valid_from, created_at)"
        " SELECT :id, product, up_to, valid_from, created_at FROM issuing_authorities",
        id=stage.account_ids["clerk"],
    )


@pytest.mark.parametrize(
    ("change", "product"),
    [
        ("DELETE FROM issuing_authorities", Product.ADVANCE_PAYMENT),
        ("UPDATE issuing_authorities SET up_to = 19439999 WHERE product = 'advance_payment'", Product.ADVANCE_PAYMENT),
        ("UPDATE issuing_authorities SET valid_until = '2024-03-31'", Product.ADVANCE_PAYMENT),
        ("UPDATE issuing_authorities SET valid_from = '2024-04-02'", Product.ADVANCE_PAYMENT),
        ("DELETE FROM issuing_authorities WHERE product = 'contract_performance'", Product.CONTRACT_PERFORMANCE),
    ],
)
def test_what_the_register_does_not_cover_is_not_issued_and_uses_no_number(change: str, product: Product, stage: Stage) -> None:
    application = stage.approve(**with_performance())
    stage.change(change)
    before = stage.census()

    with pytest.raises(NoRightToIssue) as no:
        stage.issue(application)

    assert no.value.product is product
    assert stage.census() == before
    assert stage.state(application) == "approved"


def test_the_last_day_and_the_full_amount_are_covered(stage: Stage) -> None:
    application = stage.approve()
    stage.change("UPDATE issuing_authorities SET up_to = 19440000, valid_until = '2024-04-01', valid_from = '2024-04-01'")

    assert stage.issue(application).numbers


def large(stage: Stage, *, reviewer: str = "clerk", approver: str = "approver") -> int:
    """An application above the limit that one person reviewed and another approved."""
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application, by=reviewer)
    stage.decide(ACT.APPROVE, application, by=approver)
    return application


@pytest.mark.parametrize(("reviewer", "approver"), [("clerk", "approver"), ("approver", "clerk")])
def test_two_people_are_enough_at_any_amount(reviewer: str, approver: str, stage: Stage) -> None:
    assert stage.issue(large(stage, reviewer=reviewer, approver=approver)).numbers


@pytest.mark.parametrize("person", ["clerk", "approver"])
def test_nothing_above_the_limit_is_approved_before_somebody_has_begun_the_review(person: str, stage: Stage) -> None:
    application = stage.submit(**LARGE)
    before = stage.census()

    with pytest.raises(NeedsAnotherPerson) as no:
        stage.decide(ACT.APPROVE, application, by=person)

    assert (no.value.amount, no.value.limit, no.value.is_reviewed) == (60_000_000, 50_000_000, False)
    assert stage.census() == before
    assert stage.state(application) == "submitted"


def test_one_person_does_not_carry_it_from_the_review_to_the_issue(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application, by="approver")
    stage.change("UPDATE applications SET state = 'approved', approver_id = reviewer_id")  # as under a limit that was higher then

    with pytest.raises(NeedsAnotherPerson) as no:
        stage.issue(application)

    assert no.value.is_reviewed
    second_approver(stage)
    assert stage.issue(application, by="clerk").numbers


def test_one_person_may_do_both_up_to_the_limit(stage: Stage) -> None:
    application = stage.submit(contract_price="125,000,000", advance_payment__guaranteed_amount="50,000,000")
    stage.decide(ACT.START_REVIEW, application, by="approver")
    stage.decide(ACT.APPROVE, application, by="approver")

    assert stage.issue(application).numbers


def test_who_began_the_review_does_not_approve_above_the_limit(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application)

    with pytest.raises(NeedsAnotherPerson):
        stage.decide(ACT.APPROVE, application)

    stage.decide(ACT.APPROVE, application, by="approver")
    assert stage.state(application) == "approved"


def test_a_review_that_ended_in_a_return_counts_no_more(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application)
    stage.decide(ACT.RETURN, application, reason="工期を直してください。")
    stage.change("UPDATE applications SET state = 'submitted', assignee_id = NULL")

    with pytest.raises(NeedsAnotherPerson):
        stage.decide(ACT.APPROVE, application, by="approver")

    stage.decide(ACT.START_REVIEW, application, by="approver")
    stage.decide(ACT.APPROVE, application)
    assert stage.issue(application).numbers


def reduction(stage: Stage, number: str) -> int:
    """A change from 60,000,000円 down to 40,000,000円."""
    with stage.context():
        form = change_form(stage.person("netdesk"), number)
        typed = {"contract_price": "100,000,000", "guaranteed_amount": "40,000,000", "change_reason": "設計変更のため"}
        return submit_change(
            account=stage.person("netdesk"),
            number=number,
            typed=form.typed | typed,
            revision=None,
            token=stage.token(),
            at=ISSUED_AT,
            installation=stage.installation,
        )


def test_of_a_reduction_the_amount_before_counts_too(stage: Stage) -> None:
    number = stage.issue(large(stage)).number
    change = reduction(stage, number)

    with pytest.raises(NeedsAnotherPerson) as no:
        stage.decide(ACT.APPROVE, change, by="approver")
    stage.decide(ACT.START_REVIEW, change)
    stage.decide(ACT.APPROVE, change, by="approver")
    stage.change("UPDATE issuing_authorities SET up_to = 59999999")
    with pytest.raises(NoRightToIssue) as uncovered, stage.context():
        refuse_without_right(stage.person("approver"), application_for_office(stage.person("approver"), change), japanese_day(ISSUED_AT))

    assert (no.value.amount, uncovered.value.amount) == (60_000_000, 60_000_000)
