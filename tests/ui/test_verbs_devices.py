"""The register through its verbs: names, lives, and what the relations then answer, now and as of then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.engine import Engine
from twin.engine.known import known
from twin.model.clearance import DESK, WALL
from twin.model.readings import Reading
from twin.model.registry import DECIDED_BY_DEVICE, MAIN
from twin.model.signals import Batch, Message
from twin.store import Store, Tx
from twin.ui.verbs_devices import change, list_devices, show_device

C = "510115006001"
FRESHNESS = (
    "SELECT freshness, state, health, battery_pct FROM device_at($at, $clearance) WHERE device_id = 'sm'"
)


class Clock:
    def __init__(self, at: Any) -> None:
        self.at = at

    def __call__(self) -> Any:
        return self.at


@pytest.fixture
def register(tmp_path: Path) -> Any:
    """A community with a tower of a unit, and a smoke detector `sm` that is there for an hour already."""
    clock = Clock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    store = Store.open(tmp_path, clock=clock)

    def settle(tx: Tx) -> None:
        base = {"community12": C, "provenance": "demo"}
        about = {"name": "永宁", "name_en": "Yongning", "lon0": 103.8, "lat0": 30.7, "demo": True}
        tx.append("community", [{"community12": C, "created_at": clock()} | about])
        unit = {"id": "u1", "building_id": "b1", "entrance_id": "e1", "storey_ordinal": 2, "room": "302"}
        unit |= {"use": "residential", "state": "occupied", "position": 1, "x_m": 3.0, "y_m": 4.0}
        tx.append("unit", [base | unit])
        device = {"kind": "smoke", "label": "烟感", "x_m": 1.0, "y_m": 2.0, "z_m": 3.0, "is_public": True}
        device |= {"expected_interval_s": 600, "installed_at": clock() - timedelta(hours=1)}
        tx.append("device", [base | device | {"id": "sm"}])

    store.write(settle)
    engine = Engine(store, clock, interval_s=0.0)
    engine.start()
    yield store, engine, clock
    engine.stop()
    store.close()


def hear(engine: Engine, clock: Clock, *readings: Reading) -> Any:
    message = Message("own", b"raw", "", readings)
    return engine.submit(Batch("test", clock(), messages=(message,))).result(10)


def do(store: Store, verb: str, device: str = "sm", **more: Any) -> dict[str, Any]:
    return change(store, {"do": verb, "device": device, **more})


def name(store: Store, device: str, scheme: str, external: str, *, move: bool = False) -> dict[str, Any]:
    return do(store, "name", device, scheme=scheme, external=external, move=move)


def told(store: Store, at: Any = None) -> list[dict[str, Any]]:
    return store.relation(FRESHNESS, at, DESK).to_pylist()


def test_a_new_device_is_registered_named_heard_and_shown(register: Any) -> None:
    store, engine, clock = register
    assert do(store, "add", "gas-1", about={"kind": "gas", "label": "燃气", "unit_id": "u1"})["ok"]
    assert name(store, "gas-1", "dev_eui", "24-E1-24-00-00-00-AB-01")["ok"]
    at = clock()
    eui, more = "24e124000000ab01", {"battery_pct": 9.0, "health": "low_batt"}
    gas = Reading("dev_eui", eui, "gas", "normal", 0.0, "%{LEL}", at, **more)
    receipt = hear(engine, clock, gas, Reading("dev_eui", eui, "temperature", None, 21.5, "Cel", at))
    assert receipt.accepted == 2 and receipt.rejections == ()
    shown = show_device(store, {"device": "gas-1"})
    for word in ("dev_eui 24e124000000ab01", "low_batt", "battery_pct: 9", "temperature", "online", "u1"):
        assert word in shown["text"], word
    assert [row["device_id"] for row in list_devices(store, {"kind": "gas"})["data"]] == ["gas-1"]
    assert "sm" in list_devices(store, {"silent": True})["text"]


def test_what_cannot_be_registered_is_told_with_a_remedy(register: Any) -> None:
    store, *_ = register
    assert "Did you mean sm" in name(store, "sn", "imei", "1")["text"]
    assert "Known" in name(store, "sm", "nobodys", "1")["text"]
    assert "No message" in name(store, "sm", "imei", "\n")["text"]
    assert "already" in do(store, "add", about={"kind": "smoke", "label": ""})["text"]
    assert "no kind" in do(store, "add", "x", about={"kind": "toaster", "label": ""})["text"]
    assert "Where" in do(store, "add", "x", about={"kind": "smoke", "label": ""})["text"]
    assert "no unit" in do(store, "add", "x", about={"kind": "smoke", "label": "", "unit_id": "u9"})["text"]
    assert not show_device(store, {"device": "x"})["ok"]


def test_a_name_leads_to_one_device_until_it_is_moved(register: Any) -> None:
    store, *_ = register
    place = {"kind": "smoke", "label": "", "x_m": 1.0, "y_m": 1.0}
    assert do(store, "add", "sm2", about=place)["ok"]
    assert name(store, "sm", "imei", "86")["ok"] and "already" in name(store, "sm", "imei", "86")["text"]
    refused = name(store, "sm2", "imei", "86")
    assert not refused["ok"] and "--move" in refused["text"]
    assert name(store, "sm2", "imei", "86", move=True)["ok"]
    assert known(store, None).device_of("imei", "86") == "sm2"


def test_maintenance_is_its_own_word_and_a_retired_device_is_gone_but_not_its_past(register: Any) -> None:
    store, engine, clock = register
    hear(engine, clock, Reading("own", "sm", "smoke", "alarm", happened_at=clock()))
    heard_at = clock.at
    clock.at += timedelta(minutes=5)
    assert do(store, "maintenance", note="换电池", by="王五")["ok"]
    assert told(store) == [{"freshness": "maintenance", "state": None, "health": None, "battery_pct": None}]
    assert "already" in do(store, "maintenance")["text"]
    clock.at += timedelta(minutes=5)
    assert do(store, "in_service")["ok"] and told(store)[0]["freshness"] == "online"
    clock.at += timedelta(minutes=5)
    assert do(store, "retired")["ok"] and told(store) == []
    count = store.relation("SELECT total FROM device_count_at($at, $clearance)", None, WALL)
    assert count.num_rows == 0
    assert told(store, heard_at + timedelta(minutes=1))[0]["state"] == "alarm"
    assert told(store, heard_at + timedelta(minutes=6))[0]["freshness"] == "maintenance"
    refused = hear(engine, clock, Reading("own", "sm", "smoke", "normal", happened_at=clock()))
    assert "retired" in refused.rejections[0].reason
    lives = show_device(store, {"device": "sm"})["data"]["lives"]
    assert [life["state"] for life in lives] == ["maintenance", "in_service", "retired"]
    assert lives[0]["note"] == "换电池" and lives[0]["actor"] == "王五"


def test_any_word_of_a_detector_keeps_its_last_word_alive_but_nobody_elses(register: Any) -> None:
    store, engine, clock = register
    hear(engine, clock, Reading("own", "sm", "smoke", "normal", happened_at=clock()))
    clock.at += timedelta(minutes=21)
    assert told(store)[0]["freshness"] == "offline"
    hear(engine, clock, Reading("own", "sm", "link", "offline", happened_at=clock()))
    assert told(store)[0]["freshness"] == "offline"
    hear(engine, clock, Reading("own", "sm", "health", health="ok", battery_pct=40.0, happened_at=clock()))
    now = told(store)
    assert now == [{"freshness": "online", "state": "normal", "health": "ok", "battery_pct": 40.0}]
    assert told(store, clock.at) == now


def test_a_measured_value_is_as_old_as_it_is_whatever_else_is_heard(register: Any) -> None:
    store, engine, clock = register
    place = {"kind": "fume_monitor", "label": "", "x_m": 1.0, "y_m": 1.0, "interval_s": 60}
    do(store, "add", "fm", about=place)
    hear(engine, clock, Reading("own", "fm", "fume", None, 1.2, "mg/m3", clock()))
    clock.at += timedelta(minutes=4)
    hear(engine, clock, Reading("own", "fm", "fan", "on", happened_at=clock()))
    sql = "SELECT freshness, value FROM device_at($at, $clearance) WHERE device_id = 'fm'"
    assert store.relation(sql, None, DESK).to_pylist() == [{"freshness": "offline", "value": None}]


def test_the_relation_and_the_model_agree_on_who_decides(register: Any) -> None:
    store, *_ = register
    for kind in MAIN:
        (row,) = store.read("SELECT decided_by_device($kind) AS it", {"kind": kind}).to_pylist()
        assert row["it"] == (kind in DECIDED_BY_DEVICE), kind
