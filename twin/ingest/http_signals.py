"""From well-formed items to the engine's signals: places in local metres, tickets with an id."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from twin.ingest.http_items import EventItem, Item, ObservationItem, Point, PositionItem, RequestItem
from twin.model.coordinates import LocalFrame, to_wgs84
from twin.model.signals import Event, Observation, Position, Rejection, Request, Signal

# Nothing a community tells of lies further from its origin; degrees that are swapped or mislabelled do.
FAR_M = 20_000.0
FAR_DEG = 1.0
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Misplaced(Exception):
    """A point that cannot be used: field, reason, remedy."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field, self.reason, self.remedy = field, reason, remedy


def signals(
    items: Sequence[tuple[int, Item]], feed: str, frame: LocalFrame
) -> tuple[list[tuple[int, Signal]], list[Rejection]]:
    """Each signal with its item's place in the body, and those whose point cannot be used."""
    taken: list[tuple[int, Signal]] = []
    refused: list[Rejection] = []
    for index, item in items:
        try:
            taken.append((index, signal(item, feed, frame)))
        except Misplaced as fault:
            refused.append(Rejection(index, fault.field, fault.reason, fault.remedy))
    return taken, refused


def signal(item: Item, feed: str, frame: LocalFrame) -> Signal:
    """Raises Misplaced."""
    at, key = item.happened_at, item.key
    match item:
        case ObservationItem():
            return Observation(item.device_id, at, item.state, item.value, item.unit, key)
        case PositionItem():
            point = local(item, frame)
            if point is None:
                raise Misplaced("crs", "a position needs a point", "send lon, lat and their crs")
            return Position(item.actor_id, at, *point, item.accuracy_m, item.on_duty, key)
        case RequestItem():
            x_m, y_m = local(item, frame) or (None, None)
            return Request(
                item.ticket_id or _ticket_id(item, feed),
                at,
                item.category,
                item.title,
                x_m,
                y_m,
                item.building_id,
                item.storey_ordinal,
                item.unit_id,
                key,
            )
        case EventItem():
            return Event(item.ticket_id, at, item.transition, item.note, key)
        case _:
            raise TypeError(f"no signal is made of {type(item).__name__}")


def local(point: Point, frame: LocalFrame) -> tuple[float, float] | None:
    """Local metres; None where the item names no point. Raises Misplaced."""
    degrees = {"lon": point.lon, "lat": point.lat}
    metres = {"x_m": point.x_m, "y_m": point.y_m}
    if point.crs is None:
        if any(value is not None for value in (*degrees.values(), *metres.values())):
            raise Misplaced(
                "crs",
                "coordinates without their crs: maps here are shifted by hundreds of metres",
                "say crs: wgs84, cgcs2000, gcj02, bd09, or local with x_m and y_m",
            )
        return None
    wanted, other = (metres, degrees) if point.crs == "local" else (degrees, metres)
    for name, value in wanted.items():
        if value is None:
            raise Misplaced(name, f"crs {point.crs} needs {' and '.join(wanted)}", "add it")
    for name, value in other.items():
        if value is not None:
            raise Misplaced(name, f"crs {point.crs} has no {name}", "leave it out")
    x_m, y_m = _metres(point, frame)
    if max(abs(x_m), abs(y_m)) > FAR_M:
        raise _far(next(iter(wanted)))
    return x_m, y_m


def _metres(point: Point, frame: LocalFrame) -> tuple[float, float]:
    if point.crs == "local":
        return _number(point.x_m), _number(point.y_m)
    if not frame.is_set:
        raise Misplaced("crs", "this community has no origin yet", "import its buildings first")
    lon, lat = _number(point.lon), _number(point.lat)
    # Before the shift and the projection, which are only made for the neighbourhood.
    if abs(lon - frame.lon0) > FAR_DEG or abs(lat - frame.lat0) > FAR_DEG:
        raise _far("lon")
    assert point.crs is not None
    return frame.to_local(*to_wgs84(point.crs, lon, lat))


def _far(field: str) -> Misplaced:
    return Misplaced(
        field,
        f"the point lies more than {FAR_M / 1000:.0f} km from the community",
        "lon is degrees east and lat degrees north: look whether they are swapped",
    )


def _number(value: Any) -> float:
    return float(value)


def _ticket_id(item: RequestItem, feed: str) -> str:
    """A ULID whose random part is what the item says, so that a second delivery means the same ticket."""
    said = item.key or repr(sorted(item.model_dump(exclude={"ticket_id"}).items()))
    chance = int.from_bytes(blake2b(f"{feed}\0{said}".encode(), digest_size=10).digest(), "big")
    number = (max(0, int(item.happened_at.timestamp() * 1000)) << 80) | chance
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))
