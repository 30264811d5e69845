"""Residents, care, kitchens, lanes and hydrants on the screens: totals by clearance, hits by name."""

from typing import Any

import pytest

from twin.model.clearance import DESK, WALL
from twin.store import Tx
from twin.ui.board import board
from twin.ui.panels.desk_page import page_of
from twin.ui.places import building_detail
from twin.ui.routes_scene import layer_packed, scene
from twin.ui.search import search
from twin.ui.services import Services
from twin.view import View

C = "510115006001"
BASE: dict[str, object] = {"community12": C, "provenance": "demo"}


def people(tx: Tx, since: Any) -> None:
    """Twelve homes with two people each, seven in care; the community's own grid."""
    grid = BASE | {
        "id": "g1",
        "code": "1",
        "code_scheme": "x",
        "tier": 1,
        "kind": "residential",
        "name": "永宁",
    }
    grid |= {"geom_wkb": b"", "x_m": 1.0, "y_m": 2.0, "area_m2": 1.0, "households": 12}
    tx.append("grid", [grid | {"boundary_version": 1, "valid_from": since}])
    level = BASE | {"scheme": "s", "contact_interval_d": 1.0, "visit_interval_d": 7.0, "valid_from": since}
    tx.append("care_level", [
        level | {"level": "red", "rank": 1, "name": "红色", "name_en": "Red", "colour": "#d9483b"},
        level | {"level": "blue", "rank": 3, "name": "蓝色", "name_en": "Blue", "colour": "#3f83c8"},
    ])  # fmt: skip
    for number in range(12):
        unit = f"u{number // 2 + 1}0{number % 2 + 1}"
        tx.append("household", [BASE | {"id": f"h{number}", "household_no": "1", "unit_id": unit}])
        lives = BASE | {"unit_id": unit, "household_id": f"h{number}", "tenure": "owner", "valid_from": since}
        tx.append("occupancy", [
            lives | {"id": f"{number}-{one}", "person_id": f"canary-person-{number}-{one}", "kinship": "head"}
            for one in range(2)
        ])  # fmt: skip
        if number < 7:
            care = BASE | {"id": f"c{number}", "person_id": f"canary-person-{number}-0", "unit_id": unit}
            care |= {"scheme": "s", "level": "red" if number < 6 else "blue", "valid_from": since}
            tx.append("care_profile", [care])


def street(tx: Tx, since: Any) -> None:
    at = BASE | {"x_m": 61.0, "y_m": 2.0}
    device = at | {
        "label": "x",
        "z_m": 3.0,
        "is_public": True,
        "expected_interval_s": 60,
        "installed_at": since,
    }
    tx.append(
        "device",
        [device | {"id": "fume-1", "kind": "fume_monitor"}, device | {"id": "cam-1", "kind": "camera"}],
    )
    kitchen = at | {"building_id": "b13", "storey_ordinal": 0, "stoves": 2, "purifier_removal_pct": 60.0}
    kitchen |= {"fume_limit_mg_m3": 1.0}
    tx.append("restaurant", [
        kitchen | {"id": "r1", "name": "老张抄手", "device_id": "fume-1"},
        kitchen | {"id": "r2", "name": "王记面馆", "device_id": None},
    ])  # fmt: skip
    tx.append("camera", [BASE | {"id": "cam-1", "gb28181": "51010800801320000007", "lane_id": "l1"}])
    lane = at | {"id": "l1", "kind": "fire_lane", "name": "北门消防通道", "geom_wkb": b"", "width_m": 4.0}
    tx.append("lane", [lane | {"length_m": 60.0, "compound_id": "c1"}])
    tx.append("asset", [at | {"id": "hyd-9", "kind": "hydrant", "name": "永宁路 9 号消火栓"}])


@pytest.fixture
def lively(services: Services, clock: Any) -> Services:
    services.store.write(lambda tx: people(tx, clock.now))
    services.store.write(lambda tx: street(tx, clock.now))
    return services


def facts(services: Services, clearance: Any) -> dict[str, Any]:
    return {name: fact["value"] for name, fact in board(services, clearance)["facts"].items()}


def test_totals_are_told_to_both_screens_and_dwellings_to_the_desk(lively: Services) -> None:
    for clearance in (WALL, DESK):
        told = facts(lively, clearance)
        assert (told["residents.total"], told["residents.households"]) == (24, 12)
        assert (told["care.households"], told["care.red.households"], told["care.blue.households"]) == (
            7,
            6,
            1,
        )
        assert (told["restaurants.total"], told["restaurants.unmonitored"]) == (2, 1)
        assert (told["lanes.total"], told["lanes.unknown"], told["assets.hydrants"]) == (1, 1, 1)
    assert (facts(lively, DESK)["dwellings.total"], facts(lively, WALL)["dwellings.total"]) == (12, None)


def test_a_kitchen_over_its_limit_and_a_blocked_lane_are_counted_while_they_are_heard(
    lively: Services, house: Any, clock: Any
) -> None:
    house.observe("cam-1", "lane_blocked")
    row = {"community12": C, "device_id": "fume-1", "state": "normal", "value": 1.2, "feed": "door"}
    row |= {"happened_at": clock.now, "received_at": clock.now}
    lively.store.write(lambda tx: tx.upsert_newest("device_now", [row]))
    told = facts(lively, WALL)
    assert (told["fumes.over_limit"], told["lanes.blocked"], told["lanes.unknown"]) == (1, 1, 0)
    clock.forward(minutes=10)
    told = facts(lively, WALL)
    assert (told["fumes.over_limit"], told["fumes.unknown"]) == (0, 1)
    assert (told["lanes.blocked"], told["lanes.unknown"]) == (0, 1)


def test_what_does_not_age_is_counted_again_when_its_rows_move(lively: Services, clock: Any) -> None:
    assert facts(lively, DESK)["assets.hydrants"] == 1
    row = BASE | {"id": "hyd-10", "kind": "hydrant", "name": "x", "x_m": 1.0, "y_m": 1.0}
    lively.store.write(lambda tx: tx.append("asset", [row]))
    assert facts(lively, DESK)["assets.hydrants"] == 2


def test_the_desk_names_the_scheme_s_own_levels_and_nobody(lively: Services) -> None:
    written = str(page_of(lively, View("desk", lang="zh"), DESK).parts)
    assert "其中红色" in written and "care.blue.households" in written
    assert "canary-person" not in written


def test_a_building_tells_the_desk_how_many_live_in_it_and_the_wall_nothing(lively: Services) -> None:
    assert building_detail(lively, "b1", DESK)["people"] == {"households": 12, "residents": 24}
    assert building_detail(lively, "b1", WALL)["people"] is None
    assert building_detail(lively, "b13", DESK)["people"] is None


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("老张抄手", "restaurant:r1"),
        ("北门消防通道", "lane:l1"),
        ("永宁路9号消火栓", "asset:hyd-9"),
        ("HYD9", "asset:hyd-9"),
        ("51010800801320000007", "device:cam-1"),
    ],
)
def test_street_things_are_found_by_name_and_number(lively: Services, query: str, hit: str) -> None:
    first = search(lively, query, DESK)[0]
    assert f"{first['kind']}:{first['id']}" == hit
    assert first["building_id"] == ("b13" if first["kind"] == "restaurant" else None)
    assert first["layer"] == {"lane": "fire_lanes", "asset": "assets"}.get(first["kind"])


def test_the_wall_finds_no_camera_by_its_national_code(lively: Services) -> None:
    assert search(lively, "51010800801320000007", WALL) == []


def test_a_chip_is_outlined_in_the_scheme_s_colour_and_the_legend_says_so(lively: Services) -> None:
    layer = next(one for one in scene(lively, WALL, "zh")["layers"] if one["id"] == "care")
    assert [(entry["name"]["zh"], entry["rgb"], entry["shape"]) for entry in layer["legend"]] == [
        ("红色", [217, 72, 59], "chip"),
        ("蓝色", [63, 131, 200], "chip"),
    ]
    drawn = layer_packed(lively, "care", WALL, None).plain.decode()
    assert '"text":"红色 6"' in drawn and '"text":"蓝色 <5"' in drawn
    assert "[217,72,59,255]" in drawn


def test_a_scheme_with_a_wrong_colour_is_drawn_grey(lively: Services) -> None:
    lively.store.write(lambda tx: tx.execute("UPDATE care_level SET colour = 'crimson' WHERE level = 'red'"))
    assert "[118,130,142,255]" in layer_packed(lively, "care", WALL, None).plain.decode()
