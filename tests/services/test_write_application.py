"""Drafts, submissions, withdrawals: the service's own promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from esurety.domain.application_content import IncompleteApplication
from esurety.domain.application_state import ActNotPossible, ApplicationAct
from esurety.persistence.reference_data import NoTariff
from esurety.services.installation import Installation
from esurety.services.write_application import (
    AlreadySubmitted,
    ApplicationNotFound,
    ChangedMeanwhile,
    FormIdentity,
    assess_application,
    save_draft,
    submit_application,
    withdraw_application,
)
from tests.example_of_record import APPLIED_AT, ISSUED_ON, RARE_WORKS_NAME, typed_example, with_interim, with_performance
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("in_context")
ACT = ApplicationAct


def submit(stage: Stage, page: FormIdentity, *, by: str = "netdesk", **changes: str) -> int:
    return submit_application(
        account=stage.person(by), typed=typed_example(stage.ids, **changes), page=page, at=APPLIED_AT, installation=stage.installation
    )


def test_the_example_of_record_is_understood_to_the_yen_and_the_day(stage: Stage) -> None:
    stage.submit()

    assert stage.rows(
        "SELECT state, contract_price, works_name, is_low_bid, notification_email, premium_billing_name FROM applications"
    ) == [("submitted", 48_600_000, "都営住宅××××× 耐震改修工事", False, "abcde@ejcs.co.jp", "ネットデスク建設株式会社")]
    days = stage.rows("SELECT contracted_on, construction_starts_on, construction_ends_on FROM applications")[0]
    assert [str(day) for day in days] == ["2024-04-01", "2024-04-01", "2024-09-30"]
    assert stage.rows("SELECT product, certificate_form, guaranteed_amount, premium_payment_method FROM requested_guarantees") == [
        ("advance_payment", "electronic", 19_440_000, "lump_monthly")
    ]


def test_the_premium_is_reckoned_with_the_published_rate(stage: Stage) -> None:
    stage.submit(contract_price="50,000,000", advance_payment__guaranteed_amount="20,000,000", **with_interim("10,000,000"))

    assert stage.scalar("SELECT premium FROM requested_guarantees WHERE product = 'interim_advance_payment'") == 6_500


def test_names_are_kept_exactly_as_typed(stage: Stage) -> None:
    name = f"{RARE_WORKS_NAME}神ｶﾅ　①"  # U+FA19 would become another character under NFKC

    stage.submit(works_name=name)

    assert stage.scalar("SELECT works_name FROM applications") == name


def test_the_same_page_submits_once_and_with_other_contents_not_at_all(stage: Stage) -> None:
    page = FormIdentity("page-1")
    first = submit(stage, page)

    assert submit(stage, page) == first
    with pytest.raises(AlreadySubmitted) as before:
        submit(stage, page, works_name="別の工事")
    assert before.value.application_id == first
    with pytest.raises(AlreadySubmitted):
        save_draft(account=stage.person("netdesk"), typed={"works_name": "別"}, page=page, at=APPLIED_AT)
    assert stage.scalar("SELECT count(*) FROM applications") == 1


def test_the_same_token_of_two_people_makes_two_applications(stage: Stage) -> None:
    assert submit(stage, FormIdentity("t")) != submit(stage, FormIdentity("t"), by="contractor2")


def test_an_incomplete_form_is_not_submitted_and_writes_nothing(stage: Stage) -> None:
    before = stage.census()

    with pytest.raises(IncompleteApplication) as no:
        submit(stage, FormIdentity("t"), works_name="", contract_price="x")

    assert list(no.value.problems) == ["works_name", "contract_price"]
    assert stage.census() == before


def test_rules_and_reading_are_complained_of_together(stage: Stage) -> None:
    with pytest.raises(IncompleteApplication) as no:
        submit(stage, FormIdentity("t"), advance_payment__guaranteed_amount="19,440,001", notification_email="x")

    assert {"advance_payment-guaranteed_amount", "notification_email"} <= set(no.value.problems)


def test_a_day_without_a_tariff_is_a_fault_and_not_a_free_guarantee(stage: Stage) -> None:
    stage.change("UPDATE tariffs SET effective_from = '2030-04-01'")

    with pytest.raises(NoTariff):
        assess_application(account=stage.person("netdesk"), typed=typed_example(stage.ids), today=ISSUED_ON)


def test_an_id_of_another_surety_is_not_accepted(stage: Stage) -> None:
    stage.change(
        "INSERT INTO sureties (id, name, address, representative, four_eyes_above, created_at) VALUES (77, '別の会社', '', '', 1, '2024-01-01 00:00:00')"
    )
    stage.change("INSERT INTO branches (id, surety_id, code, name, phone, hours) VALUES (77, 77, 777, '別の支店', '', '')")

    with pytest.raises(IncompleteApplication) as no:
        submit(stage, FormIdentity("t"), branch_id="77")

    assert "branch_id" in no.value.problems


def test_nobody_touches_another_companys_application(stage: Stage) -> None:
    draft, submitted = stage.draft(), stage.submit()
    other = stage.person("contractor2")

    with pytest.raises(ApplicationNotFound):
        save_draft(account=other, typed={}, page=FormIdentity("", draft, 1), at=APPLIED_AT)
    with pytest.raises(ApplicationNotFound):
        withdraw_application(account=other, application_id=submitted, revision=1, at=APPLIED_AT)
    with pytest.raises(ApplicationNotFound):
        submit(stage, FormIdentity("", draft, stage.revision(draft)), by="contractor2")


def test_staff_make_no_applications(stage: Stage) -> None:
    with pytest.raises(ApplicationNotFound):
        save_draft(account=stage.person("clerk"), typed={}, page=FormIdentity("t"), at=APPLIED_AT)


def test_colleagues_of_one_company_share_their_applications(stage: Stage) -> None:
    draft = stage.draft()
    colleague = replace(stage.person("netdesk"), account_id=stage.account_ids["admin"])

    save_draft(account=colleague, typed={"works_name": "同僚が直した"}, page=FormIdentity("", draft, stage.revision(draft)), at=APPLIED_AT)

    assert stage.scalar("SELECT works_name FROM applications") == "同僚が直した"


def test_an_older_revision_is_refused(stage: Stage) -> None:
    draft = stage.draft()
    stale = stage.revision(draft) - 1

    for act in (
        lambda: save_draft(account=stage.person("netdesk"), typed={}, page=FormIdentity("", draft, stale), at=APPLIED_AT),
        lambda: submit(stage, FormIdentity("", draft, stale)),
        lambda: withdraw_application(account=stage.person("netdesk"), application_id=draft, revision=stale, at=APPLIED_AT),
    ):
        with pytest.raises(ChangedMeanwhile):
            act()


def test_withdrawing_twice_is_once(stage: Stage) -> None:
    application = stage.submit()
    stage.withdraw(application)
    stage.withdraw(application)

    assert stage.column("SELECT kind FROM events ORDER BY id") == ["ApplicationSubmitted", "ApplicationWithdrawn"]


@pytest.mark.parametrize("act", [ACT.START_REVIEW, ACT.APPROVE, ACT.DECLINE])
def test_what_the_surety_has_taken_up_cannot_be_withdrawn(act: ApplicationAct, stage: Stage) -> None:
    application = stage.submit()
    stage.decide(act, application, reason="理由")

    with pytest.raises(ActNotPossible):
        stage.withdraw(application)


def test_a_second_submission_replaces_the_requests_and_their_premiums(stage: Stage) -> None:
    application = stage.submit(**with_performance())
    stage.decide(ACT.RETURN, application, reason="理由")

    submit(stage, FormIdentity("", application, stage.revision(application)), advance_payment__guaranteed_amount="10,000,000")

    assert stage.rows("SELECT product, guaranteed_amount, premium FROM requested_guarantees") == [("advance_payment", 10_000_000, 27_000)]


def test_every_act_is_an_event_with_its_actor_and_time(stage: Stage, installation: Installation) -> None:
    application = stage.submit()
    stage.decide(ACT.START_REVIEW, application)
    stage.decide(ACT.RETURN, application, reason="一度目の理由")
    submit(stage, FormIdentity("", application, stage.revision(application)), works_name="直した工事")
    stage.decide(ACT.APPROVE, application, at=APPLIED_AT + timedelta(hours=5))
    stage.issue(application)

    contractor, clerk, approver = "ネットデスク建設株式会社 受注 一郎", "千葉支店 審査 良子", "千葉支店 発行 正"
    assert stage.rows("SELECT kind, actor_name, note FROM events ORDER BY id") == [
        ("ApplicationSubmitted", contractor, ""),
        ("ReviewStarted", clerk, ""),
        ("ApplicationReturned", clerk, "一度目の理由"),
        ("ApplicationSubmittedAgain", contractor, "工事名：都営住宅××××× 耐震改修工事 → 直した工事"),
        ("ApplicationApproved", clerk, ""),
        ("GuaranteeIssued", approver, "当初 19,440,000円"),
    ]
    assert stage.scalar("SELECT count(*) FROM events WHERE contract_id IS NOT NULL") == 1
