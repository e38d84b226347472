"""取扱いの終了 of an authority: first what still hangs on it, then the day and the reason; a review says that it has ended."""

from collections.abc import Callable

import pytest
from time_machine import Traveller

from esurety.domain.application_state import ApplicationAct
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_office_masters import ANOTHER_SURETY
from tests.web.test_office_rules import authority


@pytest.fixture
def admin(signed_in: Callable[[str], PageClient]) -> PageClient:
    return signed_in("admin")


def end(admin: PageClient, stage: Stage, day: str) -> None:
    admin.press(admin.get(f"{authority(stage)}/end"), "取扱いを終了する", ended_on=day, reason="合併のため")


def test_before_an_authority_ends_what_hangs_on_it_is_shown(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    stage.issued()
    waiting = stage.submit(works_name="待っている工事", works_number="7号")
    page = admin.get(authority(stage))
    assert "取扱いを終了する" not in page.buttons()
    assert "取扱いを終了する" not in clerk.get(authority(stage)).words

    asked = admin.get(page.link("取扱いを終了する（確認画面へ）"))

    assert asked.heading == "〇〇区の取扱いを終了しますか"
    assert asked.rows() == {"手続き中の申込み": "1件", "保証期間中の保証契約": "1件"}
    assert asked.link("待っている工事") == f"/office/applications/{waiting}"
    assert asked.fields("取扱いを終了する")["ended_on"] == "令和6年4月1日"
    refused = admin.press(asked, "取扱いを終了する", expect=422, ended_on="令和6年3月31日")
    assert set(refused.problems) == {"ended_on", "reason"}
    assert "今日（令和6年4月1日）以降" in refused.problems["ended_on"]
    assert refused.fields("取扱いを終了する")["ended_on"] == "令和6年3月31日"
    assert refused.rows() == asked.rows()
    done = admin.follow(admin.press(refused, "取扱いを終了する", ended_on="令和6年4月1日", reason="合併のため"))

    assert "終了" in done.words
    assert "合併のため" in done.words
    assert "取扱いを終了する" not in done.words
    assert "終了しています" in admin.press(asked, "取扱いを終了する", expect=409, reason="もう一度").words
    assert "終了しています" in admin.get(asked.path, expect=409).words


def test_of_another_surety_nothing_is_named(admin: PageClient, stage: Stage) -> None:
    stage.submit(works_name="待っている工事")
    stage.change(ANOTHER_SURETY)
    stage.change("UPDATE accounts SET surety_id = (SELECT id FROM sureties WHERE name = '別の保証') WHERE email = 'admin@demo.example'")

    asked = admin.get(f"{authority(stage)}/end")

    assert asked.rows() == {"手続き中の申込み": "0件", "保証期間中の保証契約": "0件"}
    assert "待っている工事" not in asked.words


def test_a_review_says_that_its_authority_has_ended_and_asks_why_it_is_approved(
    admin: PageClient, signed_in: Callable[[str], PageClient], stage: Stage, clock: Traveller
) -> None:
    application = stage.submit()
    end(admin, stage, "令和6年4月2日")
    clerk = signed_in("clerk")
    review = clerk.get(f"/office/applications/{application}")
    assert review.rows()["発注者の取扱い"] == "終了する発注者（令和06年04月02日から）"
    assert "発注者の取扱い" not in "".join(review.problems)
    assert "要確認 発注者の取扱い" not in review.words

    clock.move_to("2024-04-02T10:00:00+09:00")
    clerk = signed_in("clerk")
    review = clerk.get(f"/office/applications/{application}")

    assert review.rows()["発注者の取扱い"] == "終了した発注者（令和06年04月02日から）"
    assert "〇〇区は終了した発注者（令和06年04月02日から）です。" in review.words
    refused = clerk.press(review, "承認", expect=422)
    clerk.press(refused, "承認", **{"override-1": "合併後の〇〇市に引き継がれると電話で確認"})
    assert stage.state(application) == "approved"


def test_the_review_of_a_living_authority_says_nothing_of_it(clerk: PageClient, stage: Stage) -> None:
    application = stage.submit()
    stage.decide(ApplicationAct.START_REVIEW, application)

    assert "発注者の取扱い" not in clerk.get(f"/office/applications/{application}").rows()
