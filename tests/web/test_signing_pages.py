"""What people see of signing: why a certificate cannot be signed and whom to ask; the published schemas; readiness."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import time_machine

from esurety.services.stamp_later import stamp_one_waiting_file
from tests.documents.test_timestamps import NOBODY
from tests.example_of_record import ISSUED_AT, on_paper, with_performance
from tests.stage import PASSWORD, Stage
from tests.timestamp_server import timestamp_server
from tests.web.page_client import PageClient


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT)


@pytest.fixture
def lose_the_key(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on the surety's folder is empty."""

    def lose() -> None:
        there = stage.installation
        without = replace(there, settings=replace(there.settings, signing_folder=tmp_path / "empty"))
        monkeypatch.setitem(stage.app.extensions, "esurety", without)

    return lose


def confirmation(application: int) -> str:
    return f"/office/applications/{application}/issue"


def test_without_a_key_the_page_says_whom_to_ask_before_a_password_is_typed(
    approver: PageClient, stage: Stage, lose_the_key: Callable[[], None]
) -> None:
    application = stage.approve(**with_performance())
    lose_the_key()

    page = approver.get(confirmation(application))

    assert page.title.startswith("エラー：")
    assert "電子証書に署名できないため、発行できません" in page.words
    assert "署名鍵（key.pem）がありません。" in page.words
    assert "運用担当" in page.words
    assert "発行する" not in page.buttons()


def test_a_key_lost_meanwhile_uses_no_number(approver: PageClient, stage: Stage, lose_the_key: Callable[[], None]) -> None:
    application = stage.approve(**with_performance())
    page = approver.get(confirmation(application))
    lose_the_key()

    refused = approver.press(page, "発行する", password=PASSWORD, expect=409)

    assert "電子証書に署名できないため、発行できません" in refused.words
    assert "まだ何も発行していません" in refused.words
    for table in ("number_counters", "guarantee_contracts", "certificate_versions", "certificate_files", "log_entries"):
        assert stage.scalar(f"SELECT count(*) FROM {table}") == 0, table
    assert stage.state(application) == "approved"


def test_paper_is_issued_without_a_key(approver: PageClient, stage: Stage, lose_the_key: Callable[[], None]) -> None:
    application = stage.approve(**on_paper())
    lose_the_key()

    approver.press(approver.get(confirmation(application)), "発行する", password=PASSWORD)

    assert stage.state(application) == "issued"


def test_readiness_shows_signing_but_everything_else_goes_on(client: PageClient, lose_the_key: Callable[[], None]) -> None:
    assert "signing: ok" in client.get("/readyz").text

    lose_the_key()

    assert "signing: not ready" in client.get("/readyz").text


def test_the_schemas_are_published(client: PageClient) -> None:
    page = client.get("/schemas/")
    assert "esurety-certificate-1.schema.json" in page.words

    answer = client.get("/schemas/esurety-certificate-1.schema.json")

    assert answer.headers["Content-Type"].startswith("application/schema+json")
    jsonschema.Draft202012Validator.check_schema(json.loads(answer.body))


@pytest.mark.parametrize("name", ["esurety-certificate-2", "..", "%2e%2e%2fdecisions"])
def test_another_schema_is_not_found(client: PageClient, name: str) -> None:
    client.get(f"/schemas/{name}.schema.json", expect=404)


@pytest.fixture
def stamped_later(stage: Stage) -> str:
    """The number of a certificate whose timestamp came after the issue."""
    settings = stage.installation.settings
    stage.installation = replace(stage.installation, settings=replace(settings, timestamp_authorities=(NOBODY,)))
    number = stage.issued().number
    with timestamp_server() as server, stage.context():
        there = replace(stage.installation, settings=replace(settings, timestamp_authorities=(server.address,)))
        assert stamp_one_waiting_file(now=ISSUED_AT, installation=there)
    return number


def test_a_timestamp_that_came_later_can_be_kept_beside_the_file(
    contractor: PageClient, clerk: PageClient, client: PageClient, stage: Stage, stamped_later: str
) -> None:
    (token,) = (bytes(row) for row in stage.column("SELECT token FROM certificate_timestamps"))
    client.press(
        client.get("/dsure/"), "証書を開く", guarantee_contract_number=stamped_later, authentication_key=stage.key_of(stamped_later)
    )

    for person, page, folder in (
        (contractor, f"/netdesk/contracts/{stamped_later}", f"/netdesk/contracts/{stamped_later}"),
        (clerk, f"/office/contracts/{stamped_later}", f"/office/contracts/{stamped_later}"),
        (client, "/dsure/certificate", "/dsure"),
    ):
        assert f"{folder}/certificate.tst?version=0" in person.get(page).text
        answer = person.get(f"{folder}/certificate.tst?version=0")
        assert answer.body == token
        assert answer.headers["Content-Type"] == "application/vnd.etsi.timestamp-token"
        assert f'certificate_{stamped_later}_0.tst"' in answer.headers["Content-Disposition"]
    assert "タイムスタンプ付き（別ファイル）" in clerk.get(f"/office/contracts/{stamped_later}").words


def test_where_no_timestamp_came_later_none_is_offered(contractor: PageClient, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    assert "certificate.tst" not in contractor.get(f"/netdesk/contracts/{number}").text
    assert any("あり" in row for row in clerk.get(f"/office/contracts/{number}").table_rows())
    contractor.get(f"/netdesk/contracts/{number}/certificate.tst", expect=404)
