"""Hydrants along the streets and the gas valves of the houses."""

from collections.abc import Iterator
from math import hypot

import shapely
from shapely import STRtree
from shapely.geometry import Point

from twin.demo.geometry import largest, shape
from twin.demo.rows import COMMUNITY12, DEMO, Row, Tables, number, text
from twin.demo.streets import Plan, Street

APART_M, NEAREST_M = 108.0, 55.0
KERB_M = 0.9
WALL_M, BESIDE_DOOR_M = 0.35, 2.4


def add_assets(tables: Tables, plan: Plan) -> None:
    for number_, (street, at) in enumerate(_hydrants(tables, plan), start=1):
        _add(tables, "hydrant", f"hydrant-{number_:03d}", f"{street.name} {number_} 号消火栓", at, None)
    _add_valves(tables)


def _hydrants(tables: Tables, plan: Plan) -> Iterator[tuple[Street, Point]]:
    """On the pavement, now on this side and now on that; none in a house, in the water or on a crossing."""
    built = STRtree([shape(b).buffer(0.5) for b in tables["building"]])
    roads = STRtree([s.line.buffer(s.width_m / 2) for s in plan.streets])
    water = plan.water.buffer(2)
    given: list[Point] = []
    for street in plan.streets:
        count = max(1, round(street.line.length / APART_M))
        for turn in range(count):
            for at in _spots(street, (turn + 0.5) * street.line.length / count, turn % 2 == 0):
                if (
                    plan.boundary.contains(at)
                    and not water.contains(at)
                    and not len(built.query(at, predicate="intersects"))
                    and not len(roads.query(at, predicate="intersects"))
                    and all(at.distance(other) > NEAREST_M for other in given)
                ):
                    given.append(at)
                    yield street, at
                    break


def _spots(street: Street, along_m: float, is_left: bool) -> Iterator[Point]:
    """At the kerb here, or a little further on."""
    for shift_m in (0.0, 9.0, -9.0, 18.0, -18.0):
        here = street.line.interpolate(along_m + shift_m)
        ahead = street.line.interpolate(along_m + shift_m + 1.0)
        dx, dy = ahead.x - here.x, ahead.y - here.y
        if hypot(dx, dy) < 0.1:
            continue
        for side in (1, -1) if is_left else (-1, 1):
            off = side * (street.width_m / 2 + KERB_M) / hypot(dx, dy)
            yield Point(here.x - dy * off, here.y + dx * off)


def _add_valves(tables: Tables) -> None:
    """At the wall of every house with homes, beside its first door."""
    walls = [shape(b) for b in tables["building"]]
    others = STRtree(walls)
    doors: dict[str, Row] = {}
    for entrance in tables["entrance"]:
        doors.setdefault(text(entrance, "building_id"), entrance)
    pairs = zip(tables["building"], walls, strict=True)
    homes = [(building, wall) for building, wall in pairs if building["use"] == "residential"]
    for turn, (building, wall) in enumerate(homes, start=1):
        door = doors[text(building, "id")]
        ring = largest(wall.buffer(WALL_M, join_style="mitre")).exterior
        along = ring.project(Point(number(door, "x_m"), number(door, "y_m")))
        spots = [ring.interpolate((along + step * BESIDE_DOOR_M) % ring.length) for step in range(1, 60)]
        free = next((s for s in spots if not len(others.query(s, predicate="intersects"))), spots[0])
        name = f"{text(building, 'address')} 燃气阀"
        _add(tables, "gas_valve", f"gas_valve-{turn:03d}", name, free, text(building, "id"))


def _add(tables: Tables, kind: str, id_: str, name: str, at: shapely.Point, building_id: str | None) -> None:
    tables["asset"].append(
        {
            "community12": COMMUNITY12,
            "id": id_,
            "kind": kind,
            "name": name,
            "building_id": building_id,
            "x_m": round(at.x, 3),
            "y_m": round(at.y, 3),
            "provenance": DEMO,
        }
    )
