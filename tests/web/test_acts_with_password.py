"""解約 and 認証キーを再発行 ask for the password; requests for keys are answered; an approval is taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from esurety.services import make_certificate
from tests.example_of_record import ISSUED_AT
from tests.stage import PASSWORD, Stage
from tests.web.page_client import Page, PageClient


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(days=30))


ACTS = [
    pytest.param(
        "解約", "解約する", {"reason": "契約解除のため", "refund": "1,000", "cancelled_on": "R6.5.1"}, "まだ解約していません", id="解約"
    ),
    pytest.param("認証キーを再発行", "認証キーを再発行", {"reason": "紛失のため"}, "まだ再発行していません", id="認証キーを再発行"),
]


def done(stage: Stage) -> tuple[int, int]:
    cancelled = stage.scalar("SELECT count(*) FROM guarantee_contracts WHERE cancelled_on IS NOT NULL")
    return cancelled, stage.scalar("SELECT count(*) FROM authentication_keys")


@pytest.mark.parametrize(("link", "button", "typed", "nothing_done"), ACTS)
def test_the_act_needs_the_right_password_and_keeps_what_was_typed(
    link: str, button: str, typed: dict[str, str], nothing_done: str, approver: PageClient, stage: Stage
) -> None:
    page = approver.get(approver.get(f"/office/contracts/{stage.issued().number}").link(link))

    missing = approver.press(page, button, expect=422, **typed)
    wrong = approver.press(page, button, expect=422, password="esurety-demo!", **typed)

    assert missing.problems == {"password": "パスワードを入力してください"}
    assert wrong.problems["password"].startswith("パスワードが違います")
    assert wrong.problems["password"].endswith(nothing_done)
    for answer in (missing, wrong):
        assert answer.fields(button).items() >= typed.items()
        assert answer.fields(button)["password"] == ""
    assert done(stage) == (0, 1)
    approver.press(wrong, button, password=PASSWORD)
    assert done(stage) != (0, 1)


@pytest.mark.parametrize(("link", "button", "typed", "nothing_done"), ACTS)
def test_guessing_the_password_is_slowed_as_at_the_sign_in(
    link: str, button: str, typed: dict[str, str], nothing_done: str, approver: PageClient, stage: Stage
) -> None:
    page = approver.get(approver.get(f"/office/contracts/{stage.issued().number}").link(link))
    for guess in range(5):
        approver.press(page, button, expect=422, password=f"guess-{guess}", **typed)

    slowed = approver.press(page, button, expect=429, password=PASSWORD, **typed)

    assert int(slowed.headers["Retry-After"]) >= 1
    assert slowed.fields(button).items() >= typed.items()
    assert nothing_done in slowed.words
    assert done(stage) == (0, 1)


# ---- requests for a new key ----


def asked(contractor: PageClient, number: str) -> Page:
    form = contractor.get(f"/netdesk/contracts/{number}/reissue-key")
    return contractor.follow(contractor.press(form, "再発行を依頼する", reason="別のあて先に送ったため"))


def test_a_request_is_work_on_the_home_page_until_it_is_met(
    contractor: PageClient, clerk: PageClient, approver: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    assert "再発行の依頼" not in clerk.get("/office/").words
    asked(contractor, number)

    home = approver.get("/office/")
    assert "認証キーの再発行の依頼 1件" in home.words
    listed = approver.get(home.link("認証キーの再発行の依頼"))
    assert [number in row and "別のあて先に送ったため" in row for row in listed.table_rows()] == [True]
    assert "対応する" not in clerk.get("/office/key-requests/").links()
    approver.press(approver.get(listed.link("対応する")), "認証キーを再発行", password=PASSWORD)

    assert approver.get("/office/key-requests/").table_rows() == []
    assert "再発行の依頼" not in approver.get("/office/").words


def test_a_request_is_declined_with_a_reason_that_the_contractor_reads(contractor: PageClient, approver: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    asked(contractor, number)
    page = approver.get(f"/office/contracts/{number}/reissue-key")

    missing = approver.press(page, "依頼を断る", expect=422)
    assert missing.problems == {"decline_reason": "断る理由を入力してください"}
    too_long = approver.press(page, "依頼を断る", expect=422, decline_reason="あ" * 501)
    assert too_long.fields("依頼を断る")["decline_reason"] == "あ" * 501
    told = approver.follow(approver.press(page, "依頼を断る", decline_reason="お知らせの再印刷で足りるため"))
    again = approver.follow(approver.press(page, "依頼を断る", decline_reason="もう一度"))

    assert "依頼を断りました" in told.words
    assert "すでに対応が終わっています" in again.words
    assert "お知らせの再印刷で足りるため" in contractor.get(f"/netdesk/contracts/{number}/history").words
    asking = contractor.get(f"/netdesk/contracts/{number}/reissue-key")
    assert "前回の依頼では、再発行を行いませんでした" in asking.words
    assert "再発行を依頼する" in asking.buttons()
    assert "依頼を断る" not in approver.get(f"/office/contracts/{number}/reissue-key").buttons()


# ---- an approval taken back ----


def test_an_approved_application_is_returned_with_a_reason(clerk: PageClient, contractor: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = clerk.get(f"/office/applications/{application}")

    missing = clerk.press(page, "差戻し", expect=422)
    assert missing.problems == {"return-reason": "差戻しの理由を入力してください"}
    clerk.press(page, "差戻し", reason="工期を直してください")

    shown = contractor.get(f"/netdesk/applications/{application}")
    assert "差戻し" in shown.words
    assert "工期を直してください" in shown.words
    clerk.press(page, "差戻し", expect=409, reason="もう一度")


def test_an_approval_is_revoked_and_the_review_goes_on(clerk: PageClient, approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = clerk.get(f"/office/applications/{application}")

    assert clerk.press(page, "承認を取り消す", expect=422).problems == {"revoke-reason": "承認を取り消す理由を入力してください"}
    done = clerk.follow(clerk.press(page, "承認を取り消す", reason="金額を見直すため"))

    assert stage.state(application) == "in_review"
    assert {"承認", "差戻し", "謝絶"} <= set(done.buttons())
    assert "発行する（確認画面へ）" not in approver.get(f"/office/applications/{application}").links()
    assert clerk.get(f"/office/applications/{application}/revoke", expect=303).location == f"/office/applications/{application}"


def test_after_a_broken_issue_the_page_says_to_issue_again(
    clerk: PageClient, approver: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = stage.approve()
    stale = clerk.get(f"/office/applications/{application}")
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", lambda _content: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            stage.issue(application)

    answer = clerk.press(stale, "差戻し", expect=409, reason="書いた理由")

    assert "承認を取り消せません" in answer.words
    assert "書いた理由" in answer.words
    page = approver.get(f"/office/applications/{application}")
    assert "差戻しと承認の取消しはできません" in page.words
    assert "差戻し" not in page.buttons()
    confirmation = approver.get(page.link("発行する"))
    approver.press(confirmation, "発行する", password=PASSWORD)
    assert stage.state(application) == "issued"


def test_an_operator_takes_no_approval_back(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.approve()

    assert signed_in("admin").get(f"/office/applications/{application}").buttons() == []
