"""A guarantee whose period is over: only an extension from today on is offered; 期間満了 changes nothing else (change_request)."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.stage import Stage
from tests.web.page_client import PageClient

AFTER_THE_END = datetime(2024, 9, 30, 16, 0, tzinfo=UTC)  # 1 October in Japan; the guarantee ends on 30 September
ONLY = "保証期間は令和06年09月30日で終わっています。申し込めるのは、保証期間を今日以降まで延ばす変更だけです。"


@pytest.mark.parametrize("is_over", [False, True])
def test_only_an_extension_is_offered(
    contractor: PageClient, clerk: PageClient, stage: Stage, clock: time_machine.Traveller, *, is_over: bool
) -> None:
    number = stage.issued().number
    if is_over:
        clock.move_to(AFTER_THE_END)
        contractor.sign_in("netdesk")
        clerk.sign_in("clerk")

    page = contractor.get(f"/netdesk/contracts/{number}")
    form = contractor.get(page.link("保証期間を延ばす変更を申し込む" if is_over else "変更を申し込む"))

    for told in (page, form, clerk.get(f"/office/contracts/{number}/change")):
        assert (ONLY in told.words) is is_over
