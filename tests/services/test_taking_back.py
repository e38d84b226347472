"""An approval taken back before the issue: free while no number is drawn, refused once one is; receipts and four eyes stay right."""

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.yen import Yen
from esurety.services import make_certificate
from esurety.services.check_entitlement import NeedsAnotherPerson
from esurety.services.issue_guarantee import NotYetApproved
from esurety.services.take_back_approval import NumbersPrepared
from esurety.services.write_application import FormIdentity, submit_application
from tests.example_of_record import RARE_COMPANY, REVIEWED_AT, typed_example, with_interim
from tests.services.test_changing import CHANGED_AT, LARGER, SMALLER, change, content, issue
from tests.stage import Stage

ACT = ApplicationAct
PREMIUM = 52_488  # 19,440,000 at the example rate of 0.27 %


def submit_again(stage: Stage, application: int, *, by: str = "netdesk", **changes: str) -> None:
    with stage.context():
        submit_application(
            account=stage.person(by),
            typed=typed_example(stage.ids, **changes),
            page=FormIdentity("again", application, stage.revision(application)),
            at=REVIEWED_AT,
            installation=stage.installation,
        )


def break_off(stage: Stage, monkeypatch: pytest.MonkeyPatch, application: int) -> None:
    """An issue that draws its numbers and gets no further."""
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", lambda _content: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            stage.issue(application)


def test_an_approved_application_is_returned_corrected_and_issued(stage: Stage) -> None:
    application = stage.approve()

    stage.decide(ACT.RETURN, application, reason="工期を直してください")
    assert stage.rows("SELECT state, approver_id FROM applications") == [("returned", None)]
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'returned:%'") == 1
    submit_again(stage, application, works_name="直した工事")
    with pytest.raises(NotYetApproved):
        stage.issue(application)
    stage.decide(ACT.APPROVE, application)
    issued = stage.issue(application)

    assert stage.rows("SELECT number, works_name FROM guarantee_contracts") == [(issued.number, "直した工事")]
    assert stage.rows("SELECT last_sequence FROM number_counters") == [(1,)]


def test_a_revoked_approval_is_back_under_review_and_approved_anew(stage: Stage) -> None:
    application = stage.approve(**with_interim())
    overridden = stage.scalar("SELECT count(*) FROM warning_overrides")
    assert overridden

    stage.decide(ACT.REVOKE, application, reason="認定調書を見直すため")
    assert stage.rows("SELECT state, approver_id, decided_at FROM applications") == [("in_review", None, None)]
    assert stage.scalar("SELECT count(*) FROM warning_overrides") == 0
    stage.decide(ACT.APPROVE, application)

    assert stage.scalar("SELECT count(*) FROM warning_overrides") == overridden
    kinds = stage.column("SELECT kind FROM events WHERE kind LIKE '%Appro%' ORDER BY id")
    assert kinds == ["ApplicationApproved", "ApprovalRevoked", "ApplicationApproved"]
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'WarningOverridden'") == 2 * overridden


@pytest.mark.parametrize("act", [ACT.RETURN, ACT.REVOKE])
def test_once_numbers_are_drawn_only_the_issue_leads_on(act: ApplicationAct, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    application = stage.approve()
    break_off(stage, monkeypatch, application)
    before = stage.census()

    with pytest.raises(NumbersPrepared):
        stage.decide(act, application, reason="理由")
    assert stage.census() == before
    assert stage.state(application) == "approved"
    stage.issue(application)

    assert stage.rows("SELECT last_sequence FROM number_counters") == [(1,)]


def test_what_was_received_counts_for_the_corrected_application(stage: Stage) -> None:
    application = stage.approve(by="contractor2", premium_billing_name=RARE_COMPANY)
    stage.pay(application)

    stage.decide(ACT.RETURN, application, reason="金額を直してください")
    submit_again(stage, application, by="contractor2", premium_billing_name=RARE_COMPANY, advance_payment__guaranteed_amount="10,000,000")
    stage.decide(ACT.APPROVE, application)
    stage.issue(application)

    assert stage.column("SELECT amount FROM premium_receipts WHERE reversed_at IS NULL") == [PREMIUM]
    assert stage.column("SELECT premium FROM certificate_versions") == [27_000]  # 10,000,000 at 0.27 %


def test_above_the_limit_who_reviewed_does_not_approve_what_was_revoked(stage: Stage) -> None:
    stage.change("UPDATE sureties SET four_eyes_above = 1")
    application = stage.submit()
    stage.decide(ACT.START_REVIEW, application, by="clerk")
    stage.decide(ACT.APPROVE, application, by="approver")

    stage.decide(ACT.REVOKE, application, by="approver", reason="見直すため")

    with pytest.raises(NeedsAnotherPerson):
        stage.decide(ACT.APPROVE, application, by="clerk")
    stage.decide(ACT.APPROVE, application, by="approver")


def test_a_returned_change_leaves_no_prepared_version_behind(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.issued().number
    application = change(stage, number, **LARGER)
    stage.decide(ACT.APPROVE, application, at=CHANGED_AT)
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", lambda _content: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            issue(stage, application)
    assert stage.scalar("SELECT count(*) FROM certificate_versions") == 2

    stage.decide(ACT.RETURN, application, at=CHANGED_AT, reason="金額が違います")
    assert stage.scalar("SELECT count(*) FROM certificate_versions") == 1
    change(stage, number, **SMALLER)
    stage.decide(ACT.APPROVE, application, at=CHANGED_AT)
    issue(stage, application)

    assert content(stage, number, 1).guaranteed_amount == Yen(16_000_000)
    assert stage.column("SELECT premium FROM certificate_versions ORDER BY version") == [PREMIUM, 43_200]  # 16,000,000 at 0.27 %
