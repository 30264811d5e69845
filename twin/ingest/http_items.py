"""The JSON that senders may send: one model for each kind of item, strict, so that nothing is guessed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from twin.model.coordinates import LonLatCrs
from twin.model.signals import Kind, Rejection, TicketTransition

FIELD_MAX = 64


class NotJson(Exception):
    """The body is no JSON at all, or neither an object nor a list of objects."""


def _instant(said: Any) -> datetime:
    """With a zone, as UTC; digits beyond the microsecond are dropped."""
    if not isinstance(said, str) or len(said) > 40 or "T" not in said[8:12].upper():
        raise ValueError("a time is text such as 2026-03-01T08:00:00+08:00")
    try:
        at = datetime.fromisoformat(said)
    except ValueError as fault:
        raise ValueError("this is no time as RFC 3339 writes it") from fault
    if at.tzinfo is None:
        raise ValueError("the time has no zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("the time lies outside of the calendar") from fault


def _text(longest: int, pattern: str = r"^[^\x00-\x1f\x7f]+$") -> StringConstraints:
    return StringConstraints(min_length=1, max_length=longest, pattern=pattern, strip_whitespace=True)


Instant = Annotated[datetime, BeforeValidator(_instant)]
Id = Annotated[str, _text(64)]
Word = Annotated[str, _text(32, r"^[a-z][a-z0-9_-]*$")]
Text = Annotated[str, _text(200)]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Degrees = Annotated[float, Field(ge=-180, le=180)]
Metres = Annotated[float, Field(ge=-1e6, le=1e6)]


class Item(BaseModel):
    """What every kind has. `key` is the sender's own number of the item; without it the content counts."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    happened_at: Instant
    key: Annotated[str, _text(128)] | None = None


class Point(BaseModel):
    """A place in degrees or in the community's metres; always with the crs, because maps here are shifted."""

    lon: Degrees | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    x_m: Metres | None = None
    y_m: Metres | None = None
    crs: LonLatCrs | Literal["local"] | None = None


class ObservationItem(Item):
    device_id: Id
    state: Word
    value: float | None = None
    unit: Annotated[str, _text(16)] | None = None


class PositionItem(Item, Point):
    actor_id: Id
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    on_duty: bool = True


class RequestItem(Item, Point):
    category: Annotated[str, _text(64)]
    title: Text
    ticket_id: Id | None = None
    building_id: Id | None = None
    storey_ordinal: Annotated[int, Field(ge=-20, le=200)] | None = None
    unit_id: Id | None = None


class EventItem(Item):
    ticket_id: Id
    transition: TicketTransition
    note: Note = ""


LISTS: Mapping[Kind, TypeAdapter[Any]] = {
    "observation": TypeAdapter(list[ObservationItem]),
    "position": TypeAdapter(list[PositionItem]),
    "request": TypeAdapter(list[RequestItem]),
    "event": TypeAdapter(list[EventItem]),
}
FIELDS: Mapping[Kind, str] = {
    "observation": ", ".join(ObservationItem.model_fields),
    "position": ", ".join(PositionItem.model_fields),
    "request": ", ".join(RequestItem.model_fields),
    "event": ", ".join(EventItem.model_fields),
}
REMEDY: Mapping[str, str] = {
    "happened_at": "write it with its zone, as 2026-03-01T08:00:00+08:00",
    "state": "use a short word of a-z, 0-9, _ and -, such as normal or alarm",
    "crs": "say one of wgs84, cgcs2000, gcj02, bd09, local",
    "transition": "say one of accept, handle, close, reopen",
    "value": "send a finite number, or leave it out",
}


@dataclass(frozen=True, slots=True)
class Read:
    """The items that are well formed, each with its place in the body, and why the others are not."""

    count: int
    items: Sequence[tuple[int, Item]]
    rejections: Sequence[Rejection]


def parse(body: bytes) -> list[Any]:
    """The body's items. Raises NotJson."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = _lenient(body)
    if isinstance(said, dict):
        return [said]
    if isinstance(said, list):
        return said
    raise NotJson("the body is JSON, but neither an object nor a list of objects")


def read(kind: Kind, raw: Sequence[Any]) -> Read:
    """Sort items into well-formed and not; one that is not never stops the others."""
    try:
        return Read(len(raw), list(enumerate(LISTS[kind].validate_python(raw))), ())
    except ValidationError as fault:
        faults = _first_faults(fault, kind)
    good = [index for index in range(len(raw)) if index not in faults]
    items = LISTS[kind].validate_python([raw[index] for index in good])
    return Read(len(raw), list(zip(good, items, strict=True)), [faults[index] for index in sorted(faults)])


def _lenient(body: bytes) -> Any:
    """NaN and Infinity are no JSON, but common: with them only the item that holds them is refused."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise NotJson(f"the body is not JSON: {str(fault)[:120]}") from fault


def _first_faults(fault: ValidationError, kind: Kind) -> dict[int, Rejection]:
    faults: dict[int, Rejection] = {}
    for error in fault.errors(include_url=False, include_context=False, include_input=False):
        index = int(error["loc"][0])
        if index not in faults:
            faults[index] = _rejection(index, error, kind)
    return faults


def _rejection(index: int, error: Mapping[str, Any], kind: Kind) -> Rejection:
    field = ".".join(str(part) for part in error["loc"][1:2])[:FIELD_MAX] or "item"
    match error["type"]:
        case "extra_forbidden":
            return Rejection(index, field, "no such field", f"leave it out; known: {FIELDS[kind]}")
        case "missing":
            return Rejection(index, field, "this field is missing", REMEDY.get(field, "add it"))
        case "model_type":
            return Rejection(index, field, "an item is a JSON object", "send an object or a list of objects")
        case _:
            reason = str(error["msg"]).removeprefix("Value error, ")
            return Rejection(index, field, reason, REMEDY.get(field, "mend it or leave the item out"))
