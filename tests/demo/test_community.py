"""The demo community: what it holds, and that its places are possible."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import STRtree, from_wkb, union_all
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from twin.demo import Community, generate
from twin.demo.site import overlapping

SNAP_M = 1e-6
"""Borders may lie a rounding error apart; an overlay without a grid can then answer nonsense."""


def shapes(rows: list[dict[str, object]]) -> list[BaseGeometry]:
    return [from_wkb(row["geom_wkb"]) for row in rows]


def of_kind(community: Community, *kinds: str) -> list[BaseGeometry]:
    return shapes([g for g in community.tables["ground"] if g["kind"] in kinds])


def dwellings(community: Community) -> list[dict[str, object]]:
    return [u for u in community.tables["unit"] if u["use"] == "dwelling"]


def check_tiers(community: Community) -> None:
    grids = community.tables["grid"]
    whole = from_wkb(next(g for g in grids if g["tier"] == 1)["geom_wkb"])
    for tier in (2, 3):
        parts = shapes([g for g in grids if g["tier"] == tier])
        assert sum(part.area for part in parts) == pytest.approx(whole.area, abs=0.1)
        assert union_all(parts, grid_size=SNAP_M).area == pytest.approx(whole.area, abs=0.1)
        left, right = STRtree(parts).query(parts, predicate="intersects")
        shared = [
            parts[a].intersection(parts[b], grid_size=SNAP_M).area
            for a, b in zip(left, right, strict=True)
            if a < b
        ]
        assert max(shared) < 0.05


def check_buildings(community: Community) -> None:
    built = shapes(community.tables["building"])
    assert all(building.is_valid and building.geom_type == "Polygon" for building in built)
    assert overlapping(built) == []
    free_of = union_all(of_kind(community, "road", "water", "bridge"))
    assert [b.wkt[:60] for b in built if b.intersection(free_of).area > 0.01] == []


def test_the_same_seed_gives_the_same_community(small: Community) -> None:
    assert generate(1, 0.2).digest == small.digest


def test_another_seed_gives_another_community(small: Community) -> None:
    assert generate(2, 0.2).digest != small.digest


def test_the_whole_community_has_the_size_of_the_real_one(whole: Community) -> None:
    counts = {name: len(rows) for name, rows in whole.tables.items()}
    assert 265 <= sum(b["use"] == "residential" for b in whole.tables["building"]) <= 300
    assert 100 <= sum(b["use"] != "residential" for b in whole.tables["building"]) <= 165
    assert 7_800 <= len(dwellings(whole)) <= 8_400
    assert 110 <= sum(g["tier"] == 3 and g["kind"] == "residential" for g in whole.tables["grid"]) <= 128
    assert Counter(g["tier"] for g in whole.tables["grid"])[2] == 6
    assert 4_600 <= counts["device"] <= 5_300
    assert 140 <= counts["facility"] <= 160
    assert sum(g["kind"] == "tree" for g in whole.tables["ground"]) <= 1_500
    assert from_wkb(whole.tables["grid"][0]["geom_wkb"]).area == pytest.approx(1_200_000, rel=1e-6)


def test_every_dwelling_is_on_a_storey_of_its_building(small: Community) -> None:
    storeys = {(s["building_id"], s["ordinal"]) for s in small.tables["storey"]}
    assert all((u["building_id"], u["storey_ordinal"]) in storeys for u in small.tables["unit"])
    per_building = Counter(s["building_id"] for s in small.tables["storey"])
    assert all(
        per_building[b["id"]] == b["storeys_above"] + b["storeys_below"] for b in small.tables["building"]
    )


def test_a_storey_has_two_to_eight_dwellings(whole: Community) -> None:
    per_storey = Counter((u["building_id"], u["storey_ordinal"]) for u in dwellings(whole))
    assert set(per_storey.values()) <= set(range(2, 9))


def test_flats_divide_their_building_and_never_share_ground(small: Community) -> None:
    outlines = {b["id"]: from_wkb(b["geom_wkb"]) for b in small.tables["building"]}
    by_storey: dict[tuple[object, object], list[BaseGeometry]] = {}
    for unit in small.tables["unit"]:
        cell = from_wkb(unit["geom_wkb"])
        assert cell.is_valid and cell.area > 15
        assert cell.contains(Point(unit["x_m"], unit["y_m"]))
        by_storey.setdefault((unit["building_id"], unit["storey_ordinal"]), []).append(cell)
    for (building_id, _), cells in by_storey.items():
        assert union_all(cells).difference(outlines[building_id].buffer(0.01)).area < 0.1
        assert sum(c.area for c in cells) - union_all(cells).area < 0.1


def test_rooms_of_one_entrance_are_named_once(small: Community) -> None:
    named = Counter((u["entrance_id"], u["room"]) for u in small.tables["unit"])
    assert max(named.values()) == 1


def test_ids_and_addresses_are_unique(whole: Community) -> None:
    for name, rows in whole.tables.items():
        if name not in ("community", "storey", "person", "care_level"):
            assert len({row["id"] for row in rows}) == len(rows), name
    assert len({b["address"] for b in whole.tables["building"]}) == len(whole.tables["building"])


def test_buildings_stand_clear_of_roads_water_and_one_another(whole: Community) -> None:
    check_buildings(whole)


def test_every_tier_covers_the_community_without_gap_or_overlap(whole: Community) -> None:
    check_tiers(whole)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(min_value=0, max_value=10_000))
def test_any_small_community_is_possible(seed: int) -> None:
    community = generate(seed, 0.2)
    check_tiers(community)
    check_buildings(community)
    assert len(dwellings(community)) > 500


def test_a_micro_grid_has_thirty_to_a_hundred_households(whole: Community) -> None:
    entrance_of = {u["id"]: u["entrance_id"] for u in dwellings(whole)}
    per_entrance = Counter(entrance_of.values())
    per_grid: Counter[object] = Counter()
    for entrance in whole.tables["entrance"]:
        per_grid[entrance["micro_grid_id"]] += per_entrance[entrance["id"]]
    micro = [g for g in whole.tables["grid"] if g["tier"] == 3]
    for grid in micro:
        assert grid["households"] == per_grid[grid["id"]]
        assert grid["kind"] == "exclusive" or 30 <= per_grid[grid["id"]] <= 100
    total = next(g for g in whole.tables["grid"] if g["tier"] == 1)["households"]
    assert total == sum(per_grid.values()) == len(dwellings(whole))


def test_an_entrance_lies_in_its_micro_grid(whole: Community) -> None:
    areas = {g["id"]: from_wkb(g["geom_wkb"]).buffer(0.05) for g in whole.tables["grid"]}
    outside = [
        e["id"]
        for e in whole.tables["entrance"]
        if not areas[e["micro_grid_id"]].contains(Point(e["x_m"], e["y_m"]))
    ]
    assert outside == []


def test_grid_codes_nest(small: Community) -> None:
    for grid in small.tables["grid"]:
        assert len(str(grid["code"])) == 17
        assert str(grid["code"]).startswith("510108008003")
        if grid["tier"] == 3:
            assert str(grid["parent_id"]) == str(grid["code"])[:14] + "000"


def test_every_micro_grid_has_two_stewards(whole: Community) -> None:
    stewards = Counter(s["grid_id"] for s in whole.tables["staff"] if s["role"] == "steward")
    micro = [g["id"] for g in whole.tables["grid"] if g["tier"] == 3 and g["kind"] == "residential"]
    assert all(stewards[grid] == 2 for grid in micro)
    roles = Counter(s["role"] for s in whole.tables["staff"])
    assert roles["full_time"] == 12 and roles["volunteer"] == 200


def test_nobody_could_be_taken_for_a_real_person(small: Community) -> None:
    for person in small.tables["person"]:
        identity = person["identity"]
        assert isinstance(identity, dict)
        assert identity["name"].startswith("演示") and identity["demo"]
        assert identity["phone"] is None or identity["phone"].startswith("100")
        assert identity["id_no"] is None or identity["id_no"].startswith("99")
        assert person["demo"] is True


def test_a_device_of_a_home_is_never_public(whole: Community) -> None:
    for device in whole.tables["device"]:
        assert device["is_public"] == (device["unit_id"] is None)
    kits = Counter(d["kind"] for d in whole.tables["device"] if not d["is_public"])
    assert kits["voice_care_panel"] == kits["sos_button"] == 310
    public = Counter(d["kind"] for d in whole.tables["device"] if d["is_public"])
    assert public["fume_monitor"] == 49 and public["camera"] == 24


def test_everything_is_marked_as_demo(small: Community) -> None:
    for name, rows in small.tables.items():
        if name not in ("community", "storey"):
            assert all(row["provenance"] == "demo" for row in rows), name
    assert small.tables["community"][0]["demo"] is True


def test_every_street_of_the_community_has_a_name_of_its_own(whole: Community) -> None:
    names = [street.name for street in whole.plan.streets]
    assert len(set(names)) == len(names)


def test_every_building_has_a_name_and_public_houses_are_told_apart(whole: Community) -> None:
    public = [b for b in whole.tables["building"] if b["use"] != "residential"]
    assert all(b["name"] and b["name"] != b["address"] for b in public)
    names = Counter(b["name"] for b in public)
    assert [name for name, count in names.items() if count > 1] == ["园亭"]
