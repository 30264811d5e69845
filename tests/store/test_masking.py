"""What the wall may never get, whatever a layer asks for."""

from typing import Any

import pytest

from twin.model.clearance import DESK, WALL
from twin.model.devices import KINDS, kind_of
from twin.store import macros

CANARIES = ("u302", "302", "楼道灯不亮-CANARY", "steward-canary", "home-smoke", "home-pir", "永宁-02-001")
RELATIONS = sorted(name for name in macros.bodies() if name.endswith("_at") and name != "judged_at")


@pytest.fixture
def lived_in(village: Any) -> Any:
    village.observe("home-smoke", village.clock.now, value=1.0)
    village.observe("street-air", village.clock.now, value=2.0)
    village.stand("steward-canary", 112.0, 237.0)
    village.report(
        "t1", "楼道灯不亮-CANARY", building_id="b1", storey_ordinal=2, unit_id="u302", x_m=1.0, y_m=2.0
    )
    village.report("t2", "楼道灯不亮-CANARY", x_m=112.0, y_m=237.0)
    return village


def test_every_relation_is_looked_at() -> None:
    assert {"device_at", "ticket_at", "unit_at", "staff_position_at", "care_count_at"} <= set(RELATIONS)
    assert len(RELATIONS) == 26


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("relation", RELATIONS)
def test_no_unit_home_device_title_or_person_reaches_the_wall(
    lived_in: Any, relation: str, live: bool
) -> None:
    allowed = {"永宁-02-001"} if relation in ("grid_at", "entrance_at") else set()
    sql = f"SELECT * FROM {relation}($at, $clearance)"
    for row in lived_in.store.relation(sql, None if live else lived_in.clock.now, WALL).to_pylist():
        assert not set(row.values()) & (set(CANARIES) - allowed), relation
        assert row.get("unit_id") is None


@pytest.mark.parametrize("live", [True, False])
def test_the_wall_sees_a_ticket_at_its_building_or_at_50_m(lived_in: Any, live: bool) -> None:
    columns = "ticket_id, category, title, storey_ordinal, x_m, y_m, z_m"
    sql = f"SELECT {columns} FROM ticket_at($at, $clearance) ORDER BY 1"
    at = None if live else lived_in.clock.now
    wall = lived_in.store.relation(sql, at, WALL).to_pylist()
    hidden = {"category": "lighting", "title": None, "storey_ordinal": None}
    assert wall == [
        {"ticket_id": "t1", "x_m": 101.0, "y_m": 202.0, "z_m": 58.0} | hidden,
        {"ticket_id": "t2", "x_m": 100.0, "y_m": 250.0, "z_m": 1.2} | hidden,
    ]
    desk = lived_in.store.relation(sql, at, DESK).to_pylist()
    assert [(row["title"], row["x_m"], row["z_m"]) for row in desk] == [
        ("楼道灯不亮-CANARY", 1.0, 7.2),
        ("楼道灯不亮-CANARY", 112.0, 1.2),
    ]


@pytest.mark.parametrize("live", [True, False])
def test_the_wall_sees_who_is_on_duty_to_50_m_under_a_number(lived_in: Any, live: bool) -> None:
    lived_in.stand("off-duty-canary", 3.0, 4.0, on_duty=False)
    columns = "actor_id, role, grid_id, grid_name, x_m, y_m"
    sql = f"SELECT {columns} FROM staff_position_at($at, $clearance) ORDER BY 1"
    at = None if live else lived_in.clock.now
    seen = {
        "actor_id": "1",
        "role": "steward",
        "grid_id": None,
        "grid_name": None,
        "x_m": 100.0,
        "y_m": 250.0,
    }
    assert lived_in.store.relation(sql, at, WALL).to_pylist() == [seen]
    assert lived_in.store.relation(sql, at, DESK)["actor_id"].to_pylist() == [
        "off-duty-canary",
        "steward-canary",
    ]


def test_home_kits_are_counts_by_general_grid_on_the_wall(lived_in: Any) -> None:
    sql = "SELECT id, name, devices, online, dark FROM home_device_grid_at($at, $clearance)"
    counted = {"id": "g2", "name": "永宁-02", "devices": 2, "online": 1, "dark": 1}
    assert lived_in.store.relation(sql, None, WALL).to_pylist() == [counted]
    totals = "SELECT kind, total, online, never FROM device_count_at($at, $clearance) ORDER BY kind"
    assert lived_in.store.relation(totals, None, WALL).to_pylist() == [
        {"kind": "air", "total": 1, "online": 1, "never": 0},
        {"kind": "pir", "total": 1, "online": 0, "never": 1},
        {"kind": "smoke", "total": 1, "online": 1, "never": 0},
    ]


def test_the_wall_does_not_know_how_many_homes_a_building_has(lived_in: Any) -> None:
    sql = "SELECT id, units FROM building_at($at, $clearance)"
    assert lived_in.store.relation(sql, None, WALL).to_pylist() == [{"id": "b1", "units": None}]
    assert lived_in.store.relation(sql, None, DESK).to_pylist() == [{"id": "b1", "units": 1}]


@pytest.mark.parametrize("clearance", ["", "Desk", "admin", "wall "])
def test_an_unknown_clearance_sees_no_more_than_the_wall(lived_in: Any, clearance: str) -> None:
    for relation in RELATIONS:
        sql = f"SELECT * FROM {relation}(NULL, $clearance) ORDER BY ALL"
        wall = lived_in.store.read(sql, {"clearance": "wall"}).to_pylist()
        assert lived_in.store.read(sql, {"clearance": clearance}).to_pylist() == wall


def test_the_relations_and_the_model_agree_on_offline_limits(lived_in: Any) -> None:
    for kind in (*KINDS, "a kind of tomorrow"):
        told = lived_in.store.read("SELECT offline_factor($kind)::DOUBLE AS f", {"kind": kind})[
            "f"
        ].to_pylist()
        assert told == [kind_of(kind).offline_factor], kind
