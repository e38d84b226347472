"""The gate's service: the attempt is kept before it is judged, whatever comes of it."""

from datetime import timedelta

import pytest

from esurety.services.open_certificate_with_key import GateSlowed, NotOpened, open_certificate_with_key, opened_certificate
from tests.example_of_record import OPENED_AT, with_performance
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("in_context")
SOURCE = "192.0.2.7"


def knock(stage: Stage, number: str, key: str, *, source: str = SOURCE, at: object = OPENED_AT) -> tuple[int, int]:
    return open_certificate_with_key(
        typed_number=number, typed_key=key, source=source, at=at, vault=stage.installation.vault  # type: ignore[arg-type]
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

    assert stage.rows("SELECT number, succeeded FROM gate_attempts") == [(number, False)]


def _crashes(*_args: object) -> bool:
    raise RuntimeError("the hasher broke")


def test_the_tenth_failure_from_a_source_closes_it_for_ten_minutes(stage: Stage) -> None:
    number = stage.issued().number
    for second in range(10):
        with pytest.raises(NotOpened):
            knock(stage, f"10124-0099{second}A", "ABCDEFGH", at=OPENED_AT + timedelta(seconds=second))

    with pytest.raises(GateSlowed) as slowed:
        knock(stage, number, stage.key_of(number), at=OPENED_AT + timedelta(minutes=1))

    assert OPENED_AT < slowed.value.until <= OPENED_AT + timedelta(minutes=11)
    assert stage.scalar("SELECT count(*) FROM gate_attempts") == 10
    knock(stage, number, stage.key_of(number), at=slowed.value.until)


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
