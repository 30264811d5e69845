"""By what an item is known again when it is sent twice."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from hashlib import blake2b
from operator import attrgetter

from twin.engine.rows import Heard
from twin.model.signals import Event, Kind, Observation, Position, Request, Signal

KIND: Mapping[type[Signal | Heard], Kind] = {
    Observation: "observation",
    Heard: "observation",
    Position: "position",
    Request: "request",
    Event: "event",
}
# How long a second delivery is recognised. A gateway resends within minutes, people after days; each key kept
# costs memory, and readings come by the thousand.
KEEP: Mapping[Kind, timedelta] = {
    "observation": timedelta(hours=1),
    "position": timedelta(hours=1),
    "request": timedelta(days=7),
    "event": timedelta(days=7),
}
_CONTENT = {
    kind: attrgetter(*(field.name for field in fields(kind) if field.name not in ("key", "happened_at")))
    for kind in (Observation, Position, Request, Event)
}


def key_of(item: Signal) -> str:
    """The sender's own key, else a hash of what the item says; keys of different kinds never meet."""
    kind = type(item)
    letter = KIND[kind][0]
    if item.key is not None:
        return f"{letter}:{item.key}"
    # The instant apart: its repr would cost as much as all the rest.
    said = f"{item.happened_at.isoformat()}{_CONTENT[kind](item)!r}".encode("utf-8", "backslashreplace")
    return f"{letter}#{blake2b(said, digest_size=16).hexdigest()}"
