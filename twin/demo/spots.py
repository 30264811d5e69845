"""Where a request comes from: a home, the home below another, a stairwell, a street, a park …"""

from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from shapely import STRtree
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from twin.demo.community import Community
from twin.demo.geometry import inside, shape
from twin.demo.rows import Row, number, text, whole

LIFT_FROM_STOREYS = 8
Said = dict[str, object]


@dataclass(frozen=True, slots=True)
class Spot:
    """What the request says of its place, and where whoever is sent has to walk."""

    said: Mapping[str, object]
    grid_id: str
    x_m: float
    y_m: float


class Spots:
    def __init__(self, community: Community, rng: Random) -> None:
        tables = community.tables
        self._rng = rng
        self._doors = {text(e, "id"): e for e in tables["entrance"]}
        self._micro = [g for g in tables["grid"] if g["tier"] == 3]
        self._areas = STRtree([shape(grid) for grid in self._micro])
        self._lines = _streets(community)
        self._lengths = list(accumulate(line.length for line in self._lines))
        self._greens = [g for g in tables["ground"] if g["kind"] in ("green", "plaza") and g["name"]]
        watched = {camera["lane_id"] for camera in tables.get("camera", ())}
        # Where a camera looks, it is the camera that tells.
        self._lanes = [lane for lane in tables.get("lane", ()) if lane["id"] not in watched]
        self._eateries = [f for f in tables["facility"] if f["category"] == "restaurant"]
        self._homes = [u for u in tables["unit"] if u["use"] == "dwelling" and u["state"] != "vacant"]
        floors = {(u["entrance_id"], whole(u, "storey_ordinal"), u["position"]) for u in tables["unit"]}
        self._below = [
            u
            for u in self._homes
            if (u["entrance_id"], whole(u, "storey_ordinal") + 1, u["position"]) in floors
        ]
        storeys = {text(b, "id"): whole(b, "storeys_above") for b in tables["building"]}
        entrances = [e for e in tables["entrance"] if text(e, "name").endswith("单元")]
        high = {e["id"] for e in entrances if storeys[text(e, "building_id")] >= LIFT_FROM_STOREYS}
        self._entrances = {
            "entrance": entrances,
            "tower": [e for e in entrances if e["id"] in high],
            "walkup": [e for e in entrances if e["id"] not in high],
        }

    def has(self, where: str) -> bool:
        """Whether this community has such a place at all."""
        return bool(self._pool(where))

    def one(self, where: str) -> Spot:
        match where:
            case "unit" | "flat_below":
                return self._home(self._rng.choice(self._pool(where)))
            case "entrance" | "tower" | "walkup":
                return self._entrance(self._rng.choice(self._pool(where)))
            case "eatery":
                return self._eatery(self._rng.choice(self._pool(where)))
            case "lane":
                lane = self._rng.choice(self._pool(where))
                return self._open_air(Point(number(lane, "x_m"), number(lane, "y_m")))
            case "green":
                return self._open_air(_within(self._rng, shape(self._rng.choice(self._pool(where)))))
            case "street":
                along = self._rng.random() * self._lengths[-1]
                line = self._lines[min(bisect(self._lengths, along), len(self._lines) - 1)]
                return self._open_air(line.interpolate(self._rng.random(), normalized=True))
            case _:
                raise ValueError(f"requests.csv names a place {where!r} that nobody knows")

    def _pool(self, where: str) -> list[Row]:
        match where:
            case "unit":
                return self._homes
            case "flat_below":
                return self._below
            case "eatery":
                return self._eateries
            case "lane":
                return self._lanes
            case "green":
                return self._greens
            case "street":
                return [{}] if self._lines else []
            case _:
                return self._entrances.get(where, [])

    def _home(self, unit: Row) -> Spot:
        door = self._doors[text(unit, "entrance_id")]
        said: Said = {
            "building_id": unit["building_id"],
            "storey_ordinal": unit["storey_ordinal"],
            "unit_id": unit["id"],
        }
        return Spot(said, text(door, "micro_grid_id"), number(door, "x_m"), number(door, "y_m"))

    def _entrance(self, door: Row) -> Spot:
        x_m, y_m = number(door, "x_m"), number(door, "y_m")
        said = {"building_id": door["building_id"], "storey_ordinal": 0} | _point(x_m, y_m)
        return Spot(said, text(door, "micro_grid_id"), x_m, y_m)

    def _eatery(self, facility: Row) -> Spot:
        x_m, y_m = number(facility, "x_m"), number(facility, "y_m")
        said = _point(x_m, y_m)
        if facility["building_id"] is not None:
            said |= {"building_id": facility["building_id"], "storey_ordinal": facility["storey_ordinal"]}
        return Spot(said, self._grid_at(Point(x_m, y_m)), x_m, y_m)

    def _open_air(self, at: Point) -> Spot:
        return Spot(_point(at.x, at.y), self._grid_at(at), at.x, at.y)

    def _grid_at(self, at: Point) -> str:
        """The micro or exclusive grid there; the nearest on the rim."""
        return text(self._micro[int(self._areas.nearest(at))], "id")


def _point(x_m: float, y_m: float) -> Said:
    return {"x_m": round(x_m, 2), "y_m": round(y_m, 2), "crs": "local"}


def _streets(community: Community) -> list[LineString]:
    """The lines of the street table that have a name, else the plan's inside the boundary."""
    edges = [shape(e) for e in community.tables.get("street_edge", ()) if e["street"] is not None]
    if not edges:
        edges = [s.line.intersection(community.plan.boundary) for s in community.plan.streets]
    return [line for line in edges if isinstance(line, LineString) and line.length > 1]


def _within(rng: Random, area: BaseGeometry) -> Point:
    """Anywhere in it."""
    min_x, min_y, max_x, max_y = area.bounds
    for _ in range(12):
        at = Point(rng.uniform(min_x, max_x), rng.uniform(min_y, max_y))
        if area.contains(at):
            return at
    return inside(area)
