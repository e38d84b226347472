"""What of a premium is due when: before the issue, after it, of a change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_changes import premium_difference
from esurety.domain.premium_due import SettlementKind, may_record_receipt, premium_due
from esurety.domain.yen import Yen

S = ApplicationState


@pytest.mark.parametrize(
    ("state", "to_transfer", "on_account", "settled", "due"),
    [
        pytest.param(S.APPROVED, 52_488, 0, 0, 52_488, id="振込は発行の前"),
        pytest.param(S.APPROVED, 0, 52_488, 0, 0, id="一括納付は発行の前に待たない"),
        pytest.param(S.ISSUED, 0, 52_488, 0, 52_488, id="一括納付は発行のあと"),
        pytest.param(S.APPROVED, 21_870, 52_488, 0, 21_870, id="両方あるときの発行の前"),
        pytest.param(S.ISSUED, 21_870, 52_488, 0, 74_358, id="両方あるときの発行のあと"),
        pytest.param(S.APPROVED, 58_320, 0, 52_488, 5_832, id="増額は差額だけ"),
        pytest.param(S.ISSUED, 0, 58_320, 52_488, 5_832, id="一括納付の増額も差額だけ"),
        pytest.param(S.ISSUED, 43_200, 0, 52_488, 0, id="減額では納めるものがない"),
    ],
)
def test_what_is_due(state: ApplicationState, to_transfer: int, on_account: int, settled: int, due: int) -> None:
    assert premium_due(state, to_transfer=Yen(to_transfer), on_account=Yen(on_account), settled=Yen(settled)) == Yen(due)


def test_a_receipt_is_recorded_as_long_as_something_may_come_of_the_application() -> None:
    assert {state for state in S if not may_record_receipt(state)} == {S.DRAFT, S.DECLINED, S.WITHDRAWN}


def test_a_refund_lowers_the_account() -> None:
    assert (SettlementKind.BILLED.signed(Yen(5_832)), SettlementKind.REFUND.signed(Yen(9_288))) == (5_832, -9_288)


@given(before=st.integers(0, 10**12), after=st.integers(0, 10**12))
def test_an_increase_bills_exactly_what_the_totals_differ_by(before: int, after: int) -> None:
    due = premium_due(S.ISSUED, to_transfer=Yen(0), on_account=Yen(after), settled=Yen(before))

    assert due == premium_difference(Yen(before), Yen(after)).billed
