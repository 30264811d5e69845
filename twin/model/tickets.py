"""A ticket's steps as a table: which step is possible in which state, and where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from twin.model.signals import TicketTransition
from twin.spec.text import T

TicketState = Literal["reported", "handling", "closed"]

REPORT = "report"
FIRST_STATE: TicketState = "reported"

STATES: Mapping[TicketState, T] = {
    "reported": T("上报", "Reported"),
    "handling": T("处置中", "In hand"),
    "closed": T("已结案", "Closed"),
}
STEPS: Mapping[TicketTransition, T] = {
    "accept": T("签收", "accept"),
    "handle": T("处置", "handle"),
    "close": T("结案", "close"),
    "reopen": T("重新处置", "reopen"),
}

# Signing a ticket for and working on it are one state until the full stages come with their engine; a step of
# the work itself may be told more than once.
NEXT: Mapping[tuple[TicketState, TicketTransition], TicketState] = {
    ("reported", "accept"): "handling",
    ("reported", "handle"): "handling",
    ("handling", "handle"): "handling",
    ("handling", "close"): "closed",
    ("closed", "reopen"): "handling",
}


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a step is not possible, and which ones are."""

    reason: str
    remedy: str


def next_state(state: TicketState, step: TicketTransition) -> TicketState | Refused:
    after = NEXT.get((state, step))
    if after is not None:
        return after
    possible = [known for (before, known) in NEXT if before == state]
    return Refused(f"a ticket that is {state} cannot {step}", f"possible now: {', '.join(possible)}")


def transition_table() -> str:
    """The table as Markdown, for the docs."""
    rows = ["| state | step | leads to |", "|---|---|---|"]
    rows += [
        f"| {STATES[before].zh} `{before}` | {STEPS[step].zh} `{step}` | {STATES[after].zh} `{after}` |"
        for (before, step), after in NEXT.items()
    ]
    return "\n".join(rows) + "\n"
