"""Zigbee2MQTT and the IAS bits: polarity, health, tests, availability, what is not a device's word."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ingest.decoders.ias import zone_status
from twin.ingest.decoders.zigbee2mqtt import decode
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


def read(said: Any, topic: str = "zigbee2mqtt/hall") -> Decoded:
    return decode(topic, said if isinstance(said, bytes) else json.dumps(said).encode(), AT)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"contact": True}, {"door_contact": "closed"}),
        ({"contact": False}, {"door_contact": "open"}),
        ({"smoke": True, "smoke_density": None}, {"smoke": "alarm"}),
        ({"smoke": False}, {"smoke": "normal"}),
        ({"smoke": True, "test": True}, {"smoke": "test"}),
        ({"carbon_monoxide": True, "co": 120}, {"co": ("alarm", 120.0)}),
        ({"gas": "ON", "self_test": False, "silence": True}, {"gas": "alarm"}),
        ({"gas": True, "self_test": True}, {"gas": "test"}),
        ({"voltage": 3015, "battery": 90, "contact": True}, {"voltage": 3.015, "door_contact": "closed"}),
        ({"illuminance": 20001, "illuminance_lux": 98}, {"illuminance": 98.0}),
        ({"water_leak": True}, {"water": "alarm"}),
        ({"occupancy": False, "illuminance": 40}, {"pir": "no_motion", "illuminance": 40.0}),
        ({"presence": True}, {"pir": "motion"}),
        ({"action": "emergency"}, {"sos_button": "alarm"}),
        ({"action": ""}, {}),
        ({"temperature": 27.34, "humidity": "44.72", "pressure": 955.1}, None),
        ({"pm25": 12, "co2": 640}, {"pm25": 12.0, "co2": 640.0}),
        ({"zone_status": 0x21, "zone_type": 0x28}, {"smoke": "alarm"}),
        ({"zone_status": 0x0, "zone_type": 0x15}, {"door_contact": "closed"}),
        ({"zone_status": 0x1, "zone_type": 0x2C}, {"sos_button": "alarm"}),
    ],
)
def test_what_devices_publish_becomes_our_words(
    said: dict[str, Any], expected: dict[str, object] | None, told: Told
) -> None:
    decoded = read(said)
    assert decoded.remarks == ()
    if expected is None:
        expected = {"temperature": 27.34, "humidity": 44.72, "pressure": 955.1}
    assert told(decoded) == expected


@pytest.mark.parametrize(
    ("bits", "alarmed", "healths", "is_test"),
    [
        (0x000, False, ("ok",), False),
        (0x001, True, ("ok",), False),
        (0x002, True, ("ok",), False),
        (0x004, False, ("tamper",), False),
        (0x008, False, ("low_batt",), False),
        (0x040, False, ("fault",), False),
        (0x200, False, ("fault",), False),
        (0x101, True, ("ok",), True),
        (0x04D, True, ("fault", "tamper", "low_batt"), False),
        (0x030, False, ("ok",), False),
    ],
)
def test_the_bits_of_a_zone(bits: int, alarmed: bool, healths: tuple[str, ...], is_test: bool) -> None:
    assert zone_status(bits) == (alarmed, healths, is_test)


def test_a_self_test_that_failed_is_a_fault() -> None:
    (it,) = read({"gas": False, "self_test_result": "failure"}).readings
    assert (it.state, it.health) == ("normal", "fault")


def test_a_test_opens_nothing_of_any_kind() -> None:
    for said in ({"smoke": True, "test": True}, {"zone_status": 0x101, "zone_type": 0x15}):
        assert all(it.is_test and it.state != "alarm" for it in read(said).readings)


def test_the_worst_of_several_troubles_is_the_health_and_the_others_are_noted() -> None:
    decoded = read({"smoke": False, "battery_low": True, "tamper": True, "battery": 9})
    (it,) = decoded.readings
    assert (it.health, it.battery_pct) == ("tamper", 9.0)
    assert [(note.about, note.said) for note in decoded.notes] == [("health", "low_batt")]


def test_a_message_of_nothing_but_health_is_a_reading_without_a_state() -> None:
    (it,) = read({"battery": 55, "battery_low": False, "linkquality": 80}).readings
    assert (it.property, it.state, it.health, it.battery_pct) == ("health", None, "ok", 55.0)


@pytest.mark.parametrize(
    ("topic", "said", "scheme", "external_id"),
    [
        ("zigbee2mqtt/0x00158D0001ABCDEF", {"contact": True}, "ieee", "0x00158d0001abcdef"),
        ("zigbee2mqtt/3号楼/门厅", {"contact": True}, "z2m", "3号楼/门厅"),
        (
            "zigbee2mqtt/hall",
            {"contact": True, "device": {"ieeeAddr": "0x00158d0001abcdef"}},
            "ieee",
            "0x00158d0001abcdef",
        ),
    ],
)
def test_the_address_counts_where_it_is_told(topic: str, said: Any, scheme: str, external_id: str) -> None:
    (it,) = read(said, topic).readings
    assert (it.scheme, it.external_id) == (scheme, external_id)


@pytest.mark.parametrize("said", [b"offline", b'{"state":"offline"}', b'"offline"'])
def test_availability_is_the_connection_and_no_state(said: bytes, told: Told) -> None:
    assert told(read(said, "zigbee2mqtt/hall/availability")) == {"link": "offline"}


@pytest.mark.parametrize("seen", ["2026-01-05T12:00:00+08:00", 1767585600000, "2026-01-05T04:00:00.000Z"])
def test_last_seen_is_when_it_happened(seen: object) -> None:
    (it,) = read({"contact": True, "last_seen": seen}).readings
    assert it.happened_at == AT


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("zigbee2mqtt/bridge/devices", b"[]"),
        ("zigbee2mqtt/bridge/state", b"online"),
        ("zigbee2mqtt/hall/set", b'{"state":"ON"}'),
        ("zigbee2mqtt/hall", b""),
    ],
)
def test_what_is_no_word_of_a_device_is_a_remark(topic: str, said: bytes) -> None:
    decoded = read(said, topic)
    assert decoded.readings == ()
    assert len(decoded.remarks) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"contact": "maybe"}, "contact"),
        ({"action": "single"}, "action"),
        ({"vibration": True}, "vibration"),
        ({"temperature": True}, "temperature"),
        ({"zone_status": 70000, "zone_type": 40}, "zone_status"),
        ({"zone_status": 1}, "zone_status"),
        ({"last_seen": "yesterday"}, "last_seen"),
        ({"voltage": 231, "power": 12}, "voltage"),
        ({"gas_value": 7}, "gas_value"),
        ({"self_test_result": "others"}, "self_test_result"),
    ],
)
def test_what_is_not_known_is_a_remark_and_no_guess(said: dict[str, Any], field: str) -> None:
    assert [it.field for it in read(said).remarks] == [field]


@given(
    st.dictionaries(st.text("abcdefg_", min_size=1, max_size=20), st.booleans() | st.integers(), max_size=6)
)
@settings(deadline=None, max_examples=40)
def test_nothing_that_was_said_is_lost(said: dict[str, Any]) -> None:
    decoded = decode("zigbee2mqtt/hall", said, AT)
    kept = {it.field for it in decoded.remarks} | {it.about for it in decoded.notes}
    assert set(said) <= kept | {it.property for it in decoded.readings}


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("zigbee2mqtt/x", b"{"),
        ("zigbee2mqtt/x", b"[1]"),
        ("other/x", b"{}"),
        ("zigbee2mqtt/x/availability", b"maybe"),
    ],
)
def test_what_is_no_message_is_undecodable(topic: str, said: bytes) -> None:
    with pytest.raises(Undecodable):
        read(said, topic)
