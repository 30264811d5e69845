"""What arrives at the doors, decoded and checked, before the engine has committed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from twin.model.readings import Reading

Kind = Literal["observation", "position", "request", "event"]
TicketTransition = Literal["accept", "handle", "close", "reopen"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of one device; `state` is the device's own word (normal, alarm, fault, test)."""

    device_id: str
    happened_at: datetime
    state: str
    value: float | None = None
    unit: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a steward or volunteer is, in local metres."""

    actor_id: str
    happened_at: datetime
    x_m: float
    y_m: float
    accuracy_m: float | None = None
    on_duty: bool = True
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A resident's request: it opens a ticket with this id."""

    ticket_id: str
    happened_at: datetime
    category: str
    title: str
    x_m: float | None = None
    y_m: float | None = None
    building_id: str | None = None
    storey_ordinal: int | None = None
    unit_id: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a ticket."""

    ticket_id: str
    happened_at: datetime
    transition: TicketTransition
    note: str = ""
    key: str | None = None


Signal = Observation | Position | Request | Event


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why one item, or a message, of a batch was not taken, and what its sender can do."""

    index: int
    field: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an item or a message, and what its sender or we can do."""

    field: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a decoder took it apart; `raw` is kept where it, or a reading of it, cannot be taken.

    `key` is the sender's own number of the whole message; readings without one are known again by it.
    """

    family: str
    raw: bytes
    topic: str = ""
    readings: tuple[Reading, ...] = ()
    fault: Fault | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """What arrived together from one feed at `received_at`; `refused` counts what the door refused."""

    feed: str
    received_at: datetime
    items: tuple[Signal, ...] = ()
    title: str = ""
    demo: bool = False
    refused: Mapping[Kind, int] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()

    @property
    def weight(self) -> int:
        """How many rows it may become."""
        return max(1, len(self.items) + sum(1 + len(message.readings) for message in self.messages))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, given only after the commit at `seq`; of a message each reading counts."""

    seq: int
    accepted: int
    duplicates: int
    rejections: tuple[Rejection, ...] = field(default=())
