"""The gate's service: the attempt is kept before it is judged, whatever comes of it."""

from datetime import datetime, timedelta

import pytest

from esurety.services.key_vault import HashersBusy
from esurety.services.open_certificate_with_key import CodeWanted, GateBusy, NotOpened, open_certificate_with_key, opened_certificate
from tests.example_of_record import OPENED_AT, with_performance
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("in_context")
SOURCE = "192.0.2.7"


def knock(stage: Stage, number: str, key: str, *, source: str = SOURCE, at: datetime = OPENED_AT, code: str = "") -> tuple[int, int]:
    return open_certificate_with_key(
        typed_number=number, typed_key=key, typed_code=code, source=source, at=at, installation=stage.installation
    )


def test_an_opening_names_contract_and_key_and_is_written_with_its_version(stage: Stage) -> None:
    number = stage.issued().number

    contract_id, key_id = knock(stage, number, stage.key_of(number))

    assert contract_id == stage.contract_id(number)
    assert stage.rows("SELECT contract_id, version, source FROM certificate_openings") == [(contract_id, 0, SOURCE)]
    certificate = opened_certificate(contract_id=contract_id, key_id=key_id)
    assert certificate is not None
    assert certificate.contract.number == number


def test_an_attempt_is_kept_even_when_judging_it_fails(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.issued().number
    monkeypatch.setattr(type(stage.installation.vault), "matches", _crashes)

    with pytest.raises(RuntimeError):
        knock(stage, number, "ABCDEFGH")

    assert stage.rows("SELECT number, outcome FROM gate_attempts") == [(number, "failed")]


def _crashes(*_args: object) -> bool:
    raise RuntimeError("the hasher broke")


def test_when_the_hashers_are_busy_nothing_is_counted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.issued().number
    monkeypatch.setattr(type(stage.installation.vault), "matches", _is_busy)
    for _ in range(30):
        with pytest.raises(GateBusy):
            knock(stage, number, "ABCDEFGH")
    monkeypatch.undo()

    assert stage.scalar("SELECT count(*) FROM gate_attempts") == 0
    knock(stage, number, stage.key_of(number))


def _is_busy(*_args: object) -> bool:
    raise HashersBusy


def test_at_most_two_hashes_at_once(stage: Stage) -> None:
    vault = stage.installation.vault
    with vault._slot(), vault._slot(), pytest.raises(HashersBusy):
        vault.matches(None, None)

    assert not vault.matches(None, None)


def test_a_known_source_keeps_its_own_budget_while_others_use_up_the_numbers(stage: Stage) -> None:
    number = stage.issued().number
    knock(stage, number, stage.key_of(number))
    for index in range(20):
        with pytest.raises((NotOpened, CodeWanted)):
            knock(stage, number, "ABCDEFGH", source=f"198.51.100.{index}")
    with pytest.raises(CodeWanted):
        knock(stage, number, stage.key_of(number), source="203.0.113.1")

    knock(stage, number, stage.key_of(number), at=OPENED_AT + timedelta(days=89))


def test_a_source_is_known_for_ninety_days(stage: Stage) -> None:
    number = stage.issued().number
    knock(stage, number, stage.key_of(number))
    later = OPENED_AT + timedelta(days=91)
    for index in range(20):
        with pytest.raises((NotOpened, CodeWanted)):
            knock(stage, number, "ABCDEFGH", source=f"198.51.100.{index}", at=later)

    with pytest.raises(CodeWanted):
        knock(stage, number, stage.key_of(number), at=later)


def test_addresses_of_one_ipv6_subscriber_are_one_source(stage: Stage) -> None:
    numbers = stage.issued(**with_performance()).numbers
    for index in range(10):
        with pytest.raises(NotOpened):
            knock(stage, numbers[0], "ABCDEFGH", source=f"2001:db8:0:1::{index + 1:x}")

    with pytest.raises(CodeWanted):
        knock(stage, numbers[1], stage.key_of(numbers[1]), source="2001:db8:0:1:ffff::1")
    knock(stage, numbers[1], stage.key_of(numbers[1]), source="2001:db8:0:2::1")


def test_successes_do_not_count_as_failures(stage: Stage) -> None:
    number = stage.issued().number
    key = stage.key_of(number)

    for second in range(15):
        knock(stage, number, key, at=OPENED_AT + timedelta(seconds=second))

    assert stage.scalar("SELECT count(*) FROM certificate_openings") == 15


def test_the_key_of_one_product_does_not_open_the_other(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers

    with pytest.raises(NotOpened):
        knock(stage, advance, stage.key_of(performance))


def test_a_key_id_of_another_contract_shows_nothing(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    contract_id, _ = knock(stage, advance, stage.key_of(advance))
    _, other_key = knock(stage, performance, stage.key_of(performance))

    assert opened_certificate(contract_id=contract_id, key_id=other_key) is None
    assert opened_certificate(contract_id=999, key_id=1) is None
