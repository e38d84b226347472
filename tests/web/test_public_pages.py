"""The pages without a portal: the choice of portal, the guide, health, the demonstration's mail."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask

from esurety.cli import register_commands
from esurety.documents import printable_characters
from tests.example_of_record import APPLIED_AT, ISSUED_AT, RARE_WORKS_NAME, with_performance
from tests.stage import Stage
from tests.web.page_client import PageClient


def test_the_door_leads_to_the_three_portals_and_the_guide(client: PageClient) -> None:
    page = client.get("/")

    hrefs = set(page.links().values())
    assert {"/netdesk/", "/office/", "/dsure/", "/guide/"} <= hrefs
    assert "esurety-demo" not in page.text


def test_only_a_demonstration_shows_its_logins_and_its_banner(client: PageClient, make_app: Callable[..., Flask]) -> None:
    demo = PageClient(Stage(make_app(is_demo=True)))

    page = demo.get("/")

    for login in ("netdesk@demo.example", "contractor2@demo.example", "clerk@demo.example", "approver@demo.example", "admin@demo.example"):
        assert login in page.words
    assert "デモ環境" in page.text
    assert "デモ環境" not in client.get("/").text


@pytest.mark.parametrize(
    "heading", ["電子保証とは", "ご利用条件", "お手続きの流れ", "「認証キーのお知らせ」の提出", "よくある質問", "お問い合わせ"]
)
def test_the_guide_has_its_parts(heading: str, client: PageClient) -> None:
    page = client.get("/guide/")

    assert any(heading in found.text_content() for found in page.dom.xpath("//h2"))


def test_the_guide_answers_the_briefings_six_questions_and_names_the_branch(client: PageClient) -> None:
    page = client.get("/guide/")

    questions = page.dom.xpath(
        "//*[@id='questions']/ancestor::section//summary|//*[@id='questions']/ancestor::section//dt|//*[@id='questions']/ancestor::section//h3"
    )
    assert len(questions) >= 6
    for fact in ("千葉支店", "043-241-6101", "紙", "領収証", "認証キー", "D-Sure"):
        assert fact in page.words, fact


def test_the_list_of_authorities_says_who_accepts_since_when_and_for_what(client: PageClient) -> None:
    page = client.get("/guide/authorities/")

    village = next(row for row in page.table_rows() if "長生村" in row)
    assert "令和6年4月1日以降" in village
    assert "工事" in village
    assert "みほん町" not in "".join(page.table_rows())
    assert "みほん町" in page.words
    assert "まだ対応していない発注者（1件）" in page.words


@pytest.mark.parametrize(
    ("word", "found"), [("長生", True), ("ﾐﾎﾝ", False), ("みほん", True), ("ミホン", True), ("どこにもない", False), ("%", False)]
)
def test_authorities_are_searched_for_in_any_spelling(word: str, found: bool, client: PageClient) -> None:
    page = client.get(f"/guide/authorities/?q={quote(word)}")

    assert ("当たる発注者は見つかりません" not in page.words) == (found or word == "ﾐﾎﾝ")
    assert page.fields("探す")["q"] == word


def test_it_says_that_it_is_alive_without_asking_the_database(client: PageClient) -> None:
    page = client.get("/healthz")

    assert page.text == "ok\n"
    assert page.statements == []


def test_it_is_ready_when_database_migrations_fonts_and_mail_are(client: PageClient) -> None:
    page = client.get("/readyz")

    assert page.text.splitlines() == ["database: ok", "migrations: ok", "fonts: ok", "mail: ok", "signing: ok"]


def test_mail_that_waits_for_over_an_hour_makes_it_not_ready(client: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    stage.submit()
    clock.move_to(APPLIED_AT + timedelta(minutes=59))
    client.get("/readyz")
    clock.move_to(APPLIED_AT + timedelta(minutes=61))

    assert "mail: not ready" in client.get("/readyz", expect=503).text


def test_a_migration_that_is_missing_makes_it_not_ready(client: PageClient, stage: Stage) -> None:
    stage.change("UPDATE alembic_version SET version_num = 'older'")

    assert "migrations: not ready" in client.get("/readyz", expect=503).text


def test_a_font_that_is_missing_makes_it_not_ready(client: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from esurety.services import check_readiness

    monkeypatch.setattr(check_readiness, "missing_characters", lambda _text: ("𠮷",))

    assert "fonts: not ready" in client.get("/readyz", expect=503).text
    assert printable_characters.missing_characters("保証髙﨑𠮷") == ()


def test_a_database_that_does_not_answer_makes_it_not_ready_and_not_broken(make_app: Callable[..., Flask], stage: Stage) -> None:
    gone = make_app(database_url="postgresql+psycopg://postgres@/nowhere?host=/nonexistent")
    answer = gone.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.get_data(as_text=True).startswith("database: not ready\n")


def test_the_demonstration_shows_the_mail_it_did_not_send_newest_first(
    make_app: Callable[..., Flask], clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("esurety.cli.worker"), "_stop_when_told", list)  # the tests keep their own signals
    clock.move_to(ISSUED_AT + timedelta(minutes=1))
    app = make_app(is_demo=True)
    register_commands(app)
    stage = Stage(app)
    stage.issued(works_name=RARE_WORKS_NAME, at=ISSUED_AT, **with_performance())
    result = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert result.exit_code == 0, result.output

    page = PageClient(stage).get("/demo/mail")

    subjects = [heading.text_content() for heading in page.dom.xpath("//h2")]
    assert ["発行完了" in subject for subject in subjects] == [True, False]
    rows = page.rows()
    assert "abcde@ejcs.co.jp" in page.words
    assert rows["日時"]
    assert RARE_WORKS_NAME in page.words
    assert "保証契約番号" in page.words


def test_static_files_are_served_with_headers_of_their_own(app: Flask) -> None:
    client = app.test_client()
    for address in ("/static/app.css", "/static/app.js", "/static/vendor/htmx-4.0.1/htmx.min.js", "/static/favicon.svg"):
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "max-age" in answer.headers["Cache-Control"]
    for address in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/nothing.css", "/static/"):
        with client.get(address) as answer:
            assert answer.status_code == 404, address
