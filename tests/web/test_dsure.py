"""D-Sure: a certificate is opened with number and key, and by nothing else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.example_of_record import ISSUED_AT, OPENED_AT, RARE_COMPANY, RARE_WORKS_NAME, WORKS_NAME, on_paper, with_performance
from tests.pdf_text import pdf_text
from tests.stage import Issued, Stage
from tests.web.page_client import Page, PageClient
from tests.web.test_access import without_tokens

GATE, CERTIFICATE = "/dsure/", "/dsure/certificate"
ANOTHER_KEY = "ZZZZ9999"


@pytest.fixture(autouse=True)
def later(clock: time_machine.Traveller) -> None:
    clock.move_to(OPENED_AT)


@pytest.fixture
def issued(stage: Stage) -> Issued:
    return stage.issued(**with_performance())


def knock(client: PageClient, number: str, key: str, *, expect: int = 303) -> Page:
    """Type number and key at the gate."""
    return client.press(client.get(GATE), "証書を開く", expect=expect, guarantee_contract_number=number, authentication_key=key)


def open_certificate(client: PageClient, stage: Stage, number: str) -> Page:
    return client.follow(knock(client, number, stage.key_of(number)))


def test_number_and_key_open_the_certificate(client: PageClient, stage: Stage, issued: Issued) -> None:
    answer = knock(client, issued.number, stage.key_of(issued.number))
    assert answer.location == CERTIFICATE
    page = client.follow(answer)

    rows = page.rows()
    assert rows["保証契約番号"] == issued.number
    assert rows["工事名"] == WORKS_NAME
    assert rows["請負金額（総額）"] == "48,600,000円"
    assert rows["保証金額（総額）"] == "19,440,000円（40.0%）"
    assert rows["被保証者"] == "〇〇区長 様"
    assert rows["保証契約者"].startswith("ネットデスク建設株式会社")
    assert page.words.index("有効") < page.words.index(WORKS_NAME)  # state first
    assert issued.number in pdf_text(client.get("/dsure/certificate.pdf").body)


def spellings(number: str, key: str) -> dict[str, tuple[str, str]]:
    wide = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    misread = key.replace("0", "O").replace("1", "l")
    return {
        "small letters": (number.lower(), key.lower()),
        "full width": (number.translate(wide), key.translate(wide)),
        "spaces": (f" {number} ", " ".join(key)),
        "full-width space": (f"　{number}", f"{key[:4]}　{key[4:]}"),
        "hyphens": (number.replace("-", ""), f"{key[:4]}-{key[4:]}"),
        "long dash": (number.replace("-", "ー"), f"{key[:4]}―{key[4:]}"),
        "pasted labels": (f"保証契約番号：{number}", f"認証キー：{key}"),
        "O for 0 and l for 1": (number, misread),
    }


def test_every_spelling_opens(client: PageClient, stage: Stage, issued: Issued) -> None:
    for name, (number, key) in spellings(issued.number, stage.key_of(issued.number)).items():
        assert knock(client, number, key).location == CERTIFICATE, name


def test_unknown_number_wrong_key_and_malformed_key_get_one_answer(client: PageClient, stage: Stage, issued: Issued) -> None:
    paper = stage.issued(**on_paper()).number
    prepared = stage.issued().number
    stage.change("UPDATE guarantee_contracts SET issued_at = NULL WHERE number = :number", number=prepared)
    prepared_key = stage.key_of(prepared)
    tries = {
        "wrong key": (issued.number, ANOTHER_KEY),
        "the other product's key": (issued.number, stage.key_of(issued.numbers[1])),
        "malformed key": (issued.number, "キー"),
        "too long": (issued.number, "A" * 500),
        "unknown number": ("10124-00999A", ANOTHER_KEY),
        "number with a slip": ("10124-00001Z", stage.key_of(issued.number)),
        "paper": (paper, ANOTHER_KEY),
        "not issued yet": (prepared, prepared_key),
    }

    answers = {}
    for index, (name, (number, key)) in enumerate(tries.items()):
        visitor = PageClient(stage, source=f"198.51.100.{index}")
        answer = knock(visitor, number, key, expect=422)
        answers[name] = without_tokens(answer.text).replace(number, "NUMBER")

    assert len(set(answers.values())) == 1, {name: len(text) for name, text in answers.items()}
    visitor = PageClient(stage)
    assert list(knock(visitor, issued.number, ANOTHER_KEY, expect=422).problems) == ["authentication_key"]
    visitor.get(CERTIFICATE, expect=303)


def test_a_wrong_try_costs_one_hash_whatever_is_wrong(
    client: PageClient, stage: Stage, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = stage.installation.vault._hasher
    reckoned: list[str] = []
    real = type(hasher).verify
    monkeypatch.setattr(type(hasher), "verify", lambda self, *args: reckoned.append("one") or real(self, *args))

    costs = []
    for number, key in ((issued.number, ANOTHER_KEY), ("10124-00999A", ANOTHER_KEY), (issued.number, "?"), ("?", "?")):
        reckoned.clear()
        knock(client, number, key, expect=422)
        costs.append(len(reckoned))

    assert costs == [1, 1, 1, 1]


def test_the_number_is_shown_again_and_the_key_never(client: PageClient, stage: Stage, issued: Issued) -> None:
    answer = knock(client, issued.number, ANOTHER_KEY, expect=422)

    fields = answer.fields("証書を開く")
    assert fields["guarantee_contract_number"] == issued.number
    assert fields["authentication_key"] == ""
    assert ANOTHER_KEY not in answer.text


@pytest.mark.parametrize("shape", ["{key}", "認証キー：{key}", "{number} {key}", "{number}　認証キー {key}"])
def test_a_key_typed_into_the_numbers_field_is_not_shown_again(shape: str, client: PageClient, stage: Stage, issued: Issued) -> None:
    key = stage.key_of(issued.number)

    knock(client, shape.format(number=issued.number, key=key), issued.number, expect=422)  # the client looks for keys in every answer


def test_empty_fields_are_named_and_are_no_try(client: PageClient, stage: Stage) -> None:
    answer = knock(client, "", " ", expect=422)

    assert answer.problems == {
        "guarantee_contract_number": "保証契約番号を入力してください",
        "authentication_key": "認証キーを入力してください",
    }
    assert stage.scalar("SELECT count(*) FROM gate_attempts") == 0


def test_every_try_is_kept_with_its_outcome_and_without_its_key(client: PageClient, stage: Stage, issued: Issued) -> None:
    knock(client, issued.number, ANOTHER_KEY, expect=422)
    knock(client, "でたらめ", ANOTHER_KEY, expect=422)
    knock(client, issued.number, stage.key_of(issued.number))

    assert stage.rows("SELECT number, source, outcome FROM gate_attempts ORDER BY id") == [
        (issued.number, "192.0.2.1", "failed"),
        (None, "192.0.2.1", "failed"),
        (issued.number, "192.0.2.1", "opened"),
    ]


def test_an_opening_is_recorded_and_seen_by_contractor_and_office(
    client: PageClient, stage: Stage, issued: Issued, signed_in: Callable[[str], PageClient]
) -> None:
    open_certificate(client, stage, issued.number)

    contractor, clerk = signed_in("netdesk"), signed_in("clerk")
    for page in (
        contractor.get(f"/netdesk/contracts/{issued.number}/history"),
        contractor.get(f"/netdesk/contracts/{issued.number}"),
        clerk.get(f"/office/contracts/{issued.number}"),
    ):
        assert "発注者が閲覧しました（令和06年04月01日 15時00分" in page.words, page.path
        assert "当初" in page.words
    assert "まだ閲覧" in contractor.get(f"/netdesk/contracts/{issued.numbers[1]}").words
    assert stage.column("SELECT kind FROM events WHERE actor_id IS NULL") == ["CertificateOpened"]


def test_a_failed_try_is_no_opening(client: PageClient, stage: Stage, issued: Issued) -> None:
    knock(client, issued.number, ANOTHER_KEY, expect=422)

    assert stage.scalar("SELECT count(*) FROM certificate_openings") == 0


def test_a_session_opens_that_one_contract_and_another_takes_its_place(client: PageClient, stage: Stage, issued: Issued) -> None:
    open_certificate(client, stage, issued.number)
    assert client.get(CERTIFICATE).rows()["保証契約番号"] == issued.number

    open_certificate(client, stage, issued.numbers[1])

    assert client.get(CERTIFICATE).rows()["保証契約番号"] == issued.numbers[1]


def test_looking_at_the_gate_opens_nothing_and_ends_nothing(client: PageClient, stage: Stage, issued: Issued) -> None:
    client.get(f"{GATE}?guarantee_contract_number={issued.number}&authentication_key=ABCD2345")
    client.get(CERTIFICATE, expect=303)
    open_certificate(client, stage, issued.number)

    assert "開いている証書があります" in client.get(GATE).words

    client.get(CERTIFICATE)
    assert stage.scalar("SELECT count(*) FROM certificate_openings") == 1


def test_closing_ends_the_looking(client: PageClient, stage: Stage, issued: Issued) -> None:
    page = open_certificate(client, stage, issued.number)

    closed = client.follow(client.press(page, "閲覧を終わる"))

    assert "閲覧を終わりました" in closed.words
    for address in (CERTIFICATE, "/dsure/certificate.pdf", "/dsure/certificate/print"):
        assert client.get(address, expect=303).location == GATE


def test_a_session_lasts_thirty_minutes(client: PageClient, stage: Stage, issued: Issued, clock: time_machine.Traveller) -> None:
    open_certificate(client, stage, issued.number)
    clock.shift(29 * 60)
    client.get(CERTIFICATE)
    clock.shift(61)

    refused = client.get(CERTIFICATE, expect=303)

    assert "30分" in client.follow(refused).words


def test_a_revoked_key_ends_the_looking_at_once_and_opens_nothing_more(client: PageClient, stage: Stage, issued: Issued) -> None:
    key = stage.key_of(issued.number)
    open_certificate(client, stage, issued.number)
    stage.change(
        "UPDATE authentication_keys SET revoked_at = '2024-04-01 06:30:00' WHERE contract_id = :id", id=stage.contract_id(issued.number)
    )

    assert "再発行" in client.follow(client.get(CERTIFICATE, expect=303)).words
    knock(client, issued.number, key, expect=422)


def test_signing_in_elsewhere_opens_nothing_here_and_opening_signs_in_nowhere(
    client: PageClient, stage: Stage, issued: Issued, signed_in: Callable[[str], PageClient]
) -> None:
    for login in ("netdesk", "approver", "admin"):
        someone = signed_in(login)
        assert someone.get(CERTIFICATE, expect=303).location == GATE
        gate = someone.get(GATE)
        assert "受注 一郎" not in gate.text
        assert "ログアウト" not in gate.text

    open_certificate(client, stage, issued.number)
    assert client.get("/netdesk/", expect=303).location.startswith("/login")
    assert client.get("/office/", expect=303).location.startswith("/login")


def test_closing_leaves_the_other_portals_session_alone(contractor: PageClient, stage: Stage, issued: Issued) -> None:
    page = open_certificate(contractor, stage, issued.number)

    contractor.press(page, "閲覧を終わる")

    contractor.get("/netdesk/")


def test_signing_in_elsewhere_closes_nothing_here(client: PageClient, stage: Stage, issued: Issued) -> None:
    open_certificate(client, stage, issued.number)

    client.sign_in("netdesk")

    client.get(CERTIFICATE)


def test_the_print_view_is_one_sheet_marked_as_reference_with_the_time(client: PageClient, stage: Stage, issued: Issued) -> None:
    open_certificate(client, stage, issued.number)

    page = client.get("/dsure/certificate/print")

    assert "参考印刷" in page.heading
    assert "令和06年04月01日 15時00分" in page.words
    assert issued.number in page.words
    assert "19,440,000円" in page.words


@pytest.mark.parametrize("query", ["?version=1", "?version=-1", "?version=x", "?version=99999999999999999999"])
def test_a_version_that_does_not_exist_is_not_found(query: str, client: PageClient, stage: Stage, issued: Issued) -> None:
    open_certificate(client, stage, issued.number)

    for address in (CERTIFICATE, "/dsure/certificate.pdf", "/dsure/certificate/print"):
        client.get(address + query, expect=404)


def test_a_cancelled_contract_opens_and_says_so_first(client: PageClient, stage: Stage, issued: Issued) -> None:
    stage.cancel(issued.number, on=date(2024, 4, 1), at=ISSUED_AT)

    page = open_certificate(client, stage, issued.number)

    assert page.words.index("解約済") < page.words.index(WORKS_NAME)
    assert "効力がありません" in page.words
    assert "有効です" not in page.words


def test_an_expired_contract_opens_and_says_so(client: PageClient, stage: Stage, issued: Issued, clock: time_machine.Traveller) -> None:
    clock.move_to(ISSUED_AT + timedelta(days=365))

    assert "期間満了" in open_certificate(client, stage, issued.number).words


def test_rare_characters_are_shown_and_printed_as_typed(client: PageClient, stage: Stage) -> None:
    number = stage.issued(by="contractor2", works_name=RARE_WORKS_NAME).number

    page = open_certificate(client, stage, number)

    assert page.rows()["工事名"] == RARE_WORKS_NAME
    assert page.rows()["保証契約者"].startswith(RARE_COMPANY)
    assert RARE_COMPANY in pdf_text(client.get("/dsure/certificate.pdf").body)


# ---- a process that serves D-Sure alone ----


@pytest.fixture
def dsure_alone(make_app: Callable[..., Flask]) -> Stage:
    return Stage(make_app(portals=frozenset({"dsure"})))


def test_dsure_alone_opens_certificates(stage: Stage, dsure_alone: Stage, issued: Issued) -> None:
    client = PageClient(dsure_alone)

    page = client.follow(knock(client, issued.number, stage.key_of(issued.number)))

    assert page.rows()["保証契約番号"] == issued.number
    client.get("/healthz")


def test_dsure_alone_has_none_of_the_other_portals(dsure_alone: Stage) -> None:
    client = PageClient(dsure_alone)

    for address in ("/netdesk/", "/office/", "/netdesk/contracts/", "/office/applications/1"):
        client.get(address, expect=404)
    assert "ログイン" not in client.get(GATE).buttons()
    client.get("/")


def test_dsure_alone_has_no_sign_in(dsure_alone: Stage) -> None:
    client = PageClient(dsure_alone)

    client.get("/login", expect=404)
    client.post("/login", {"email": "netdesk@demo.example", "password": "esurety-demo"}, expect=404)
