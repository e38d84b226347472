"""ログイン: one door for contractors and the surety's people."""

from collections.abc import Callable

import pytest
import time_machine

from tests.stage import PASSWORD, Stage
from tests.web.page_client import PageClient

OWN_PATHS = (
    ("/netdesk/contracts/", "/netdesk/contracts/"),
    ("/netdesk/contracts/?works_name=橋", "/netdesk/contracts/?works_name=橋"),
    ("", "/netdesk/"),
    ("https://evil.example/", "/netdesk/"),
    ("//evil.example/", "/netdesk/"),
    ("/\\evil.example/", "/netdesk/"),
    ("\\\\evil.example", "/netdesk/"),
    ("/\t/evil.example/", "/netdesk/"),
    ("/\n/evil.example", "/netdesk/"),
    ("javascript:alert(1)", "/netdesk/"),
    ("netdesk/", "/netdesk/"),
    (" /netdesk/", "/netdesk/"),
)


@pytest.mark.parametrize(
    ("login", "home"), [("netdesk", "/netdesk/"), ("clerk", "/office/"), ("approver", "/office/"), ("admin", "/office/")]
)
def test_each_person_lands_in_their_own_portal(login: str, home: str, client: PageClient) -> None:
    page = client.get("/login")

    answer = client.press(page, "ログイン", email=f"{login}@demo.example", password=PASSWORD)

    assert answer.location == home
    client.follow(answer)


def test_an_unknown_account_and_a_wrong_password_get_the_same_answer(client: PageClient) -> None:
    page = client.get("/login")

    wrong = client.press(page, "ログイン", expect=422, email="netdesk@demo.example", password="not it")
    unknown = client.press(page, "ログイン", expect=422, email="nobody@demo.example", password="not it")

    assert wrong.problems == unknown.problems == wrong.messages_at_fields()
    assert "違います" in wrong.problems["password"]
    assert unknown.text.replace("nobody@", "netdesk@") == wrong.text


def test_the_password_is_never_sent_back_and_the_address_is_kept(client: PageClient) -> None:
    answer = client.press(client.get("/login"), "ログイン", expect=422, email="netdesk@demo.example", password="not-the-password")

    assert "not-the-password" not in answer.text
    assert answer.fields("ログイン")["email"] == "netdesk@demo.example"


def test_empty_fields_are_named(client: PageClient) -> None:
    answer = client.press(client.get("/login"), "ログイン", expect=422)

    assert answer.problems == {"email": "メールアドレスを入力してください", "password": "パスワードを入力してください"}


def test_an_address_is_read_in_any_case_and_with_blanks(client: PageClient) -> None:
    assert client.press(client.get("/login"), "ログイン", email="  NetDesk@Demo.Example ", password=PASSWORD).location == "/netdesk/"


def test_the_sixth_try_within_a_minute_has_to_wait_even_with_the_right_password(
    client: PageClient, stage: Stage, clock: time_machine.Traveller
) -> None:
    page = client.get("/login")
    for _ in range(5):
        client.press(page, "ログイン", expect=422, email="netdesk@demo.example", password="not it")

    slowed = client.press(page, "ログイン", expect=429, email="netdesk@demo.example", password=PASSWORD)

    assert "受け付けを止めています" in slowed.problems["password"] if slowed.problems else "受け付けを止めています" in slowed.words
    assert stage.scalar("SELECT count(*) FROM sign_in_attempts") == 5
    clock.shift(61)
    assert client.press(page, "ログイン", email="netdesk@demo.example", password=PASSWORD).location == "/netdesk/"


def test_somebody_elses_failures_do_not_lock_the_account(client: PageClient, stage: Stage) -> None:
    attacker = PageClient(stage, source="203.0.113.9")
    page = attacker.get("/login")
    for _ in range(5):
        attacker.press(page, "ログイン", expect=422, email="netdesk@demo.example", password="guess")

    assert client.press(client.get("/login"), "ログイン", email="netdesk@demo.example", password=PASSWORD).location == "/netdesk/"


@pytest.mark.parametrize(("asked", "reached"), OWN_PATHS)
def test_after_signing_in_only_own_paths_are_gone_to(asked: str, reached: str, client: PageClient) -> None:
    from urllib.parse import unquote

    client.get("/login")

    answer = client.post("/login", {"email": "netdesk@demo.example", "password": PASSWORD, "next": asked})

    assert unquote(answer.location) == reached


def test_whoever_was_sent_to_sign_in_comes_back_to_the_page_asked_for(client: PageClient) -> None:
    sent = client.get("/netdesk/contracts/?product=advance_payment", expect=303)
    page = client.follow(sent)

    answer = client.press(page, "ログイン", email="netdesk@demo.example", password=PASSWORD)

    assert answer.location == "/netdesk/contracts/?product=advance_payment"


def test_signing_out_ends_the_session_and_clears_the_cache(contractor: PageClient) -> None:
    page = contractor.get("/netdesk/")

    answer = contractor.press(page, "ログアウト")

    assert "cache" in answer.headers["Clear-Site-Data"]
    assert "ログアウトしました" in contractor.follow(answer).words
    contractor.get("/netdesk/", expect=303)


def test_a_disabled_account_is_out_at_once_and_cannot_return(contractor: PageClient, stage: Stage) -> None:
    stage.change("UPDATE accounts SET disabled_at = '2024-03-31 00:00:00' WHERE email = 'netdesk@demo.example'")

    assert contractor.get("/netdesk/", expect=303).location.startswith("/login")
    answer = contractor.press(contractor.get("/login"), "ログイン", expect=422, email="netdesk@demo.example", password=PASSWORD)
    assert "違います" in answer.problems["password"]


def test_raising_the_session_epoch_ends_every_session(contractor: PageClient, stage: Stage) -> None:
    stage.change("UPDATE accounts SET session_epoch = session_epoch + 1 WHERE email = 'netdesk@demo.example'")

    assert contractor.get("/netdesk/", expect=303).location.startswith("/login")


def test_a_session_lasts_no_longer_than_twelve_hours_of_silence(contractor: PageClient, clock: time_machine.Traveller) -> None:
    clock.shift(12 * 3600 + 60)

    assert contractor.get("/netdesk/", expect=303).location.startswith("/login")


def test_a_form_without_its_token_is_refused(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    client = signed_in("netdesk")

    for path in ("/login", "/logout", "/netdesk/applications/new", "/dsure/"):
        refused = client.post(path, {"csrf_token": "forged"}, expect=400)

        assert "読み込み直し" in refused.words


def test_tries_are_written_before_they_are_judged(client: PageClient, stage: Stage) -> None:
    page = client.get("/login")

    client.press(page, "ログイン", expect=422, email="netdesk@demo.example", password="not it")
    client.press(page, "ログイン", email="netdesk@demo.example", password=PASSWORD)

    assert stage.rows("SELECT email, source, succeeded FROM sign_in_attempts ORDER BY id") == [
        ("netdesk@demo.example", "192.0.2.1", False),
        ("netdesk@demo.example", "192.0.2.1", True),
    ]
