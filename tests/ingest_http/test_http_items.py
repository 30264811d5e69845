"""Items: what each field may be, and that no JSON whatever makes the door stumble."""

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.ingest.http_items import FIELDS

AT = "2026-03-01T19:59:00+08:00"
READING = {"device_id": "d0", "happened_at": AT, "state": "normal"}
WALK = {"actor_id": "s1", "happened_at": AT}
HELP = {"happened_at": AT, "category": "repair", "title": "楼道灯不亮"}


def fault(door: Any, kind: str, item: Any) -> dict[str, Any]:
    answer = door.post(kind, data=json.dumps(item), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    (rejection,) = answer.json["rejected"]
    return dict(rejection)


@pytest.mark.parametrize(
    "at",
    [
        "2026-03-01T19:59:00",
        "2026-03-01",
        "2026-03-01 19:59:00+08:00x",
        "20:00",
        "",
        "T",
        1772366340,
        None,
        "2026-02-30T00:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T23:59:60Z",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "1772366340",
        "9" * 10_000,
    ],
)
def test_a_time_without_zone_or_sense_is_refused(door: Any, at: Any) -> None:
    found = fault(door, "observations", READING | {"happened_at": at})
    assert found["field"] == "happened_at" and "+08:00" in found["remedy"]


@pytest.mark.parametrize(
    ("at", "us"),
    [
        ("2026-03-01T11:59:00Z", 0),
        ("2026-03-01T19:59:00+08:00", 0),
        ("2026-03-01T11:59:00.123456789Z", 123456),
        ("2026-03-01T11:59:00.5+00:00", 500000),
        ("20260301T115900Z", 0),
    ],
)
def test_a_time_with_a_zone_is_taken_to_the_microsecond(door: Any, at: str, us: int) -> None:
    assert door.post("observations", READING | {"happened_at": at}).json["accepted"] == 1
    assert door.rows("SELECT epoch_us(happened_at) - 1772366340000000 AS us FROM observation") == [{"us": us}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": math.nan}, "value"),
        ({"value": math.inf}, "value"),
        ({"value": "1"}, "value"),
        ({"value": 10**400}, "value"),
        ({"value": True}, "value"),
        ({"state": "Alarm!"}, "state"),
        ({"state": ""}, "state"),
        ({"state": None}, "state"),
        ({"unit": "x" * 17}, "unit"),
        ({"device_id": 5}, "device_id"),
        ({"device_id": "x" * 65}, "device_id"),
        ({"device_id": "d\u0000"}, "device_id"),
        ({"device_id": "d\ud800"}, "device_id"),
        ({"device_id": "   "}, "device_id"),
        ({"key": ""}, "key"),
        ({"colour": "red"}, "colour"),
        ({"x" * 500: 1}, "x" * 64),
        ({"": 1}, "item"),
    ],
)
def test_a_field_that_is_not_as_it_must_be_is_named(door: Any, change: dict[str, Any], field: str) -> None:
    found = fault(door, "observations", READING | change)
    assert found["field"] == field and found["reason"] and found["remedy"]


def test_a_missing_field_is_named(door: Any) -> None:
    assert fault(door, "observations", {"device_id": "d0", "happened_at": AT})["field"] == "state"
    assert fault(door, "events", {"ticket_id": "t", "happened_at": AT})["field"] == "transition"


def test_a_not_a_number_in_one_item_leaves_the_others(door: Any) -> None:
    body = json.dumps([READING | {"value": math.nan}, READING | {"value": 1.0}])
    answer = door.post("observations", data=body, headers={"Content-Type": "application/json"}).json
    assert answer["accepted"] == 1 and answer["rejected"][0]["index"] == 0


@pytest.mark.parametrize(
    ("point", "metres"),
    [
        ({"lon": 103.856, "lat": 30.686, "crs": "wgs84"}, (0.0, 0.0)),
        ({"lon": 103.856, "lat": 30.686, "crs": "cgcs2000"}, (0.0, 0.0)),
        ({"lon": 103.8581138, "lat": 30.6832819, "crs": "gcj02"}, (0.0, 0.0)),
        ({"lon": 103.8646874, "lat": 30.6889665, "crs": "bd09"}, (0.0, 0.0)),
        ({"x_m": 12.5, "y_m": -3.0, "crs": "local"}, (12.5, -3.0)),
    ],
)
def test_a_point_is_brought_into_local_metres_by_its_crs(
    door: Any, point: dict[str, Any], metres: tuple[float, float]
) -> None:
    assert door.post("positions", WALK | point).json["accepted"] == 1
    (row,) = door.rows("SELECT x_m, y_m FROM position_now")
    assert (row["x_m"], row["y_m"]) == pytest.approx(metres, abs=0.02)


@pytest.mark.parametrize(
    ("point", "field"),
    [
        ({}, "crs"),
        ({"lon": 103.856, "lat": 30.686}, "crs"),
        ({"x_m": 1.0, "y_m": 2.0}, "crs"),
        ({"lon": 103.856, "lat": 30.686, "crs": "epsg:4326"}, "crs"),
        ({"lon": 103.856, "crs": "wgs84"}, "lat"),
        ({"x_m": 1.0, "crs": "local"}, "y_m"),
        ({"lon": 103.856, "lat": 30.686, "x_m": 1.0, "crs": "wgs84"}, "x_m"),
        ({"x_m": 1.0, "y_m": 1.0, "lat": 30.686, "crs": "local"}, "lat"),
        ({"lon": 30.686, "lat": 103.856, "crs": "wgs84"}, "lat"),
        ({"lon": 30.686, "lat": 30.686, "crs": "wgs84"}, "lon"),
        ({"lon": 104.3, "lat": 30.686, "crs": "wgs84"}, "lon"),
        ({"x_m": 20_001.0, "y_m": 1.0, "crs": "local"}, "x_m"),
        ({"lon": 181, "lat": 0, "crs": "gcj02"}, "lon"),
        ({"accuracy_m": -1, "x_m": 1, "y_m": 1, "crs": "local"}, "accuracy_m"),
        ({"on_duty": "yes", "x_m": 1, "y_m": 1, "crs": "local"}, "on_duty"),
    ],
)
def test_a_point_without_crs_or_far_away_is_refused(door: Any, point: dict[str, Any], field: str) -> None:
    assert fault(door, "positions", WALK | point)["field"] == field
    assert door.count("position") == 0


def test_a_request_without_an_id_gets_the_same_one_each_time_it_is_sent(door: Any) -> None:
    first = door.post("requests", [HELP, {"nonsense": 1}, HELP | {"title": "漏水"}]).json
    again = door.post("requests", [HELP]).json
    one, none, other = first["ticket_ids"]
    assert none is None and one != other and len(one) == 26
    assert again["ticket_ids"] == [one] and again["duplicates"] == 1
    assert {row["ticket_id"] for row in door.rows("SELECT ticket_id FROM ticket_now")} == {one, other}
    assert (
        door.post("events", {"ticket_id": one, "happened_at": AT, "transition": "accept"}).json["accepted"]
        == 1
    )
    assert door.rows(f"SELECT state FROM ticket_now WHERE ticket_id = '{one}'") == [{"state": "handling"}]


def test_a_request_may_say_no_place_at_all_or_a_point(door: Any) -> None:
    assert door.post("requests", HELP | {"ticket_id": "a"}).json["accepted"] == 1
    point = {"lon": 103.856, "lat": 30.686, "crs": "wgs84"}
    assert door.post("requests", HELP | point | {"ticket_id": "b"}).json["accepted"] == 1
    rows = door.rows("SELECT ticket_id, x_m IS NULL AS nowhere FROM ticket_now ORDER BY ticket_id")
    assert rows == [{"ticket_id": "a", "nowhere": True}, {"ticket_id": "b", "nowhere": False}]


def test_an_impossible_step_of_a_ticket_is_refused_with_the_possible_ones(door: Any) -> None:
    door.post("requests", HELP | {"ticket_id": "a"})
    step = {"ticket_id": "a", "happened_at": AT}
    found = fault(door, "events", step | {"transition": "close"})
    assert found["field"] == "transition" and "accept, handle" in found["remedy"]
    assert (
        fault(door, "events", {"ticket_id": "a", "happened_at": AT, "transition": "burn"})["field"]
        == "transition"
    )


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from((AT, "s1", "d0", "normal", "wgs84", "local", "accept", 103.856, 30.686)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def item(kind: str) -> st.SearchStrategy[Any]:
    """Mostly the right fields with anything in them: not only the first check must be reached."""
    fields = FIELDS[kind].split(", ")  # type: ignore[index]
    return st.fixed_dictionaries({}, optional=dict.fromkeys(fields, anything)) | anything


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(("observation", "position", "request", "event")))
def test_no_json_whatever_makes_the_door_stumble(served: Any, data: st.DataObject, kind: str) -> None:
    batch = data.draw(st.lists(item(kind), max_size=5) | item(kind))
    answer = served.post(
        f"{kind}s", data=json.dumps(batch).encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 200:
        said = orjson.loads(answer.data)
        count = len(batch) if isinstance(batch, list) else 1
        assert said["accepted"] + said["duplicates"] + len(said["rejected"]) == count


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_no_bytes_whatever_make_the_door_stumble(served: Any, body: bytes) -> None:
    answer = served.post("observations", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 422), answer.text
