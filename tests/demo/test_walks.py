"""People on the streets: never through a house, never faster than they can."""

import math
from datetime import UTC, datetime
from random import Random

import pytest
from shapely import STRtree, from_wkb
from shapely.geometry import LineString, Point

from twin.demo import Community
from twin.demo.hours import DayClock
from twin.demo.rounds import Rounds
from twin.demo.rows import number, text
from twin.demo.walks import FASTEST_M_PER_S, Walker, street_graph


def test_all_crossings_can_be_reached_from_one_another(whole: Community) -> None:
    graph = street_graph(whole.plan)
    assert len(graph.nodes) > 80
    rng = Random(5)
    for _ in range(60):
        start, goal = rng.randrange(len(graph.nodes)), rng.randrange(len(graph.nodes))
        path = graph.route(start, goal)
        assert path[0] == graph.nodes[start]
        assert path[-1] == graph.nodes[goal]


def test_the_way_across_the_river_leads_over_a_bridge(whole: Community) -> None:
    """Two points on opposite banks, away from a bridge, are far apart on foot."""
    graph = street_graph(whole.plan)
    water = whole.plan.water
    for node in range(len(graph.nodes)):
        for way in graph.ways[node]:
            wet = LineString(way.points).intersection(water)
            if wet.length > 1:
                street = min(whole.plan.streets, key=lambda s: s.line.distance(wet))
                assert street.rank in ("main", "ring")


def test_no_street_of_the_graph_touches_a_building(whole: Community) -> None:
    built = STRtree([from_wkb(b["geom_wkb"]) for b in whole.tables["building"]])
    graph = street_graph(whole.plan)
    for ways in graph.ways:
        for way in ways:
            assert len(built.query(LineString(way.points), predicate="intersects")) == 0


@pytest.mark.parametrize("mode", ["foot", "ebike"])
def test_a_walker_keeps_to_the_pace_and_the_streets(small: Community, mode: str) -> None:
    graph = street_graph(small.plan)
    streets = STRtree([street.line.buffer(0.6) for street in small.plan.streets])
    walker = Walker(Random(3), graph, list(range(len(graph.nodes))), mode)
    before, moved = walker.at, 0.0
    for _ in range(3_000):
        here = walker.advance(0.7)
        step = math.dist(before, here)
        assert step <= FASTEST_M_PER_S[mode] * 0.7 + 1e-6
        assert len(streets.query(Point(here), predicate="within")) > 0
        before, moved = here, moved + step
    assert moved > 300


def test_people_on_duty_report_every_few_seconds_at_any_speed(small: Community) -> None:
    for speed, least in ((1.0, 2), (10.0, 12)):
        rounds = Rounds(small, DayClock(datetime(2026, 3, 2, 1, tzinfo=UTC), speed))
        said = dict[object, list[dict[str, object]]]()
        for tick in range(100):
            for one in rounds.due(tick * 0.1):
                said.setdefault(one["actor_id"], []).append(one)
        signed = {one["actor_id"] for one in rounds.signed()}
        on_duty = [actor for actor in rounds.actors if actor.on_duty and actor.id not in signed]
        assert on_duty
        assert all(len(said[actor.id]) >= least for actor in on_duty)
        assert not {a.id for a in rounds.actors if not a.on_duty and a.id not in signed} & set(said)


@pytest.mark.parametrize("place", ["small", "whole"])
def test_over_an_hour_nobody_walks_through_a_house_or_faster_than_they_can(
    place: str, request: pytest.FixtureRequest
) -> None:
    """All staff of a place in an hour of the morning, called now and then to a door."""
    community: Community = request.getfixturevalue(place)
    clock = DayClock(datetime(2026, 3, 2, 1, tzinfo=UTC))
    rounds, rng = Rounds(community, clock), Random(9)
    modes = {text(row, "id"): FASTEST_M_PER_S[text(row, "travel_mode")] for row in community.tables["staff"]}
    doors = [door for door in community.tables["entrance"] if text(door, "name").endswith("单元")]
    last, called, points = dict[str, tuple[float, float, float]](), [], list[tuple[float, float]]()
    for second in range(3_600):
        if second % 40 == 0:
            door = rng.choice(doors)
            grid = text(door, "micro_grid_id")
            called.append(rounds.call(grid, number(door, "x_m"), number(door, "y_m"), float(second)))
        if second % 400 == 399:
            for found in filter(None, called):
                rounds.free(found[0])
            called.clear()
        for said in rounds.due(float(second)):
            id_, x, y = text(said, "actor_id"), number(said, "x_m"), number(said, "y_m")
            before = last.get(id_)
            if before is not None:
                assert math.dist(before[1:], (x, y)) <= modes[id_] * (second - before[0]) + 0.03
            last[id_] = (second, x, y)
            points.append((x, y))
    assert len(points) > 5_000
    # A way may end at a threshold; five centimetres behind it one would be inside.
    inside = STRtree([from_wkb(b["geom_wkb"]).buffer(-0.05) for b in community.tables["building"]])
    assert inside.query([Point(at) for at in points], predicate="within").size == 0
