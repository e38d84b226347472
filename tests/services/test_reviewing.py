"""Decisions and premiums: judged inside their own transaction, once, by the people of the same surety."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from esurety.domain.application_state import ActNotPossible, ApplicationAct
from esurety.domain.yen import Yen
from esurety.persistence.database import end_reading
from esurety.services.cancel_contract import AlreadyCancelled, NotEntitledToCancel, cancel_contract
from esurety.services.read_applications import application_for_office
from esurety.services.review_application import (
    MoreThanOutstanding,
    PremiumNotRecordable,
    RulesBroken,
    decide,
    record_premium,
    rule_outcomes,
)
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile
from tests.example_of_record import APPLIED_AT, ISSUED_AT, ISSUED_ON, REVIEWED_AT
from tests.services.test_issuing import at_once
from tests.stage import Stage

ACT = ApplicationAct
PREMIUM = 52_488  # 19,440,000 at the example rate of 0.27 %


def decide_as(stage: Stage, account: SignedIn, act: ApplicationAct, application: int, revision: int) -> None:
    with stage.app.app_context():
        decide(
            act,
            account=account,
            application_id=application,
            revision=revision,
            at=REVIEWED_AT,
            installation=stage.installation,
            reason="理由",
        )


@pytest.mark.parametrize("act", [ACT.START_REVIEW, ACT.APPROVE, ACT.RETURN, ACT.DECLINE])
def test_a_decision_on_an_older_revision_is_refused(act: ApplicationAct, stage: Stage) -> None:
    application = stage.submit()
    before = stage.census()

    with pytest.raises(ChangedMeanwhile):
        decide_as(stage, stage.person("clerk"), act, application, stage.revision(application) - 1)

    assert stage.census() == before
    assert stage.state(application) == "submitted"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for first in (ACT.APPROVE, ACT.RETURN, ACT.DECLINE)
        for second in (ACT.START_REVIEW, ACT.APPROVE, ACT.RETURN, ACT.DECLINE)
        if (first, second) != (ACT.APPROVE, ACT.RETURN)  # an approval can be taken back until the issue: test_taking_back.py
    ],
)
def test_what_is_decided_is_not_decided_again(first: ApplicationAct, second: ApplicationAct, stage: Stage) -> None:
    application = stage.submit()
    stage.decide(first, application, reason="理由")

    with pytest.raises(ActNotPossible):
        stage.decide(second, application, reason="理由")


def test_people_of_another_surety_find_nothing(stage: Stage) -> None:
    application = stage.submit()
    stranger = replace(stage.person("approver"), surety_id=999)

    with pytest.raises(ApplicationNotFound):
        decide_as(stage, stranger, ACT.APPROVE, application, stage.revision(application))
    with pytest.raises(ApplicationNotFound):
        decide_as(stage, stage.person("clerk"), ACT.APPROVE, 999, 1)


def test_a_draft_is_not_the_suretys_business(stage: Stage) -> None:
    with pytest.raises((ApplicationNotFound, ActNotPossible)):
        stage.decide(ACT.APPROVE, stage.draft())


def test_two_decisions_at_once_make_one(stage: Stage) -> None:
    application = stage.submit()
    revision = stage.revision(application)
    clerk, approver = stage.person("clerk"), stage.person("approver")

    raised = at_once(
        lambda: decide_as(stage, clerk, ACT.APPROVE, application, revision),
        lambda: decide_as(stage, approver, ACT.DECLINE, application, revision),
    )

    assert [type(no) for no in raised] in ([ActNotPossible], [ChangedMeanwhile])
    assert stage.state(application) in {"approved", "declined"}
    assert stage.scalar("SELECT count(*) FROM events WHERE kind LIKE 'Application%' AND kind <> 'ApplicationSubmitted'") == 1


def test_rules_are_judged_by_the_policy_of_the_day_of_the_application(stage: Stage) -> None:
    application = stage.submit()
    stage.change(
        "INSERT INTO authority_policies (authority_id, effective_from, head, submission_channels, submission_channel_note,"
        " electronic_since, counts_by, electronic_works_kinds, submission_note,"
        " advance_cap_works, advance_cap_services, advance_cap_low_bid, interim_cap, advances_together_cap, performance_minimum,"
        " performance_minimum_low_bid, rounding_unit, minimum_price, performance_recipient, performance_subject, advance_recipient,"
        " advance_subject)"
        " SELECT authority_id, '2024-04-02', head, '', '', electronic_since, counts_by, electronic_works_kinds, submission_note,"
        " 300, advance_cap_services, advance_cap_low_bid, interim_cap, advances_together_cap, performance_minimum,"
        " performance_minimum_low_bid, rounding_unit, 0, '', '', '', '' FROM authority_policies"
    )

    stage.decide(ACT.APPROVE, application, at=APPLIED_AT + timedelta(days=3))

    assert stage.state(application) == "approved"


def test_broken_rules_are_named_and_nothing_is_approved(stage: Stage) -> None:
    application = stage.submit()
    stage.change("UPDATE authority_policies SET electronic_since = NULL, advance_cap_works = 300")

    with pytest.raises(RulesBroken) as no:
        stage.decide(ACT.APPROVE, application)

    assert {outcome.field for outcome in no.value.outcomes} == {"advance_payment-certificate_form", "advance_payment-guaranteed_amount"}
    with stage.app.app_context():
        outcomes = rule_outcomes(application_for_office(stage.person("clerk"), application), today=ISSUED_ON)
        assert set(no.value.outcomes) <= set(outcomes)
        end_reading()


# ---- premiums ----


def record(stage: Stage, application: int, amount: int, *, token: str, by: str = "clerk", seen: int | None = None) -> None:
    with stage.app.app_context():
        record_premium(
            account=stage.person(by),
            application_id=application,
            received_on=ISSUED_ON,
            amount=Yen(amount),
            token=token,
            at=REVIEWED_AT,
            received_seen=None if seen is None else Yen(seen),
        )


def test_a_premium_is_recorded_once_for_each_form(stage: Stage) -> None:
    application = stage.approve(by="contractor2")

    record(stage, application, 10_000, token="a")
    record(stage, application, 10_000, token="a")
    record(stage, application, 10_000, token="b")

    assert stage.column("SELECT amount FROM premium_receipts") == [10_000, 10_000]
    assert stage.column("SELECT note FROM events WHERE kind = 'PremiumReceived'") == ["10,000円（振込）", "10,000円（振込）"]


def test_two_clerks_with_one_slip_record_it_once(stage: Stage) -> None:
    application = stage.approve(by="contractor2")

    raised = at_once(
        lambda: record(stage, application, PREMIUM, token="a", by="clerk", seen=0),
        lambda: record(stage, application, PREMIUM, token="b", by="approver", seen=0),
    )

    assert [type(no) for no in raised] == [ChangedMeanwhile]
    assert stage.column("SELECT amount FROM premium_receipts") == [PREMIUM]


def test_more_than_is_outstanding_is_not_recorded(stage: Stage) -> None:
    application = stage.approve(by="contractor2")
    record(stage, application, PREMIUM - 1, token="a")

    with pytest.raises(MoreThanOutstanding) as no:
        record(stage, application, 2, token="b")

    assert no.value.outstanding == Yen(1)


def test_no_premium_is_received_for_what_is_over(stage: Stage) -> None:
    declined = stage.submit(by="contractor2")
    stage.decide(ACT.DECLINE, declined, reason="理由")
    withdrawn = stage.submit(by="contractor2")
    stage.withdraw(withdrawn, by="contractor2")

    for application in (declined, withdrawn):
        with pytest.raises(PremiumNotRecordable):
            record(stage, application, 1, token=f"late-{application}")


# ---- 解約 ----


def test_a_contract_is_cancelled_once_by_the_surety_and_never_deleted(stage: Stage) -> None:
    number = stage.issued().number
    before = stage.census()

    stage.cancel(number, on=date(2024, 5, 1), at=ISSUED_AT + timedelta(days=40))

    assert stage.rows("SELECT cancellation_reason FROM guarantee_contracts") == [("請負契約の解除のため",)]
    after = stage.census()
    log = {"log_entries", "log_nodes", "log_checkpoints"}
    assert {table for table in after if after[table] != before[table]} == {"events", "outbox_mails"} | log  # the contractor is told
    with pytest.raises(AlreadyCancelled):
        stage.cancel(number, on=date(2024, 5, 2), at=ISSUED_AT + timedelta(days=41))
    for login in ("netdesk", "contractor2"):
        with stage.app.app_context(), pytest.raises(NotEntitledToCancel):
            cancel_contract(
                account=stage.person(login),
                number=number,
                cancelled_on=ISSUED_ON,
                reason="x",
                at=ISSUED_AT,
                installation=stage.installation,
            )
