"""The HTTP door: who may send, how much, and what the answer says."""

import threading
from typing import Any

import pytest

from twin.ingest.http_rate import Rate

AT = "2026-03-01T19:59:00+08:00"
READING = {"device_id": "d0", "happened_at": AT, "state": "normal"}


def test_a_reading_is_stored_when_the_answer_says_so(door: Any) -> None:
    answer = door.post("observations", READING | {"value": 0.5, "unit": "ppm"})
    assert answer.status_code == 200
    assert answer.json == {"seq": door.store.seq, "accepted": 1, "duplicates": 0, "rejected": []}
    assert door.rows(
        "SELECT device_id, state, value, unit, feed, epoch(happened_at)::BIGINT AS at FROM observation"
    ) == [
        {"device_id": "d0", "state": "normal", "value": 0.5, "unit": "ppm", "feed": "test", "at": 1772366340}
    ]
    assert door.rows("SELECT feed, title, demo, accepted FROM feed_now") == [
        {"feed": "test", "title": "测试", "demo": True, "accepted": 1}
    ]


def test_the_same_batch_again_is_all_duplicates(door: Any) -> None:
    batch = [READING | {"device_id": f"d{n}"} for n in range(10)]
    assert door.post("observations", batch).json["accepted"] == 10
    assert door.post("observations", batch).json["duplicates"] == 10
    assert door.count("observation") == 10


def test_one_bad_item_never_stops_the_others_and_each_is_named_by_its_place(door: Any) -> None:
    batch = [
        READING,
        5,
        READING | {"device_id": "?"},
        READING | {"hapened_at": AT},
        READING | {"device_id": "d1"},
    ]
    answer = door.post("observations", batch).json
    assert answer["accepted"] == 2
    assert [(fault["index"], fault["field"]) for fault in answer["rejected"]] == [
        (1, "item"),
        (2, "device_id"),
        (3, "hapened_at"),
    ]
    assert all(fault["reason"] and fault["remedy"] for fault in answer["rejected"])
    assert "device_id" in answer["rejected"][2]["remedy"]
    assert door.rows("SELECT accepted, rejected FROM feed_now") == [{"accepted": 2, "rejected": 3}]


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"a=b", 415),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"{}", 415),
        ({"Content-Type": "application/json"}, b"", 422),
        ({"Content-Type": "application/json"}, b"{", 422),
        ({"Content-Type": "application/json"}, b"\xff\xfe", 422),
        ({"Content-Type": "application/json"}, b'"text"', 422),
        ({"Content-Type": "application/json"}, b"[" * 50_000, 422),
        ({"Content-Type": "application/json"}, b"1" * 50_000, 422),
        ({"Content-Type": "application/json"}, b" " * 100_001, 413),
        ({"Content-Type": "application/json"}, b"[" + b"1," * 300 + b"1]", 413),
        ({"Content-Type": "application/json; charset=utf-8"}, b"[]", 200),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_in_words(
    door: Any, headers: dict[str, str], data: bytes, status: int
) -> None:
    answer = door.post("observations", headers=headers, data=data)
    assert answer.status_code == status
    if status != 200:
        assert answer.json["error"] and answer.json["remedy"]


def test_only_a_live_key_opens_the_door_and_never_one_in_the_address(door: Any) -> None:
    assert door.post("observations", READING, key="twin_wrong").status_code == 401
    client = door.app.test_client()
    assert client.post(f"/ingest/observations?key={door.key}", json=READING).status_code == 401
    assert (
        client.post("/ingest/observations", json=READING, headers={"Authorization": door.key}).status_code
        == 401
    )
    other = door.keys.create("other", "other", demo=False)
    assert door.post("observations", READING, key=other).status_code == 200
    door.keys.revoke("other")
    assert door.post("observations", READING, key=other).status_code == 401
    assert door.post("nothing", READING).status_code == 404
    assert client.get("/ingest/observations").status_code == 405


def test_a_feed_that_sends_too_much_is_told_how_long_to_wait(fresh: Any) -> None:
    door = fresh(ingest_rate_per_s=10, ingest_max_items=20)
    batch = [READING | {"key": str(n)} for n in range(20)]
    assert door.post("observations", batch).status_code == 200
    answer = door.post("observations", batch)
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 2
    other = door.keys.create("other", "other", demo=False)
    assert door.post("observations", READING, key=other).status_code == 200


def test_the_bucket_fills_at_its_rate() -> None:
    now = [0.0]
    rate = Rate(10, 20, lambda: now[0])
    assert rate.take("a", 20) == 0
    assert rate.take("a", 5) == pytest.approx(0.5)
    now[0] = 0.5
    assert rate.take("a", 5) == 0
    assert rate.take("b", 20) == 0
    now[0] = 1000
    assert rate.take("a", 21) == pytest.approx(0.1)


def test_more_senders_than_places_are_sent_away_for_a_moment(fresh: Any) -> None:
    door = fresh(ingest_threads=2)
    hold, holding = threading.Event(), threading.Barrier(2)

    def held(_: object) -> None:
        if not hold.is_set():
            holding.wait(10)
            hold.wait(10)

    # The engine's commit is held up by a listener of the store, so that whoever sends now stays in the door.
    leave = door.store.subscribe(held)
    answers: list[int] = []

    def send(number: str) -> None:
        answers.append(door.post("observations", READING | {"key": number}).status_code)

    senders = [threading.Thread(target=send, args=(number,)) for number in ("1", "2")]
    senders[0].start()
    holding.wait(10)
    senders[1].start()
    while not door.engine.counters.queued_items:
        senders[1].join(0.001)
    third = door.post("observations", [])
    assert third.status_code == 503
    assert third.headers["Retry-After"] == "1" and third.json["remedy"]
    hold.set()
    for sender in senders:
        sender.join(10)
    assert answers == [200, 200]
    leave()


def test_a_stopped_engine_is_answered_with_when_to_come_again(fresh: Any) -> None:
    door = fresh()
    door.engine.stop()
    answer = door.post("observations", READING)
    assert answer.status_code == 503 and int(answer.headers["Retry-After"]) >= 1


def test_a_community_gets_its_origin_while_the_door_is_open() -> None:
    from twin.ingest.http_items import read
    from twin.ingest.http_signals import signals
    from twin.model.coordinates import LocalFrame

    said = {"actor_id": "s1", "happened_at": AT, "lon": 103.856, "lat": 30.686, "crs": "wgs84"}
    items = read("position", [said]).items
    taken, refused = signals(items, "test", LocalFrame(float("nan"), float("nan")))
    assert not taken and refused[0].field == "crs" and "import its buildings" in refused[0].remedy
    assert signals(items, "test", LocalFrame(103.856, 30.686))[0]
