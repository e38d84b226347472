"""The gate's service: the attempt is kept before it is judged, whatever comes of it."""

import contextlib
from datetime import timedelta

import pytest

from esurety.services.open_certificate_with_key import GateSlowed, NotOpened, open_certificate_with_key, opened_certificate
from tests.example_of_record import OPENED_AT, with_performance
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("in_context")
SOURCE = "192.0.2.7"


def knock(stage: Stage, number: str, key: str, *, source: str = SOURCE, at: object = OPENED_AT) -> tuple[int, int]:
    return open_certificate_with_key(
        typed_number=number,
        typed_key=key,
        source=source,
        at=at,
        vault=stage.installation.vault,  # type: ignore[arg-type]
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


def test_failures_make_the_next_try_wait_longer_and_longer_but_never_for_ever(stage: Stage) -> None:
    number = stage.issued().number
    at, waits = OPENED_AT, []
    while len(waits) < 8:
        try:
            knock(stage, number, "ABCDEFGH", at=at)
        except NotOpened:
            at += timedelta(seconds=1)
        except GateSlowed as slowed:
            waits.append(slowed.until - at)
            at = slowed.until

    assert waits == sorted(waits)
    assert timedelta(0) < waits[0] <= timedelta(minutes=1)
    assert waits[-1] <= timedelta(minutes=10)
    assert stage.scalar("SELECT count(*) FROM gate_attempts WHERE succeeded") == 0
    knock(stage, number, stage.key_of(number), at=at + timedelta(minutes=10))


def test_a_try_that_was_not_heard_is_not_counted(stage: Stage) -> None:
    number = stage.issued().number
    for second in range(20):
        with contextlib.suppress(NotOpened, GateSlowed):
            knock(stage, number, "ABCDEFGH", at=OPENED_AT + timedelta(milliseconds=second))
    heard = stage.scalar("SELECT count(*) FROM gate_attempts")

    with pytest.raises(GateSlowed):
        knock(stage, number, stage.key_of(number), at=OPENED_AT + timedelta(seconds=1))

    assert stage.scalar("SELECT count(*) FROM gate_attempts") == heard < 20


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
