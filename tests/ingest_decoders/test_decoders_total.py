"""What holds for every family: its example reads, nothing but Undecodable ever escapes, keys never meet."""

import copy
import json
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ingest.decoders import FAMILIES, Family, Site, decode
from twin.ingest.decoders.ha_discovery import by_topic
from twin.ingest.decoders.page import written
from twin.ingest.decoders.site import Entity
from twin.model.readings import PROPERTIES, SCHEMES, Undecodable

AT = datetime(2026, 1, 5, 4, 0, 1, tzinfo=UTC)
DOC = Path(__file__).parents[2] / "docs" / "decoders.md"
each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda it: it.id)
families = st.sampled_from(list(FAMILIES.values()))
quick = settings(deadline=None, max_examples=100)

ENTITIES = [
    Entity("a", "ha", "node", "binary_sensor", "door", "t/state", ("x", "y")),
    Entity(
        "b", "ha", "node", "sensor", "temperature", "t/state", (), unit="°C", availability_topic="t/avail"
    ),
    Entity("c", "ieee", "0x00158d0001abcdef", "binary_sensor", "battery", "t/state", ("x",), "1", "0"),
]
SITE = Site(
    switches={"*": {"SB1": "fan", "Switch1": "door_contact", "POWER": "relay"}},
    models={"24e124000000ab01": "gs524n"},
    entities=by_topic(ENTITIES),
    crowds={"plaza": 5},
)
TOPICS = {
    "zigbee2mqtt": ("zigbee2mqtt/x", "zigbee2mqtt/x/availability", "zigbee2mqtt/bridge/devices"),
    "home_assistant": (
        "t/state",
        "t/avail",
        "homeassistant/sensor/a/config",
        "homeassistant/device/a/config",
    ),
    "tasmota": ("tele/x/SENSOR", "tele/x/LWT", "stat/x/POWER", "stat/x/STATUS10"),
    "frigate": ("frigate/events", "frigate/gate/status/detect", "frigate/plaza/person", "frigate/reviews"),
    "own": ("mg/510108008003/g1/d1/state", "mg/510108008003/g1/d1/health"),
    "replay": ("a.csv", "a.jsonl", "a"),
}
WORDS = st.sampled_from(
    [
        *("alarm", "normal", "ON", "online", "new", "end", "update", "car", "person", "face", "fire_lane_e"),
        *("24E124000000AB01", "ws301", "2026-01-05T12:00:00", "2026-01-05T12:00:00.123456789Z", "AXVkAwAB"),
        *("{{ value_json.x }}", "binary_sensor", "emergency", "°C", "0001-01-01T00:00:00+14:00", "\ud800"),
    ]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.integers(0, 20) | st.floats() | st.text(max_size=8)
LEAVES |= WORDS
JSON = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(st.text(max_size=4), LEAVES, max_size=3)
# Whole messages of many shapes: what is spoilt in them lies deep.
SEEDS: dict[str, list[Any]] = {
    "zigbee2mqtt": [
        {"smoke": True, "test": False, "zone_status": 257, "zone_type": 40, "last_seen": 1767585600000},
        {"occupancy": True, "action": "emergency", "device": {"ieeeAddr": "0x00158d0001abcdef"}},
    ],
    "home_assistant": [
        {"x": {"y": "ON"}},
        {
            "stat_t": "~/s",
            "~": "a",
            "val_tpl": "{{ value_json.x }}",
            "dev": {"ids": ["n"]},
            "avty": [{"t": "b"}],
        },
        {"dev": {"ids": "n"}, "cmps": {"a": {"p": "sensor", "stat_t": "a", "unit_of_meas": "°C"}}},
    ],
    "lorawan": [
        {
            "deviceInfo": {"devEui": "24e124000000ab01", "deviceProfileName": "Milesight WS301"},
            "time": "2026-01-05T04:00:00.123456789+00:00",
            "devAddr": "01ab",
            "fCnt": 3,
            "fPort": 85,
            "data": "AXVkAwAB",
            "object": {"state": "open", "battery": 90},
        },
        {"deviceInfo": {"devEui": "24e124000000ab01"}, "batteryLevel": 88.2, "margin": 3},
        {
            "end_device_ids": {"dev_eui": "24E124000000AB01"},
            "uplink_message": {"decoded_payload": {"BAT_V": 3.1}, "version_ids": {"model_id": "lds02"}},
        },
    ],
    "own": [{"ts": 1767585600000, "seq": 1, "v": {"health": "ok", "smoke": {"state": "alarm", "unit": "%"}}}],
    "vendor_smoke": [{"deviceId": "a", "alarmType": 3, "timestamp": 1767585600000, "battery": 1}],
    "tasmota": [{"Time": "2026-01-05T12:00:00", "Switch1": "ON", "AM2301": {"Temperature": 24.5}}],
    "frigate": [
        {
            "type": "update",
            "before": {"current_zones": ["fire_lane_e"]},
            "after": {"id": "1.5-a", "camera": "c", "label": "car", "frame_time": 1767585600.5, "face": "x"},
        }
    ],
}


def topics(family: Family) -> tuple[str, ...]:
    return (*TOPICS.get(family.id, ()), family.example.topic)


@each_family
def test_the_example_of_a_family_reads(family: Family) -> None:
    it = family.example
    decoded = decode(family.id, it.topic, it.payload, AT, it.site)
    assert {r.property: r.value if r.state is None else r.state for r in decoded.readings} == it.reads
    assert decoded.remarks == ()
    assert {r.scheme for r in decoded.readings} <= set(family.scheme) <= set(SCHEMES)
    assert all(r.unit in (None, PROPERTIES[r.property].unit) for r in decoded.readings)


@each_family
def test_the_same_message_twice_is_the_same_reading(family: Family) -> None:
    it = family.example
    first, again = (decode(family.id, it.topic, it.payload, AT, it.site) for _ in range(2))
    assert first == again


@given(families, st.data())
@quick
def test_any_bytes_are_read_or_undecodable(family: Family, said: st.DataObject) -> None:
    """Anything at all, or the family's example with a few bytes changed."""
    payload = said.draw(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
    topic = said.draw(st.sampled_from(topics(family)) | st.text(max_size=20))
    if said.draw(st.booleans()):
        good = bytearray(family.example.payload)
        for place in said.draw(st.lists(st.integers(0, len(good) - 1), min_size=1, max_size=3)):
            good[place] = said.draw(st.integers(0, 255))
        payload, topic = bytes(good), family.example.topic
    holds(family, topic, payload)


@given(families, st.data())
@quick
def test_any_json_is_read_or_undecodable(family: Family, said: st.DataObject) -> None:
    """Anything at all, or a message of the family with something else in one or two of its places."""
    raw: Any = copy.deepcopy(said.draw(st.sampled_from([said.draw(JSON), *SEEDS.get(family.id, [])])))
    for _ in range(said.draw(st.integers(0, 2))):
        spoil(raw, said)
    topic = said.draw(st.sampled_from(topics(family)))
    holds(family, topic, raw if isinstance(raw, dict | list) else json.dumps(raw).encode())


def spoil(raw: Any, said: st.DataObject) -> None:
    while isinstance(raw, dict | list) and raw:
        place = said.draw(st.sampled_from(list(raw) if isinstance(raw, dict) else range(len(raw))))
        if not isinstance(raw[place], dict | list) or said.draw(st.integers(0, 4)) == 0:
            raw[place] = said.draw(JSON)
            return
        raw = raw[place]


def holds(family: Family, topic: str, payload: bytes | dict[str, Any] | list[Any]) -> None:
    try:
        decoded = decode(family.id, topic, payload, AT, SITE)
    except Undecodable as fault:
        assert fault.reason
        assert fault.remedy
    else:
        # All of it can be written: no half characters, nothing without a bound.
        kept = [text for it in (*decoded.notes, *decoded.remarks) for text in astuple(it)]
        kept += [text for it in decoded.readings for text in (it.external_id, it.key or "", it.episode or "")]
        assert max((len(text.encode()) for text in kept), default=0) <= 1_000
        keys = [it.feed_key() for it in decoded.readings if it.key is not None]
        assert len(keys) == len(set(keys))


def test_the_page_of_the_decoders_is_written_from_the_registry() -> None:
    page = DOC.read_text()
    assert page == written(page)
