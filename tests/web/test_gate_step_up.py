"""D-Sure under too many failures: one thing more is asked for, nobody is locked out, nothing is told."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import time_machine

from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.services.mail_gate_codes import mail_one_asked_code
from esurety.services.mail_transport import transport_through
from esurety.services.send_mail import send_one_due_mail
from tests.example_of_record import OPENED_AT, on_paper, with_performance
from tests.stage import Issued, Stage
from tests.web.page_client import Page, PageClient
from tests.web.test_access import without_tokens
from tests.web.test_dsure import ANOTHER_KEY, CERTIFICATE, GATE, knock

NOBODYS_NUMBER = GuaranteeContractNumber.of(101, 2024, 999).text


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(OPENED_AT, tick=False)


@pytest.fixture
def issued(stage: Stage) -> Issued:
    return stage.issued(**with_performance())


def use_up(stage: Stage, number: str) -> None:
    """Strangers from ten networks fail with a number."""
    for index in range(10):
        knock(PageClient(stage, source=f"198.51.100.{index}"), number, ANOTHER_KEY, expect=422)


def ask_for_code(client: PageClient, held: Page) -> Page:
    return client.follow(client.press(held, "確認コードをメールで送る"))


def work(stage: Stage, tmp_path: Path) -> list[tuple[str, str]]:
    """What the worker does; the recipients and codes of all mails with a code, oldest first."""
    folder = tmp_path / "mail"
    transport = transport_through(
        stage.app.extensions["mail"], stage.installation.settings.mail, folder=folder, vault=stage.installation.vault
    )
    with stage.app.app_context():
        at = OPENED_AT + timedelta(days=400)  # whatever time it is in the test, mail is due
        now = _now()
        while mail_one_asked_code(now=now, installation=stage.installation):
            pass
        while send_one_due_mail(now=at, transport=transport):
            pass
    found = []
    for path in sorted(folder.glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=default)
        body = message.get_body()
        code = re.search(r"確認コード　　(\d{8})\b", body.get_content() if body is not None else "")
        if code is not None:
            found.append((str(message["To"]), code[1]))
    return found


def _now():  # type: ignore[no-untyped-def] # the travelling clock
    from datetime import UTC, datetime

    return datetime.now(UTC)


def test_a_used_up_number_asks_for_the_mailed_code_and_opens_with_it(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path
) -> None:
    use_up(stage, issued.number)

    held = knock(client, issued.number, stage.key_of(issued.number), expect=429)
    assert "確認コードも必要です" in held.words
    assert "確かめていません" in held.words
    assert held.fields("証書を開く")["guarantee_contract_number"] == issued.number
    assert int(held.headers["Retry-After"]) == 144 * 60

    asked = ask_for_code(client, held)
    assert asked.fields("証書を開く")["guarantee_contract_number"] == issued.number
    ((recipient, code),) = work(stage, tmp_path)
    assert recipient == "kouji@authority.example"  # 前払金保証 goes to the desk that looks after the works

    answer = client.press(asked, "証書を開く", authentication_key=stage.key_of(issued.number), one_time_code=f"{code[:4]} {code[4:]}")
    assert answer.location == CERTIFICATE
    client.follow(answer)


def test_the_code_goes_to_the_desk_of_the_product(client: PageClient, stage: Stage, issued: Issued, tmp_path: Path) -> None:
    use_up(stage, issued.numbers[1])
    ask_for_code(client, knock(client, issued.numbers[1], ANOTHER_KEY, expect=429))

    assert [recipient for recipient, _ in work(stage, tmp_path)] == ["keiyaku@authority.example"]


def test_the_code_is_in_no_table_and_on_no_page_of_the_office(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path, clerk: PageClient
) -> None:
    use_up(stage, issued.number)
    ask_for_code(client, knock(client, issued.number, ANOTHER_KEY, expect=429))
    ((_, code),) = work(stage, tmp_path)

    mail_id = stage.scalar("SELECT id FROM outbox_mails WHERE event LIKE 'gate_code:%'")
    assert code not in stage.scalar("SELECT body FROM outbox_mails WHERE id = :id", id=mail_id)
    assert code not in str(stage.rows("SELECT * FROM gate_codes"))
    page = clerk.get(f"/office/mails/{mail_id}")
    assert code not in page.text
    assert "画面には表示しません" in page.words


def test_a_code_works_once_for_ten_minutes_and_five_tries(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    use_up(stage, issued.number)
    asked = ask_for_code(client, knock(client, issued.number, ANOTHER_KEY, expect=429))
    ((_, code),) = work(stage, tmp_path)
    key = stage.key_of(issued.number)
    guesser = PageClient(stage, source="203.0.113.5")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        again = guesser.press(held_page(guesser, issued.number), "証書を開く", expect=422, authentication_key=key, one_time_code=wrong)
    guesser.press(again, "証書を開く", expect=429, authentication_key=key, one_time_code=code)  # its five tries are used up

    client.press(asked, "証書を開く", authentication_key=key, one_time_code=code)  # others' tries have not used up the authority's

    third = PageClient(stage, source="203.0.113.6")
    third.press(held_page(third, issued.number), "証書を開く", expect=429, authentication_key=key, one_time_code=code)  # used

    use_up_known(client, issued.number)
    fresh = ask_for_code(client, knock(client, issued.number, ANOTHER_KEY, expect=429))
    code = work(stage, tmp_path)[-1][1]
    clock.shift(10 * 60)
    client.press(fresh, "証書を開く", expect=429, authentication_key=key, one_time_code=code)  # too late


def held_page(client: PageClient, number: str) -> Page:
    return knock(client, number, ANOTHER_KEY, expect=429)


def use_up_known(client: PageClient, number: str) -> None:
    for _ in range(10):
        knock(client, number, ANOTHER_KEY, expect=422)


def test_a_slip_in_the_key_after_the_right_code_needs_no_second_code(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path
) -> None:
    use_up(stage, issued.number)
    asked = ask_for_code(client, knock(client, issued.number, ANOTHER_KEY, expect=429))
    ((_, code),) = work(stage, tmp_path)

    slip = client.press(asked, "証書を開く", expect=422, authentication_key=ANOTHER_KEY, one_time_code=code)

    # with the same code typed again, and with none
    assert client.press(slip, "証書を開く", authentication_key=stage.key_of(issued.number), one_time_code=code).location == CERTIFICATE
    assert knock(client, issued.number, stage.key_of(issued.number)).location == CERTIFICATE


def test_three_codes_an_hour_and_none_while_one_is_good(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    use_up(stage, issued.number)
    for _ in range(6):  # every ten minutes
        for index in range(5):
            other = PageClient(stage, source=f"203.0.113.{index}")
            other.post("/dsure/code", {"guarantee_contract_number": issued.number})
        clock.shift(10 * 60 - 1)
    assert len(work(stage, tmp_path)) <= 3
    assert stage.scalar("SELECT count(*) FROM gate_codes") == 3

    clock.shift(60)
    client.post("/dsure/code", {"guarantee_contract_number": issued.number})
    assert stage.scalar("SELECT count(*) FROM gate_codes") == 4


def test_one_source_asks_for_ten_codes_an_hour(client: PageClient, stage: Stage, issued: Issued) -> None:
    numbers = [issued.number, *stage.many_issued(14)]
    for number in numbers:
        client.post("/dsure/code", {"guarantee_contract_number": number})

    assert stage.scalar("SELECT count(*) FROM gate_codes") == 10


def test_a_number_of_nobody_reads_exactly_like_one_that_exists(
    stage: Stage, issued: Issued, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    paper = stage.issued(**on_paper()).number
    numbers = {"issued": issued.number, "nobody's": NOBODYS_NUMBER, "on paper": paper}
    said: dict[str, list[str]] = {}
    statements: dict[str, list[list[str]]] = {}
    for name, number in numbers.items():
        # Each from the same eleven networks, one day apart, so that only the number differs.
        use_up(stage, number)
        client = PageClient(stage, source="203.0.113.9")
        held = knock(client, number, ANOTHER_KEY, expect=429)
        answer = client.press(held, "確認コードをメールで送る")
        asked = client.follow(answer)
        wrong = client.press(asked, "証書を開く", expect=422, authentication_key=ANOTHER_KEY, one_time_code="00000000")
        pages = (held, asked, wrong)
        said[name] = [without_tokens(page.text).replace(number, "NUMBER") for page in pages] + [held.headers["Retry-After"]]
        statements[name] = [one.statements for one in (held, answer, wrong)]
        clock.shift(30 * 24 * 3600)

    assert said["issued"] == said["nobody's"] == said["on paper"]
    assert statements["issued"] == statements["nobody's"] == statements["on paper"]  # the same work
    assert [recipient for recipient, _ in work(stage, tmp_path)] == []  # too old by now, and two were for nobody


def test_a_number_of_nobody_gets_no_mail(client: PageClient, stage: Stage, issued: Issued, tmp_path: Path) -> None:
    for number in (NOBODYS_NUMBER, stage.issued(**on_paper()).number):
        client.post("/dsure/code", {"guarantee_contract_number": number})

    assert work(stage, tmp_path) == []


def test_an_authority_without_an_address_gets_no_mail_and_the_page_says_the_same(
    client: PageClient, stage: Stage, issued: Issued, tmp_path: Path
) -> None:
    stage.change("UPDATE authority_policies SET advance_recipient = '工事担当課', performance_recipient = '契約担当'")

    asked = client.follow(client.post("/dsure/code", {"guarantee_contract_number": issued.number}))

    assert work(stage, tmp_path) == []
    assert "受け付けました" in asked.words


def test_a_number_that_cannot_be_one_is_named_so(client: PageClient) -> None:
    assert list(client.post("/dsure/code", {"guarantee_contract_number": "10124-00001Z"}, expect=422).problems) == [
        "guarantee_contract_number"
    ]
    assert list(client.post("/dsure/code", {}, expect=422).problems) == ["guarantee_contract_number"]


def test_a_source_that_fails_with_different_numbers_is_asked_for_a_code_while_others_are_not(stage: Stage, issued: Issued) -> None:
    numbers = stage.many_issued(10)
    guesser = PageClient(stage, source="198.51.100.1")
    for number in numbers:
        knock(guesser, number, ANOTHER_KEY, expect=422)

    knock(guesser, issued.number, stage.key_of(issued.number), expect=429)
    knock(PageClient(stage, source="198.51.100.2"), issued.number, stage.key_of(issued.number))


def test_the_whole_gate_asks_strangers_for_a_code_and_known_sources_for_nothing(client: PageClient, stage: Stage, issued: Issued) -> None:
    knock(client, issued.number, stage.key_of(issued.number))
    stage.change("UPDATE gate_budgets SET full_at = '2024-04-01 09:00:00+00' WHERE kind = 'gate'")

    knock(PageClient(stage, source="198.51.100.2"), issued.numbers[1], stage.key_of(issued.numbers[1]), expect=429)
    knock(client, issued.number, stage.key_of(issued.number))


def test_thirty_numbers_in_ten_minutes_stop_a_source_and_raise_an_alarm(stage: Stage, issued: Issued) -> None:
    guesser = PageClient(stage, source="198.51.100.1")
    for number in stage.many_issued(40):
        page = guesser.get(GATE)
        form = page.fields("証書を開く") | {"guarantee_contract_number": number, "authentication_key": ANOTHER_KEY}
        with guesser._http.post(GATE, data=form, environ_base={"REMOTE_ADDR": "198.51.100.1"}) as answer:
            assert answer.status_code in {422, 429}

    assert stage.rows("SELECT source, numbers, held FROM gate_stops") == [("198.51.100.1", 30, 10)]
    assert stage.rows("SELECT kind, subject FROM events WHERE kind LIKE 'Gate%'") == [("GateSourceStopped", "gate")]
    assert stage.scalar("SELECT count(*) FROM gate_attempts") == 30  # a flood after the stop fills no table
    knock(guesser, issued.number, stage.key_of(issued.number), expect=429)
    knock(PageClient(stage, source="198.51.100.2"), issued.number, stage.key_of(issued.number))


def test_the_same_number_again_and_again_is_one_row(stage: Stage, issued: Issued) -> None:
    guesser = PageClient(stage, source="198.51.100.1")
    for _ in range(10):
        knock(guesser, issued.number, ANOTHER_KEY, expect=422)
    for _ in range(20):
        knock(guesser, issued.number, ANOTHER_KEY, expect=429)

    assert stage.rows("SELECT outcome, times, count(*) FROM gate_attempts GROUP BY outcome, times ORDER BY outcome") == [
        ("failed", 1, 10),
        ("held", 20, 1),
    ]


def test_while_the_hashers_are_busy_the_gate_says_so(
    client: PageClient, stage: Stage, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = stage.installation.vault
    with vault._slot(), vault._slot():
        busy = knock(client, issued.number, stage.key_of(issued.number), expect=503)

    assert "混み合っています" in busy.words
    assert int(busy.headers["Retry-After"]) > 0
    assert stage.scalar("SELECT count(*) FROM gate_attempts") == 0
    knock(client, issued.number, stage.key_of(issued.number))
