"""Readings in rounds: whose device it is, what becomes of it, twice is once, late stays in the past."""

import shlex
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.model.clearance import DESK
from twin.model.readings import Reading
from twin.model.signals import Batch, Fault, Message, Receipt

CODE = "510115006001"


@pytest.fixture
def named(house: Any) -> Any:
    """d0 is a smoke detector known by its modem's IMEI, d1 by its Zigbee address, d9 is retired."""
    key = {"community12": CODE, "provenance": "demo"}

    def register(tx: Any) -> None:
        tx.append(
            "device_name",
            [
                key | {"scheme": "imei", "external_id": "86", "device_id": "d0"},
                key | {"scheme": "ieee", "external_id": "0x01", "device_id": "d1"},
            ],
        )
        life = {"community12": CODE, "device_id": "d9", "state": "retired", "actor": "op"}
        tx.append("device_life", [life | {"valid_from": house.clock()}])

    house.store.write(register)
    return house


def said(house: Any, *readings: Reading, raw: bytes = b"raw", **more: Any) -> Receipt:
    message = Message("own", raw, "mg/x", readings, **more)
    return house.engine.submit(Batch("mqtt", house.clock(), messages=(message,))).result(10)


def smoke(house: Any, *, ago_s: float = 0, state: str | None = "normal", **more: Any) -> Reading:
    at = house.clock() - timedelta(seconds=ago_s)
    more = {"scheme": "imei", "external_id": "86", "happened_at": at} | more
    return Reading(property="smoke", state=state, **more)


def test_a_reading_of_what_the_device_is_there_for_is_its_state_and_others_stand_beside_it(
    named: Any,
) -> None:
    warm = Reading("imei", "86", "temperature", value=41.5, unit="Cel", happened_at=named.clock())
    receipt = said(named, smoke(named, state="alarm", battery_pct=87.0, health="low_batt"), warm)
    assert (receipt.accepted, receipt.duplicates, receipt.rejections) == (2, 0, ())
    assert named.rows("SELECT device_id, state, feed FROM device_now") == [
        {"device_id": "d0", "state": "alarm", "feed": "mqtt"}
    ]
    assert named.rows("SELECT property, value, unit FROM side_reading_now ORDER BY property") == [
        {"property": "battery", "value": 87.0, "unit": "%"},
        {"property": "temperature", "value": 41.5, "unit": "Cel"},
    ]
    assert named.one("SELECT health FROM device_health_now WHERE device_id = 'd0'") == "low_batt"
    for table in ("side_reading", "device_health"):
        assert named.one(f"SELECT count(*) FROM {table} WHERE known_at IS NULL OR received_at IS NULL") == 0


def test_a_device_answers_to_its_own_id_too(named: Any) -> None:
    assert said(named, smoke(named, scheme="own", external_id="d3")).accepted == 1
    assert named.one("SELECT device_id FROM device_now") == "d3"


def test_a_number_alone_never_stands_in_for_what_a_detector_says(named: Any) -> None:
    said(named, smoke(named, ago_s=60, state="alarm"))
    said(named, smoke(named, state=None, value=0.0, unit="%"))
    assert named.one("SELECT state FROM device_now") == "alarm"
    assert named.one("SELECT property FROM side_reading_now") == "smoke"


def test_a_test_is_a_test_and_a_mean_is_no_state_of_an_instant(named: Any) -> None:
    said(named, smoke(named, ago_s=5, state="alarm", is_test=True))
    said(named, smoke(named, ago_s=4, value=1.0, unit="%", mean_over="hour"))
    assert named.one("SELECT state FROM device_now") == "test"
    assert named.one("SELECT mean_over FROM side_reading_now") == "hour"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"external_id": "87"}, "no device is known as"),
        ({"scheme": "own", "external_id": "d9"}, "retired"),
        ({"ago_s": -301}, "in the future"),
        ({"ago_s": 9e8}, "2000"),
    ],
)
def test_what_cannot_be_taken_waits_with_its_bytes_and_a_remedy(
    named: Any, change: dict[str, Any], word: str
) -> None:
    receipt = said(named, smoke(named, **change), smoke(named, ago_s=1), raw=b"\xff\x00 it")
    assert receipt.accepted == 1 and word in receipt.rejections[0].reason
    (row,) = named.rows("SELECT * EXCLUDE (received_at, known_at, settled_at) FROM reject")
    assert row["raw"] == b"\xff\x00 it" and row["raw_bytes"] == 5 and word in row["reason"] and row["remedy"]
    assert (row["feed"], row["family"], row["topic"], row["community12"]) == ("mqtt", "own", "mg/x", CODE)
    assert named.one("SELECT rejected FROM feed_now") == 1


def test_a_senders_name_is_safe_in_the_remedy_s_command_and_in_a_terminal(named: Any) -> None:
    name = "x; rm -rf ~"
    said(named, smoke(named, external_id=name))
    remedy = named.one("SELECT remedy FROM reject")
    assert shlex.split(remedy.split("`")[1])[-1] == name
    said(named, raw=b"{", fault=Fault("message", "no \x1b[2J JSON", "send JSON"))
    assert named.one("SELECT count(*) FROM reject WHERE contains(reason, chr(27))") == 0


def test_an_undecodable_message_is_kept_once_however_often_it_comes(named: Any) -> None:
    for _ in range(3):
        receipt = said(named, raw=b"{", fault=Fault("message", "no JSON", "send JSON"))
        assert receipt.rejections[0].reason == "no JSON"
    assert named.one("SELECT count(*) FROM reject") == 1
    long = said(named, raw=b"x" * 100_000, fault=Fault("message", "\ud800" * 1000, "send less"))
    assert long.rejections and named.one("SELECT max(raw_bytes) FROM reject") == 100_000
    assert named.one("SELECT max(octet_length(raw)) FROM reject") == 65_536


def test_a_sender_gone_wild_does_not_fill_the_list(named: Any) -> None:
    at = named.clock()
    for first in range(0, 1_200, 300):
        messages = tuple(
            Message(
                "own", f"{n}".encode(), "", (Reading("own", "nobody", "smoke", "normal", happened_at=at),)
            )
            for n in range(first, first + 300)
        )
        receipt = named.engine.submit(Batch("mqtt", at, messages=messages)).result(10)
        assert len(receipt.rejections) == 300
    said(named, raw=b"{", fault=Fault("message", "no JSON", "send JSON"))
    assert named.one("SELECT count(*) FROM reject WHERE field = 'external_id'") == 1_000
    assert named.one("SELECT count(*) FROM reject WHERE field = 'message'") == 1
    assert named.one("SELECT rejected FROM feed_now") == 1_201


def test_what_the_store_does_not_take_is_set_aside_and_the_stream_goes_on(named: Any) -> None:
    poison = Reading("own", "d4", "smoke", state="normal", happened_at=named.clock(), key="\ud800")
    receipt = said(named, poison, raw=b"poison")
    assert receipt.accepted == 0 and len(receipt.rejections) == 1
    assert named.one("SELECT raw FROM reject") == b"poison"
    assert said(named, smoke(named)).accepted == 1
    assert named.engine.alive and named.engine.counters.failed_batches == 1


def test_of_many_messages_in_a_batch_only_the_poison_is_set_aside(named: Any) -> None:
    at = named.clock()
    good = [Reading("own", f"d{n}", "smoke", state="normal", happened_at=at) for n in range(5)]
    poison = Reading("own", "d5", "smoke", state="normal", happened_at=at, key="\ud800")
    messages = tuple(Message("own", f"{n}".encode(), "", (it,)) for n, it in enumerate([*good, poison]))
    receipt = named.engine.submit(Batch("mqtt", at, messages=messages)).result(10)
    assert receipt.accepted == 5 and [fault.index for fault in receipt.rejections] == [5]
    assert named.one("SELECT raw FROM reject") == b"5"


def test_the_same_message_again_adds_nothing_by_its_number_or_by_what_it_says(named: Any) -> None:
    for key in ("7", None):
        for _ in range(3):
            said(named, smoke(named, key=key, battery_pct=50.0, health="ok"))
    assert named.one("SELECT count(*) FROM observation") == 2
    assert named.one("SELECT count(*) FROM side_reading") == 2
    assert said(named, smoke(named, key="7")).duplicates == 1


def test_a_message_with_a_number_is_known_again_though_its_readings_have_no_time(named: Any) -> None:
    bare = Reading("imei", "86", "smoke", state="normal")
    assert said(named, bare, key="K").accepted == 1
    named.clock.at += timedelta(seconds=9)
    assert said(named, bare, key="K").duplicates == 1
    assert said(named, bare, key="L").accepted == 1


def test_what_is_older_than_the_keys_is_known_again_by_the_history(named: Any) -> None:
    old = [
        smoke(named, ago_s=90_000, key="1", health="ok"),
        Reading("imei", "86", "temperature", value=20.0, unit="Cel", happened_at=named.clock()),
        Reading("imei", "86", "health", health="fault", happened_at=named.clock()),
    ]
    assert said(named, *old).accepted == 3
    named.clock.at += timedelta(hours=3)
    named.store.write(lambda tx: tx.execute("DELETE FROM ingest_key"))
    receipt = said(named, *old, smoke(named, ago_s=90_000))
    assert (receipt.accepted, receipt.duplicates) == (1, 3)


def test_the_newest_of_a_batch_wins_and_a_late_one_lands_in_the_past(named: Any) -> None:
    said(named, smoke(named, state="alarm", health="fault"), smoke(named, ago_s=9, health="ok"))
    named.clock.at += timedelta(hours=2)
    named.store.keyframe()
    named.clock.at += timedelta(minutes=10)
    said(named, smoke(named, ago_s=9_000, state="normal", health="tamper", battery_pct=9.0))
    assert named.one("SELECT state FROM device_now") == "alarm"
    assert named.one("SELECT health FROM device_health_now") == "fault"
    at = {"at": named.clock() - timedelta(seconds=8_000)}
    assert named.store.read("SELECT health FROM health_state($at)", at)["health"].to_pylist() == ["tamper"]
    assert named.store.read("SELECT value FROM side_state($at)", at)["value"].to_pylist() == [9.0]


# A step: seconds forward, then a side reading so many seconds old, or a keyframe.
steps = st.lists(
    st.tuples(st.integers(1, 900), st.one_of(st.none(), st.integers(-200, 4_000))), min_size=1, max_size=10
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps, st.lists(st.integers(0, 6_000), min_size=1, max_size=3))
def test_side_readings_as_of_equal_reading_every_event_again(named: Any, found: Any, asked: Any) -> None:
    kinds = ("", "_now", "_late", "_keyframe")
    tables = [f"{name}{kind}" for name in ("side_reading", "device_health") for kind in kinds]
    for table in (*tables, "keyframe", "ingest_key"):
        named.store.write(lambda tx, table=table: tx.execute(f"DELETE FROM {table}"))
    start, told = named.clock(), []
    for number, (forward, ago_s) in enumerate(found):
        named.clock.at += timedelta(seconds=forward)
        if ago_s is None:
            named.store.keyframe()
            named.engine._keyframe_at = named.clock()
            continue
        at = named.clock() - timedelta(seconds=ago_s)
        told.append((at, number))
        warm = Reading("imei", "86", "temperature", value=float(number), unit="Cel", happened_at=at)
        said(named, replace(warm, battery_pct=float(number), health="fault" if number % 2 else "ok"))
    aside, soon = "SELECT * FROM device_aside($at)", named.clock() + timedelta(minutes=5)
    assert named.store.read(aside, {"at": None}).equals(named.store.read(aside, {"at": soon}))
    warmest = "SELECT any_value(value) FROM side_reading_now WHERE property = 'temperature'"
    assert named.one(warmest) == (max(told)[1] if told else None)
    for seconds in asked:
        at = start + timedelta(seconds=seconds)
        sql = "SELECT value FROM side_reading_at($at, $clearance) WHERE property = 'temperature'"
        rows = named.store.relation(sql, at, DESK)
        newest = max((one for one in told if one[0] <= at), default=None)
        assert rows["value"].to_pylist() == ([] if newest is None else [float(newest[1])])
