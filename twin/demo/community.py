"""The whole demo community as one deterministic value."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.demo.assets import add_assets
from twin.demo.blocks import find_ways
from twin.demo.grids import add_grids
from twin.demo.lanes import add_lanes, find_lanes
from twin.demo.neighbours import code_of, move_plan, move_tables, name_of, seed_of
from twin.demo.people import add_staff
from twin.demo.places import add_ground, add_places
from twin.demo.residents import add_residents
from twin.demo.restaurants import add_restaurants
from twin.demo.rows import LAT0, LON0, TABLE_NAMES, VALID_FROM, Row, Tables, empty_tables
from twin.demo.streetgraph import add_street_graph
from twin.demo.streets import Plan, lay_out
from twin.demo.things import add_devices, add_facilities
from twin.demo.trees import add_trees
from twin.demo.zoning import fill
from twin.model.coordinates import LocalFrame

SMALLEST, WHOLE = 0.2, 1.0
MOST_PLACES = 10


@dataclass(frozen=True, slots=True)
class Community:
    """
    Rows by store table; `person` rows carry `identity`, `care_profile` rows `detail`: sealed when written.
    Of several communities `plan` is the first one's; each of the `parts` is whole in itself.
    """

    seed: int
    scale: float
    plan: Plan
    tables: Mapping[str, list[Row]]
    parts: tuple["Community", ...] = ()

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
    """杉板桥社区 at this share of its area (0.2 to 1), or so many such communities side by side (2 to 10)."""
    if SMALLEST <= scale <= WHOLE:
        return _one(seed, scale, 1)
    if scale not in range(2, MOST_PLACES + 1):
        raise ValueError(
            f"scale {scale:g} is neither a share from {SMALLEST:g} to {WHOLE:g} nor a whole number of "
            f"communities from 2 to {MOST_PLACES}"
        )
    parts = tuple(_one(seed_of(seed, place), WHOLE, place) for place in range(1, int(scale) + 1))
    tables = {name: [row for part in parts for row in part.tables[name]] for name in TABLE_NAMES}
    return Community(seed, scale, parts[0].plan, tables, parts)


def _one(seed: int, scale: float, place: int) -> Community:
    plan = lay_out(seed, scale)
    sites = fill(seed, scale, plan)
    tables: Tables = empty_tables()
    add_ground(tables, plan, sites)
    add_places(tables, seed, plan, sites)
    walkable = find_ways(tables, plan)
    lanes = find_lanes(tables, walkable)
    add_lanes(tables, lanes)
    add_trees(tables, seed, scale, plan, sites)
    add_grids(tables, plan, sites)
    add_staff(tables, seed, scale, place)
    add_facilities(tables, seed, scale)
    add_devices(tables, plan, seed, scale, lanes, place)
    add_restaurants(tables, seed, place)
    add_residents(tables, seed, scale, place)
    add_assets(tables, plan)
    add_street_graph(tables, plan, walkable)
    if place > 1:
        plan = move_plan(plan, place)
        move_tables(tables, place)
    tables["community"].append(_community(plan, place))
    return Community(seed, scale, plan, tables)


def _community(plan: Plan, place: int) -> Row:
    frame = LocalFrame(LON0, LAT0)
    west, south = frame.to_lonlat(plan.boundary.bounds[0], plan.boundary.bounds[1])
    east, north = frame.to_lonlat(plan.boundary.bounds[2], plan.boundary.bounds[3])
    name, name_en = name_of(place)
    return {
        "community12": code_of(place),
        "name": name,
        "name_en": name_en,
        "lon0": LON0,
        "lat0": LAT0,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "demo": True,
        "created_at": VALID_FROM,
    }
