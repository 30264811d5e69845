"""The whole demo community as one deterministic value."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.demo.assets import add_assets
from twin.demo.blocks import find_ways
from twin.demo.grids import add_grids
from twin.demo.lanes import add_lanes, find_lanes
from twin.demo.people import add_staff
from twin.demo.places import add_ground, add_places
from twin.demo.residents import add_residents
from twin.demo.restaurants import add_restaurants
from twin.demo.rows import COMMUNITY12, LAT0, LON0, NAME, NAME_EN, VALID_FROM, Row, Tables, empty_tables
from twin.demo.streetgraph import add_street_graph
from twin.demo.streets import Plan, lay_out
from twin.demo.things import add_devices, add_facilities
from twin.demo.trees import add_trees
from twin.demo.zoning import fill
from twin.model.coordinates import LocalFrame

SMALLEST, LARGEST = 0.2, 1.0


@dataclass(frozen=True, slots=True)
class Community:
    """Rows by store table; `person` rows carry the identity that is sealed when they are written."""

    seed: int
    scale: float
    plan: Plan
    tables: Mapping[str, list[Row]]

    @property
    def digest(self) -> str:
        """The same seed and scale give the same digest."""
        whole = hashlib.sha256()
        for name in sorted(self.tables):
            for row in self.tables[name]:
                whole.update(name.encode())
                for column in sorted(row):
                    whole.update(_plain(row[column]))
        return whole.hexdigest()


def _plain(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value.isoformat() if isinstance(value, datetime) else repr(value)).encode()


def generate(seed: int = 1, scale: float = 1.0) -> Community:
    """杉板桥社区 at this share of its area (0.2 to 1)."""
    if not SMALLEST <= scale <= LARGEST:
        raise ValueError(f"scale {scale:g} is outside {SMALLEST:g} to {LARGEST:g}: the demo is one community")
    plan = lay_out(seed, scale)
    sites = fill(seed, scale, plan)
    tables: Tables = empty_tables()
    tables["community"].append(_community(plan))
    add_ground(tables, plan, sites)
    add_places(tables, seed, plan, sites)
    walkable = find_ways(tables, plan)
    lanes = find_lanes(tables, walkable)
    add_lanes(tables, lanes)
    add_trees(tables, seed, scale, plan, sites)
    add_grids(tables, plan, sites)
    add_staff(tables, seed, scale)
    add_facilities(tables, seed, scale)
    add_devices(tables, plan, seed, scale, lanes)
    add_restaurants(tables, seed)
    add_residents(tables, seed, scale)
    add_assets(tables, plan)
    add_street_graph(tables, plan, walkable)
    return Community(seed, scale, plan, tables)


def _community(plan: Plan) -> Row:
    frame = LocalFrame(LON0, LAT0)
    west, south = frame.to_lonlat(plan.boundary.bounds[0], plan.boundary.bounds[1])
    east, north = frame.to_lonlat(plan.boundary.bounds[2], plan.boundary.bounds[3])
    return {
        "community12": COMMUNITY12,
        "name": NAME,
        "name_en": NAME_EN,
        "lon0": LON0,
        "lat0": LAT0,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "demo": True,
        "created_at": VALID_FROM,
    }
