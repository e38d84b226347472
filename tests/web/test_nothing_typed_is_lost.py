"""Sessions end, tabs grow old, lines are slow: what a contractor has typed stays all the same."""

import re
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.example_of_record import typed_example
from tests.stage import PASSWORD, Stage


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def signed_in(app: Flask, email: str = "netdesk@demo.example") -> FlaskClient:
    client = app.test_client()
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"email": email, "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 303
    return client


def test_a_form_sent_after_the_session_has_ended_is_a_draft_after_signing_in(app: Flask, stage: Stage) -> None:
    client = app.test_client()
    typed = {**typed_example(stage.ids), "works_name": "途中で切れた工事", "action": "save_draft", "csrf_token": "of an ended session"}

    refused = client.post("/netdesk/applications/new", data=typed)
    page = refused.text
    fields = dict(re.findall(r'name="(kept:[^"]+)" value="([^"]*)"', page))
    answer = client.post("/login", data={**fields, "email": "netdesk@demo.example", "password": PASSWORD, "csrf_token": token_of(page)})

    assert refused.status_code == 400
    assert fields["kept:works_name"] == "途中で切れた工事"
    assert re.fullmatch(r"/netdesk/applications/\d+/edit", answer.location)
    assert "途中で切れた工事" in client.get(answer.location).text


def test_a_form_with_an_old_token_comes_back_with_everything_typed(app: Flask, stage: Stage) -> None:
    client = signed_in(app)

    answer = client.post(
        "/netdesk/applications/new",
        data={**typed_example(stage.ids), "works_name": "古い画面の工事", "action": "confirm", "csrf_token": "old"},
    )

    assert answer.status_code == 400
    assert 'value="古い画面の工事"' in answer.text
    assert "もう一度ボタンを押してください" in answer.text


def test_the_second_of_two_tabs_is_told_and_keeps_its_text(app: Flask, stage: Stage) -> None:
    client = signed_in(app)
    token = token_of(client.get("/netdesk/applications/new").text)
    data = {**typed_example(stage.ids), "csrf_token": token, "form_token": "one-page", "action": "save_draft"}
    edit = client.post("/netdesk/applications/new", data=data).location
    revision = re.search(r'name="revision" value="(\d+)"', client.get(edit).text)
    assert revision is not None
    saved = {**data, "revision": revision[1]}
    assert client.post(edit, data={**saved, "works_name": "一つ目の画面"}).status_code == 303

    second = client.post(edit, data={**saved, "works_name": "二つ目の画面"})

    assert second.status_code == 409
    assert 'value="二つ目の画面"' in second.text
    assert "別の画面で同じ申込みが保存されました" in second.text


@pytest.mark.parametrize("action", ["save_draft", "submit"])
def test_a_page_sent_many_times_at_once_makes_one_application(action: str, app: Flask, stage: Stage) -> None:
    before = stage.scalar("SELECT count(*) FROM applications")
    clients = [signed_in(app) for _ in range(4)]
    start = Barrier(len(clients))
    statuses: list[int] = []

    def send(client: FlaskClient) -> None:
        token = token_of(client.get("/netdesk/applications/new").text)
        start.wait()
        answer = client.post(
            "/netdesk/applications/new", data={**typed_example(stage.ids), "csrf_token": token, "form_token": "same-page", "action": action}
        )
        statuses.append(answer.status_code)

    threads = [Thread(target=send, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [303] * len(clients)
    assert stage.scalar("SELECT count(*) FROM applications") == before + 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 303, id="古いブラウザ"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303, id="自分の画面から"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 400, id="よその画面から"),
        pytest.param({"Origin": "https://evil.example"}, 400, id="よその出どころ"),
    ],
)
def test_forms_are_taken_from_our_own_pages_only(headers: dict[str, str], status: int, app: Flask) -> None:
    client = app.test_client()
    token = token_of(client.get("/login").text)

    answer = client.post("/login", data={"email": "netdesk@demo.example", "password": PASSWORD, "csrf_token": token}, headers=headers)

    assert answer.status_code == status


def test_behind_tls_a_form_needs_no_referer(app: Flask) -> None:
    client = app.test_client()
    token = token_of(client.get("/login", base_url="https://localhost").text)

    answer = client.post(
        "/login", data={"email": "netdesk@demo.example", "password": PASSWORD, "csrf_token": token}, base_url="https://localhost"
    )

    assert answer.status_code == 303
