"""What holds for every family: its example reads, nothing but Undecodable ever escapes, keys never meet."""

import json
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
from twin.model.readings import PROPERTIES, SCHEMES, Decoded, Undecodable

AT = datetime(2026, 1, 5, 4, 0, 1, tzinfo=UTC)
DOC = Path(__file__).parents[2] / "docs" / "decoders.md"
each_family = pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda it: it.id)
quick = settings(deadline=None, max_examples=60)

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
# The names the decoders look for, so that the examples reach beyond the first check.
NAMES = st.sampled_from(
    "deviceId imei alarmType timestamp battery temperature smoke contact occupancy tamper test action last_seen"
    " zone_status zone_type Time TempUnit Switch1 POWER AM2301 Temperature Humidity StatusSNS type before after"
    " id camera label current_zones entered_zones start_time frame_time end_time end_device_ids dev_eui deviceInfo"
    " devEui uplink_message frm_payload decoded_payload f_cnt f_port data object fCnt version_ids model_id ts seq"
    " q v state value unit time device x y components cmps dev ids ~ stat_t val_tpl dev_cla pl_on".split()
)
WORDS = st.sampled_from(
    [
        *("alarm", "normal", "ON", "online", "new", "end", "update", "car", "person", "face", "fire_lane_e"),
        *("24E124000000AB01", "ws301", "2026-01-05T12:00:00", "2026-01-05T12:00:00.123456789Z", "AXVkAwAB"),
        *("{{ value_json.x }}", "binary_sensor", "emergency", "°C", "0001-01-01T00:00:00+14:00", "\ud800"),
    ]
)
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.integers(0, 20) | st.floats() | st.text(max_size=8) | WORDS
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=20,
)
NESTED = st.dictionaries(NAMES, JSON, max_size=8)


def topics(family: Family) -> tuple[str, ...]:
    return (*TOPICS.get(family.id, ()), family.example.topic)


def told_apart(decoded: Decoded) -> bool:
    keys = [it.feed_key() for it in decoded.readings if it.key is not None]
    return len(keys) == len(set(keys))


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


@each_family
@given(said=st.data())
@quick
def test_any_bytes_are_read_or_undecodable(family: Family, said: st.DataObject) -> None:
    payload = said.draw(st.binary(max_size=80) | st.text(max_size=60).map(str.encode))
    topic = said.draw(st.sampled_from(topics(family)) | st.text(max_size=30))
    try:
        assert told_apart(decode(family.id, topic, payload, AT, SITE))
    except Undecodable as fault:
        assert fault.reason
        assert fault.remedy


@each_family
@given(said=st.data())
@quick
def test_any_json_is_read_or_undecodable(family: Family, said: st.DataObject) -> None:
    raw: Any = said.draw(NESTED | JSON)
    payload = raw if isinstance(raw, dict | list) else json.dumps(raw).encode()
    try:
        decoded = decode(family.id, said.draw(st.sampled_from(topics(family))), payload, AT, SITE)
    except Undecodable:
        return
    assert family.id == "vendor_smoke" or told_apart(decoded)


@each_family
@given(said=st.data())
@quick
def test_a_spoilt_example_is_read_or_undecodable(family: Family, said: st.DataObject) -> None:
    good = bytearray(family.example.payload)
    for _ in range(said.draw(st.integers(1, 4))):
        good[said.draw(st.integers(0, len(good) - 1))] = said.draw(st.integers(0, 255))
    try:
        decode(family.id, family.example.topic, bytes(good), AT, family.example.site)
    except Undecodable as fault:
        assert fault.remedy


def test_the_page_of_the_decoders_is_written_from_the_registry() -> None:
    page = DOC.read_text()
    assert page == written(page)
