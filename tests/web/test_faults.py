"""When something is not there, not possible or broken: a page in plain words, and nothing half-written."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from structlog.testing import capture_logs

from esurety.services import write_application
from tests.example_of_record import typed_example
from tests.stage import PASSWORD, Stage
from tests.web.page_client import PARTIAL, PageClient

NEW = "/netdesk/applications/new"


@pytest.mark.parametrize("address", ["/nowhere", "/guide/nowhere", "/dsure/nowhere", "/static/nowhere.css", "/netdesk/nowhere"])
def test_what_is_not_there_is_said_in_plain_words(address: str, app: Flask, stage: Stage) -> None:
    client = PageClient(stage)
    if address.startswith("/static/"):
        assert app.test_client().get(address).status_code == 404
        return

    page = client.get(address, expect=404)

    assert page.heading == "ページが見つかりません"
    assert "次にできること" in page.words


@pytest.mark.parametrize("address", ["/logout", "/netdesk/applications/form/figures", "/dsure/close"])
def test_a_wrong_method_is_405_and_names_the_right_one(address: str, stage: Stage, contractor: PageClient) -> None:
    page = contractor.get(address, expect=405)

    assert "POST" in page.headers["Allow"]
    assert page.heading == "この操作はできません"


def test_a_fault_gets_a_number_that_the_log_knows_and_leaves_nothing_half_written(
    contractor: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = contractor.get(NEW).fields("確認画面へ進む") | typed_example(stage.ids) | {"action": "submit"}
    before = stage.census()

    def breaks(*_args: object, **_facts: object) -> None:
        raise RuntimeError("認証キー ABCDEF01 must not be shown")

    monkeypatch.setattr(write_application, "queue_application_mail", breaks)  # the last step of the submission
    with capture_logs() as logs:
        page = contractor.post(NEW, form, expect=500)

    assert page.heading == "手続きを完了できませんでした"
    reference = page.dom.xpath("//strong[@class='number']")[0].text_content()
    assert [line["request"] for line in logs if line["event"] == "fault"] == [reference]
    assert "RuntimeError" not in page.text
    assert "ABCDEF01" not in page.text
    assert stage.census() == before
    monkeypatch.undo()
    contractor.post(NEW, form)
    assert stage.column("SELECT state FROM applications") == ["submitted"]


def test_a_fault_while_looking_is_a_page_too(contractor: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from esurety.web.netdesk import home

    def breaks(*_args: object, **_facts: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(home, "own_counts", breaks)

    page = contractor.get("/netdesk/", expect=500)

    assert "今回の操作による変更は残っていません" in page.words
    monkeypatch.undo()
    contractor.get("/netdesk/")


def test_htmx_gets_one_line_instead_of_a_page_in_a_page(contractor: PageClient) -> None:
    answer = contractor.get("/netdesk/contracts/10124-00001M/panel", expect=404, headers=PARTIAL)

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "ページが見つかりません" in answer.text


def test_a_form_larger_than_any_of_ours_is_refused(contractor: PageClient) -> None:
    contractor.get(NEW)

    answer = contractor.post(NEW, {"works_name": "a" * 1_200_000}, expect=413)

    assert "大きすぎます" in answer.words


# ---- hostile addresses and forms: never a 500 ----

HUGE = ("2147483648", "99999999999999999999", "9" * 5000)
ADDRESSES = (
    "/netdesk/applications/{}",
    "/netdesk/applications/{}/edit",
    "/netdesk/applications/{}/confirm",
    "/netdesk/applications/{}/received",
    "/netdesk/applications/{}/withdraw",
    "/netdesk/applications/new?from={}",
    "/netdesk/applications/?older_than={}",
    "/netdesk/contracts/?older_than={}",
    "/netdesk/contracts/?authority={}",
    "/netdesk/contracts/?fiscal_year={}",
    "/netdesk/contracts/{}",
)
OFFICE_ADDRESSES = (
    "/office/applications/{}",
    "/office/applications/{}/issue",
    "/office/?after={}",
    "/office/?branch={}",
    "/office/contracts/?older_than={}",
    "/office/mails/?older_than={}",
    "/office/mails/{}",
)
NUL_ADDRESSES = (
    "/netdesk/contracts/?works_name=%00橋梁",
    "/netdesk/contracts/?number=%00",
    "/netdesk/applications/?works_name=%00橋梁",
    "/netdesk/contracts/?open=%00",
    "/netdesk/contracts/?works_name=%ED%A0%80",
    "/netdesk/contracts/?works_name=" + quote("%_\\'\"" * 10),
    "/guide/authorities/?q=%00",
)


def statuses(client: PageClient, addresses: list[str]) -> dict[str, int]:
    found = {}
    for address in addresses:
        with client._http.get(address) as answer:
            found[address[:60]] = answer.status_code
    return found


def test_a_number_larger_than_any_id_is_not_found_or_ignored(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    netdesk = statuses(signed_in("netdesk"), [address.format(huge) for address in ADDRESSES for huge in HUGE])
    office = statuses(signed_in("approver"), [address.format(huge) for address in OFFICE_ADDRESSES for huge in HUGE])

    assert {address: status for address, status in (netdesk | office).items() if status not in {200, 404}} == {}


def test_a_nul_in_an_address_breaks_nothing(contractor: PageClient) -> None:
    found = statuses(contractor, list(NUL_ADDRESSES))

    assert {address: status for address, status in found.items() if status not in {200, 400, 404}} == {}


HOSTILE = {
    "nul": "\x00",
    "nul inside": "橋\x00梁",
    "escape": "\x1b[31m",
    "lone surrogate": "\ud800",
    "right-to-left": "\u202eabc",
    "huge": "9" * 3000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_in_any_field_of_the_form_is_complained_of_or_kept(text: str, contractor: PageClient, stage: Stage) -> None:
    typed = typed_example(stage.ids)
    sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    wrong = {}
    for action in ("save_draft", "confirm", "submit"):
        for name in [*typed, "form_token", "revision", "action"]:
            form = contractor.get(NEW).fields("確認画面へ進む") | typed | {"action": action, name: sent}
            with contractor._http.post(NEW, data=form) as answer:
                if answer.status_code not in {200, 303, 409, 422} and not ("\0" in sent and answer.status_code == 400):
                    wrong[action, name] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("text", ["\x00", "a\x00@b.example", "x" * 5000])
def test_hostile_text_at_the_doors_breaks_nothing(text: str, client: PageClient) -> None:
    refused = 400 if "\0" in text else 422
    page = client.get("/login")
    client.press(page, "ログイン", expect=refused, email=text, password=PASSWORD)
    client.press(page, "ログイン", expect=refused, email="netdesk@demo.example", password=text)
    gate = client.get("/dsure/")
    client.press(gate, "証書を開く", expect=refused, guarantee_contract_number=text, authentication_key="ABCDEFGH")
    client.press(gate, "証書を開く", expect=refused, guarantee_contract_number="10124-00001M", authentication_key=text)


@pytest.mark.parametrize("field", ["revision", "reason", "token", "amount", "received_on", "outstanding_seen"])
def test_hostile_text_in_the_offices_forms_breaks_nothing(field: str, stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.submit(by="contractor2")
    approver = signed_in("approver")
    wrong = {}
    for act in ("start-review", "return", "decline", "premium", "approve", "issue"):
        for text in HOSTILE.values():
            sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            form = {"revision": str(stage.revision(application)), "reason": "理由", "amount": "1", "received_on": "R6.4.1", "token": "t"}
            data = form | {field: sent, "csrf_token": approver.csrf_token()}
            with approver._http.post(f"/office/applications/{application}/{act}", data=data) as answer:
                if answer.status_code not in {303, 409, 422} and not ("\0" in sent and answer.status_code == 400):
                    wrong[act, text[:5]] = answer.status_code

    assert wrong == {}


@pytest.mark.parametrize("name", ["㌖" * 200, "ﷺ" * 200, "㍿" * 200, "㈱" * 200])
def test_a_name_that_grows_when_it_is_folded_can_be_saved_and_handed_in(name: str, contractor: PageClient, stage: Stage) -> None:
    """One ㌖ is six characters in the search key."""
    form = contractor.get(NEW).fields("確認画面へ進む") | typed_example(stage.ids, works_name=name)

    contractor.post(NEW, form | {"action": "save_draft"})
    with contractor._http.post(NEW, data=form | {"action": "submit"}) as answer:
        assert answer.status_code in {303, 422}


def test_withdrawing_and_confirming_with_a_hostile_revision_is_refused(contractor: PageClient, stage: Stage) -> None:
    draft, submitted = stage.draft(), stage.submit()
    contractor.get(NEW)
    found = {}
    for revision in ("", "x", "-1", "9" * 5000, "９"):
        for path in (f"/netdesk/applications/{draft}/confirm", f"/netdesk/applications/{submitted}/withdraw"):
            with contractor._http.post(path, data={"revision": revision, "csrf_token": contractor.csrf_token()}) as answer:
                found[path, revision[:5]] = answer.status_code

    assert set(found.values()) == {409}, found
