"""Rejects through their verbs: seen with their bytes, replayed at their own time when the cause is mended."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from twin.engine import Engine
from twin.engine.registry import name
from twin.ingest.arrival import arrived
from twin.ingest.decoders import PLAIN
from twin.model.signals import Batch, Fault, Message
from twin.store import Store, Tx
from twin.ui.verbs_rejects import list_rejects, replay_rejects, settle_rejects, show_reject

C = "510115006001"
# A twin without its server writes by the machine's clock.
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


@pytest.fixture
def house(tmp_path: Path) -> Any:
    """A smoke detector `sm`, of whose modem nobody has told yet; two of its callbacks came at noon."""
    clock = [NOON]
    store = Store.open(tmp_path, clock=lambda: clock[0])

    def settle(tx: Tx) -> None:
        about = {"name": "永宁", "name_en": "Yongning", "lon0": 103.8, "lat0": 30.7, "demo": True}
        tx.append("community", [{"community12": C, "created_at": NOON} | about])
        device = {"community12": C, "provenance": "demo", "kind": "smoke", "label": "烟感", "id": "sm"}
        device |= {"x_m": 1.0, "y_m": 2.0, "z_m": 3.0, "is_public": True, "expected_interval_s": 60}
        tx.append("device", [device | {"installed_at": NOON}])

    store.write(settle)
    engine = Engine(store, lambda: clock[0], interval_s=0.0)
    engine.start()
    for number in range(2):
        said = {"imei": "86", "alarmType": 1, "timestamp": int(NOON.timestamp() * 1000) - number}
        message = arrived("vendor_smoke", "", orjson.dumps(said), NOON, PLAIN).message
        engine.submit(Batch("kits", NOON, (), "烟感厂商", True, messages=(message,))).result(10)
    clock[0] += timedelta(hours=3)
    yield store, engine
    engine.stop()
    store.close()


def ids(store: Store) -> list[str]:
    return [row["id"] for row in list_rejects(store, {})["data"]]


def test_a_reject_is_listed_and_shown_with_its_bytes(house: Any) -> None:
    store, _ = house
    listed = list_rejects(store, {})
    assert "2 wait" in listed["text"] and "twin device name" in listed["text"]
    shown = show_reject(store, {"id": ids(store)[0]})
    assert '"imei":"86"' in shown["text"] and "no device is known" in shown["text"]
    assert not show_reject(store, {"id": "x"})["ok"]
    assert list_rejects(store, {"feed": "other"})["data"] == []


@pytest.mark.parametrize("served", [True, False])
def test_after_the_device_is_named_what_waited_is_taken_at_its_own_time(house: Any, served: bool) -> None:
    store, engine = house
    refused = replay_rejects(store, {"all": True}, engine, PLAIN)
    assert not refused["ok"] and "still waits" in refused["text"]
    name(store, "sm", "imei", "86")
    done = replay_rejects(store, {"all": True, "by": "王五"}, engine if served else None, PLAIN)
    assert done["ok"] and "2 of 2 replayed: 2 readings" in done["text"]
    sql = "SELECT epoch_ms(received_at) AS ms, state FROM device_now"
    assert store.read(sql).to_pylist() == [{"ms": int(NOON.timestamp() * 1000), "state": "alarm"}]
    assert store.read("SELECT title, demo FROM feed_now").to_pylist() == [{"title": "烟感厂商", "demo": True}]
    assert ids(store) == []
    (row, _) = list_rejects(store, {"all": True})["data"]
    assert row["settled_note"] == "replayed by 王五" and row["settled_utc"]
    again = replay_rejects(store, {"ids": [row["id"]]}, engine, PLAIN)
    assert not again["ok"] and "Not waiting" in again["text"]


def test_what_nobody_needs_is_laid_aside_with_a_word_why(house: Any) -> None:
    store, engine = house
    first, second = ids(store)
    assert not settle_rejects(store, {"ids": [first], "note": " "})["ok"]
    assert settle_rejects(store, {"ids": [first], "note": "a test kit"})["ok"]
    assert ids(store) == [second]
    assert not replay_rejects(store, {"ids": []}, engine, PLAIN)["ok"]


def test_a_message_that_was_cut_off_is_not_replayed(house: Any) -> None:
    store, engine = house
    long = Message("vendor_smoke", b"[" + b" " * 70_000, "", (), Fault("message", "no JSON", "mend it"))
    engine.submit(Batch("kits", NOON, messages=(long,))).result(10)
    (cut,) = [row["id"] for row in list_rejects(store, {})["data"] if row["raw_bytes"] > 65_536]
    done = replay_rejects(store, {"ids": [cut]}, engine, PLAIN)
    assert not done["ok"] and "bytes were kept" in done["text"]
