"""One line per event, found again by the request's number; no secret in any of them."""

import json

import pytest
from structlog.testing import capture_logs

from esurety.domain.authentication_key import AuthenticationKey
from esurety.web.logs import DOOR_EVENTS
from tests.stage import PASSWORD, Stage
from tests.web.page_client import PageClient


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_refused_sign_in_is_one_line_without_what_was_typed(client: PageClient, capsys: pytest.CaptureFixture[str]) -> None:
    page = client.get("/login")
    capsys.readouterr()

    client.press(page, "ログイン", email="clerk@demo.example", password="not the password", expect=422)

    (line,) = lines(capsys)
    assert (line["event"], line["source"]) == ("sign_in_refused", "192.0.2.1")
    assert len(str(line["request"])) == 12
    assert "not the password" not in json.dumps(line)


def test_a_key_tried_at_the_gate_is_in_no_line(client: PageClient, stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    issued = stage.issued()
    key = stage.key_of(issued.number)
    page = client.get("/dsure/")
    capsys.readouterr()

    client.press(
        page, "証書を開く", guarantee_contract_number=issued.number, authentication_key=AuthenticationKey.draw().reveal(), expect=422
    )
    client.press(client.get("/dsure/"), "証書を開く", guarantee_contract_number=issued.number, authentication_key=key)

    told = lines(capsys)
    assert [line["event"] for line in told] == ["gate_refused", "CertificateOpened", "gate_opened"]
    assert key not in json.dumps(told)
    assert told[1]["request"] == told[2]["request"]


def test_an_act_is_told_once_and_only_when_it_has_happened(contractor: PageClient, stage: Stage) -> None:
    with capture_logs() as told:
        stage.issued()

    happened = [line["event"] for line in told]
    assert happened.count("GuaranteeIssued") == stage.scalar("SELECT count(*) FROM events WHERE kind = 'GuaranteeIssued'")
    assert PASSWORD not in json.dumps(told)


def test_nothing_typed_can_begin_a_line_of_its_own(client: PageClient, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    client._http.post('/login?x=%0a{"event":"forged"}', data={"email": 'a\n{"event": "forged"}\x1b[2J', "password": "x\u2028y"})

    for line in lines(capsys):
        assert line["event"] in {*DOOR_EVENTS.values(), "unusable_request"}


def test_every_answer_carries_its_number_and_none_from_outside(client: PageClient) -> None:
    answer = client._http.get("/", headers={"X-Request-Id": "mine"})

    assert answer.headers["X-Request-Id"].isdigit()
