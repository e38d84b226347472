"""Time passes between approval and issue: 契約保証 that has ended is not issued, an advance only after a warning."""

from datetime import UTC, datetime

import pytest
import time_machine

from esurety.services.check_period import GuaranteeIsOver
from tests.example_of_record import with_performance
from tests.stage import PASSWORD, Stage
from tests.web.page_client import PageClient

AFTER_THE_END = datetime(2024, 9, 30, 16, 0, tzinfo=UTC)  # 1 October in Japan; 工期 ends on 30 September


def test_a_performance_guarantee_that_has_ended_is_not_issued(approver: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    application_id = stage.approve(**with_performance())
    clock.move_to(AFTER_THE_END)

    page = approver.sign_in("approver").get(f"/office/applications/{application_id}/issue")

    assert "保証期間がすでに終わっているため、発行できません" in page.words
    assert "契約保証（令和06年09月30日まで）" in page.words
    assert "発行する" not in page.buttons()
    with pytest.raises(GuaranteeIsOver):
        stage.issue(application_id, at=AFTER_THE_END)
    assert stage.numbers_of(application_id) == []


def test_an_advance_that_has_ended_is_warned_of(approver: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    application_id = stage.approve()
    clock.move_to(AFTER_THE_END)

    page = approver.sign_in("approver").get(f"/office/applications/{application_id}/issue")
    assert "前払金保証（令和06年09月30日まで）。工期が正しいか" in page.words
    approver.press(page, "発行する", password=PASSWORD)

    assert len(stage.numbers_of(application_id)) == 1
