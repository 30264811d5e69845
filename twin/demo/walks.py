"""Ways on foot: the street centrelines as a graph, and people who walk them."""

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from shapely import union_all
from shapely.geometry import Polygon

from twin.demo.geometry import lines, overshoot
from twin.demo.streets import Plan

Point = tuple[float, float]
STUB_M = 1.0
FASTEST_M_PER_S = {"foot": 2.5, "ebike": 7.0}
PACE_M_PER_S = {"foot": (0.9, 1.6), "ebike": (3.0, 5.5)}


@dataclass(frozen=True, slots=True)
class Way:
    """One street between two crossings."""

    to: int
    length_m: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class StreetGraph:
    nodes: tuple[Point, ...]
    ways: tuple[tuple[Way, ...], ...]

    def near(self, x_m: float, y_m: float, wanted: int) -> list[int]:
        """The crossings closest to a point."""
        reach = ((math.hypot(x - x_m, y - y_m), i) for i, (x, y) in enumerate(self.nodes))
        return [i for _, i in heapq.nsmallest(wanted, reach)]

    def within(self, area: Polygon) -> list[int]:
        near = area.buffer(2.0)
        minx, miny, maxx, maxy = near.bounds
        inside = [i for i, (x, y) in enumerate(self.nodes) if minx <= x <= maxx and miny <= y <= maxy]
        return inside or self.near(area.centroid.x, area.centroid.y, 2)

    def route(self, start: int, goal: int) -> list[Point]:
        """The shortest way along the streets, as points. Every crossing can be reached from every other."""
        best: dict[int, float] = {start: 0.0}
        came: dict[int, tuple[int, Way]] = {}
        queue: list[tuple[float, int]] = [(0.0, start)]
        while queue:
            so_far, here = heapq.heappop(queue)
            if here == goal:
                break
            if so_far > best[here]:
                continue
            for way in self.ways[here]:
                total = so_far + way.length_m
                if total < best.get(way.to, math.inf):
                    best[way.to], came[way.to] = total, (here, way)
                    heapq.heappush(queue, (total, way.to))
        legs: list[Way] = []
        while goal != start:
            goal, way = came[goal]
            legs.append(way)
        points = [self.nodes[start]]
        for way in reversed(legs):
            points.extend(way.points[1:])
        return points


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
    """Someone who goes from crossing to crossing within a beat, resting at some."""

    def __init__(self, rng: Random, graph: StreetGraph, beat: list[int], travel_mode: str) -> None:
        self._rng, self._graph, self._beat = rng, graph, beat
        self._mode = travel_mode
        self._here = rng.choice(beat)
        self._path: list[Point] = []
        self._rest_s = rng.uniform(0, 20)
        self._pace = 0.0
        self.at: Point = graph.nodes[self._here]

    def advance(self, seconds: float) -> Point:
        """Move on for this long, never faster than the pace of this leg."""
        while seconds > 1e-9:
            if self._rest_s > 0:
                spent = min(self._rest_s, seconds)
                self._rest_s -= spent
                seconds -= spent
            elif not self._path:
                self._set_out()
            else:
                seconds = self._step(seconds)
        return self.at

    def _set_out(self) -> None:
        goal = self._rng.choice(self._beat)
        self._path = self._graph.route(self._here, goal)[1:]
        self._here = goal
        self._pace = self._rng.uniform(*PACE_M_PER_S[self._mode])
        self._rest_s = self._rng.uniform(5, 60) if not self._path or self._rng.random() < 0.4 else 0.0

    def _step(self, seconds: float) -> float:
        """Towards the next point of the path; returns the seconds that are left."""
        goal = self._path[0]
        distance = math.dist(self.at, goal)
        reach = self._pace * seconds
        if reach >= distance:
            self.at = goal
            self._path.pop(0)
            return seconds - distance / self._pace
        share = reach / distance
        self.at = (
            self.at[0] + (goal[0] - self.at[0]) * share,
            self.at[1] + (goal[1] - self.at[1]) * share,
        )
        return 0.0
