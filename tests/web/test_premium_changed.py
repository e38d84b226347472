"""A corrected application is reckoned by the tariff of its new day: what that changes is said before it is handed in, and to the office."""

from collections.abc import Callable
from datetime import date

from time_machine import Traveller

from esurety.domain.application_state import ApplicationAct
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_office_rules import send_file

TOMORROW_DEARER = "商品,料率の名称,適用開始日,上限額,料率（%）\n前払金保証,新しい例示料率,令和6年4月2日,,0.5\n"


def test_a_premium_that_a_new_tariff_changes_is_said_on_the_check_page_and_in_the_history(
    stage: Stage, signed_in: Callable[[str], PageClient], clock: Traveller
) -> None:
    application = stage.submit()
    stage.decide(ApplicationAct.RETURN, application, reason="工期を確かめてください。")
    admin = signed_in("admin")
    admin.press(send_file(admin, admin.get("/office/rules/tariffs/load"), TOMORROW_DEARER.encode()), "この内容で登録する")
    clock.move_to("2024-04-02T10:00:00+09:00")
    contractor = signed_in("netdesk")

    check = contractor.follow(contractor.press(contractor.get(f"/netdesk/applications/{application}/edit"), "確認画面へ進む"))

    # 19,440,000円 × 0.27 % and × 0.5 %
    assert "保証料が変わりました" in check.notices[0]
    assert "前払金保証の保証料：52,488円 → 97,200円" in check.notices[0]
    assert "料率が変わった" in check.notices[0]
    contractor.press(check, "この内容で申し込む")
    assert "前払金保証の保証料：52,488円 → 97,200円" in contractor.get(f"/netdesk/applications/{application}").words
    assert "前払金保証の保証料：52,488円 → 97,200円" in signed_in("clerk").get(f"/office/applications/{application}").words


def test_a_premium_that_a_corrected_amount_changes_is_said_without_blaming_the_tariff(stage: Stage, contractor: PageClient) -> None:
    application = stage.submit()
    stage.decide(ApplicationAct.RETURN, application, reason="金額を確かめてください。")
    form = contractor.get(f"/netdesk/applications/{application}/edit")

    check = contractor.follow(contractor.press(form, "確認画面へ進む", advance_payment__guaranteed_amount="10,000,000"))

    assert "前払金保証の保証料：52,488円 → 27,000円" in check.notices[0]
    assert "料率が変わった" not in check.notices[0]


def test_a_premium_that_stays_is_not_spoken_of(stage: Stage, contractor: PageClient) -> None:
    application = stage.submit()
    stage.decide(ApplicationAct.RETURN, application, reason="工期を確かめてください。")

    check = contractor.follow(contractor.press(contractor.get(f"/netdesk/applications/{application}/edit"), "確認画面へ進む"))
    first = contractor.get(f"/netdesk/applications/{stage.draft()}/confirm")

    assert "保証料が変わりました" not in check.words + first.words


def test_a_tariff_begins_tomorrow_and_only_a_products_first_one_today(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    admin = signed_in("admin")
    today = TOMORROW_DEARER.replace("4月2日", "4月1日")
    form = admin.get("/office/rules/tariffs/load")
    assert "適用開始日はあした以降です" in form.words

    refused = send_file(admin, form, today.encode(), expect=422)

    assert "適用開始日はあした（令和6年4月2日）以降の日付を入力してください" in refused.words
    looked_at = send_file(admin, form, TOMORROW_DEARER.encode())
    admin.press(looked_at, "この内容で登録する")
    assert date.fromisoformat(str(stage.scalar("SELECT effective_from FROM tariffs WHERE label = '新しい例示料率'"))) == date(2024, 4, 2)
