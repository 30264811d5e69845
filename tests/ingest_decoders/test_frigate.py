"""Frigate: found, left, over; one episode; never who it was."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from twin.ingest.decoders import Site, ZoneRule
from twin.ingest.decoders.frigate import decode
from twin.model.readings import Decoded, Undecodable

Told = Callable[[Decoded], dict[str, object]]
AT = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
LANE, OUT = ["fire_lane_east"], ["yard"]


def event(kind: str, zones: list[str], before: list[str] | None = None, **more: Any) -> Decoded:
    after = {
        "id": "1767585600.25-k3x",
        "camera": "gate-e",
        "label": "car",
        "start_time": 1767585600.25,
        "frame_time": 1767585700.5,
        "end_time": 1767585800.75 if kind == "end" else None,
        "current_zones": zones,
        "entered_zones": [*(before or []), *zones],
        **more,
    }
    said = {"type": kind, "before": {"current_zones": before or []}, "after": after}
    return decode("frigate/events", json.dumps(said).encode(), AT)


@pytest.mark.parametrize(
    ("kind", "zones", "before", "label", "expected"),
    [
        ("new", LANE, None, "car", "lane_blocked"),
        ("new", LANE, None, "truck", "lane_blocked"),
        ("update", LANE, OUT, "car", "lane_blocked"),
        ("update", OUT, LANE, "car", "normal"),
        ("end", LANE, LANE, "car", "normal"),
        ("end", [], LANE, "car", "normal"),
        ("new", OUT, None, "car", None),
        ("new", LANE, None, "person", None),
        ("new", ["indoor_lobby_3"], None, "ebike", "ebike_indoor"),
        ("new", ["lift_3"], None, "motorcycle", "ebike_indoor"),
    ],
)
def test_a_thing_in_a_zone_that_counts_is_a_finding_until_it_leaves(
    kind: str, zones: list[str], before: list[str] | None, label: str, expected: str | None, told: Told
) -> None:
    decoded = event(kind, zones, before, label=label)
    assert told(decoded).get("camera") == expected
    assert decoded.remarks == ()


def test_one_happening_has_one_episode_its_messages_have_keys_of_their_own_and_their_times() -> None:
    readings = [event(kind, LANE).readings[0] for kind in ("new", "update", "end", "end")]
    assert {it.episode for it in readings} == {"1767585600.25-k3x"}
    assert len({it.feed_key() for it in readings}) == 3
    assert [it.happened_at and it.happened_at.microsecond for it in readings] == [
        250000,
        500000,
        750000,
        750000,
    ]
    assert {(it.scheme, it.external_id) for it in readings} == {("frigate", "gate-e")}


@pytest.mark.parametrize(
    "who",
    [
        {"sub_label": ["Zhang San", 0.97]},
        {"recognized_license_plate": "川A12345"},
        {"face": "Zhang San"},
        {"sub_label": "川A12345", "description": "Zhang San"},
    ],
)
def test_who_it_was_is_dropped_and_not_even_the_remark_says_it(who: dict[str, Any]) -> None:
    decoded = event("new", LANE, **who)
    assert [it.state for it in decoded.readings] == ["lane_blocked"]
    assert {it.field for it in decoded.remarks} == set(who)
    assert "Zhang" not in repr(decoded)
    assert "A12345" not in repr(decoded)


@pytest.mark.parametrize("label", ["face", "license_plate"])
def test_an_event_about_a_face_or_a_plate_is_no_reading(label: str) -> None:
    assert event("new", LANE, label=label).readings == ()


def test_what_the_camera_itself_does_not_believe_is_no_reading() -> None:
    assert event("new", LANE, false_positive=True).readings == ()


def test_zones_mean_what_the_site_says() -> None:
    site = Site(zones=(ZoneRule("x", ("dog",), "crowding"),))
    said = {
        "type": "new",
        "after": {
            "id": "1",
            "camera": "c",
            "label": "dog",
            "start_time": 1767585600,
            "current_zones": ["x1"],
        },
    }
    (it,) = decode("frigate/events", json.dumps(said).encode(), AT, site).readings
    assert it.state == "crowding"


@pytest.mark.parametrize(("count", "state"), [(b"4", "normal"), (b"5", "crowding"), (b"12", "crowding")])
def test_many_people_in_a_zone_are_a_crowd_and_nobody_in_it_is_anybody(count: bytes, state: str) -> None:
    (it,) = decode("frigate/plaza/person", count, AT, Site(crowds={"plaza": 5})).readings
    assert (it.state, it.value, it.unit) == (state, float(count), "1")


def test_a_camera_that_is_lost_is_told(told: Told) -> None:
    assert told(decode("frigate/gate-e/status/detect", b"offline", AT)) == {"link": "offline"}


@pytest.mark.parametrize(
    "topic", ["frigate/tracked_object_update", "frigate/reviews", "frigate/gate/person/snapshot"]
)
def test_topics_with_identities_or_pictures_are_not_looked_at(topic: str) -> None:
    decoded = decode(topic, b'{"type":"face","name":"Zhang San"}', AT)
    assert (decoded.readings, len(decoded.remarks)) == ((), 1)
    assert "Zhang" not in repr(decoded)


@pytest.mark.parametrize(
    "said", [b"{}", b'{"type":"new","after":{"id":"1"}}', b"no", b'{"type":"old","after":{}}']
)
def test_what_is_no_event_is_undecodable(said: bytes) -> None:
    with pytest.raises(Undecodable):
        decode("frigate/events", said, AT)
