"""After the issue, on the screens: 変更, 版の比較, 解約, 認証キーの再発行."""

from datetime import timedelta

import pytest
import time_machine

from tests.example_of_record import ISSUED_AT, on_paper
from tests.stage import PASSWORD, Stage
from tests.web.page_client import Page, PageClient

LATER = ISSUED_AT + timedelta(days=30)


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(LATER)


def fill(client: PageClient, number: str, *, expect: int = 200, **typed: str) -> Page:
    page = client.get(f"/netdesk/contracts/{number}/change")
    changes = {
        "contract_price": "54,000,000",
        "guaranteed_amount": "21,600,000",
        "construction_ends_on": "R6.12.27",
        "change_reason": "設計変更により増額し、工期を延ばすため",
    } | typed
    return client.press(page, "確認画面へ進む", expect=expect, **changes)


def apply(client: PageClient, number: str) -> int:
    client.follow(client.press(fill(client, number), "この内容で申し込む"))
    return int(client.stage.scalar("SELECT max(id) FROM applications WHERE kind = 'change'"))


def approve_and_issue(clerk: PageClient, approver: PageClient, application: int) -> Page:
    page = clerk.get(f"/office/applications/{application}")
    asked = [name for name in page.fields("承認") if name.startswith("override") and not name.endswith("-rule")]
    reasons = {name.replace("-", "__"): "確認しました" for name in asked}
    clerk.press(page, "承認", **reasons)
    confirmation = approver.get(f"/office/applications/{application}/issue")
    assert "変更第1回" in confirmation.words
    return approver.follow(approver.press(confirmation, "発行する", password=PASSWORD))


def open_in_dsure(client: PageClient, number: str, key: str) -> Page:
    page = client.get("/dsure/")
    return client.follow(client.press(page, "証書を開く", guarantee_contract_number=number, authentication_key=key))


def test_a_change_is_checked_before_it_goes_out(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    assert contractor.get(f"/netdesk/contracts/{number}").link("変更を申し込む").endswith(f"/{number}/change")

    page = fill(contractor, number)

    assert page.heading == "変更内容の確認"
    assert "保証金額（総額） 19,440,000円 21,600,000円" in page.table_rows()
    assert page.rows()["変更の種類"] == "増額・保証期限変更"
    assert "電子保証と証書(紙)は混在できません" in page.words
    assert stage.scalar("SELECT count(*) FROM applications") == 1


def test_back_to_the_form_keeps_everything_typed(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = contractor.press(fill(contractor, number), "入力に戻る", expect=200)

    assert page.fields("確認画面へ進む")["construction_ends_on"] == "R6.12.27"


def test_what_cannot_be_read_is_kept_and_named(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = fill(contractor, number, expect=422, contract_price="たくさん", construction_ends_on="令和6年2月30日")

    assert set(page.problems) == {"contract_price", "construction_ends_on"}
    assert page.fields("確認画面へ進む")["contract_price"] == "たくさん"
    assert page.title.startswith("エラー：")


def test_from_the_change_to_the_second_version_everybody_sees(
    contractor: PageClient, clerk: PageClient, approver: PageClient, client: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    key = stage.key_of(number)

    application = apply(contractor, number)

    assert any("変更" in row for row in contractor.get("/netdesk/applications/").table_rows())
    assert any("変更" in row for row in clerk.get("/office/").table_rows())
    review = clerk.get(f"/office/applications/{application}")
    assert "保証金額（総額） 19,440,000円 21,600,000円" in review.table_rows()
    assert "設計変更により増額し" in review.words
    approve_and_issue(clerk, approver, application)
    shown = contractor.get(f"/netdesk/contracts/{number}")
    assert "変更あり" in shown.words
    assert "保証料の差額と返還" in shown.words
    certificate = contractor.get(f"/netdesk/contracts/{number}/certificate")
    assert "申込内容との違いはありません" in certificate.words
    opened = open_in_dsure(client, number, key)
    assert "変更あり" in opened.words
    assert "変更点（当初から変更第1回）" in opened.words
    assert "保証金額（総額） 19,440,000円 21,600,000円" in opened.table_rows()


@pytest.mark.parametrize("who", ["contractor", "office", "dsure"])
def test_any_two_versions_are_compared(
    who: str, contractor: PageClient, clerk: PageClient, approver: PageClient, client: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    approve_and_issue(clerk, approver, apply(contractor, number))
    if who == "dsure":
        open_in_dsure(client, number, stage.key_of(number))
    reader, address = {
        "contractor": (contractor, f"/netdesk/contracts/{number}/compare"),
        "office": (clerk, f"/office/contracts/{number}/compare"),
        "dsure": (client, "/dsure/compare"),
    }[who]

    newest, backwards = reader.get(address), reader.get(f"{address}?from=1&to=0")

    assert "請負金額（総額） 48,600,000円 54,000,000円" in newest.table_rows()
    assert "請負金額（総額） 54,000,000円 48,600,000円" in backwards.table_rows()
    assert "別の版を選んでください" in reader.get(f"{address}?from=1&to=1").words
    reader.get(f"{address}?from=0&to=2", expect=404)
    reader.get(f"{address}?from=x", expect=404)


def test_a_contract_with_one_version_has_nothing_to_compare(contractor: PageClient, stage: Stage) -> None:
    assert "版は1つだけです" in contractor.get(f"/netdesk/contracts/{stage.issued().number}/compare").words


def test_a_second_change_and_a_cancelled_contract_are_told_what_to_do(contractor: PageClient, stage: Stage) -> None:
    first, second = stage.issued().number, stage.issued().number
    page = fill(contractor, second)
    application = apply(contractor, first)
    stage.cancel(second, on=LATER.date(), at=LATER)

    waiting = contractor.get(f"/netdesk/contracts/{first}/change")
    late = contractor.press(page, "この内容で申し込む", expect=409)

    assert f"申込番号 {application:06d}" in waiting.words
    assert "解約されています" in late.words


def test_a_returned_change_leads_back_to_its_own_form(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    application = apply(contractor, number)
    clerk.press(clerk.get(f"/office/applications/{application}"), "差戻し", reason="金額をご確認ください。")

    page = contractor.get(contractor.get(f"/netdesk/applications/{application}").link("修正して申し込む"))

    assert "金額をご確認ください。" in page.words
    assert page.fields("確認画面へ進む")["contract_price"] == "54,000,000"
    again = contractor.press(contractor.press(page, "確認画面へ進む", expect=200, contract_price="55,000,000"), "この内容で申し込む")
    assert again.location.endswith(f"/{application}/received")
    assert contractor.get(f"/netdesk/applications/{application}/edit", expect=303).location.endswith(f"/{application}")


def test_an_approver_cancels_and_the_certificate_stays(approver: PageClient, contractor: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    page = approver.get(approver.get(f"/office/contracts/{number}").link("解約"))

    missing = approver.press(page, "解約する", expect=422)
    future = approver.press(page, "解約する", expect=422, reason="契約解除", cancelled_on="令和6年5月2日", password=PASSWORD)
    too_much = approver.press(page, "解約する", expect=422, reason="契約解除", refund="99,999,999", password=PASSWORD)
    done = approver.follow(approver.press(page, "解約する", reason="契約解除のため", refund="1,000", password=PASSWORD))

    assert missing.problems == {"reason": "解約の理由を入力してください", "password": "パスワードを入力してください"}
    assert "今日以前" in future.problems["cancelled_on"]
    assert "保証料の全額" in too_much.problems["refund"]
    assert "解約済" in done.words
    assert "返還 1,000円" in done.words
    assert approver.get(done.link("返還計算書")).body.startswith(b"%PDF")
    shown = contractor.get(f"/netdesk/contracts/{number}")
    assert "契約解除のため" in shown.words
    assert contractor.get(f"/netdesk/contracts/{number}/refund-statement.pdf?version=1").body.startswith(b"%PDF")


def test_an_asked_for_key_is_reissued_and_the_old_session_ends(
    contractor: PageClient, approver: PageClient, client: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    open_in_dsure(client, number, stage.key_of(number))
    asking = contractor.get(f"/netdesk/contracts/{number}/reissue-key")
    contractor.press(asking, "再発行を依頼する", expect=422)
    contractor.follow(contractor.press(asking, "再発行を依頼する", reason="別のあて先に送ったため"))
    assert "依頼済み" in contractor.get(f"/netdesk/contracts/{number}/reissue-key").words

    office = approver.get(f"/office/contracts/{number}")
    assert "別のあて先に送ったため" in office.words
    done = approver.follow(approver.press(approver.get(office.link("認証キーを再発行")), "認証キーを再発行", password=PASSWORD))

    assert "再発行（1回目）" in done.words
    assert client.get("/dsure/certificate", expect=303).location.endswith("/dsure/")
    history = contractor.get(f"/netdesk/contracts/{number}/history")
    assert "再発行（1回目）" in history.words
    assert "失効" in history.words
    assert "変更あり" not in history.words


def test_paper_has_no_key_to_ask_for(contractor: PageClient, approver: PageClient, stage: Stage) -> None:
    number = stage.issued(**on_paper()).number

    assert "認証キーはありません" in contractor.get(f"/netdesk/contracts/{number}/reissue-key").words
    assert "再発行はできません" in approver.get(f"/office/contracts/{number}/reissue-key").words


def test_the_office_reads_that_the_contractor_applies(clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    page = clerk.get(clerk.get(f"/office/contracts/{number}").link("変更"))

    assert "代わりに申し込むことはできません" in page.words
