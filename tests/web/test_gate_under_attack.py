"""Guessing at one contract from fifty networks at once: nothing is opened, next to nothing is even looked at, the authority gets in."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from esurety.domain.authentication_key import AuthenticationKey
from esurety.services.watch_gate import tell_of_guessed_contracts
from tests.example_of_record import OPENED_AT
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_dsure import ANOTHER_KEY, CERTIFICATE, GATE, knock
from tests.web.test_gate_step_up import NOBODYS_NUMBER, work

GUESSES, SOURCES, THREADS = 2_000, 50, 4
OFFICE_OF_THE_TOWN = "203.0.113.80"


@pytest.fixture
def behind_proxy(make_app: Callable[..., Flask], clock: time_machine.Traveller) -> Stage:
    """An installation behind one proxy of its own, so that a guesser's address is what that proxy says."""
    clock.move_to(OPENED_AT, tick=False)
    return Stage(make_app(trusted_proxies=1))


def guess(stage: Stage, number: str, share: range, answers: Counter[tuple[int, int]]) -> None:
    client = stage.app.test_client()
    token = re.search(r'csrf_token" value="([^"]+)"', client.get(GATE).get_data(as_text=True))
    assert token is not None
    for index in share:
        data = {
            "csrf_token": token[1],
            "guarantee_contract_number": number,
            "authentication_key": AuthenticationKey.draw().reveal(),
            "one_time_code": f"{index:08d}" if index % 10 == 0 else "",
        }
        # The first address is the guesser's own invention; only the last was written by our proxy.
        forwarded = f"192.0.2.{index % 250}, 198.51.100.{index % SOURCES}"
        with client.post(GATE, data=data, headers={"X-Forwarded-For": forwarded}) as answer:
            text = re.sub(r'(csrf_token" value="|X-CSRFToken":")[^"]*', r"\1", answer.get_data(as_text=True))
            answers[answer.status_code, len(text)] += 1


def attack(stage: Stage, number: str, guesses: int = GUESSES) -> Counter[tuple[int, int]]:
    """How often which status and length was answered."""
    answers: Counter[tuple[int, int]] = Counter()
    each = guesses // THREADS
    threads = [
        threading.Thread(target=guess, args=(stage, number, range(part * each, (part + 1) * each), answers)) for part in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_thousand_guesses_from_fifty_networks(
    behind_proxy: Stage, clock: time_machine.Traveller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = behind_proxy
    number = stage.issued().number
    key = stage.key_of(number)
    town = PageClient(stage, source=OFFICE_OF_THE_TOWN)
    knock(town, number, key)
    looked_at: list[str] = []
    real = type(stage.installation.vault).matches
    monkeypatch.setattr(type(stage.installation.vault), "matches", lambda self, *args: looked_at.append("one") or real(self, *args))

    answers = attack(stage, number)

    assert sum(answers.values()) == GUESSES
    assert len(looked_at) <= 20
    assert stage.scalar("SELECT count(*) FROM certificate_openings") == 1
    assert {status for status, _ in answers} == {422, 429}
    # Known sources: all of them get in, all the while, without a code.
    for _ in range(20):
        assert knock(town, number, key).location == CERTIFICATE
    # Whoever comes from elsewhere gets in with the code that is mailed to the authority.
    attack_goes_on = attack(stage, number, 200)
    assert {status for status, _ in attack_goes_on} == {429}
    newcomer = PageClient(stage, source="203.0.113.99")
    held = knock(newcomer, number, key, expect=429)
    asked = newcomer.follow(newcomer.press(held, "確認コードをメールで送る"))
    code = work(stage, tmp_path)[-1][1]
    opened = newcomer.press(asked, "証書を開く", authentication_key=key, one_time_code=code)
    assert opened.location == CERTIFICATE

    # A number that nobody has reads the same under the same attack, in status and in length.
    assert set(attack(stage, NOBODYS_NUMBER, 200)) == set(answers)


def test_after_a_hundred_failures_contractor_and_surety_are_told_once_and_nothing_is_revoked(
    stage: Stage, clock: time_machine.Traveller
) -> None:
    clock.move_to(OPENED_AT, tick=False)
    number = stage.issued().number
    for index in range(11):
        guesser = PageClient(stage, source=f"198.51.100.{index}")
        for _ in range(10):
            page = guesser.get(GATE)
            form = page.fields("証書を開く") | {"guarantee_contract_number": number, "authentication_key": ANOTHER_KEY}
            with guesser._http.post(GATE, data=form, environ_base={"REMOTE_ADDR": f"198.51.100.{index}"}):
                pass

    for _ in range(3):
        with stage.app.app_context():
            tell_of_guessed_contracts(at=OPENED_AT, installation=stage.installation)

    told = stage.rows("SELECT recipient, subject, body FROM outbox_mails WHERE event LIKE 'key_guessed:%' ORDER BY id")
    assert [recipient for recipient, _, _ in told] == ["netdesk@demo.example", "abcde@ejcs.co.jp", "approver@demo.example"]
    assert "再発行を依頼できます" in told[0][2]
    assert "再発行できます" in told[2][2]
    assert all("110 回" in body and number in body for _, _, body in told)
    assert stage.scalar("SELECT count(*) FROM authentication_keys WHERE revoked_at IS NOT NULL") == 0
    assert stage.column("SELECT kind FROM events WHERE kind = 'KeyGuessed'") == ["KeyGuessed"]
    # An opening begins the count anew, and the same key is not told of twice.
    stage.change("UPDATE gate_budgets SET full_at = '2024-04-01 00:00:00+00'")
    knock(PageClient(stage, source="203.0.113.1"), number, stage.key_of(number))
    assert stage.scalar("SELECT failures FROM gate_budgets WHERE kind = 'number'") == 0
    stage.change("UPDATE gate_budgets SET failures = 200 WHERE kind = 'number'")
    with stage.app.app_context():
        tell_of_guessed_contracts(at=OPENED_AT + timedelta(days=1), installation=stage.installation)
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'key_guessed:%'") == 3


def test_a_number_of_nobody_is_told_of_to_nobody(stage: Stage) -> None:
    stage.change(
        "INSERT INTO gate_budgets (kind, name, full_at, failures) VALUES ('number', :number, '2024-04-01 00:00:00+00', 500)",
        number=NOBODYS_NUMBER,
    )
    with stage.app.app_context():
        assert tell_of_guessed_contracts(at=OPENED_AT, installation=stage.installation)
        assert not tell_of_guessed_contracts(at=OPENED_AT, installation=stage.installation)

    assert stage.scalar("SELECT count(*) FROM outbox_mails") == 0
