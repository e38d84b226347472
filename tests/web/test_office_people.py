"""組織・利用者: what the operator keeps: created, corrected, ended, never deleted, with its history."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache

from esurety.cli.account import account
from esurety.web import create_app
from tests.conftest import let_go, settings_for
from tests.stage import PASSWORD, Stage
from tests.web.page_client import PageClient

NEW_PASSWORD = "fifteen letters"
BRANCH = {"code": "２０５", "name": "木更津支店", "phone": "0438-00-0000", "hours": "平日 9:00～17:00"}


@pytest.fixture
def admin(stage: Stage) -> PageClient:
    return PageClient(stage).sign_in("admin")


def opened_branch(admin: PageClient) -> str:
    return admin.press(admin.get("/office/people/branches/new"), "登録する", **BRANCH).location


def test_only_an_operator_has_these_pages(clerk: PageClient, admin: PageClient) -> None:
    clerk.get("/office/people/", expect=404)

    assert "組織・利用者" not in clerk.get("/office/").links()
    assert "組織・利用者" in admin.get("/office/").links()


def test_the_suretys_data_are_corrected_with_before_and_after(admin: PageClient, stage: Stage) -> None:
    page = admin.get("/office/people/surety")
    assert "審査を始めた人は承認できません。承認した人は発行できます。" in page.words

    done = admin.follow(admin.press(page, "修正を保存する", four_eyes_above="３０，０００，０００円"))

    assert done.rows()["承認者を分ける金額"] == "30,000,000円"
    assert "承認者を分ける金額（円）：50,000,000→30,000,000" in done.words
    assert stage.scalar("SELECT four_eyes_above FROM sureties") == 30_000_000


def test_a_branch_is_opened_corrected_and_ended(admin: PageClient, contractor: PageClient, stage: Stage) -> None:
    address = opened_branch(admin)
    assert "木更津支店" in contractor.get("/netdesk/applications/new").text
    assert stage.scalar("SELECT code FROM branches WHERE name = '木更津支店'") == 205

    admin.press(admin.get(address), "修正を保存する", phone="0438-11-1111")
    ended = admin.follow(admin.press(admin.get(f"{address}/end"), "登録を終了する", reason="統合のため"))

    assert "理由：統合のため" in ended.words
    assert "電話：0438-00-0000→0438-11-1111" in ended.words
    assert "営業部・支店を終了しました" in ended.words
    assert "令和06年04月01日に終了した" in ended.words
    assert "修正を保存する" not in ended.buttons()
    assert "木更津支店" not in contractor.get("/netdesk/applications/new").text
    assert "木更津支店" not in contractor.get("/guide/").text
    assert "木更津支店" in admin.get("/office/people/branches/").words
    admin.post(address, BRANCH, expect=409)
    admin.post(f"{address}/end", expect=409)


def test_an_ended_branch_is_not_the_filter_that_its_people_begin_with(clerk: PageClient, stage: Stage) -> None:
    stage.change("UPDATE branches SET ended_on = '2024-03-31'")

    assert "すべての営業部・支店" in clerk.get("/office/").words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "0"}, "code"),
        ({"code": "1000"}, "code"),
        ({"code": "101"}, "code"),
        ({"name": "千葉支店"}, "name"),
        ({"name": ""}, "name"),
        ({"phone": "0" * 31}, "phone"),
        ({"name": "🏗支店"}, "name"),
    ],
)
def test_what_a_branch_cannot_be_is_said_at_the_field_and_the_rest_is_kept(
    changes: dict[str, str], field: str, admin: PageClient, stage: Stage
) -> None:
    before = stage.census()

    answer = admin.press(admin.get("/office/people/branches/new"), "登録する", expect=422, **(BRANCH | changes))

    assert list(answer.problems) == [field]
    assert answer.problems == answer.messages_at_fields()
    assert answer.fields("登録する")["hours"] == BRANCH["hours"]
    assert stage.census() == before


def test_a_stale_correction_answers_409_with_both_values_and_can_be_repeated(admin: PageClient, stage: Stage) -> None:
    page = admin.get("/office/people/companies/1")
    stage.change("UPDATE companies SET representative = '代表取締役 先手 花子' WHERE id = 1")

    answer = admin.press(page, "修正を保存する", expect=409, representative="代表取締役 後手 太郎")

    assert "いまの登録は「代表取締役 先手 花子」、入力は「代表取締役 後手 太郎」" in answer.words
    assert stage.scalar("SELECT representative FROM companies WHERE id = 1") == "代表取締役 先手 花子"
    admin.press(answer, "修正を保存する")
    assert stage.scalar("SELECT representative FROM companies WHERE id = 1") == "代表取締役 後手 太郎"


def test_a_contractor_is_registered_found_by_everyday_characters_and_ended_with_its_people(
    admin: PageClient, contractor: PageClient, stage: Stage
) -> None:
    found = admin.get("/office/people/companies/?q=崎山高吉")
    assert len(found.table_rows()) == 1

    ended = admin.follow(admin.press(admin.get("/office/people/companies/1/end"), "登録を終了する", reason="廃業のため"))

    assert "終了した受注者です" in ended.words
    assert contractor.get("/netdesk/", expect=303).location.startswith("/login")
    history = admin.get(f"/office/people/accounts/{stage.account_ids['netdesk']}").words
    assert "受注者 ネットデスク建設株式会社 の終了による" in history


def test_a_new_approver_signs_in_but_issues_only_what_the_register_grants(
    admin: PageClient, stage: Stage, signed_in: Callable[[str], PageClient]
) -> None:
    page = admin.get("/office/people/accounts/new")
    typed = {"email": "Second@demo.example", "display_name": "発行 二郎", "role": "approver", "branch_id": str(stage.ids["branch"])}
    short = admin.press(page, "登録する", expect=422, password="fourteen chars", **typed)
    assert list(short.problems) == ["password"]
    assert "fourteen chars" not in short.text

    record = admin.follow(admin.press(short, "登録する", password=NEW_PASSWORD))

    assert record.rows()["役割"] == "承認者（発行責任者）"
    second = PageClient(stage).sign_in("second", password=NEW_PASSWORD)
    application = stage.approve()
    second.get(f"/office/applications/{application}/issue", expect=403)
    rights = admin.get(record.link("発行権限を見る"))
    granted = admin.follow(admin.press(rights, "発行権限を登録する", product="advance_payment", up_to="20,000,000"))
    assert granted.table_rows()[0].startswith("前払金保証 20,000,000円 令和06年04月01日 ～ 期限なし 有効")
    confirmation = second.get(f"/office/applications/{application}/issue")
    second.press(confirmation, "発行する", password=NEW_PASSWORD)
    assert stage.state(application) == "issued"


def test_an_entry_of_the_register_is_ended_not_deleted(admin: PageClient, stage: Stage) -> None:
    page = admin.get("/office/people/rights/1")
    past = admin.press(page, "終了日を登録する", expect=422, valid_until="令和6年3月31日")
    assert "今日（令和6年4月1日）以降" in past.problems["valid_until"]

    done = admin.follow(admin.press(past, "終了日を登録する", valid_until="R6.4.1"))

    assert "令和02年04月01日 ～ 令和06年04月01日 有効" in done.table_rows()[0]
    assert stage.scalar("SELECT count(*) FROM issuing_authorities") == 3
    assert "→終了日 令和06年04月01日" in admin.get(f"/office/people/accounts/{stage.account_ids['approver']}").words
    admin.press(page, "終了日を登録する", expect=409, valid_until="R6.4.30")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"product": "", "up_to": "1"}, "product"),
        ({"product": "advance_payment", "up_to": "0"}, "up_to"),
        ({"product": "advance_payment", "up_to": "1", "valid_from": "平成40年1月1日"}, "valid_from"),
        ({"product": "advance_payment", "up_to": "1", "valid_from": "R6.4.2", "valid_until": "R6.4.1"}, "valid_until"),
    ],
)
def test_a_right_that_cannot_be_is_refused_in_words(typed: dict[str, str], field: str, admin: PageClient, stage: Stage) -> None:
    page = admin.get(f"/office/people/accounts/{stage.account_ids['approver']}/rights")

    answer = admin.press(page, "発行権限を登録する", expect=422, **typed)

    assert list(answer.problems) == [field]
    assert stage.scalar("SELECT count(*) FROM issuing_authorities") == 3


def test_only_an_approver_is_given_a_right(admin: PageClient, stage: Stage) -> None:
    page = admin.get(f"/office/people/accounts/{stage.account_ids['clerk']}/rights")

    answer = admin.press(page, "発行権限を登録する", expect=422, product="advance_payment", up_to="1")

    assert "承認者だけ" in answer.problems["product"]


def test_ending_an_account_ends_its_session_at_once(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    address = f"/office/people/accounts/{stage.account_ids['clerk']}"

    admin.press(admin.get(f"{address}/end"), "登録を終了する", reason="退職のため")

    assert clerk.get("/office/", expect=303).location.startswith("/login")
    assert "審査 良子" in admin.get("/office/people/accounts/").words


def test_a_changed_role_counts_from_the_next_request_on(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    address = f"/office/people/accounts/{stage.account_ids['clerk']}"

    done = admin.follow(admin.press(admin.get(address), "修正を保存する", role="admin", branch_id=""))

    assert "役割：審査担当→運用担当" in done.words
    assert "所属：千葉支店→（なし）" in done.words
    clerk.get("/office/people/")


def test_staff_of_a_branch_need_one(admin: PageClient, stage: Stage) -> None:
    page = admin.get(f"/office/people/accounts/{stage.account_ids['clerk']}")

    assert list(admin.press(page, "修正を保存する", expect=422, branch_id="").problems) == ["branch_id"]


def test_an_operator_neither_ends_nor_demotes_the_own_account(admin: PageClient, stage: Stage) -> None:
    address = f"/office/people/accounts/{stage.account_ids['admin']}"
    page = admin.get(address)
    assert "登録を終了する（確認画面へ）" not in page.words

    demoted = admin.press(page, "修正を保存する", expect=422, role="clerk", branch_id=str(stage.ids["branch"]))
    ended = admin.post(f"{address}/end", {"reason": "退職"}, expect=409)

    assert "ご自身の役割は変えられません" in demoted.problems["role"]
    assert "ご自身の登録は終了できません" in ended.words


def test_a_reset_password_ends_the_sessions_and_the_old_password(admin: PageClient, clerk: PageClient, stage: Stage) -> None:
    page = admin.get(f"/office/people/accounts/{stage.account_ids['clerk']}/password")

    admin.press(page, "再設定する", password=NEW_PASSWORD)

    assert clerk.get("/office/", expect=303).location.startswith("/login")
    clerk.press(clerk.get("/login"), "ログイン", expect=422, email="clerk@demo.example", password=PASSWORD)
    PageClient(stage, source="192.0.2.7").sign_in("clerk", password=NEW_PASSWORD)


def test_no_event_holds_a_password(admin: PageClient, stage: Stage) -> None:
    admin.press(admin.get(f"/office/people/accounts/{stage.account_ids['clerk']}/password"), "再設定する", password=NEW_PASSWORD)

    assert not [note for note in stage.column("SELECT note FROM events") if NEW_PASSWORD in note]


def test_another_suretys_records_are_not_there(admin: PageClient, stage: Stage) -> None:
    stage.change(
        "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at)"
        " VALUES ('別の保証', '住所', '代表', 1, '2024-01-01 00:00:00')"
    )
    stage.change("UPDATE accounts SET surety_id = 2 WHERE email = 'admin@demo.example'")

    for path in ("branches/1", "companies/1", f"accounts/{stage.account_ids['clerk']}", "rights/1"):
        admin.get(f"/office/people/{path}", expect=404)
    admin.post("/office/people/companies/1/end", expect=404)
    assert admin.get("/office/people/companies/").table_rows() == []


# ---- from an empty database ----


@pytest.fixture
def empty_installation(empty_database_url: str, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """A migrated database without a record, and the administrator that the command makes."""
    app = create_app(replace(settings_for(empty_database_url, tmp_path), is_demo=False))
    app.jinja_env.bytecode_cache = compiled_templates
    with app.app_context():
        upgrade()
    made = app.test_cli_runner().invoke(account, ["create", "first@demo.example", "--name", "初代 運用", "--password", NEW_PASSWORD])
    assert made.exit_code == 0, made.output
    yield app
    let_go(app)


class EmptyStage(Stage):
    """A stage without people or records: only what the client asks of it."""

    def __init__(self, app: Flask) -> None:
        from esurety.persistence.database import db

        self.app = app
        self.installation = app.extensions["esurety"]
        with app.app_context():
            self._engine = db.engine


def test_an_installation_is_set_up_on_screen(empty_installation: Flask) -> None:
    stage = EmptyStage(empty_installation)
    client = PageClient(stage)
    signed = client.press(client.get("/login"), "ログイン", email="first@demo.example", password=NEW_PASSWORD)
    first_steps = client.follow(client.follow(signed, expect=303))
    assert first_steps.heading == "はじめに：保証会社を登録する"
    client.get("/office/people/branches/", expect=303)

    incomplete = client.press(first_steps, "登録する", expect=422, name="長生保証株式会社")
    assert set(incomplete.problems) == {"address", "representative", "four_eyes_above"}
    overview = client.follow(
        client.press(incomplete, "登録する", address="千葉県長生村本郷1", representative="代表取締役 長生 一", four_eyes_above="50,000,000")
    )
    assert "営業部・支店の登録" in overview.links()

    client.press(client.get("/office/people/branches/new"), "登録する", **BRANCH)
    company = client.follow(
        client.press(
            client.get("/office/people/companies/new"),
            "登録する",
            name="﨑山髙𠮷工業㈱",
            address="千葉県長生郡長生村",
            representative="代表取締役 﨑山",
            pays_monthly="一括納付",
        )
    )
    people = {"contractor": company.link("この受注者の利用者を登録する"), "staff": "/office/people/accounts/new"}
    client.press(
        client.get(people["contractor"]), "登録する", email="builder@demo.example", display_name="受注 二郎", password=NEW_PASSWORD
    )
    for login, role in (("clerk", "clerk"), ("approver", "approver")):
        page = client.get(people["staff"])
        typed = {"email": f"{login}@demo.example", "display_name": login, "role": role, "branch_id": "1", "password": NEW_PASSWORD}
        approver = client.follow(client.press(page, "登録する", **typed))
    rights = client.get(approver.link("発行権限を見る"))
    client.follow(client.press(rights, "発行権限を登録する", product="advance_payment", up_to="100,000,000"))

    assert client.get("/office/people/").notices == []
    assert PageClient(stage).sign_in("builder", password=NEW_PASSWORD).get("/netdesk/")
    assert PageClient(stage).sign_in("clerk", password=NEW_PASSWORD).get("/office/")


def test_a_second_administrator_joins_a_surety_by_its_name(stage: Stage) -> None:
    def create(surety: str, email: str) -> tuple[int, str]:
        arguments = ["account", "create", email, "--name", "二代 運用", "--password", NEW_PASSWORD, "--surety", surety]
        done = stage.app.test_cli_runner().invoke(account, arguments[1:])
        return done.exit_code, done.output

    assert create("見本建設業保証株式会社", "another@demo.example")[0] == 0
    code, said = create("ない保証株式会社", "nobody@demo.example")

    assert (code, "登録されていません" in said) == (1, True)
    assert stage.rows("SELECT surety_id, role FROM accounts WHERE email = 'another@demo.example'") == [(stage.ids["surety"], "admin")]
