"""Ways on foot: the street centrelines as a graph, and people who walk them."""

import heapq
import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from random import Random

from shapely import STRtree, union_all
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon, box

from twin.demo.geometry import lines, overshoot, shape
from twin.demo.rows import Row, number, text
from twin.demo.streets import Plan

Point = tuple[float, float]
STUB_M = 1.0
FARTHEST_M = 5_000.0
FASTEST_M_PER_S = {"foot": 2.5, "ebike": 7.0}
PACE_M_PER_S = {"foot": (0.9, 1.6), "ebike": (3.0, 5.5)}


@dataclass(frozen=True, slots=True)
class Way:
    """One street between two crossings."""

    to: int
    length_m: float
    points: tuple[Point, ...]


@dataclass(frozen=True)
class StreetGraph:
    """Crossings and ways. `parts` tells which crossings hang together; they need not all."""

    nodes: tuple[Point, ...]
    ways: tuple[tuple[Way, ...], ...]

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """For each crossing the number of its part; within a part each can be reached from each."""
        part = [-1] * len(self.nodes)
        for start in range(len(self.nodes)):
            edge = [start] if part[start] < 0 else []
            while edge:
                here = edge.pop()
                if part[here] < 0:
                    part[here] = start
                    edge += [way.to for way in self.ways[here] if part[way.to] < 0]
        return tuple(part)

    @cached_property
    def _tree(self) -> STRtree:
        return STRtree([ShapelyPoint(node) for node in self.nodes])

    def near(self, x_m: float, y_m: float, wanted: int, part: int | None = None) -> list[int]:
        """The crossings closest to a point, the closest first, all of this part or of the nearest one's."""
        nearest = int(self._tree.nearest(ShapelyPoint(x_m, y_m)))
        part = self.parts[nearest] if part is None else part
        reach_m = 100.0 + math.dist(self.nodes[nearest], (x_m, y_m))
        while True:
            around = box(x_m - reach_m, y_m - reach_m, x_m + reach_m, y_m + reach_m)
            found = [int(i) for i in self._tree.query(around) if self.parts[i] == part]
            if len(found) >= wanted or reach_m > FARTHEST_M:
                return heapq.nsmallest(wanted, found, lambda i: math.dist(self.nodes[i], (x_m, y_m)))
            reach_m *= 2

    def within(self, area: Polygon) -> list[int]:
        near = area.buffer(2.0)
        found = [int(i) for i in self._tree.query(box(*near.bounds))]
        kept = Counter(self.parts[i] for i in found).most_common(1)
        inside = [i for i in sorted(found) if self.parts[i] == kept[0][0]]
        return inside or self.near(area.centroid.x, area.centroid.y, 2)

    def route(self, start: int, goal: int) -> list[Point]:
        """The shortest way along the streets, as points; only the start where no way leads to the goal."""
        points = [self.nodes[start]]
        for way in self.legs(start, goal):
            points.extend(way.points[1:])
        return points

    def legs(self, start: int, goal: int) -> list[Way]:
        """The shortest way, from crossing to crossing."""
        if self.parts[start] != self.parts[goal]:
            return []
        best: dict[int, float] = {start: 0.0}
        came: dict[int, tuple[int, Way]] = {}
        queue: list[tuple[float, float, int]] = [(0.0, 0.0, start)]
        end = self.nodes[goal]
        while queue:
            _, so_far, here = heapq.heappop(queue)
            if here == goal:
                break
            if so_far > best[here]:
                continue
            for way in self.ways[here]:
                total = so_far + way.length_m
                if total < best.get(way.to, math.inf):
                    best[way.to], came[way.to] = total, (here, way)
                    heapq.heappush(queue, (total + math.dist(self.nodes[way.to], end), total, way.to))
        legs: list[Way] = []
        while goal != start:
            goal, way = came[goal]
            legs.append(way)
        return legs[::-1]


def graph_of(tables: Mapping[str, list[Row]], plan: Plan, travel_mode: str) -> StreetGraph:
    """The ways of the street table that one may use on foot or by e-bike; the plan's streets without it."""
    may = {"foot": "on_foot", "ebike": "by_ebike"}[travel_mode]
    edges = [edge for edge in tables.get("street_edge", ()) if edge[may]]
    if not edges:
        return street_graph(plan)
    ends = {text(edge, column) for edge in edges for column in ("from_node", "to_node")}
    rows = [node for node in tables["street_node"] if node["id"] in ends]
    nodes = tuple((number(node, "x_m"), number(node, "y_m")) for node in rows)
    order = {text(node, "id"): i for i, node in enumerate(rows)}
    ways: list[list[Way]] = [[] for _ in nodes]
    for edge in edges:
        begin, end = order[text(edge, "from_node")], order[text(edge, "to_node")]
        points = tuple((x, y) for x, y in shape(edge).coords)
        points = (nodes[begin], *points[1:-1], nodes[end])
        ways[begin].append(Way(end, _length_m(points), points))
        ways[end].append(Way(begin, _length_m(points), points[::-1]))
    return StreetGraph(nodes, tuple(tuple(from_here) for from_here in ways))


def street_graph(plan: Plan) -> StreetGraph:
    """Crossings and the streets between them, inside the community; only what hangs together."""
    inside = plan.boundary.buffer(1.0)
    network = union_all([overshoot(street.line, 0.3) for street in plan.streets]).intersection(inside)
    found: dict[Point, dict[Point, tuple[Point, ...]]] = defaultdict(dict)
    for line in lines(network):
        if line.length < STUB_M:
            continue
        points = tuple((round(x, 3), round(y, 3)) for x, y in line.coords)
        found[points[0]][points[-1]] = points
        found[points[-1]][points[0]] = points[::-1]
    kept = sorted(_hanging_together(found))
    number = {point: i for i, point in enumerate(kept)}
    ways = tuple(
        tuple(Way(number[end], _length_m(points), points) for end, points in sorted(found[node].items()))
        for node in kept
    )
    return StreetGraph(tuple(kept), ways)


def _length_m(points: tuple[Point, ...]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(points))


def _hanging_together(found: dict[Point, dict[Point, tuple[Point, ...]]]) -> set[Point]:
    """The largest set of crossings that can all be reached from one another."""
    left, largest = set(found), set[Point]()
    while left:
        reached, edge = set[Point](), [min(left)]
        while edge:
            here = edge.pop()
            if here not in reached:
                reached.add(here)
                edge += [there for there in found[here] if there not in reached]
        left -= reached
        largest = max(largest, reached, key=len)
    return largest


class Walker:
    """Someone who goes from crossing to crossing within a beat, resting at some, unless sent somewhere."""

    def __init__(self, rng: Random, graph: StreetGraph, beat: list[int], travel_mode: str) -> None:
        self._rng, self._graph, self._beat = rng, graph, beat
        self.mode = travel_mode
        self._here = rng.choice(beat)
        self._points: deque[Point] = deque()
        self._legs: deque[Way] = deque()
        self._rest_s = rng.uniform(0, 20)
        self._pace = 0.0
        self._sent = False
        self.at: Point = graph.nodes[self._here]

    def advance(self, seconds: float) -> Point:
        """Move on for this long, never faster than the pace of this leg."""
        while seconds > 1e-9:
            if self._rest_s > 0:
                spent = min(self._rest_s, seconds)
                self._rest_s -= spent
                seconds -= spent
            elif self._points:
                seconds = self._step(seconds)
            elif self._legs:
                leg = self._legs.popleft()
                self._here = leg.to
                self._points.extend(leg.points[1:])
            elif self._sent:
                break
            else:
                self._set_out()
        return self.at

    def send(self, x_m: float, y_m: float) -> float:
        """Go near there from the next crossing on and stay until freed; how many seconds that walk takes."""
        legs = self._legs_to(x_m, y_m)
        self._pace = self._rng.uniform(*PACE_M_PER_S[self.mode])
        self._legs, self._rest_s, self._sent = deque(legs), 0.0, True
        ahead = _length_m((self.at, *self._points)) + sum(leg.length_m for leg in legs)
        return ahead / self._pace

    def reach_s(self, x_m: float, y_m: float) -> float:
        """How long the walk there would take, without going."""
        legs = self._legs_to(x_m, y_m)
        return sum(leg.length_m for leg in legs) / self._rng.uniform(*PACE_M_PER_S[self.mode])

    def _legs_to(self, x_m: float, y_m: float) -> list[Way]:
        goal = self._graph.near(x_m, y_m, 1, self._graph.parts[self._here])[0]
        return self._graph.legs(self._here, goal)

    def free(self) -> None:
        self._sent = False

    def _set_out(self) -> None:
        goal = self._rng.choice(self._beat)
        self._legs.extend(self._graph.legs(self._here, goal))
        self._pace = self._rng.uniform(*PACE_M_PER_S[self.mode])
        self._rest_s = self._rng.uniform(5, 60) if not self._legs or self._rng.random() < 0.4 else 0.0

    def _step(self, seconds: float) -> float:
        """Towards the next point of the leg; returns the seconds that are left."""
        goal = self._points[0]
        distance = math.dist(self.at, goal)
        reach = self._pace * seconds
        if reach >= distance:
            self.at = goal
            self._points.popleft()
            return seconds - distance / self._pace
        share = reach / distance
        self.at = (
            self.at[0] + (goal[0] - self.at[0]) * share,
            self.at[1] + (goal[1] - self.at[1]) * share,
        )
        return 0.0
