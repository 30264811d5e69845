"""A building as the desk's panels read it, from the answer of `twin.ui.places`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Storey:
    ordinal: int
    label: str
    units: int = 0
    devices: int = 0
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    id: str
    entrance_id: str
    entrance_name: str
    storey_ordinal: int
    room: str
    use: str
    state: str
    position: int


@dataclass(frozen=True, slots=True)
class Device:
    id: str
    kind: str
    label: str
    storey_ordinal: int | None
    unit_id: str | None
    state: str | None
    value: float | None
    unit: str | None
    freshness: str
    seen_at: str | None

    @property
    def is_silent(self) -> bool:
        return self.freshness in ("offline", "never")


@dataclass(frozen=True, slots=True)
class Ticket:
    id: str
    state: str
    category: str
    title: str | None
    storey_ordinal: int | None
    unit_id: str | None
    reported_at: str | None
    happened_at: str | None

    @property
    def is_open(self) -> bool:
        return self.state != "closed"


@dataclass(frozen=True, slots=True)
class Opened:
    """`units` is None where the clearance sees none; an empty tuple is 无户室数据."""

    id: str
    name: str | None
    address: str | None
    compound_name: str | None
    use: str
    storeys_above: int
    storeys_below: int
    height_m: float
    storeys_derived: bool
    height_derived: bool
    provenance: str
    entrances: tuple[str, ...]
    storeys: tuple[Storey, ...]
    units: tuple[Unit, ...] | None
    devices: tuple[Device, ...]
    tickets: tuple[Ticket, ...]
    households: int | None = None
    residents: int | None = None

    def title(self) -> str:
        return self.name or self.address or self.id

    def storey(self, ordinal: int | None) -> Storey | None:
        return next((storey for storey in self.storeys if storey.ordinal == ordinal), None)

    def unit(self, unit_id: str | None) -> Unit | None:
        return next((unit for unit in self.units or () if unit.id == unit_id), None)


def opened_of(detail: Mapping[str, Any]) -> Opened:
    building: Mapping[str, Any] = detail["building"]
    units = detail.get("units")
    people: Mapping[str, Any] = detail.get("people") or {}
    return Opened(
        id=str(building["id"]),
        name=building.get("name"),
        address=building.get("address"),
        compound_name=building.get("compound_name"),
        use=str(building.get("use") or "unknown"),
        storeys_above=int(building["storeys_above"]),
        storeys_below=int(building["storeys_below"]),
        height_m=float(building["height_m"]),
        storeys_derived=bool(building.get("storeys_derived")),
        height_derived=bool(building.get("height_derived")),
        provenance=str(building.get("provenance") or ""),
        entrances=tuple(str(entrance["name"]) for entrance in detail.get("entrances") or ()),
        storeys=tuple(_storey(one) for one in detail.get("storeys") or ()),
        units=None if units is None else tuple(_unit(one) for one in units),
        devices=tuple(device_of(one) for one in detail.get("devices") or ()),
        tickets=tuple(ticket_of(one) for one in detail.get("tickets") or ()),
        households=people.get("households"),
        residents=people.get("residents"),
    )


def _storey(one: Mapping[str, Any]) -> Storey:
    counts = {name: _count(one.get(name)) for name in ("units", "devices", "tickets")}
    return Storey(int(one["ordinal"]), str(one["label"]), **counts)


def _count(value: object) -> int:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return len(value)
    return int(str(value or 0))


def _unit(one: Mapping[str, Any]) -> Unit:
    return Unit(
        id=str(one["id"]),
        entrance_id=str(one["entrance_id"]),
        entrance_name=str(one.get("entrance_name") or one["entrance_id"]),
        storey_ordinal=int(one["storey_ordinal"]),
        room=str(one["room"]),
        use=str(one.get("use") or ""),
        state=str(one["state"]),
        position=int(one["position"]),
    )


def device_of(one: Mapping[str, Any]) -> Device:
    return Device(
        id=str(one.get("device_id") or one.get("id")),
        kind=str(one["kind"]),
        label=str(one.get("label") or ""),
        storey_ordinal=one.get("storey_ordinal"),
        unit_id=one.get("unit_id"),
        state=one.get("state"),
        value=one.get("value"),
        unit=one.get("unit"),
        freshness=str(one.get("freshness") or "never"),
        seen_at=iso(one.get("seen_at")),
    )


def ticket_of(one: Mapping[str, Any]) -> Ticket:
    return Ticket(
        id=str(one.get("ticket_id") or one.get("id")),
        state=str(one["state"]),
        category=str(one.get("category") or ""),
        title=one.get("title"),
        storey_ordinal=one.get("storey_ordinal"),
        unit_id=one.get("unit_id"),
        reported_at=iso(one.get("reported_at")),
        happened_at=iso(one.get("happened_at")),
    )


def iso(value: object) -> str | None:
    """An instant as ISO 8601 in UTC, whether it came as an instant or as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return None if value is None else str(value)
