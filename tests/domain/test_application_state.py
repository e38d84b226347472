"""The state machine, as one table of every state and every act."""

from datetime import date

import pytest

from esurety.domain.application_state import (
    ActNotPossible,
    ApplicationAct,
    ApplicationState,
    GuaranteeState,
    after,
    guarantee_state,
    may,
)

# Rows: states; columns: acts. A cell holds the state the act leads to, a dash where it is not possible.
TABLE = """
            submit     withdraw   start_review  return    decline   approve   revoke     issue   lapse
draft       submitted  withdrawn  -             -         -         -         -          -       -
submitted   -          withdrawn  in_review     returned  declined  approved  -          -       withdrawn
in_review   -          -          -             returned  declined  approved  -          -       withdrawn
returned    submitted  withdrawn  -             -         -         -         -          -       withdrawn
declined    -          -          -             -         -         -         -          -       -
approved    -          -          -             returned  -         -         in_review  issued  withdrawn
issued      -          -          -             -         -         -         -          -       -
withdrawn   -          -          -             -         -         -         -          -       -
"""


def _cells() -> list[tuple[ApplicationState, ApplicationAct, ApplicationState | None]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (ApplicationState(state), ApplicationAct(act), None if cell == "-" else ApplicationState(cell))
        for state, *cells in rows
        for act, cell in zip(head, cells, strict=True)
    ]


CELLS = _cells()
IDS = [f"{state.label}のとき{act.label}" for state, act, _ in CELLS]


def test_the_table_names_every_state_and_every_act() -> None:
    assert {(state, act) for state, act, _ in CELLS} == {(state, act) for state in ApplicationState for act in ApplicationAct}


@pytest.mark.parametrize(("state", "act", "next_state"), CELLS, ids=IDS)
def test_an_act_leads_where_the_table_says(state: ApplicationState, act: ApplicationAct, next_state: ApplicationState | None) -> None:
    assert may(act, state) is (next_state is not None)
    if next_state is not None:
        assert after(act, state) is next_state
    else:
        with pytest.raises(ActNotPossible) as refusal:
            after(act, state)
        assert (refusal.value.act, refusal.value.state) == (act, state)


def test_a_returned_application_can_be_submitted_again() -> None:
    returned = after(ApplicationAct.RETURN, ApplicationState.SUBMITTED)

    again = after(ApplicationAct.SUBMIT, returned)

    assert again is ApplicationState.SUBMITTED


def test_nothing_is_issued_before_it_is_approved() -> None:
    assert [state for state in ApplicationState if may(ApplicationAct.ISSUE, state)] == [ApplicationState.APPROVED]


def test_an_issued_application_is_never_issued_again() -> None:
    issued = after(ApplicationAct.ISSUE, ApplicationState.APPROVED)

    with pytest.raises(ActNotPossible):
        after(ApplicationAct.ISSUE, issued)


def test_every_state_and_act_has_a_japanese_name() -> None:
    assert ApplicationState.RETURNED.label == "差戻し"
    assert len({state.label for state in ApplicationState}) == len(ApplicationState)
    assert len({act.label for act in ApplicationAct}) == len(ApplicationAct)


@pytest.mark.parametrize(
    ("today", "cancelled_on", "state", "label"),
    [
        pytest.param(date(2024, 4, 1), None, GuaranteeState.IN_FORCE, "有効", id="期間の初め"),
        pytest.param(date(2024, 9, 30), None, GuaranteeState.IN_FORCE, "有効", id="期間の末日"),
        pytest.param(date(2024, 10, 1), None, GuaranteeState.EXPIRED, "期間満了", id="末日の翌日"),
        pytest.param(date(2024, 6, 1), date(2024, 6, 1), GuaranteeState.CANCELLED, "解約済", id="解約の日"),
        pytest.param(date(2025, 1, 1), date(2024, 6, 1), GuaranteeState.CANCELLED, "解約済", id="解約して期間も過ぎた"),
    ],
)
def test_a_guarantee_ends_by_itself_and_a_cancelled_one_stays_cancelled(
    today: date, cancelled_on: date | None, state: GuaranteeState, label: str
) -> None:
    found = guarantee_state(cancelled_on=cancelled_on, guarantee_ends_on=date(2024, 9, 30), today=today)

    assert found is state
    assert found.label == label
