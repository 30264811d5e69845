"""The table of a ticket's steps."""

from typing import get_args

import pytest

from twin.model.signals import TicketTransition
from twin.model.tickets import NEXT, STATES, STEPS, Refused, TicketState, next_state, transition_table


def test_every_state_and_step_has_words_and_is_reachable() -> None:
    assert set(STATES) == set(get_args(TicketState))
    assert set(STEPS) == set(get_args(TicketTransition))
    assert {"reported", *NEXT.values()} == set(STATES)


def test_a_ticket_is_taken_worked_on_closed_and_reopened() -> None:
    state: TicketState = "reported"
    for step in ("accept", "handle", "close", "reopen", "close"):
        after = next_state(state, step)
        assert not isinstance(after, Refused)
        state = after
    assert state == "closed"


@pytest.mark.parametrize(
    ("state", "step", "possible"),
    [
        ("reported", "close", "accept, handle"),
        ("closed", "handle", "reopen"),
        ("handling", "reopen", "handle, close"),
    ],
)
def test_an_impossible_step_says_what_is_possible(
    state: TicketState, step: TicketTransition, possible: str
) -> None:
    refused = next_state(state, step)
    assert isinstance(refused, Refused)
    assert step in refused.reason and refused.remedy == f"possible now: {possible}"


def test_the_table_prints_one_line_a_step() -> None:
    assert transition_table().count("\n") == len(NEXT) + 2
