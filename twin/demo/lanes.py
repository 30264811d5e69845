"""Fire lanes: the wide ways from a compound's gates to its homes, to be kept free."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import dist

from shapely.geometry import LineString

from twin.demo.blocks import Walkable, WalkedBlock
from twin.demo.rows import COMMUNITY12, DEMO, Tables, text
from twin.demo.wayfinding import Point

WIDTH_M = 4.4
SHORTEST_M = 14.0
"""Shorter stretches are the forecourt of the lane they branch from."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A centreline from the gate's side inwards, and the house it is for."""

    id: str
    name: str
    compound_id: str
    compound_name: str
    building_id: str
    line: LineString


def find_lanes(tables: Tables, walkable: Walkable) -> list[Lane]:
    homes = {b["id"]: text(b, "name") for b in tables["building"] if b["use"] == "residential"}
    building_of = {text(e, "id"): text(e, "building_id") for e in tables["entrance"]}
    lanes: list[Lane] = []
    for block in walkable.blocks:
        if block.compound is None:
            continue
        compound_id, compound_name = text(block.compound, "id"), text(block.compound, "name")
        entrances = {id_: building_of[id_] for id_ in block.ways.doors if building_of[id_] in homes}
        for turn, (points, building_id) in enumerate(_branches(block, entrances), start=1):
            name = f"{compound_name} {turn} 号消防通道（至 {homes[building_id]}）"
            id_ = f"lane-{len(lanes) + 1:03d}"
            lanes.append(Lane(id_, name, compound_id, compound_name, building_id, LineString(points)))
    return lanes


def add_lanes(tables: Tables, lanes: Iterable[Lane]) -> None:
    for lane in lanes:
        middle = lane.line.interpolate(0.5, normalized=True)
        tables["lane"].append(
            {
                "community12": COMMUNITY12,
                "id": lane.id,
                "kind": "fire_lane",
                "name": lane.name,
                "compound_id": lane.compound_id,
                "building_id": lane.building_id,
                "geom_wkb": lane.line.buffer(WIDTH_M / 2, cap_style="flat", quad_segs=3).wkb,
                "x_m": middle.x,
                "y_m": middle.y,
                "width_m": WIDTH_M,
                "length_m": round(lane.line.length, 1),
                "provenance": DEMO,
            }
        )


def _branches(block: WalkedBlock, entrances: dict[str, str]) -> Iterator[tuple[list[Point], str]]:
    """One to each house, from the farthest inwards: each branch ends where one is already there.

    Where a way is too narrow somewhere, no engine comes through, so it is no lane.
    """
    ways = block.ways
    covered: set[int] = set()
    served: set[str] = set()
    for id_ in sorted(entrances, key=lambda id_: (-ways.far_m[ways.doors[id_][0]], id_)):
        if entrances[id_] in served:
            continue
        nodes = [ways.doors[id_][0]]
        is_wide = True
        for node, leg in ways.path(nodes[0]):
            if node in covered:
                break
            is_wide &= leg.is_wide
            nodes.append(leg.to)
        if not is_wide:
            continue
        points = [ways.nodes[node] for node in nodes]
        if sum(dist(a, b) for a, b in pairwise(points)) >= SHORTEST_M:
            covered.update(nodes)
            served.add(entrances[id_])
            yield points[::-1], entrances[id_]
