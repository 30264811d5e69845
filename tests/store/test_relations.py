"""What relations depend on, what they join, and how fast they answer."""

import statistics
import time
from datetime import datetime, timedelta
from typing import Any

from twin.model.clearance import DESK, WALL
from twin.store import Store, Tx


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


def seed_devices(tx: Tx, count: int, at: datetime) -> None:
    tx.execute(
        "INSERT INTO device SELECT 'c', 'd' || range, 'smoke', 'x', NULL, NULL, NULL,"
        " 1, 2, 3, true, 60, $at, 'demo' FROM range($n)",
        {"n": count, "at": at},
    )
    tx.execute(
        "INSERT INTO device_now SELECT 'c', 'd' || range, 'normal', 1, 'C', 'f', $at, $at, $at"
        " FROM range($n)",
        {"n": count, "at": at},
    )


def test_five_thousand_devices_answer_fast(store: Store, clock: Any) -> None:
    store.write(lambda tx: seed_devices(tx, 5000, clock.now))
    sql = "SELECT device_id, kind, label, x_m, y_m, z_m, state, seen_at FROM device_at($at, $clearance)"
    took = []
    for _ in range(15):
        began = time.perf_counter()
        assert store.relation(sql, None, WALL).num_rows == 5000
        took.append((time.perf_counter() - began) * 1000)
    print(f"\ndevice_at, 5,000 devices: median {statistics.median(took):.1f} ms, best {min(took):.1f} ms")
    # The aim is 10 ms; the best of 15 leaves room for a machine that is busy with something else.
    assert min(took) < 30
