"""Every block with its gates, houses and doors, and the ways that lead through it."""

from collections import defaultdict
from dataclasses import dataclass
from math import dist

import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from twin.demo.geometry import polygons, shape
from twin.demo.rows import Row, Tables, number, text
from twin.demo.streets import Plan
from twin.demo.walks import StreetGraph, street_graph
from twin.demo.wayfinding import Block, Doorway, Ways, ways_of

GATES_OF_A_COMPOUND, GATES_OF_OPEN_GROUND = 2, 6
GATE_STEP_M = 12.0
FARTHEST_STREET_M = 45.0
ENGINE_M = 3.2
"""So far from a gate stands nothing that would keep a fire engine out."""
GATEHOUSE = "门卫室"
NO_WALKING = ("water", "sports")


@dataclass(frozen=True, slots=True)
class Gate:
    """On the block's edge, and where the way from it meets a street: which stretch, how far along."""

    at: tuple[float, float]
    stretch: int
    along_m: float


@dataclass(frozen=True, slots=True)
class WalkedBlock:
    compound: Row | None
    gates: tuple[Gate, ...]
    ways: Ways


@dataclass(frozen=True, slots=True)
class Walkable:
    """The street graph, its stretches from crossing to crossing, and the blocks between them."""

    graph: StreetGraph
    stretches: tuple[tuple[int, int, LineString], ...]
    blocks: tuple[WalkedBlock, ...]


def find_ways(tables: Tables, plan: Plan) -> Walkable:
    graph = street_graph(plan)
    built = [shape(b) for b in tables["building"]]
    streets = _Streets(graph, [*built, plan.water])
    closed = [shape(g) for g in tables["ground"] if g["kind"] in NO_WALKING]
    near_closed = STRtree(closed)
    compounds = _compounds(tables, plan)
    doors: dict[str, list[Row]] = defaultdict(list)
    for entrance in tables["entrance"]:
        doors[text(entrance, "building_id")].append(entrance)
    blocks = []
    for face, houses in sorted(_by_face(tables, plan).items()):
        ground = plan.faces[face].block
        compound = compounds.get(face)
        lodge = next((house for house in houses if text(house, "name").endswith(GATEHOUSE)), None)
        wanted = GATES_OF_OPEN_GROUND if compound is None else GATES_OF_A_COMPOUND
        gates = _gates(streets.gates_on(ground.exterior), lodge, wanted)
        within = near_closed.query(ground, predicate="intersects")
        not_for_walking = shapely.union_all([closed[i] for i in within])
        ways = ways_of(_block(ground, houses, doors, not_for_walking, gates))
        blocks.append(WalkedBlock(compound, gates, ways))
    return Walkable(graph, streets.stretches, tuple(blocks))


def _block(
    ground: Polygon,
    houses: list[Row],
    doors: dict[str, list[Row]],
    closed: BaseGeometry,
    gates: tuple[Gate, ...],
) -> Block:
    return Block(
        ground,
        tuple(polygon for house in houses for polygon in polygons(shape(house))),
        closed,
        tuple(gate.at for gate in gates),
        tuple(
            Doorway(text(e, "id"), (number(e, "x_m"), number(e, "y_m")), index)
            for index, house in enumerate(houses)
            for e in doors[text(house, "id")]
        ),
    )


def _by_face(tables: Tables, plan: Plan) -> dict[int, list[Row]]:
    tree = STRtree([face.polygon for face in plan.faces])
    found: dict[int, list[Row]] = defaultdict(list)
    for building in tables["building"]:
        at = Point(number(building, "x_m"), number(building, "y_m"))
        found[int(tree.query(at, predicate="within")[0])].append(building)
    return found


def _compounds(tables: Tables, plan: Plan) -> dict[int, Row]:
    tree = STRtree([face.polygon for face in plan.faces])
    return {
        int(tree.query(Point(number(c, "x_m"), number(c, "y_m")), predicate="within")[0]): c
        for c in tables["compound"]
    }


class _Streets:
    """The stretches of the street graph, and what stands between them and a block."""

    def __init__(self, graph: StreetGraph, in_the_way: list[BaseGeometry]) -> None:
        self.stretches = tuple(
            (here, way.to, LineString(way.points))
            for here, ways in enumerate(graph.ways)
            for way in ways
            if here < way.to
        )
        self._lines = [line for _, _, line in self.stretches]
        self._tree, self._in_the_way = STRtree(self._lines), STRtree(in_the_way)

    def gates_on(self, ring: LineString) -> list[Gate]:
        """Around a block, where one can step out into a street; the least bad spot if there is none."""
        marks = [ring.interpolate(step * GATE_STEP_M) for step in range(int(ring.length // GATE_STEP_M))]
        nearest, apart = self._tree.query_nearest(marks, all_matches=False, return_distance=True)
        found = []
        for index, stretch, away in zip(nearest[0], nearest[1], apart, strict=True):
            mark, line = marks[index], self._lines[stretch]
            along = line.project(mark)
            step = LineString([mark, line.interpolate(along)])
            if len(self._in_the_way.query(step, predicate="intersects")):
                continue
            at_a_crossing = not 2.0 < along < line.length - 2.0
            is_tight = len(self._in_the_way.query(mark, predicate="dwithin", distance=ENGINE_M)) > 0
            gate = Gate((round(mark.x, 3), round(mark.y, 3)), int(stretch), along)
            is_poor = at_a_crossing or is_tight or away > FARTHEST_STREET_M
            found.append((is_poor, float(away), gate))
        good = [gate for is_poor, _, gate in found if not is_poor]
        return good or [min(found, key=lambda one: one[:2])[2]]


def _gates(candidates: list[Gate], lodge: Row | None, wanted: int) -> tuple[Gate, ...]:
    """First at the gatehouse, or in the south, then each as far from the others as can be."""
    chosen = [min(candidates, key=lambda g: _away(g, lodge) if lodge else g.at[1])]
    while len(chosen) < min(wanted, len(candidates)):
        chosen.append(max(candidates, key=lambda g: min(_apart(g, c) for c in chosen)))
    return tuple(chosen)


def _away(gate: Gate, row: Row) -> float:
    return dist(gate.at, (number(row, "x_m"), number(row, "y_m")))


def _apart(a: Gate, b: Gate) -> float:
    return dist(a.at, b.at)
