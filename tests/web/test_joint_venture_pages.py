"""共同企業体 on every screen and paper: opened in the form, checked, reviewed, certified; the notice names the representative alone."""

from collections.abc import Callable

from tests.example_of_record import WORKS_NAME
from tests.pdf_text import pdf_text
from tests.stage import Stage
from tests.web.page_client import PageClient

OWN, OTHER = "ネットデスク建設株式会社", "髙﨑土木㈱"
VENTURE = {
    "is_joint_venture": "on",
    "joint_venture_name": "見本・髙﨑特定建設工事共同企業体",
    "jv_member-1-name": OWN,
    "jv_member-1-address": "東京都中央区八丁堀2丁目27番10号",
    "jv_member-1-share": "６６.６６",
    "jv_member-2-name": OTHER,
    "jv_member-2-address": "千葉県長生郡長生村本郷1番地",
    "jv_member-2-share": "33.34%",
    "jv_representative": "1",
}
LED_BY_THE_OTHER = VENTURE | {"jv_representative": "2"}


def test_the_block_opens_with_the_company_itself(contractor: PageClient) -> None:
    page = contractor.get("/netdesk/applications/new")
    assert "jv_member-1-name" not in page.fields("下書きを保存")

    opened = contractor.press(page, "表示を更新", expect=200, is_joint_venture="on")

    typed = opened.fields("下書きを保存")
    assert typed["jv_member-1-name"] == OWN
    assert typed["jv_member-1-address"]
    assert typed["jv_representative"] == "1"


def test_htmx_gets_the_block_alone_and_closing_keeps_what_was_typed(contractor: PageClient) -> None:
    contractor.get("/netdesk/applications/new")

    opened = contractor.partial("/netdesk/applications/form/joint-venture", {"is_joint_venture": "on"})
    assert opened.dom.xpath("//*[@name='jv_member-3-share']")
    closed = contractor.partial("/netdesk/applications/form/joint-venture", {"jv_member-2-name": OTHER})
    assert closed.dom.xpath("//input[@type='hidden'][@name='jv_member-2-name']/@value") == [OTHER]


def test_a_wrong_share_is_said_at_its_field_and_nothing_typed_is_lost(contractor: PageClient, stage: Stage) -> None:
    draft = stage.draft(**VENTURE)
    page = contractor.get(f"/netdesk/applications/{draft}/edit")

    answered = contractor.press(page, "確認画面へ進む", expect=422, **{"jv_member-2-share": "33"})

    assert answered.problems == {"jv_member-2-share": "出資比率の合計を100%にしてください（いま99.66%です）"}
    assert answered.messages_at_fields()["jv_member-2-share"] == answered.problems["jv_member-2-share"]
    assert answered.fields("確認画面へ進む")["joint_venture_name"] == "見本・髙﨑特定建設工事共同企業体"


def test_members_stand_on_the_check_page_the_application_and_the_review(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    draft = stage.draft(**VENTURE)
    check = contractor.get(f"/netdesk/applications/{draft}/confirm")
    assert check.rows()["企業体名"] == "見本・髙﨑特定建設工事共同企業体"
    assert check.rows()["構成員2"] == f"{OTHER} 千葉県長生郡長生村本郷1番地 出資比率 33.34%"

    contractor.press(check, "この内容で申し込む")

    for page in (contractor.get(f"/netdesk/applications/{draft}"), clerk.get(f"/office/applications/{draft}")):
        assert page.rows()["構成員1"].endswith("出資比率 66.66%（代表者）")
        assert page.rows()["企業体名"] == "見本・髙﨑特定建設工事共同企業体"


def test_a_correction_replaces_the_members(stage: Stage) -> None:
    application_id = stage.submit(**VENTURE)
    assert stage.column("SELECT share FROM joint_venture_members ORDER BY position") == [6_666, 3_334]
    assert stage.column("SELECT name FROM joint_venture_members WHERE is_representative") == [OWN]
    assert application_id


def test_the_certificate_names_all_and_the_notice_the_representative(contractor: PageClient, stage: Stage) -> None:
    number = stage.issued(**LED_BY_THE_OTHER).number

    page = contractor.get(f"/netdesk/contracts/{number}")
    assert page.rows()["企業体名"] == "見本・髙﨑特定建設工事共同企業体"
    assert page.rows()["構成員1"] == f"{OTHER} 千葉県長生郡長生村本郷1番地 出資比率 33.34%（代表者）"
    assert page.rows()["代表者（保証契約者）"] == OTHER
    compared = contractor.get(f"/netdesk/contracts/{number}/certificate")
    assert "申込内容との違いはありません" in compared.words
    certificate = pdf_text(contractor.get(f"/netdesk/contracts/{number}/certificate.pdf").body)
    for printed in ("見本・髙﨑特定建設工事共同企業体", OWN, OTHER, "66.66%", "33.34%"):
        assert printed in certificate
    notice = pdf_text(contractor.get(f"/netdesk/contracts/{number}/key-notice.pdf").body)
    assert OTHER in notice
    assert OWN not in notice
    assert WORKS_NAME.split()[0] in notice


def test_the_viewer_shows_all_members(client: PageClient, stage: Stage) -> None:
    number = stage.issued(**VENTURE).number
    gate = client.get("/dsure/")

    opened = client.follow(client.press(gate, "証書を開く", guarantee_contract_number=number, authentication_key=stage.key_of(number)))

    assert opened.rows()["構成員2"].endswith("出資比率 33.34%")


def test_a_single_company_shows_no_joint_venture(contractor: PageClient, signed_in: Callable[[str], PageClient], stage: Stage) -> None:
    number = stage.issued().number

    for who, page in ((contractor, f"/netdesk/contracts/{number}"), (signed_in("clerk"), f"/office/contracts/{number}")):
        assert "企業体" not in who.get(page).words


def test_rows_are_added_without_javascript_and_everything_typed_stays(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(f"/netdesk/applications/{stage.draft(**VENTURE)}/edit")
    assert "jv_member-4-name" not in page.fields("構成員の欄を増やす")

    more = contractor.press(page, "構成員の欄を増やす", expect=200, works_name="入力の途中", **{"jv_member-3-name": "甲建設"})

    typed = more.fields("確認画面へ進む")
    assert {"jv_member-4-name", "jv_member-5-share"} <= typed.keys()
    assert "jv_member-6-name" not in typed
    assert (typed["works_name"], typed["jv_member-3-name"], typed["jv_member-2-name"]) == ("入力の途中", "甲建設", OTHER)
    assert typed["revision"] == page.fields("確認画面へ進む")["revision"]


def test_rows_end_at_ten_and_a_draft_keeps_them(contractor: PageClient, stage: Stage) -> None:
    page = contractor.get(f"/netdesk/applications/{stage.draft(**VENTURE)}/edit")
    for _ in range(4):
        page = contractor.press(page, "構成員の欄を増やす", expect=200)

    assert "jv_member-10-name" in page.fields("確認画面へ進む")
    assert "構成員の欄を増やす" not in page.buttons()
    saved = contractor.follow(contractor.press(page, "下書きを保存"))
    assert "jv_member-10-name" in saved.fields("確認画面へ進む")


def test_htmx_gets_further_rows_as_the_block_alone(contractor: PageClient) -> None:
    contractor.get("/netdesk/applications/new")

    more = contractor.partial(
        "/netdesk/applications/form/joint-venture", {"is_joint_venture": "on", "jv_member-2-name": OTHER, "action": "add_members"}
    )

    assert more.dom.xpath("//*[@name='jv_member-5-share']")
    assert more.dom.xpath("//*[@name='jv_member-2-name']/@value") == [OTHER]


def test_the_enter_key_leads_to_the_check_page(contractor: PageClient, stage: Stage) -> None:
    """A browser answers Enter with the first button of the form."""
    page = contractor.get(f"/netdesk/applications/{stage.draft(**VENTURE)}/edit")

    first = page.form("構成員の欄を増やす").xpath(".//button")[0]

    assert (first.get("name"), first.get("value")) == ("action", "confirm")


def test_the_issue_page_and_a_change_name_all_members(contractor: PageClient, signed_in: Callable[[str], PageClient], stage: Stage) -> None:
    named = {"企業体名": "見本・髙﨑特定建設工事共同企業体", "代表者（保証契約者）": OWN}
    application_id = stage.approve(**VENTURE)

    issue = signed_in("approver").get(f"/office/applications/{application_id}/issue").rows()
    number = stage.issue(application_id).number
    form = contractor.get(f"/netdesk/contracts/{number}/change")
    check = contractor.press(form, "確認画面へ進む", expect=200, contract_price="48,700,000", change_reason="設計変更のため")

    for rows in (issue, form.rows(), check.rows()):
        assert rows.items() >= named.items()
        assert rows["構成員2"] == f"{OTHER} 千葉県長生郡長生村本郷1番地 出資比率 33.34%"
