"""What arrives at the doors, decoded and checked, before the engine has committed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

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
    """Why one item of a batch was not taken, and what its sender can do."""

    index: int
    field: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of one feed that arrived together at `received_at`; `refused` counts what the door refused."""

    feed: str
    received_at: datetime
    items: tuple[Signal, ...]
    title: str = ""
    demo: bool = False
    refused: Mapping[Kind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch, given only after the commit at `seq`."""

    seq: int
    accepted: int
    duplicates: int
    rejections: tuple[Rejection, ...] = field(default=())
