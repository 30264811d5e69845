"""Ways inside a block: from its gates around the houses to every door, by sight lines between corners."""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from twin.demo.geometry import box_corners, largest, polygons

Point = tuple[float, float]
FOOT_CLEAR_M, WIDE_CLEAR_M, TURN_M, CLOSE_TURN_M = 0.4, 2.35, 3.2, 1.0
BEYOND_M = 1.5
"""A way may brush the block's edge: between it and the kerb lies a pavement."""
NEIGHBOURS = 14
NARROW_COSTS, SLANT_COSTS, REUSE = 6.0, 0.9, 0.35
STEP_M = 0.5
LINK_M, DETOUR, NEAR_M = 60.0, 3.0, 30.0


@dataclass(frozen=True, slots=True)
class Doorway:
    """An entrance: where it is in the wall, and which outline the wall belongs to."""

    id: str
    at: Point
    house: int


@dataclass(frozen=True, slots=True)
class Block:
    """What a way has to mind: the block's ground, the houses on it and what is not for walking."""

    ground: Polygon
    houses: tuple[Polygon, ...]
    closed: BaseGeometry
    gates: tuple[Point, ...]
    doorways: tuple[Doorway, ...]


@dataclass(frozen=True, slots=True, order=True)
class Leg:
    """From a node to the next one nearer to a gate; `is_wide` leaves room for a fire engine."""

    to: int
    length_m: float
    cost: float
    is_wide: bool


Sights = dict[int, list[Leg]]


@dataclass(frozen=True, slots=True)
class Ways:
    """The first nodes are the gates; `back` leads from each reached node towards its gate."""

    nodes: tuple[Point, ...]
    back: dict[int, Leg]
    far_m: dict[int, float]
    doors: dict[str, tuple[int, Point]]
    """By entrance: the node before the door, and the doorstep."""
    links: tuple[tuple[int, Leg], ...] = ()

    def path(self, node: int) -> Iterator[tuple[int, Leg]]:
        while node in self.back:
            leg = self.back[node]
            yield node, leg
            node = leg.to


def ways_of(block: Block) -> Ways:
    outlines = _joined(block.houses)
    walls = shapely.union_all(block.houses)
    ground = block.ground.buffer(BEYOND_M).difference(block.closed)
    on_foot = ground.difference(walls.buffer(FOOT_CLEAR_M, quad_segs=2))
    wide = ground.difference(walls.buffer(WIDE_CLEAR_M, quad_segs=3))
    shapely.prepare(on_foot)
    shapely.prepare(wide)
    nodes: list[Point] = list(block.gates)
    before: dict[str, int] = {}
    steps: dict[str, Point] = {}
    for doorway in block.doorways:
        outline = next(o for o in outlines if o.intersects(block.houses[doorway.house]))
        found = _before(doorway, outline, wide, on_foot)
        if found is not None:
            before[doorway.id], steps[doorway.id] = len(nodes), found[1]
            nodes.append(found[0])
    nodes += _corners(outlines, on_foot)
    gates, wanted = len(block.gates), set(before.values())
    beside = _beside(nodes, gates, wanted, _along_rad(block), on_foot, wide)
    back, far_m = _grown(beside, gates, wanted)
    doors = {id_: (node, steps[id_]) for id_, node in before.items() if node in far_m}
    ways = Ways(tuple(nodes), back, far_m, doors)
    return replace(ways, links=tuple(_links(ways, beside)))


def _along_rad(block: Block) -> float:
    """The direction in which the houses stand."""
    frame = box_corners(block.houses[0])
    return math.atan2(frame[1][1] - frame[0][1], frame[1][0] - frame[0][0])


def _joined(houses: Sequence[Polygon]) -> list[Polygon]:
    """A tower and the podium it stands in are one house to walk around."""
    grown = shapely.union_all([house.buffer(0.3, join_style="mitre") for house in houses])
    return [Polygon(p.exterior) for p in polygons(grown)]


def _before(
    doorway: Doorway, outline: Polygon, wide: BaseGeometry, on_foot: BaseGeometry
) -> tuple[Point, Point] | None:
    """The spot before a door from which one looks around, and the doorstep at the wall."""
    door = shapely.Point(doorway.at)
    doorstep = _off(outline, STEP_M, door)
    for away_m, ground in ((TURN_M, wide), (TURN_M, on_foot), (1.6, on_foot), (0.7, on_foot)):
        spot = _off(outline, away_m, door)
        if ground.contains(spot):
            return (round(spot.x, 3), round(spot.y, 3)), (round(doorstep.x, 3), round(doorstep.y, 3))
    return None


def _off(outline: Polygon, away_m: float, door: shapely.Point) -> shapely.Point:
    ring = outline.buffer(away_m, quad_segs=2).exterior
    return nearest_points(ring, door)[0]


def _corners(outlines: Sequence[Polygon], on_foot: BaseGeometry) -> list[Point]:
    """Where one turns around a house: at a distance where there is room, closer to the wall where not."""
    found: set[Point] = set()
    for outline in outlines:
        wide = _turns(outline, TURN_M) | _turns(outline.convex_hull, TURN_M)
        free = {at for at in wide if shapely.contains_xy(on_foot, *at)}
        found |= free
        if len(free) < len(wide):
            close = _turns(outline, CLOSE_TURN_M)
            found |= {at for at in close if shapely.contains_xy(on_foot, *at)}
    return sorted(found)


def _turns(outline: BaseGeometry, away_m: float) -> set[Point]:
    around = largest(outline.buffer(away_m, join_style="mitre", mitre_limit=1.6).simplify(away_m / 3))
    return {(round(x, 3), round(y, 3)) for x, y in around.exterior.coords}


def _beside(
    nodes: list[Point],
    gates: int,
    wanted: set[int],
    along_rad: float,
    on_foot: BaseGeometry,
    wide: BaseGeometry,
) -> Sights:
    """Sight lines to near nodes; only if a door stays cut off, to all."""
    for neighbours in (NEIGHBOURS, len(nodes)):
        beside = _sights(np.array(nodes), neighbours, along_rad, on_foot, wide)
        if wanted <= _reach(beside, dict.fromkeys(range(gates), 0.0))[1].keys():
            break
    return beside


def _sights(
    at: npt.NDArray[np.float64],
    neighbours: int,
    along_rad: float,
    on_foot: BaseGeometry,
    wide: BaseGeometry,
) -> Sights:
    apart = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    near = np.argsort(apart, axis=1, kind="stable")[:, 1 : neighbours + 1]
    both = np.stack([np.repeat(np.arange(len(at)), near.shape[1]), near.ravel()], 1)
    pairs = np.unique(np.sort(both), axis=0)
    pairs = pairs[apart[pairs[:, 0], pairs[:, 1]] > 1e-3]
    beside: Sights = {i: [] for i in range(len(at))}
    if not len(pairs):
        return beside
    sights = shapely.linestrings(at[pairs])
    is_open = shapely.covers(on_foot, sights)
    pairs, sights = pairs[is_open], sights[is_open]
    turned = np.arctan2(*(at[pairs[:, 1]] - at[pairs[:, 0]]).T[::-1]) - along_rad
    slant = 1.0 + SLANT_COSTS * np.abs(np.sin(2 * turned))
    is_wide = shapely.covers(wide, sights)
    cost = apart[pairs[:, 0], pairs[:, 1]] * slant * np.where(is_wide, 1.0, NARROW_COSTS)
    for (a, b), wide_here, costs in zip(pairs.tolist(), is_wide.tolist(), cost.tolist(), strict=True):
        length_m = float(apart[a, b])
        beside[a].append(Leg(b, length_m, costs, wide_here))
        beside[b].append(Leg(a, length_m, costs, wide_here))
    return beside


def _grown(beside: Sights, gates: int, wanted: set[int]) -> tuple[dict[int, Leg], dict[int, float]]:
    """Door by door, the farthest first; what is there already costs little, so later ways join it."""
    far_m = dict.fromkeys(range(gates), 0.0)
    _, cost = _reach(beside, far_m)
    kept: dict[int, Leg] = {}
    for goal in sorted(wanted & cost.keys(), key=lambda node: (-cost[node], node)):
        back, _ = _reach(beside, {node: REUSE * far for node, far in far_m.items()}, goal)
        found: list[tuple[int, Leg]] = []
        node = goal
        while node not in far_m:
            found.append((node, back[node]))
            node = back[node].to
        for node, leg in reversed(found):
            kept[node] = leg
            far_m[node] = far_m[leg.to] + leg.length_m
    return kept, far_m


def _reach(
    beside: Sights, start: dict[int, float], goal: int | None = None
) -> tuple[dict[int, Leg], dict[int, float]]:
    """Dijkstra: the leg back from each node that was reached, and what reaching it cost."""
    cost = dict(start)
    back: dict[int, Leg] = {}
    queue = [(so_far, node) for node, so_far in start.items()]
    heapq.heapify(queue)
    while queue:
        so_far, here = heapq.heappop(queue)
        if here == goal:
            break
        if so_far > cost[here]:
            continue
        for leg in beside[here]:
            total = so_far + leg.cost
            if total < cost.get(leg.to, math.inf):
                cost[leg.to] = total
                back[leg.to] = Leg(here, leg.length_m, leg.cost, leg.is_wide)
                heapq.heappush(queue, (total, leg.to))
    return back, cost


def _links(ways: Ways, beside: Sights) -> Iterator[tuple[int, Leg]]:
    """Short cuts where the way along the tree is far longer, so that neighbours need not walk around."""
    joined: Sights = {}
    for spot, _ in ways.doors.values():
        joined.setdefault(spot, [])
        for node, leg in ways.path(spot):
            joined.setdefault(node, []).append(leg)
            joined.setdefault(leg.to, []).append(replace(leg, to=node))
    spots = sorted({spot for spot, _ in ways.doors.values()})
    pairs = sorted((math.dist(ways.nodes[a], ways.nodes[b]), a, b) for a, b in combinations(spots, 2))
    for apart_m, start, goal in pairs:
        if apart_m > LINK_M or _within(joined, start, goal, DETOUR * apart_m + NEAR_M):
            continue
        back, _ = _reach(beside, {start: 0.0}, goal)
        node = goal
        while node in back:
            leg = back[node]
            joined.setdefault(node, []).append(leg)
            joined.setdefault(leg.to, []).append(replace(leg, to=node))
            yield node, leg
            node = leg.to


def _within(beside: Sights, start: int, goal: int, most_m: float) -> bool:
    """Whether one comes from here to there in so many metres."""
    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        so_far, here = heapq.heappop(queue)
        if here == goal:
            return True
        for leg in beside[here]:
            total = so_far + leg.length_m
            if total <= most_m and total < best.get(leg.to, math.inf):
                best[leg.to] = total
                heapq.heappush(queue, (total, leg.to))
    return False
