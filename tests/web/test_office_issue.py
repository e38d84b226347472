"""発行: number, key, certificate, record and mail, all or nothing; once, by an approver, when the premium is in."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from esurety.domain.application_state import ApplicationAct
from esurety.services import make_certificate
from tests.example_of_record import ISSUED_AT, RARE_COMPANY, on_paper, with_interim, with_performance
from tests.pdf_text import pdf_text
from tests.stage import PASSWORD, Stage
from tests.web.page_client import Page, PageClient

_ISSUES = (
    "guarantee_contracts",
    "certificate_versions",
    "certificate_files",
    "authentication_keys",
    "outbox_mails",
    "events",
    "answered_tokens",
)


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT)


def confirmation(client: PageClient, application: int) -> Page:
    return client.get(f"/office/applications/{application}/issue")


def test_an_approver_confirms_and_issues(approver: PageClient, contractor: PageClient, stage: Stage) -> None:
    application = stage.approve(**with_performance())
    page = confirmation(approver, application)
    assert page.heading == "この内容で発行しますか"
    assert any("19,440,000円" in row and "40.0%" in row for row in page.table_rows())
    assert "abcde@ejcs.co.jp" in page.words
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts") == 0

    done = approver.follow(approver.press(page, "発行する", password=PASSWORD))

    numbers = stage.numbers_of(application)
    assert numbers == ["10124-00001M", "10124-00002" + numbers[1][-1]]
    assert all(number in done.words for number in numbers)
    assert "発行済" in done.words
    assert len(set(stage.keys().values())) == 2  # two products, two keys
    assert "発行済" in contractor.get(f"/netdesk/applications/{application}").words
    assert numbers[0] in contractor.get("/netdesk/contracts/").words


def test_issuing_writes_exactly_what_it_makes(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(**with_performance())
    before = stage.census()

    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)

    after = stage.census()
    grown = {table: after[table] - before[table] for table in _ISSUES}
    assert grown == {
        "guarantee_contracts": 2,
        "certificate_versions": 2,
        "certificate_files": 2,
        "authentication_keys": 2,
        "outbox_mails": 1,
        "events": 2,
        "answered_tokens": 1,
    }


def test_a_clerk_is_told_who_may_issue(clerk: PageClient, stage: Stage) -> None:
    application = stage.approve()

    looked = clerk.get(f"/office/applications/{application}/issue", expect=403)
    tried = clerk.post(f"/office/applications/{application}/issue", {"revision": str(stage.revision(application))}, expect=403)

    assert "承認者だけ" in looked.words
    assert "今回の操作は行っていません" in tried.words
    assert stage.state(application) == "approved"
    assert "発行 正" in clerk.get(f"/office/applications/{application}").words


def test_nothing_is_issued_before_the_premium_is_in(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(by="contractor2", premium_billing_name=RARE_COMPANY)
    stage.pay(application, amount=stage.premium(application) - 1)

    looked = approver.get(f"/office/applications/{application}/issue", expect=409)
    tried = approver.post(f"/office/applications/{application}/issue", {"revision": str(stage.revision(application))}, expect=409)

    for answer in (looked, tried):
        assert "保証料が入金されるまで発行できません" in answer.words
    stage.pay(application, amount=1)
    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)
    assert stage.state(application) == "issued"


@pytest.mark.parametrize("state", ["submitted", "returned", "declined", "withdrawn"])
def test_what_is_not_approved_cannot_be_issued(state: str, approver: PageClient, stage: Stage) -> None:
    application = stage.submit()
    if state == "withdrawn":
        stage.withdraw(application)
    elif state != "submitted":
        stage.decide(ApplicationAct.RETURN if state == "returned" else ApplicationAct.DECLINE, application, reason="理由")
    before = stage.census()

    approver.get(f"/office/applications/{application}/issue", expect=409)
    approver.post(f"/office/applications/{application}/issue", {"revision": str(stage.revision(application))}, expect=409)

    assert stage.census() == before


def test_pressing_twice_issues_once_and_ends_well(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = confirmation(approver, application)

    first = approver.press(page, "発行する", password=PASSWORD)
    before = stage.census()
    second = approver.press(page, "発行する", password=PASSWORD)

    assert first.location == second.location == f"/office/applications/{application}"
    assert stage.census() == before


def test_a_second_approver_is_told_that_it_is_done(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = confirmation(approver, application)
    stage.issue(application)
    before = stage.census()

    answer = approver.follow(approver.press(page, "発行する", password=PASSWORD))

    assert "すでに発行されています" in answer.words
    assert stage.census() == before


def test_a_stale_confirmation_answers_409(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    page = confirmation(approver, application)
    stage.change("UPDATE applications SET revision = revision + 1")

    answer = approver.press(page, "発行する", password=PASSWORD, expect=409)

    assert "今回の操作は行っていません" in answer.words
    assert stage.state(application) == "approved"


def test_two_issues_racing_make_one_set_of_certificates(stage: Stage, signed_in: Callable[[str], PageClient]) -> None:
    application = stage.approve(**with_performance())
    clients = [signed_in("approver"), signed_in("approver")]
    pages = [confirmation(client, application) for client in clients]
    start = threading.Barrier(2)
    statuses: list[int] = []

    def press(client: PageClient, page: Page) -> None:
        start.wait()
        # Not through `press`: either may lose, and the client's counters are not made for two at once.
        answer = client._http.post(f"/office/applications/{application}/issue", data=page.fields("発行する") | {"password": PASSWORD})
        statuses.append(answer.status_code)
        answer.close()

    threads = [threading.Thread(target=press, args=pair) for pair in zip(clients, pages, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(statuses) <= {303, 409}, statuses
    assert 303 in statuses
    assert stage.state(application) == "issued"
    assert len(stage.numbers_of(application)) == 2
    for table, count in {"certificate_versions": 2, "certificate_files": 2, "authentication_keys": 2}.items():
        assert stage.scalar(f"SELECT count(*) FROM {table}") == count, table
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'issued:%'") == 1
    assert stage.scalar("SELECT last_sequence FROM number_counters") == 2


def test_a_glyph_that_the_font_lacks_stops_before_anything_is_written_and_is_named(approver: PageClient, stage: Stage) -> None:
    application = stage.approve()
    stage.change("UPDATE applications SET works_name = '橋梁🏗工事'")
    before = stage.census()

    warned = confirmation(approver, application)
    tried = approver.post(f"/office/applications/{application}/issue", {"revision": str(stage.revision(application))}, expect=422)

    for answer in (warned, tried):
        assert "「🏗」" in answer.words
        assert "発行する" not in answer.buttons()
    assert stage.census() == before
    assert stage.state(application) == "approved"


def test_a_rendering_that_fails_leaves_nothing_visible_and_the_next_try_has_the_same_number(
    approver: PageClient, contractor: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = stage.approve(**with_performance())
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", _fails)
        approver.press(confirmation(approver, application), "発行する", password=PASSWORD, expect=500)

    prepared = stage.numbers_of(application)
    assert stage.state(application) == "approved"
    for table in ("certificate_files", "authentication_keys"):
        assert stage.scalar(f"SELECT count(*) FROM {table}") == 0
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'issued:%'") == 0
    for number in prepared:
        assert number not in contractor.get("/netdesk/contracts/").words
        assert number not in contractor.get(f"/netdesk/applications/{application}").words
        assert number not in approver.get(f"/office/applications/{application}").words

    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)

    assert stage.numbers_of(application) == prepared
    assert stage.scalar("SELECT last_sequence FROM number_counters") == 2


def test_a_try_that_broke_off_yesterday_gets_todays_date(
    approver: PageClient, stage: Stage, monkeypatch: pytest.MonkeyPatch, clock: time_machine.Traveller
) -> None:
    application = stage.approve()
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", _fails)
        approver.press(confirmation(approver, application), "発行する", password=PASSWORD, expect=500)
    clock.move_to(ISSUED_AT + timedelta(days=1))
    fresh = PageClient(stage).sign_in("approver")

    fresh.press(confirmation(fresh, application), "発行する", password=PASSWORD)

    number = stage.numbers_of(application)[0]
    page = fresh.get(f"/office/contracts/{number}")
    assert page.rows()["発行日"] == "令和06年04月02日"
    assert "令和06年04月02日" in pdf_text(fresh.get(f"/office/contracts/{number}/certificate.pdf").body)


def _fails(_content: object) -> bytes:
    raise RuntimeError("the renderer broke")


def test_paper_is_issued_without_a_key_and_with_a_printable_certificate(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(**on_paper())
    page = confirmation(approver, application)
    assert "証書(紙)は、保証契約の画面から印刷して" in page.words
    assert "認証キーができます" not in page.words

    approver.press(page, "発行する", password=PASSWORD)

    number = stage.numbers_of(application)[0]
    assert stage.scalar("SELECT count(*) FROM authentication_keys") == 0
    assert number in pdf_text(approver.get(f"/office/contracts/{number}/certificate.pdf").body)


def test_the_products_of_one_works_may_differ_in_form(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(**with_performance(form="paper"))

    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)

    assert stage.rows("SELECT product, certificate_form FROM guarantee_contracts ORDER BY id") == [
        ("advance_payment", "electronic"),
        ("contract_performance", "paper"),
    ]
    assert list(stage.keys()) == [stage.numbers_of(application)[0]]


def test_the_interim_certificate_names_the_first_advance(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(**with_interim())
    approver.press(confirmation(approver, application), "発行する", password=PASSWORD)

    page = approver.get(f"/office/contracts/{stage.numbers_of(application)[1]}")

    assert page.rows()["既前払金額"] == "19,440,000円"
    assert page.rows()["保証金額（総額）"] == "9,720,000円（20.0%）"


def test_the_completion_mail_goes_out_only_when_wished(approver: PageClient, stage: Stage) -> None:
    application = stage.approve(notify_on_issue="no", notification_email="")
    page = confirmation(approver, application)
    assert "希望されていないため送りません" in page.words

    approver.press(page, "発行する", password=PASSWORD)

    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'issued:%'") == 0


def test_numbers_follow_the_fiscal_year_of_the_issue(approver: PageClient, stage: Stage, clock: time_machine.Traveller) -> None:
    first = stage.issued().number
    application = stage.approve()
    clock.move_to(ISSUED_AT.replace(year=2025, month=3, day=31, hour=15))  # midnight in Japan: 1 April 2025
    fresh = PageClient(stage).sign_in("approver")

    fresh.press(confirmation(fresh, application), "発行する", password=PASSWORD)

    assert first.startswith("10124-00001")
    assert stage.numbers_of(application)[0].startswith("10125-00001")
