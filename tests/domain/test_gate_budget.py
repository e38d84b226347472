"""Budgets of failures: so many at once, then so many a day; a clock that jumps back opens nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from esurety.domain.gate_budget import Allowance, after_giving_back, after_taking, left, next_at, per
from esurety.domain.registered_address import registered_address
from esurety.domain.source_network import source_network

AT = datetime(2024, 4, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TEN_THEN_TEN_A_DAY = per(DAY, at_once=10, more=10)


def heard(allowance: Allowance, instants: list[datetime], full_at: datetime = AT) -> int:
    """How many tries at these instants are heard."""
    count = 0
    for at in instants:
        taken = after_taking(full_at, allowance, at)
        if taken is not None:
            full_at, count = taken, count + 1
    return count


def test_ten_at_once_and_no_eleventh() -> None:
    assert heard(TEN_THEN_TEN_A_DAY, [AT] * 50) == 10


@pytest.mark.parametrize("days", [1, 2, 7])
def test_then_ten_more_a_day(days: int) -> None:
    every_minute = [AT + timedelta(minutes=minute) for minute in range(days * 24 * 60 + 1)]

    assert heard(TEN_THEN_TEN_A_DAY, every_minute) == 10 + 10 * days


def test_after_a_rest_it_is_ten_again_and_never_more() -> None:
    assert heard(TEN_THEN_TEN_A_DAY, [AT] * 10 + [AT + 30 * DAY] * 50) == 20


def test_the_whole_gate_hears_three_hundred_and_then_five_a_minute() -> None:
    allowance = per(timedelta(minutes=1), at_once=300, more=5)
    every_second = [AT] * 1000 + [AT + timedelta(seconds=second) for second in range(1, 601)]

    assert heard(allowance, every_second) == 300 + 50


def test_what_is_given_back_can_be_taken_again() -> None:
    full_at = AT
    for _ in range(100):
        taken = after_taking(full_at, TEN_THEN_TEN_A_DAY, AT)
        assert taken is not None
        full_at = after_giving_back(taken, TEN_THEN_TEN_A_DAY)

    assert left(full_at, TEN_THEN_TEN_A_DAY, AT) == 10


def test_a_clock_that_jumps_back_makes_it_stricter() -> None:
    full_at = AT
    for _ in range(10):
        full_at = after_taking(full_at, TEN_THEN_TEN_A_DAY, AT) or full_at

    assert left(full_at, TEN_THEN_TEN_A_DAY, AT - timedelta(hours=3)) == 0
    assert heard(TEN_THEN_TEN_A_DAY, [AT - timedelta(hours=3)] * 5, full_at) == 0


def test_next_at_is_when_the_next_one_is_heard() -> None:
    full_at = AT
    for _ in range(10):
        full_at = after_taking(full_at, TEN_THEN_TEN_A_DAY, AT) or full_at

    when = next_at(full_at, TEN_THEN_TEN_A_DAY, AT)

    assert when == AT + timedelta(minutes=144)
    assert after_taking(full_at, TEN_THEN_TEN_A_DAY, when - timedelta(seconds=1)) is None
    assert after_taking(full_at, TEN_THEN_TEN_A_DAY, when) is not None
    assert next_at(AT, TEN_THEN_TEN_A_DAY, AT) == AT


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),  # the same visitor, through a socket that speaks both
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unknown"),
        ("", "unknown"),
        ("192.0.2.7, 10.0.0.1", "unknown"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert source_network(address) == network


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("総務課 契約担当 keiyaku@vill.example.jp", "keiyaku@vill.example.jp"),
        ("工事担当課（ｋｏｕｊｉ＠ｖｉｌｌ．ｅｘａｍｐｌｅ．ｊｐ）", "kouji@vill.example.jp"),
        ("契約課 a@x.example.jp または b@x.example.jp", "a@x.example.jp"),
        ("工事担当課", ""),
        ("電話 0475-32-2111", ""),
        ("", ""),
        ("x@y", ""),
    ],
)
def test_the_mail_address_in_where_notices_go(recipient: str, address: str) -> None:
    assert registered_address(recipient) == address
