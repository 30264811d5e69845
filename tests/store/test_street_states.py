"""Fume monitors by their own limits, lanes by the cameras that watch them; silence is never a state."""

from typing import Any

import pytest

from twin.model.clearance import DESK, WALL
from twin.store import Tx

C = "510115006001"
BASE: dict[str, object] = {"community12": C, "provenance": "demo", "x_m": 1.0, "y_m": 2.0}


def furnish(tx: Tx, village: Any) -> None:
    device = BASE | {"label": "x", "z_m": 3.0, "is_public": True, "expected_interval_s": 60}
    device |= {"installed_at": village.start}
    tx.append("device", [
        *(device | {"id": f"fume-{n}", "kind": "fume_monitor"} for n in (1, 2)),
        *(device | {"id": f"cam-{n}", "kind": "camera"} for n in (1, 2)),
    ])  # fmt: skip
    kitchen = BASE | {"name": "面馆", "stoves": 2, "purifier_removal_pct": 60.0}
    tx.append("restaurant", [kitchen | {"id": "r1", "device_id": "fume-1", "fume_limit_mg_m3": 1.0}])
    lane = BASE | {"kind": "fire_lane", "geom_wkb": b"", "width_m": 4.0, "length_m": 60.0}
    tx.append("lane", [lane | {"id": "watched", "name": "北门"}, lane | {"id": "alone", "name": "南门"}])
    eye = {"community12": C, "provenance": "demo", "lane_id": "watched", "gb28181": "51010800801320000001"}
    tx.append("camera", [eye | {"id": "cam-1"}, eye | {"id": "cam-2"}])


@pytest.fixture
def street(village: Any) -> Any:
    village.store.write(lambda tx: furnish(tx, village))
    return village


def fume(street: Any, device: str, at: Any = None) -> tuple[str, float | None]:
    sql = "SELECT condition, value FROM fume_monitor_at($at, $clearance) WHERE device_id = $device"
    row = street.store.relation(sql, at, WALL, {"device": device}).to_pylist()[0]
    return row["condition"], row["value"]


def lane(street: Any, which: str = "watched", at: Any = None) -> str:
    sql = "SELECT state FROM lane_at($at, $clearance) WHERE id = $lane"
    return str(street.store.relation(sql, at, WALL, {"lane": which})["state"][0].as_py())


@pytest.mark.parametrize(
    ("value", "condition"), [(0.8, "normal"), (0.81, "near"), (1.0, "near"), (1.01, "over"), (None, "lost")]
)
def test_a_kitchen_is_judged_by_its_own_limit(street: Any, value: float | None, condition: str) -> None:
    street.observe("fume-1", street.clock.now, value=value)
    assert fume(street, "fume-1") == (condition, value)


def test_a_monitor_without_a_kitchen_has_a_value_and_no_judgement(street: Any) -> None:
    street.observe("fume-2", street.clock.now, value=9.0)
    assert fume(street, "fume-2") == ("no_limit", 9.0)


def test_a_monitor_grows_late_and_then_tells_nothing(street: Any) -> None:
    assert fume(street, "fume-1") == ("lost", None)
    street.observe("fume-1", street.clock.now, value=2.0)
    street.clock.forward(seconds=100)
    assert fume(street, "fume-1") == ("stale", 2.0)
    street.clock.forward(seconds=100)
    assert fume(street, "fume-1") == ("lost", None)
    assert fume(street, "fume-1", street.start) == ("over", 2.0)


def test_a_faulty_monitor_judges_nobody(street: Any) -> None:
    street.observe("fume-1", street.clock.now, state="fault", value=5.0)
    assert fume(street, "fume-1")[0] == "fault"


def test_a_lane_is_unknown_until_a_camera_speaks_and_when_it_falls_silent(street: Any) -> None:
    assert (lane(street), lane(street, "alone")) == ("unknown", "unwatched")
    street.observe("cam-1", street.clock.now)
    assert lane(street) == "free"
    street.clock.forward(seconds=100)
    assert lane(street) == "unknown"


def test_one_camera_that_sees_it_blocked_is_enough_until_it_is_lost(street: Any) -> None:
    street.observe("cam-1", street.clock.now)
    street.observe("cam-2", street.clock.now, state="lane_blocked")
    assert lane(street) == "blocked"
    street.clock.forward(seconds=100)
    assert lane(street) == "blocked"
    street.clock.forward(seconds=100)
    assert lane(street) == "unknown"
    assert lane(street, at=street.start) == "blocked"


def test_a_camera_that_is_out_of_order_says_nothing_of_its_lane(street: Any) -> None:
    street.observe("cam-1", street.clock.now, state="fault")
    assert lane(street) == "unknown"


def test_a_camera_s_national_code_is_for_the_desk(street: Any) -> None:
    sql = "SELECT DISTINCT gb28181 FROM camera_at($at, $clearance)"
    assert street.store.relation(sql, None, WALL)["gb28181"].to_pylist() == [None]
    assert street.store.relation(sql, None, DESK)["gb28181"].to_pylist() == ["51010800801320000001"]
