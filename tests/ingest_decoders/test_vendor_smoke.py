"""The vendor's smoke callback: codes, tests, batteries, repeated deliveries."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.ingest.decoders.vendor_smoke import CODES, decode
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
EVENT: Mapping[str, Any] = {"imei": "860000000000001", "timestamp": 1767585600000}


def read(said: Any) -> Decoded:
    return decode("/ingest/vendor/smoke", json.dumps(said).encode(), datetime.now(UTC))


@pytest.mark.parametrize(
    ("code", "expected", "health", "is_test"),
    [
        (0, {"smoke": "normal"}, "ok", False),
        (1, {"smoke": "alarm"}, None, False),
        (2, {"smoke": "normal"}, None, False),
        (3, {"smoke": "test"}, None, True),
        (4, {"health": None}, "low_batt", False),
        (6, {"health": None}, "tamper", False),
        (8, {"health": None}, "fault", False),
        (10, {"link": "offline"}, None, False),
        (11, {"link": "online"}, None, False),
    ],
)
def test_a_code_says_state_health_or_test(
    code: int, expected: dict[str, object], health: str | None, is_test: bool, told: Told
) -> None:
    decoded = read({**EVENT, "alarmType": code})
    assert told(decoded) == expected
    assert {(it.health, it.is_test) for it in decoded.readings} == {(health, is_test)}


def test_every_code_is_read_without_a_remark() -> None:
    assert all(read({**EVENT, "alarmType": code}).remarks == () for code in CODES)


def test_a_low_battery_says_nothing_of_the_fire() -> None:
    assert all(it.state is None for it in read({**EVENT, "alarmType": 4, "smoke": 3}).readings)


def test_muting_says_nothing_of_the_fire_either() -> None:
    decoded = read({**EVENT, "alarmType": 12})
    assert decoded.readings == ()
    assert [(it.about, it.said) for it in decoded.notes] == [("alarmType", "muted at the device")]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"alarmType": 77}, "alarmType"),
        ({"alarmType": "1x"}, "alarmType"),
        ({"timestamp": "2026-01-05"}, "timestamp"),
        ({"battery": 140}, "battery"),
        ({"temperature": None}, "temperature"),
    ],
)
def test_what_cannot_be_read_is_a_remark_beside_the_rest(changed: dict[str, Any], field: str) -> None:
    decoded = read({**EVENT, "alarmType": 1, "smoke": 12, **changed})
    assert [it.field for it in decoded.remarks] == [field]
    assert decoded.readings


def test_a_new_message_id_does_not_make_a_second_event() -> None:
    one, two = (read({**EVENT, "alarmType": 1, "msgId": it}).readings[0] for it in ("a", "b"))
    assert one.feed_key() == two.feed_key() is not None


def test_fire_and_all_clear_of_one_event_are_one_episode() -> None:
    fire, clear = (read({**EVENT, "alarmType": it, "eventId": "e-77"}).readings[0] for it in (1, 2))
    assert (fire.state, clear.state) == ("alarm", "normal")
    assert fire.episode == clear.episode == "e-77"
    assert fire.feed_key() != clear.feed_key()


def test_state_and_measured_smoke_are_one_reading() -> None:
    (it,) = read({**EVENT, "alarmType": 1, "smoke": 8.5, "battery": "64"}).readings
    assert (it.state, it.value, it.unit, it.battery_pct) == ("alarm", 8.5, "%", 64.0)


def test_who_lives_there_goes_no_further() -> None:
    who = {"userName": "Zhang San", "contactPhone": "13800000000", "住户": "Zhang", "home": {"door": "Zhang"}}
    decoded = read({**EVENT, "alarmType": 1, "rsrp": -98, **who})
    assert {it.field for it in decoded.remarks} == set(who)
    assert [(it.about, it.said) for it in decoded.notes] == [("rsrp", "-98")]
    assert "Zhang" not in repr(decoded)
    assert "138" not in repr(decoded)


def test_of_a_list_each_event_is_read_by_itself() -> None:
    decoded = read([{**EVENT, "alarmType": 1}, {"alarmType": 1}, {**EVENT, "alarmType": 2, "deviceId": "b"}])
    assert [it.state for it in decoded.readings] == ["alarm", "normal"]
    assert [it.field for it in decoded.remarks] == ["[1]"]


@pytest.mark.parametrize("said", [{"alarmType": 1}, [], 5, "x", [{"alarmType": 1}]])
def test_an_event_of_nobody_is_undecodable(said: Any) -> None:
    with pytest.raises(Undecodable):
        read(said)
