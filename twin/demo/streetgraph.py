"""The street graph as rows: streets from crossing to crossing, and the ways from them to every door."""

from collections import defaultdict

from shapely import STRtree
from shapely.geometry import LineString
from shapely.ops import substring

from twin.demo.blocks import Walkable, WalkedBlock
from twin.demo.rows import COMMUNITY12, DEMO, Row, Tables
from twin.demo.streets import Plan
from twin.demo.wayfinding import Point

SAME_M = 0.5
PROVEN: Row = {"community12": COMMUNITY12, "provenance": DEMO}


def door_node(entrance_id: str) -> str:
    return f"door-{entrance_id}"


def add_street_graph(tables: Tables, plan: Plan, walkable: Walkable) -> None:
    graph = _GraphRows(tables)
    crossings = [graph.node(f"x{number:04d}", at) for number, at in enumerate(walkable.graph.nodes, start=1)]
    joins = _add_streets(graph, plan, walkable, crossings)
    for number, block in enumerate(walkable.blocks):
        _add_block(graph, block, [joins[number, gate] for gate in range(len(block.gates))])


class _GraphRows:
    def __init__(self, tables: Tables) -> None:
        self._nodes, self._edges = tables["street_node"], tables["street_edge"]
        self._at: dict[str, Point] = {}
        self._unnamed = 0

    def node(self, node_id: str, at: Point) -> str:
        self._at[node_id] = at
        self._nodes.append(PROVEN | {"id": node_id, "x_m": at[0], "y_m": at[1]})
        return node_id

    def next_node(self, at: Point) -> str:
        """One without a name of its own."""
        self._unnamed += 1
        return self.node(f"w{self._unnamed:04d}", at)

    def straight(self, start: str, end: str, *, by_ebike: bool) -> None:
        self.edge(start, end, LineString([self._at[start], self._at[end]]), None, by_ebike=by_ebike)

    def edge(self, start: str, end: str, line: LineString, street: str | None, *, by_ebike: bool) -> None:
        self._edges.append(
            PROVEN
            | {
                "id": f"e{len(self._edges) + 1:05d}",
                "from_node": start,
                "to_node": end,
                "street": street,
                "geom_wkb": line.wkb,
                "length_m": round(line.length, 3),
                "on_foot": True,
                "by_ebike": by_ebike,
            }
        )


Joins = dict[tuple[int, int], str]
"""By block and gate: the node on the street."""


def _add_streets(graph: _GraphRows, plan: Plan, walkable: Walkable, crossings: list[str]) -> Joins:
    """Every stretch, cut where the way from a gate comes out on it."""
    cuts: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
    for number, block in enumerate(walkable.blocks):
        for turn, gate in enumerate(block.gates):
            cuts[gate.stretch].append((gate.along_m, (number, turn)))
    tree = STRtree([street.line for street in plan.streets])
    joins: Joins = {}
    for index, (start, end, line) in enumerate(walkable.stretches):
        name = plan.streets[int(tree.nearest(line.interpolate(0.5, normalized=True)))].name
        here, from_m = crossings[start], 0.0
        for along_m, key in sorted(cuts[index]):
            if along_m - from_m > SAME_M:
                at = line.interpolate(along_m)
                node = graph.next_node((round(at.x, 3), round(at.y, 3)))
                graph.edge(here, node, _piece(line, from_m, along_m), name, by_ebike=True)
                here, from_m = node, along_m
            joins[key] = here
        graph.edge(here, crossings[end], _piece(line, from_m, line.length), name, by_ebike=True)
    return joins


def _piece(line: LineString, from_m: float, to_m: float) -> LineString:
    piece = substring(line, from_m, to_m)
    assert isinstance(piece, LineString)
    return piece


def _add_block(graph: _GraphRows, block: WalkedBlock, joins: list[str]) -> None:
    """The ways to the doors, from where they leave the street; what leads to no door is left out."""
    ways = block.ways
    legs = {node: leg for spot, _ in ways.doors.values() for node, leg in ways.path(spot)}
    between = {
        (min(node, leg.to), max(node, leg.to)): (node, leg) for node, leg in [*legs.items(), *ways.links]
    }
    used = sorted({spot for spot, _ in ways.doors.values()} | {node for pair in between for node in pair})
    ids = {node: graph.next_node(ways.nodes[node]) for node in used}
    for gate, join in enumerate(joins):
        if gate in ids:
            graph.straight(join, ids[gate], by_ebike=True)
    for node, leg in between.values():
        graph.straight(ids[node], ids[leg.to], by_ebike=leg.is_wide)
    for entrance_id, (spot, doorstep) in ways.doors.items():
        door = graph.node(door_node(entrance_id), doorstep)
        graph.straight(ids[spot], door, by_ebike=False)
