"""Our own MQTT: what we write we read again, and nothing else is believed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.ingest.decoders.own_mqtt import decode, encode, topic_of
from twin.model.readings import HEALTHS, PROPERTIES, Decoded, Reading, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
TOPIC = topic_of("510108008003", "51010800800300101", "smk-0007", "state")


def read(v: Any, topic: str = TOPIC, **more: Any) -> Decoded:
    said = {"ts": "2026-01-05T12:00:00+08:00", "seq": 5, "v": v, **more}
    return decode(topic, json.dumps(said).encode(), AT)


@pytest.mark.parametrize(
    ("v", "expected"),
    [
        ({"smoke": "alarm"}, {"smoke": "alarm"}),
        ({"temperature": 21.5, "humidity": "40"}, {"temperature": 21.5, "humidity": 40.0}),
        ({"pm25": {"value": 0.05, "unit": "mg/m³"}}, {"pm25": 50.0}),
        ({"gas": {"state": "alarm", "value": 12, "unit": "%LEL"}}, {"gas": ("alarm", 12.0)}),
        ({"voice_care_panel": "well"}, {"voice_care_panel": "well"}),
        ({"health": "fault", "battery_pct": 8}, {"health": None}),
        ({"link": "offline"}, {"link": "offline"}),
        ({"main": "occupied"}, {"main": "occupied"}),
        ({}, {}),
    ],
)
def test_properties_are_read_by_their_names(
    v: dict[str, Any], expected: dict[str, object], told: Told
) -> None:
    decoded = read(v)
    assert told(decoded) == expected
    assert decoded.remarks == ()


@pytest.mark.parametrize(
    ("v", "field"),
    [
        ({"smoke": "perhaps"}, "smoke"),
        ({"smoke": None}, "smoke"),
        ({"ghost": 1}, "ghost"),
        ({"temperature": {"value": 3, "unit": "furlong"}}, "temperature"),
        ({"health": "unwell"}, "health"),
        ({"battery_pct": 101}, "battery"),
        ({"door_contact": "alarm"}, "door_contact"),
    ],
)
def test_a_word_we_do_not_have_is_a_remark(v: dict[str, Any], field: str) -> None:
    assert [it.field for it in read(v).remarks] == [field]


@pytest.mark.parametrize("ts", ["2026-01-05T12:00:00+08:00", 1767585600000, "2026-01-05T04:00:00.000000999Z"])
def test_times_have_a_zone_or_are_milliseconds(ts: object) -> None:
    assert read({"smoke": "normal"}, ts=ts).readings[0].happened_at == AT


def test_a_time_without_a_zone_is_not_believed() -> None:
    decoded = read({"smoke": "normal"}, ts="2026-01-05T12:00:00")
    assert decoded.readings[0].happened_at is None
    assert [it.field for it in decoded.remarks] == ["ts"]


def test_a_bad_value_is_told_and_not_taken() -> None:
    decoded = read({"temperature": 99}, q="bad")
    assert [(it.value, it.quality) for it in decoded.readings] == [(None, "bad")]
    assert decoded.remarks[0].raw == "99"


def test_a_quality_we_do_not_have_makes_uncertain() -> None:
    assert read({"temperature": 9}, q="superb").readings[0].quality == "uncertain"


def test_a_device_that_starts_again_counts_again_and_is_heard() -> None:
    one = read({"smoke": "alarm"}).readings[0]
    two = read({"smoke": "alarm"}, ts="2026-01-05T12:05:00+08:00").readings[0]
    assert one.feed_key() != two.feed_key()


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("mg/51/g/d/state", b'{"v":{}}'),
        ("mg/510108008003/g/d/other", b'{"v":{}}'),
        (TOPIC, b'{"ts":1}'),
        (TOPIC, b"[]"),
        (TOPIC, b"alarm"),
    ],
)
def test_what_is_no_message_of_ours_is_undecodable(topic: str, payload: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(topic, payload, AT)


def test_a_retained_message_that_is_cleared_says_nothing() -> None:
    decoded = decode(TOPIC, b"", AT)
    assert (decoded.readings, len(decoded.remarks)) == ((), 1)


def test_a_topic_that_would_be_none_of_ours_is_not_made() -> None:
    with pytest.raises(ValueError, match="no topic"):
        topic_of("510108008003", "g", "a/b", "state")


@st.composite
def sent(draw: st.DrawFn) -> Reading:
    about = draw(
        st.sampled_from([it for it in PROPERTIES.values() if it.id not in ("health", "battery", "main")])
    )
    state = draw(st.sampled_from(about.states)) if about.states else None
    # A test reads as the state "test" again, where the property has one.
    tests = state == "test" or (state is not None and "test" not in about.states and draw(st.booleans()))
    value = None
    if about.unit and (state is None or draw(st.booleans())):
        value = float(draw(st.integers(-9_999, 9_999))) / 8
    return Reading(
        "own",
        "smk-0007",
        about.id,
        state,
        value,
        about.unit if value is not None else None,
        AT + timedelta(microseconds=draw(st.integers(0, 10**9))),
        None,
        draw(st.sampled_from([None, *HEALTHS])),
        draw(st.sampled_from([None, 0.0, 12.5, 100.0])),
        tests,
        "good" if value is None else draw(st.sampled_from(["good", "uncertain"])),
    )


@given(sent(), st.integers(0, 2**31))
@settings(deadline=None, max_examples=60)
def test_what_we_write_we_read_again(it: Reading, seq: int) -> None:
    decoded = decode(TOPIC, encode(it, seq), AT)
    assert decoded.remarks == ()
    (back,) = decoded.readings
    assert back.key is not None
    for name in ("property", "state", "value", "unit", "happened_at", "health", "battery_pct", "quality"):
        assert getattr(back, name) == getattr(it, name), name
    assert back.is_test == it.is_test
