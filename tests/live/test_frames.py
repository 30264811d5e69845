"""Frames: once for all of one clearance, again when rows changed, never across clearances."""

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from twin.catalog import Catalog, UnknownLayer
from twin.live import Frames, NotLive
from twin.model.clearance import DESK, WALL
from twin.store import Store

COMMUNITY = "510115006001"


def observe(store: Store, at: datetime, device_id: str, state: str = "normal") -> None:
    row = {"community12": COMMUNITY, "device_id": device_id, "state": state, "feed": "door"}
    row |= {"happened_at": at, "received_at": at}
    store.write(lambda tx: tx.upsert_newest("device_now", [row]))


def header(body: bytes) -> dict[str, Any]:
    assert body[:4] == b"TWF1"
    length = int.from_bytes(body[4:8], "little")
    said: dict[str, Any] = json.loads(body[8 : 8 + length])
    return said


def test_a_frame_is_encoded_once_however_many_ask_at_once(store: Store, catalog: Catalog, clock: Any) -> None:
    frames = Frames(store, catalog, clock)
    observe(store, clock.now, "street-1")
    bodies: list[bytes] = []
    askers = [
        threading.Thread(target=lambda: bodies.append(frames.frame("devices", WALL).body)) for _ in range(24)
    ]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(bodies) == 24
    assert len(set(bodies)) == 1
    assert frames.encoded == 1


def test_a_commit_to_its_tables_encodes_anew_and_another_does_not(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    first = frames.frame("devices", DESK)
    store.write(lambda tx: tx.execute("UPDATE facility SET name = name"))
    assert frames.frame("devices", DESK) is first
    observe(store, clock.now, "street-1", "alarm")
    second = frames.frame("devices", DESK)
    assert second.etag != first.etag
    assert second.seq == store.seq
    assert header(second.body)["n"] == 2


def test_the_wall_never_gets_a_home_device_nor_the_desk_s_frame(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    observe(store, clock.now, "home-canary")
    desk, wall = frames.roster("devices", DESK), frames.roster("devices", WALL)
    assert b"home-canary" in desk.body
    assert b"home-canary" not in wall.body
    assert header(frames.frame("devices", DESK).body)["n"] == 2
    assert header(frames.frame("devices", WALL).body)["n"] == 1


def test_a_device_that_falls_silent_changes_its_frame_without_a_commit(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    observe(store, clock.now, "street-1")
    spoken = frames.frame("devices", WALL)
    assert frames.aged((WALL, DESK)) == []
    clock.forward(minutes=10)
    assert frames.aged((WALL, DESK)) == ["devices"]
    assert frames.aged((WALL, DESK)) == []
    silent = frames.frame("devices", WALL)
    assert silent.body != spoken.body
    assert silent.seq == spoken.seq


def test_an_unknown_layer_and_a_layer_without_frames_are_refused(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    with pytest.raises(UnknownLayer, match="devices"):
        frames.frame("device", WALL)
    with pytest.raises(NotLive):
        frames.frame("buildings", WALL)


def test_a_frame_of_the_past_holds_what_was_known_of_that_instant(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    row = {"community12": COMMUNITY, "device_id": "street-1", "feed": "door"}
    for state in ("alarm", "normal"):
        at = clock.now
        seen = row | {"state": state, "happened_at": at, "received_at": at}
        store.write(lambda tx, seen=seen: tx.append("observation", [seen]))
        clock.forward(seconds=10)
    (then, words), later = frames.past("devices", DESK, at), frames.past("devices", DESK, clock.now)[0]
    assert header(then.body)["at"] == at.isoformat()
    assert header(then.body)["roster"] == json.loads(words.body)["roster"]
    earlier = frames.past("devices", DESK, at - timedelta(seconds=1))[0]
    assert _states(earlier.body)["street-1"] == "alarm"
    assert _states(then.body)["street-1"] == _states(later.body)["street-1"] == "normal"


def _states(body: bytes) -> dict[str, str]:
    """The state of each row of a frame, in the order of the keys."""
    head = header(body)
    start = 8 + int.from_bytes(body[4:8], "little") + head["columns"]["state"]["offset"]
    keys = sorted(["home-canary", "street-1"])
    return {key: head["states"][body[start + i]] for i, key in enumerate(keys)}


def test_a_commit_that_leaves_a_layers_rows_alone_leaves_its_bytes_alone(
    store: Store, catalog: Catalog, clock: Any
) -> None:
    frames = Frames(store, catalog, clock)
    observe(store, clock.now, "street-1")
    first = frames.frame("cameras", WALL)
    observe(store, clock.now, "street-1", "alarm")
    assert frames.frame("cameras", WALL) is first
    assert frames.frame("devices", WALL).seq == store.seq
