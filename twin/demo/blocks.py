"""Every block with its gates, houses and doors, and the ways that lead through it."""

from collections import defaultdict
from dataclasses import dataclass

import shapely
from shapely import STRtree
from shapely.geometry import LineString, Point, Polygon

from twin.demo.geometry import polygons, shape
from twin.demo.rows import Row, Tables, number, text
from twin.demo.streets import Plan
from twin.demo.walks import StreetGraph, street_graph
from twin.demo.wayfinding import Block, Doorway, Ways, ways_of

GATES_OF_A_COMPOUND, GATES_OF_OPEN_GROUND = 2, 6
GATE_STEP_M = 12.0
FARTHEST_STREET_M = 45.0
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
    stretches = tuple(
        (here, way.to, LineString(way.points))
        for here, ways in enumerate(graph.ways)
        for way in ways
        if here < way.to
    )
    lines = [line for _, _, line in stretches]
    tree = STRtree(lines)
    closed = [shape(g) for g in tables["ground"] if g["kind"] in NO_WALKING]
    near_closed = STRtree(closed)
    houses = _by_face(tables, plan)
    compounds = _compounds(tables, plan)
    doors = defaultdict(list)
    for entrance in tables["entrance"]:
        doors[text(entrance, "building_id")].append(entrance)
    blocks = []
    for face, rows in sorted(houses.items()):
        ground = plan.faces[face].block
        compound = compounds.get(face)
        gates = _gates(ground, rows, compound is not None, lines, tree)
        water = shapely.union_all([closed[i] for i in near_closed.query(ground, predicate="intersects")])
        block = Block(
            ground,
            tuple(polygon for row in rows for polygon in polygons(shape(row))),
            water,
            tuple(gate.at for gate in gates),
            tuple(
                Doorway(text(e, "id"), (number(e, "x_m"), number(e, "y_m")), index)
                for index, row in enumerate(rows)
                for e in doors[text(row, "id")]
            ),
        )
        blocks.append(WalkedBlock(compound, gates, ways_of(block)))
    return Walkable(graph, stretches, tuple(blocks))


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


def _gates(
    ground: Polygon, rows: list[Row], is_compound: bool, lines: list[LineString], tree: STRtree
) -> tuple[Gate, ...]:
    """A compound is entered at its gatehouse and at the far side; open ground from all sides."""
    ring = ground.exterior
    marks = [ring.interpolate(step * GATE_STEP_M) for step in range(int(ring.length // GATE_STEP_M))]
    nearest, apart = tree.query_nearest(marks, all_matches=False, return_distance=True)
    found = [
        (away, Gate((round(marks[m].x, 3), round(marks[m].y, 3)), int(s), lines[s].project(marks[m])))
        for m, s, away in zip(nearest[0], nearest[1], apart, strict=True)
    ]
    found = [(away, g) for away, g in found if 2.0 < g.along_m < lines[g.stretch].length - 2.0] or found
    near = [gate for away, gate in found if away < FARTHEST_STREET_M]
    candidates = near or [min(found, key=lambda one: one[0])[1]]
    lodge = next((r for r in rows if r["name"] == "门卫室"), None)
    first = min(candidates, key=lambda g: _away(g, lodge) if lodge else g.at[1])
    chosen = [first]
    wanted = GATES_OF_A_COMPOUND if is_compound else GATES_OF_OPEN_GROUND
    while len(chosen) < min(wanted, len(candidates)):
        chosen.append(max(candidates, key=lambda g: min(_apart(g, c) for c in chosen)))
    return tuple(chosen)


def _away(gate: Gate, row: Row) -> float:
    return Point(gate.at).distance(Point(number(row, "x_m"), number(row, "y_m")))


def _apart(a: Gate, b: Gate) -> float:
    return Point(a.at).distance(Point(b.at))
