"""What relations depend on, what they join, and what they tell."""

from datetime import timedelta
from typing import Any

from twin.model.clearance import DESK, WALL
from twin.store import Store

C = "510115006001"


def test_a_query_depends_on_the_tables_behind_its_relations(store: Store) -> None:
    assert store.tables_of("SELECT * FROM ground_at($at, $clearance)") == {"ground"}
    assert store.tables_of("SELECT unit, position FROM unit_at($at, $clearance)") == {"unit", "entrance"}
    devices = store.tables_of(
        "SELECT device_id, kind FROM device_at($at, $clearance) WHERE kind = 'ticket_now'"
    )
    assert {"device", "device_now", "observation"} <= devices
    assert not devices & {"ticket_now", "position", "unit"}
    both = "WITH t AS (FROM ticket_at($at, $clearance)) SELECT * FROM t, grid WHERE EXISTS (FROM compound)"
    assert {"ticket_now", "grid", "compound", "building"} <= store.tables_of(both)


def test_only_commits_that_touch_its_tables_move_a_relations_version(village: Any) -> None:
    store = village.store
    devices = store.tables_of("SELECT * FROM device_at($at, $clearance)")
    before = store.version(devices)
    village.report("t1")
    store.keyframe()
    assert store.version(devices) == before
    village.observe("street-air", village.clock.now)
    assert store.version(devices) == store.seq


def test_a_query_is_given_exactly_the_parameters_it_names(village: Any) -> None:
    store = village.store
    assert store.relation("SELECT 1 AS one", None, WALL).to_pylist() == [{"one": 1}]
    sql = "SELECT ordinal FROM storey_at($at, $clearance) WHERE ordinal = $ordinal"
    assert store.relation(sql, None, DESK, {"ordinal": 7, "unused": 1}).to_pylist() == [{"ordinal": 7}]


def test_a_unit_is_found_in_its_entrance_and_a_building_in_its_grid(village: Any) -> None:
    unit = village.store.relation(
        "SELECT * EXCLUDE geom_wkb FROM unit_at($at, $clearance)", None, DESK
    ).to_pylist()
    assert unit[0]["entrance_name"] == "1 单元"
    assert (unit[0]["storey_ordinal"], unit[0]["room"]) == (2, "302")
    entrance = village.store.relation("FROM entrance_at($at, $clearance)", None, WALL).to_pylist()
    assert entrance[0]["micro_grid_name"] == "永宁-02-001"


def test_an_ended_entrance_and_grid_are_gone_after_their_end_only(village: Any) -> None:
    end = village.clock.now + timedelta(days=1)
    for table in ("entrance", "grid"):
        sql = f"UPDATE {table} SET valid_to = $end"
        village.store.write(lambda tx, sql=sql: tx.execute(sql, {"end": end}))
    for relation, rows in (("entrance_at", 1), ("grid_at", 2)):
        sql = f"FROM {relation}($at, $clearance)"
        assert village.store.relation(sql, end - timedelta(seconds=1), DESK).num_rows == rows
        assert village.store.relation(sql, end, DESK).num_rows == 0
        assert village.store.relation(sql, None, DESK).num_rows == rows
        village.clock.forward(days=2)
        assert village.store.relation(sql, None, DESK).num_rows == 0
        village.clock.forward(days=-2)


def test_a_homes_movements_are_not_told_by_the_age_of_a_word(village: Any) -> None:
    store, now = village.store, village.clock.now
    base = {"community12": C, "label": "x", "building_id": "b1", "x_m": 1.0, "y_m": 2.0, "z_m": 3.0}
    base |= {"expected_interval_s": 1800, "installed_at": now, "provenance": "demo"}
    kinds = {"flat-pir": ("pir", False), "flat-door": ("door_contact", False), "flat-smoke": ("smoke", False)}
    kinds |= {"gate-door": ("door_contact", True)}
    rows = [base | {"id": id_, "kind": kind, "is_public": public} for id_, (kind, public) in kinds.items()]
    store.write(lambda tx: tx.append("device", rows))
    for device_id in kinds:
        village.observe(device_id, now + timedelta(seconds=7), "motion")
    told = store.relation(
        "SELECT device_id, state, seen_at, happened_at FROM device_at($at, $clearance)", None, DESK
    )
    by_id = {row["device_id"]: row for row in told.to_pylist()}
    for device_id, (kind, public) in kinds.items():
        row = by_id[device_id]
        exact = row["happened_at"] == now + timedelta(seconds=7)
        assert exact == (public or kind == "smoke")
        assert (row["state"] == "motion") == public
        assert public or kind == "smoke" or row["seen_at"].timestamp() % 1800 == 0


def test_several_communities_stand_under_the_first_ones_name(village: Any) -> None:
    store = village.store
    (alone,) = store.read("FROM community_rel()").to_pylist()
    assert alone["name"] == "永宁"
    copy = "SELECT * REPLACE ('9' || community12[2:] AS community12) FROM community"
    store.write(lambda tx: tx.execute(f"INSERT INTO community BY NAME {copy}"))
    (both,) = store.read("FROM community_rel()").to_pylist()
    assert (both["community12"], both["name"]) == (alone["community12"], "永宁 等 2 个社区")
    assert both["lon0"] == alone["lon0"]
