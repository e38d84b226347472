"""Who may approve and issue: the register, and four eyes above 50,000,000円."""

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.products import Product
from esurety.services.check_entitlement import NeedsAnotherPerson, NoRightToIssue
from tests.example_of_record import with_performance
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


def test_clerk_approves_and_approver_issues_at_any_amount(stage: Stage) -> None:
    assert stage.issued(**LARGE).numbers


def test_one_person_does_not_both_approve_and_issue_above_the_limit(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.APPROVE, application, by="approver")

    with pytest.raises(NeedsAnotherPerson) as no:
        stage.issue(application)

    assert (no.value.amount, no.value.limit) == (60_000_000, 50_000_000)
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


def test_who_began_the_review_does_not_issue_what_another_approved_above_the_limit(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application, by="approver")
    stage.decide(ACT.APPROVE, application)

    with pytest.raises(NeedsAnotherPerson):
        stage.issue(application)


def test_a_review_that_ended_in_a_return_counts_no_more(stage: Stage) -> None:
    application = stage.submit(**LARGE)
    stage.decide(ACT.START_REVIEW, application)
    stage.decide(ACT.RETURN, application, reason="工期を直してください。")
    stage.change("UPDATE applications SET state = 'submitted'")

    stage.decide(ACT.APPROVE, application)

    assert stage.issue(application).numbers
