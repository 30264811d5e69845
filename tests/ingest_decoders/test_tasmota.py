"""Tasmota: clocks without a zone, words that are no JSON, channels that only the site can name."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from twin.ingest.decoders import Site
from twin.ingest.decoders.tasmota import decode
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
SITE = Site(switches={"lab": {"Switch1": "door_contact", "POWER": "relay", "Switch2": "pir"}})


def read(topic: str, said: Any, site: Site = SITE) -> Decoded:
    return decode(topic, said if isinstance(said, bytes) else json.dumps(said).encode(), AT, site)


@pytest.mark.parametrize(
    ("topic", "said", "expected"),
    [
        ("tele/lab/LWT", b"Online", {"link": "online"}),
        ("tele/lab/LWT", b"Offline", {"link": "offline"}),
        ("stat/lab/POWER", b"ON", {"relay": "on"}),
        (
            "tele/lab/SENSOR",
            {"Switch1": "ON", "Switch2": "OFF"},
            {"door_contact": "open", "pir": "no_motion"},
        ),
        (
            "tele/lab/STATE",
            {"Time": "2026-01-05T12:00:00", "POWER": "OFF", "Uptime": "0T00:10:11"},
            {"relay": "off"},
        ),
        (
            "tele/lab/SENSOR",
            {"AM2301": {"Temperature": 24.5, "Humidity": 51.1}, "TempUnit": "C"},
            {"temperature": 24.5, "humidity": 51.1},
        ),
        ("tele/lab/SENSOR", {"DHT11": {"Temperature": 77}, "TempUnit": "F"}, {"temperature": 25.0}),
        ("tele/lab/SENSOR", {"PMS5003": {"PM2.5": 12, "PM10": 20}}, {"pm25": 12.0, "pm10": 20.0}),
        ("tele/lab/SENSOR", {"SCD40": {"CarbonDioxide": 640}}, {"co2": 640.0}),
        (
            "stat/lab/STATUS10",
            {"StatusSNS": {"Time": "2018.02.15 01:00:50", "Switch1": "OFF"}},
            {"door_contact": "closed"},
        ),
    ],
)
def test_telemetry_becomes_our_words(topic: str, said: Any, expected: dict[str, object], told: Told) -> None:
    decoded = read(topic, said)
    assert told(decoded) == expected
    assert decoded.remarks == ()
    assert {(it.scheme, it.external_id) for it in decoded.readings} == {("tasmota", "lab")}


@pytest.mark.parametrize(
    ("said", "hours", "expected"),
    [
        ("2026-01-05T12:00:00", 8, AT),
        ("2026-01-05T12:00:00", 9, AT - timedelta(hours=1)),
        ("2026-01-05T12:00:00+08:00", 0, AT),
        ("2018.02.15 01:00:50", 8, datetime(2018, 2, 14, 17, 0, 50, tzinfo=UTC)),
        ("1970-01-01T00:00:10", 8, None),
        ("soon", 8, None),
    ],
)
def test_a_clock_without_a_zone_is_read_as_the_site_says(
    said: str, hours: int, expected: datetime | None
) -> None:
    site = Site(zone=timezone(timedelta(hours=hours)), switches=SITE.switches)
    decoded = read("tele/lab/SENSOR", {"Time": said, "Switch1": "ON"}, site)
    assert decoded.readings[0].happened_at == expected
    assert [it.field for it in decoded.remarks] == ([] if expected else ["Time"])


def test_two_probes_of_one_device_are_two_readings(told: Told) -> None:
    said = {"DS18B20-1": {"Temperature": 4}, "DS18B20-2": {"Temperature": 21}}
    assert told(read("tele/lab/SENSOR", said)) == {"temperature": [4.0, 21.0]}


@pytest.mark.parametrize(
    ("topic", "said", "field"),
    [
        ("tele/lab/SENSOR", {"Switch7": "ON"}, "Switch7"),
        ("tele/lab/SENSOR", {"Switch1": "HOLD"}, "Switch1"),
        ("tele/lab/SENSOR", {"X": {"Temperature": 3}, "TempUnit": "R"}, "X.Temperature"),
        ("tele/lab/SENSOR", {"X": {"Gas": 3}}, "X.Gas"),
        ("tele/lab/LWT", b"Perhaps", "LWT"),
        ("stat/lab/POWER2", b"ON", "POWER2"),
    ],
)
def test_what_is_not_known_is_a_remark(topic: str, said: Any, field: str) -> None:
    decoded = read(topic, said)
    assert (decoded.readings, [it.field for it in decoded.remarks]) == ((), [field])


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("cmnd/lab/POWER", b"ON"),
        ("tele/lab/SENSOR", b"{"),
        ("tele/lab/SENSOR", b"hello"),
        ("tele/lab", b"{}"),
    ],
)
def test_what_is_no_message_is_undecodable(topic: str, said: bytes) -> None:
    with pytest.raises(Undecodable):
        read(topic, said)
