"""Home Assistant: the same thing under long names, short names and by device; states as announced."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.ingest.decoders import Site
from twin.ingest.decoders.ha_discovery import announced, by_topic
from twin.ingest.decoders.home_assistant import SENSORS, decode
from twin.ingest.decoders.names import UNITS
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
DOOR = "homeassistant/binary_sensor/node1/door/config"
LONG = {
    "state_topic": "home/door/state",
    "device_class": "door",
    "payload_on": "1",
    "payload_off": "0",
    "unique_id": "door-1",
    "availability_topic": "home/door/avail",
    "device": {"identifiers": ["node1"]},
}
SHORT = {
    "~": "home/door",
    "stat_t": "~/state",
    "dev_cla": "door",
    "pl_on": "1",
    "pl_off": "0",
    "uniq_id": "door-1",
    "avty_t": "~/avail",
    "dev": {"ids": "node1"},
}
BY_DEVICE = {
    "dev": {"ids": ["node1"]},
    "o": {"name": "gateway"},
    "avty": [{"t": "home/door/avail"}],
    "cmps": {
        "d": {
            "p": "binary_sensor",
            "stat_t": "home/door/state",
            "dev_cla": "door",
            "pl_on": 1,
            "pl_off": 0,
            "uniq_id": "door-1",
        },
        "l": {"p": "light", "uniq_id": "lamp-1"},
    },
}


def site(*configs: tuple[str, dict[str, Any]]) -> Site:
    found = [it for topic, said in configs for it in announced(topic, json.dumps(said).encode()).entities]
    return Site(entities=by_topic(found))


def one(said: dict[str, Any], state: bytes, component: str = "binary_sensor") -> Decoded:
    place = site((f"homeassistant/{component}/x/config", {"stat_t": "t", "uniq_id": "u", **said}))
    return decode("t", state, AT, place)


def test_long_names_short_names_and_by_device_announce_the_same() -> None:
    long, short, device = (
        announced(topic, json.dumps(said).encode()).entities
        for topic, said in ((DOOR, LONG), (DOOR, SHORT), ("homeassistant/device/node1/config", BY_DEVICE))
    )
    assert long == short == device
    assert len(long) == 1


@pytest.mark.parametrize("said", [LONG, SHORT])
def test_state_and_availability_are_read_as_announced(said: dict[str, Any], told: Told) -> None:
    place = site((DOOR, said))
    assert told(decode("home/door/state", b"1", AT, place)) == {"door_contact": "open"}
    assert told(decode("home/door/state", b"0", AT, place)) == {"door_contact": "closed"}
    assert told(decode("home/door/avail", b"offline", AT, place)) == {"link": "offline"}


@pytest.mark.parametrize(
    ("said", "state", "expected"),
    [
        ({"dev_cla": "smoke"}, b"ON", {"smoke": "alarm"}),
        ({"dev_cla": "smoke"}, b"true", {"smoke": "alarm"}),
        ({"dev_cla": "smoke", "pl_on": "detected", "pl_off": "clear"}, b"clear", {"smoke": "normal"}),
        ({"dev_cla": "moisture", "pl_on": True, "pl_off": False}, b"True", {"water": "alarm"}),
        ({"dev_cla": "motion"}, b"OFF", {"pir": "no_motion"}),
        ({"dev_cla": "safety"}, b"ON", {"sos_button": "alarm"}),
        ({"dev_cla": "carbon_monoxide"}, b"OFF", {"co": "normal"}),
        ({"dev_cla": "connectivity"}, b"OFF", {"link": "offline"}),
        ({"dev_cla": "gas", "val_tpl": "{{ value_json.gas }}"}, b'{"gas":"ON"}', {"gas": "alarm"}),
        ({"dev_cla": "gas", "val_tpl": "{{value_json['a'].b}}"}, b'{"a":{"b":true}}', {"gas": "alarm"}),
        ({"dev_cla": "gas", "val_tpl": "{{ value_json.gas }}"}, b'{"other":1}', {}),
        (
            {"dev_cla": "door", "pl_on": False, "pl_off": True, "val_tpl": "{{ value_json.contact }}"},
            b'{"contact":false}',
            {"door_contact": "open"},
        ),
    ],
)
def test_a_binary_sensor_is_on_as_its_config_says(
    said: dict[str, Any], state: bytes, expected: dict[str, object], told: Told
) -> None:
    decoded = one(said, state)
    assert told(decoded) == expected
    assert decoded.remarks == ()


@pytest.mark.parametrize(
    ("said", "state", "expected"),
    [
        ({"dev_cla": "temperature", "unit_of_meas": "°C"}, b"21.5", {"temperature": 21.5}),
        ({"dev_cla": "temperature", "unit_of_meas": "°F"}, b"77", {"temperature": 25.0}),
        ({"dev_cla": "carbon_dioxide", "unit_of_meas": "ppm"}, b"640", {"co2": 640.0}),
        ({"dev_cla": "pm25", "unit_of_meas": "mg/m³"}, b"0.035", {"pm25": 35.0}),
        ({"dev_cla": "pressure", "unit_of_meas": "kPa"}, b"95.5", {"pressure": 955.0}),
        ({"dev_cla": "battery", "unit_of_meas": "%"}, b"80", {"health": None}),
    ],
)
def test_a_sensor_is_converted_into_our_unit(
    said: dict[str, Any], state: bytes, expected: dict[str, object], told: Told
) -> None:
    decoded = one(said, state, "sensor")
    assert told(decoded) == expected
    assert decoded.remarks == ()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"dev_cla": "smoke"}, b"unknown"),
        ({"dev_cla": "smoke"}, b"perhaps"),
        ({"dev_cla": "smoke", "pl_on": "1", "pl_off": "0"}, b"true"),
        ({"dev_cla": "cold"}, b"ON"),
        ({}, b"ON"),
    ],
)
def test_a_state_that_was_not_announced_is_a_remark(said: dict[str, Any], state: bytes) -> None:
    decoded = one(said, state)
    assert (decoded.readings, len(decoded.remarks)) == ((), 1)


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'ON' if value_json.x else 'OFF' }}",
        "{{ value_json.x | float }}",
        "{{ value_json }}",
        7,
        "{% if x %}",
    ],
)
def test_a_template_that_computes_is_a_remark_and_announces_nothing(template: object) -> None:
    told_ = announced(DOOR, json.dumps({**LONG, "value_template": template}).encode())
    assert (told_.entities, len(told_.remarks)) == ((), 1)


def test_a_zigbee_device_is_known_by_its_address_whoever_speaks_of_it() -> None:
    said = {**LONG, "device": {"identifiers": ["zigbee2mqtt_0x00158D0001ABCDEF"]}}
    (entity,) = announced(DOOR, json.dumps(said).encode()).entities
    assert (entity.scheme, entity.external_id) == ("ieee", "0x00158d0001abcdef")


def test_a_config_is_noted_and_an_empty_one_withdraws() -> None:
    decoded = decode(DOOR, json.dumps(LONG).encode(), AT)
    assert [it.said for it in decoded.notes] == ["door-1"]
    assert announced(DOOR, b"").entities == ()


def test_several_entities_of_one_topic_are_read_each() -> None:
    low = {
        **LONG,
        "device_class": "battery",
        "unique_id": "door-1-low",
        "payload_on": "0",
        "payload_off": "1",
    }
    decoded = decode("home/door/state", b"0", AT, site((DOOR, LONG), (DOOR.replace("door", "low"), low)))
    assert [(it.property, it.state, it.health) for it in decoded.readings] == [
        ("door_contact", "closed", None),
        ("health", None, "low_batt"),
    ]


def test_every_sensor_we_name_has_units_we_know() -> None:
    assert set(SENSORS.values()) <= set(UNITS)


def test_a_topic_nobody_announced_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="no discovery config"):
        decode("home/lamp/state", b"ON", AT)
