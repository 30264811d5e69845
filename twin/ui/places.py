"""One building as its page needs it: storeys, units, devices and tickets, as far as the clearance allows."""

from collections import Counter
from datetime import datetime
from typing import Any

from twin.model.clearance import Clearance
from twin.ui.board import ENGINES
from twin.ui.services import Services

Records = list[dict[str, Any]]

BUILDING = "SELECT * EXCLUDE (geom_wkb) FROM building_at($at, $clearance) WHERE id = $building"
ENTRANCES = "SELECT * FROM entrance_at($at, $clearance) WHERE building_id = $building ORDER BY name, id"
STOREYS = "SELECT * FROM storey_at($at, $clearance) WHERE building_id = $building ORDER BY ordinal"
UNITS = """SELECT * EXCLUDE (geom_wkb) FROM unit_at($at, $clearance) WHERE building_id = $building
           ORDER BY storey_ordinal, entrance_name, position, id"""
DEVICES = """SELECT * FROM device_at($at, $clearance) WHERE building_id = $building
             ORDER BY storey_ordinal, device_id"""
TICKETS = "SELECT * FROM ticket_at($at, $clearance) WHERE building_id = $building ORDER BY reported_at DESC"
PEOPLE = "SELECT households, residents FROM building_people_at($at, $clearance) WHERE building_id = $building"
NEAREST = """SELECT id, name FROM building_at(NULL, $clearance)
             ORDER BY jaro_winkler_similarity(id, $building) DESC, id LIMIT 3"""
PLAN = """SELECT id, geom_wkb FROM unit_at($at, $clearance)
          WHERE building_id = $building AND storey_ordinal = $storey ORDER BY id"""
STOREY_OF = "SELECT storey_ordinal FROM unit_at($at, $clearance) WHERE building_id = $building AND id = $unit"
SHELL = "SELECT * FROM building_at($at, $clearance) WHERE id = $building"


class UnknownBuilding(Exception):
    """No building of that id; the message names the nearest ones."""


def building_detail(
    services: Services, building_id: str, clearance: Clearance, at: datetime | None = None
) -> dict[str, Any]:
    """Raises UnknownBuilding. `units` is None where the clearance sees none, [] where none are known.

    `people` are the households and residents as numbers, None where none are known or may be told.
    """

    def ask(sql: str) -> Records:
        return services.records(sql, clearance, at, building=building_id)

    found = ask(BUILDING)
    if not found:
        raise UnknownBuilding(_did_you_mean(services, building_id, clearance))
    units = ask(UNITS) if clearance.sees_units else None
    devices, tickets = ask(DEVICES), ask(TICKETS)
    return {
        "building": found[0],
        "entrances": ask(ENTRANCES),
        "storeys": _with_counts(ask(STOREYS), units, devices, tickets if clearance.sees_units else None),
        "units": units,
        "people": next(iter(ask(PEOPLE)), None),
        "devices": devices,
        "tickets": tickets,
        "engines": ENGINES,
        "at": at.isoformat() if at else services.clock().isoformat(),
        "seq": services.store.seq,
    }


def shell(services: Services, building_id: str, clearance: Clearance) -> tuple[dict[str, Any], Records]:
    """The building with its footprint, and its storeys, for drawing. Raises UnknownBuilding."""
    found = services.records(SHELL, clearance, building=building_id)
    if not found:
        raise UnknownBuilding(_did_you_mean(services, building_id, clearance))
    return found[0], services.records(STOREYS, clearance, building=building_id)


def plan(services: Services, building_id: str, storey: int, clearance: Clearance) -> Records:
    """The units of one storey with their shapes; none where the clearance sees none."""
    if not clearance.sees_units:
        return []
    return services.records(PLAN, clearance, building=building_id, storey=storey)


def storey_of(services: Services, building_id: str, unit: str, clearance: Clearance) -> int | None:
    """The storey of a unit, where the clearance may know it."""
    found = services.records(STOREY_OF, clearance, building=building_id, unit=unit)
    return found[0]["storey_ordinal"] if found else None


def _with_counts(
    storeys: Records, units: Records | None, devices: Records, tickets: Records | None
) -> Records:
    """Counts by storey; None where none are known or may be told: no screen shows a made-up nought."""
    per_unit = Counter(unit["storey_ordinal"] for unit in units or ())
    per_device = Counter(device["storey_ordinal"] for device in devices)
    per_ticket = Counter(t["storey_ordinal"] for t in tickets or () if t["state"] != "closed")
    for storey in storeys:
        ordinal = storey["ordinal"]
        storey["units"] = per_unit[ordinal] if units else None
        storey["devices"] = per_device[ordinal]
        storey["tickets"] = per_ticket[ordinal] if tickets is not None else None
    return storeys


def _did_you_mean(services: Services, building_id: str, clearance: Clearance) -> str:
    near = services.records(NEAREST, clearance, building=building_id)
    if not near:
        return f"There is no building {building_id!r}, and none at all yet: import a file with `twin import`."
    names = ", ".join(f"{row['id']} ({row['name']})" if row["name"] else row["id"] for row in near)
    return f"There is no building {building_id!r}. Did you mean {names}?"
