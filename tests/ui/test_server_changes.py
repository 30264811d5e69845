"""The server while things change: commits, streams, a dead engine, a store that is gone."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from twin.store import Store
from twin.ui.server import running_of

C = "510115006001"
LIVE = ("devices", "tickets", "stewards", "volunteers", "device_homes")


def commit_observation(app: Flask, device_id: str, state: str = "normal") -> int:
    now = datetime.now(UTC)
    row = {"community12": C, "device_id": device_id, "state": state, "feed": "door"}
    row |= {"happened_at": now, "received_at": now}
    store: Store = running_of(app).store
    store.write(lambda tx: tx.upsert_newest("device_now", [row]))
    return store.seq


def test_a_commit_is_seen_in_the_next_frame_and_board(visitor: Any, app: Flask) -> None:
    before = visitor.get("/wall/live/frame/devices").headers["ETag"]
    assert visitor.get("/wall/board").json["facts"]["devices.online"]["value"] == 0
    seq = commit_observation(app, "air-01")
    after = visitor.get("/wall/live/frame/devices")
    assert after.headers["ETag"] != before
    assert int(after.headers["X-Twin-Seq"]) == seq
    assert visitor.get("/wall/board").json["facts"]["devices.online"]["value"] == 1


def test_polling_tells_what_changed_since_a_commit(visitor: Any, app: Flask) -> None:
    seq = visitor.get("/wall/live/poll").json["seq"]
    commit_observation(app, "air-01")
    told = visitor.get(f"/wall/live/poll?since={seq}").json
    assert told["seq"] == seq + 1
    assert "devices" in told["changed"]
    assert "buildings" not in told["changed"]
    assert told["board"] is True
    assert visitor.get(f"/wall/live/poll?since={told['seq']}").json["changed"] == []


def test_the_stream_begins_with_a_bell_and_rings_at_a_commit(visitor: Any, app: Flask) -> None:
    stream = visitor.client.get("/wall/live/bell", base_url="https://127.0.0.1:8050", buffered=False)
    assert stream.mimetype == "text/event-stream"
    events = iter(stream.response)
    first = said(next(events))
    assert first[0] == "bell"
    assert first[1]["build"]
    seq = commit_observation(app, "air-01")
    while (event := said(next(events)))[0] == "pulse" or event[1]["seq"] < seq:
        pass
    assert "devices" in event[1]["changed"]
    running_of(app).quiet()
    assert [said(rest) for rest in events if b"event: bell" in rest] == []
    stream.close()
    assert running_of(app).hub.viewers == 0


def said(event: bytes) -> tuple[str, dict[str, Any]]:
    lines = dict(line.split(": ", 1) for line in event.decode().strip().splitlines())
    return lines["event"], json.loads(lines["data"])


def test_no_answer_for_the_wall_holds_a_unit_a_home_device_or_a_person(visitor: Any, app: Flask) -> None:
    commit_observation(app, "home-canary")
    now = datetime.now(UTC)
    ticket = {
        "community12": C,
        "ticket_id": "t1",
        "state": "reported",
        "category": "lighting",
        "feed": "door",
    }
    ticket |= {"title": "canary-title", "building_id": "b1", "storey_ordinal": 2, "unit_id": "u302"}
    ticket |= {"reported_at": now, "happened_at": now, "received_at": now}
    running_of(app).store.write(lambda tx: tx.upsert_newest("ticket_now", [ticket]))
    place = {
        "community12": C,
        "actor_id": "staff-canary",
        "x_m": 3.0,
        "y_m": 4.0,
        "on_duty": True,
        "feed": "door",
    }
    place |= {"happened_at": now, "received_at": now}
    running_of(app).store.write(lambda tx: tx.upsert_newest("position_now", [place]))
    paths = ["/wall", "/wall/scene", "/wall/board", "/wall/building/b1", "/wall/open/b1?storey=2&unit=u302"]
    paths += [f"/wall/layer/{layer['id']}" for layer in visitor.get("/wall/scene").json["layers"]]
    paths += [f"/wall/live/{kind}/{layer}" for layer in LIVE for kind in ("frame", "roster")]
    for path in paths:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        for canary in (b"home-canary", b"canary-title", b"u302", b"staff-canary"):
            assert canary not in answer.data.replace(b"unit=u302", b""), (path, canary)


def test_without_a_cookie_there_is_no_data(app: Flask) -> None:
    stranger = app.test_client()
    for path in (
        "/wall/scene",
        "/desk/board",
        "/wall/live/frame/devices",
        "/desk/search?q=x",
        "/wall/live/bell",
    ):
        assert stranger.get(path, base_url="https://127.0.0.1:8050").status_code == 401, path


def test_health_is_503_with_the_reason_when_the_engine_is_dead_or_the_store_gone(
    app: Flask, visitor: Any
) -> None:
    well = visitor.get("/healthz")
    assert well.status_code == 200
    assert well.json["status"] == "ok"
    assert well.json["store"]["open"] is True
    assert well.json["age_s"] >= 0
    running_of(app).engine.stop()
    dead = visitor.get("/healthz")
    assert dead.status_code == 503
    assert "engine" in dead.json["reasons"][0]
    running_of(app).store.close()
    gone = visitor.get("/healthz")
    assert gone.status_code == 503
    assert any("store" in reason for reason in gone.json["reasons"])


def test_a_failing_answer_is_a_sentence_and_its_log_holds_no_query(
    app: Flask, visitor: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    running_of(app).store.close()
    answer = visitor.get("/desk/search?q=canary-name")
    assert answer.status_code == 500
    assert "log" in answer.json["remedy"]
    assert "canary-name" not in capfd.readouterr().err


def test_closing_twice_is_closing_once(app: Flask) -> None:
    running = running_of(app)
    running.close()
    running.close()
    assert running.stopping
