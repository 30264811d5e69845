"""Ways, lanes and the things of the street: one can walk to every door, and an engine can come through."""

import heapq
import math
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import STRtree, from_wkb, union_all
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from twin.demo import Community, generate
from twin.demo.restaurants import removal_pct
from twin.demo.streetgraph import door_node

Row = dict[str, object]
Beside = dict[object, list[tuple[object, float, BaseGeometry]]]


def shapes(rows: list[Row]) -> list[BaseGeometry]:
    return [from_wkb(row["geom_wkb"]) for row in rows]


def at(row: Row) -> Point:
    return Point(row["x_m"], row["y_m"])


def built(community: Community) -> STRtree:
    return STRtree(shapes(community.tables["building"]))


def street_graph(community: Community) -> Beside:
    beside: Beside = defaultdict(list)
    for edge in community.tables["street_edge"]:
        line = from_wkb(edge["geom_wkb"])
        beside[edge["from_node"]].append((edge["to_node"], line.length, line))
        beside[edge["to_node"]].append((edge["from_node"], line.length, line))
    return beside


def walk(beside: Beside, start: object) -> dict[object, tuple[float, object, BaseGeometry | None]]:
    """From here to everywhere: the distance, the node before, the way to it."""
    best: dict[object, tuple[float, object, BaseGeometry | None]] = {start: (0.0, start, None)}
    queue = [(0.0, str(start))]
    while queue:
        so_far, here = heapq.heappop(queue)
        for there, length, line in beside[here]:
            if so_far + length < best.get(there, (math.inf,))[0]:
                best[there] = (so_far + length, here, line)
                heapq.heappush(queue, (so_far + length, str(there)))
    return best


def check_ways(community: Community) -> None:
    """One graph to every door, through no house, over the water only on a street with a bridge."""
    nodes = {node["id"] for node in community.tables["street_node"]}
    assert {door_node(str(e["id"])) for e in community.tables["entrance"]} <= nodes
    beside = street_graph(community)
    assert walk(beside, next(iter(nodes))).keys() == nodes
    edges = community.tables["street_edge"]
    lines = shapes(edges)
    assert len(built(community).query(lines, predicate="intersects")[0]) == 0
    bridges = {street.name for street in community.plan.streets if street.rank in ("main", "ring")}
    for edge, line in zip(edges, lines, strict=True):
        if line.intersection(community.plan.water).length > 1:
            assert edge["street"] in bridges


def check_lanes(community: Community) -> None:
    """Wide enough, free of houses, water and trunks, and joined to a gate."""
    lanes = shapes(community.tables["lane"])
    assert lanes
    assert len(built(community).query(lanes, predicate="intersects")[0]) == 0
    assert not any(lane.intersects(community.plan.water) for lane in lanes)
    assert all(lane.buffer(-1.99).area > 0 for lane in lanes)
    trunks = [tree.centroid for tree in shapes(trees(community))]
    assert len(STRtree(lanes).query(trunks, predicate="dwithin", distance=0.5)[0]) == 0
    joined = union_all(lanes)
    inside = {row["id"]: from_wkb(row["geom_wkb"]).buffer(-1.0) for row in community.tables["compound"]}
    for part in getattr(joined, "geoms", [joined]):
        assert not any(area.contains(part) for area in inside.values()), "no way in from a street"


def trees(community: Community) -> list[Row]:
    return [ground for ground in community.tables["ground"] if ground["kind"] == "tree"]


def test_one_can_walk_to_every_door_and_through_no_house(whole: Community) -> None:
    check_ways(whole)


def test_every_fire_lane_is_wide_and_free_and_leads_in_from_a_gate(whole: Community) -> None:
    check_lanes(whole)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_ways_and_lanes_hold_in_any_small_community(seed: int) -> None:
    community = generate(seed, 0.2)
    check_ways(community)
    check_lanes(community)


def test_the_way_to_a_door_across_the_river_leads_over_a_bridge(whole: Community) -> None:
    river = whole.plan.river
    doors = {e["id"]: at(e) for e in whole.tables["entrance"]}
    east = [id_ for id_, door in doors.items() if _is_east(river, door)]
    west = [id_ for id_, door in doors.items() if not _is_east(river, door)]
    start, goal = min(
        ((a, b) for a in east for b in west), key=lambda pair: doors[pair[0]].distance(doors[pair[1]])
    )
    best = walk(street_graph(whole), door_node(str(start)))
    node: object = door_node(str(goal))
    assert best[node][0] > 2 * doors[start].distance(doors[goal])
    wet = 0.0
    while best[node][2] is not None:
        _, before, line = best[node]
        assert line is not None
        wet += line.intersection(whole.plan.water).length
        node = before
    assert wet > 20


def _is_east(river: LineString, door: Point) -> bool:
    here = river.interpolate(river.project(door))
    return door.x > here.x


def test_neighbours_in_a_compound_need_not_walk_around_it(whole: Community) -> None:
    beside = street_graph(whole)
    compound_of = {b["id"]: b["compound_id"] for b in whole.tables["building"]}
    doors = [e for e in whole.tables["entrance"] if compound_of[e["building_id"]]][::40]
    for one in doors:
        best = walk(beside, door_node(str(one["id"])))
        for other in whole.tables["entrance"]:
            if compound_of[other["building_id"]] == compound_of[one["building_id"]]:
                assert best[door_node(str(other["id"]))][0] < 6 * at(one).distance(at(other)) + 150


def test_a_third_of_the_cameras_see_the_fire_lane_they_watch(whole: Community) -> None:
    devices = {d["id"]: d for d in whole.tables["device"]}
    lanes = {lane["id"]: from_wkb(lane["geom_wkb"]) for lane in whole.tables["lane"]}
    cameras = whole.tables["camera"]
    houses = built(whole)
    assert len(cameras) == 24
    assert len({c["gb28181"] for c in cameras}) == 24
    watched = [c for c in cameras if c["lane_id"]]
    assert len(watched) == 8
    for camera in watched:
        here, lane = at(devices[camera["id"]]), lanes[camera["lane_id"]]
        turn = math.radians(float(str(camera["bearing_deg"])))
        ahead = Point(here.x + 30 * math.sin(turn), here.y + 30 * math.cos(turn))
        sight = LineString([here, ahead]).intersection(lane)
        assert not sight.is_empty
        assert len(houses.query(LineString([here, sight.centroid]), predicate="intersects")) == 0
        assert not lane.contains(here)


def test_no_camera_stands_in_a_carriageway_or_a_house(whole: Community) -> None:
    roads = union_all(shapes([g for g in whole.tables["ground"] if g["kind"] in ("road", "water")]))
    here = [at(device) for device in whole.tables["device"] if device["kind"] == "camera"]
    assert len(built(whole).query(here, predicate="intersects")[0]) == 0
    assert not any(roads.buffer(-0.2).contains(camera) for camera in here)
    for camera in whole.tables["camera"]:
        assert len(str(camera["gb28181"])) == 20 and str(camera["gb28181"])[10:13] == "132"


def test_every_house_has_a_hydrant_within_the_reach_of_a_hose(whole: Community) -> None:
    """GB 50974: a hydrant of the street protects what lies within 150 m; two stand at most 120 m apart."""
    hydrants = [at(a) for a in whole.tables["asset"] if a["kind"] == "hydrant"]
    near = STRtree(hydrants)
    houses = shapes(whole.tables["building"])
    assert near.query_nearest(houses, return_distance=True)[1].max() < 120
    roads = union_all(shapes([g for g in whole.tables["ground"] if g["kind"] in ("road", "water")]))
    assert not any(roads.buffer(-0.2).contains(hydrant) for hydrant in hydrants)
    assert len(built(whole).query(hydrants, predicate="intersects")[0]) == 0


def test_every_house_with_homes_has_its_gas_valve_at_the_wall(whole: Community) -> None:
    walls = {b["id"]: from_wkb(b["geom_wkb"]) for b in whole.tables["building"] if b["use"] == "residential"}
    valves = [a for a in whole.tables["asset"] if a["kind"] == "gas_valve"]
    assert sorted(str(v["building_id"]) for v in valves) == sorted(map(str, walls))
    assert all(0 < walls[v["building_id"]].distance(at(v)) < 1 for v in valves)


def test_every_monitor_hangs_over_the_stoves_of_one_restaurant(whole: Community) -> None:
    restaurants = whole.tables["restaurant"]
    monitors = [d for d in whole.tables["device"] if d["kind"] == "fume_monitor"]
    assert len(restaurants) == 49
    assert sorted(str(r["device_id"]) for r in restaurants) == sorted(str(m["id"]) for m in monitors)
    assert len({r["name"] for r in restaurants}) == 49
    assert len({r["org_code"] for r in restaurants}) == 49
    facilities = {f["name"] for f in whole.tables["facility"] if f["category"] == "restaurant"}
    assert facilities <= {r["name"] for r in restaurants}
    assert set(Counter(r["purifier_removal_pct"] for r in restaurants)) == {60.0, 75.0, 85.0}


@pytest.mark.parametrize(("stoves", "pct"), [(1, 60.0), (2, 60.0), (3, 75.0), (5, 75.0), (6, 85.0)])
def test_more_stoves_need_a_better_purifier(stoves: int, pct: float) -> None:
    assert removal_pct(stoves) == pct


def test_an_engine_comes_close_to_nearly_every_house_with_homes(whole: Community) -> None:
    lanes = STRtree(shapes(whole.tables["lane"]))
    homes = shapes([b for b in whole.tables["building"] if b["use"] == "residential"])
    reached = [len(lanes.query(home, predicate="dwithin", distance=20)) > 0 for home in homes]
    assert sum(reached) / len(reached) > 0.95
