"""A vendor's own payload through the HTTP door, and the page that tells a stranger how."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from twin.ingest.decoders import FAMILIES

PAGE = Path(__file__).parents[2] / "docs" / "connect-a-device.md"
NOON_MS = 1_772_366_400_000
CODE = "510115006001"


@pytest.fixture
def smoke(door: Any) -> Any:
    """d0 is the smoke detector whose modem has IMEI 860000000000001."""

    def register(tx: Any) -> None:
        tx.execute("DELETE FROM device_name")
        name = {"community12": CODE, "scheme": "imei", "external_id": "860000000000001", "device_id": "d0"}
        tx.append("device_name", [name | {"provenance": "operator"}])

    door.store.write(register)
    return door


def event(code: int = 1, at_ms: int = NOON_MS, imei: str = "860000000000001", **more: Any) -> dict[str, Any]:
    return {"deviceId": "SM-1", "imei": imei, "alarmType": code, "timestamp": at_ms, "battery": 87} | more


def test_a_callback_becomes_the_state_of_its_device_once(smoke: Any) -> None:
    said = event(msgId="a", temperature=41.5, colour="red")
    answer = smoke.post("readings/vendor_smoke", said)
    assert answer.status_code == 200 and answer.json["accepted"] == 2 and answer.json["rejected"] == []
    assert smoke.rows("SELECT device_id, state FROM device_now") == [{"device_id": "d0", "state": "alarm"}]
    again = smoke.post("readings/vendor_smoke", said | {"msgId": "another"})
    assert again.json["accepted"] == 0 and again.json["duplicates"] == 2
    assert smoke.count("observation") == 1


def test_a_list_is_several_messages_and_a_bad_one_keeps_its_own_bytes_only(smoke: Any) -> None:
    said = [event(), event(at_ms=NOON_MS + 1000, imei="1"), "no event", event(99, NOON_MS + 2000)]
    answer = smoke.post("readings/vendor_smoke", said).json
    assert [fault["index"] for fault in answer["rejected"]] == [1, 2]
    assert {remark["index"] for remark in answer["remarks"]} == {3}
    rows = smoke.rows("SELECT raw, reason FROM reject ORDER BY raw_bytes")
    assert rows[0]["raw"] == b'"no event"'
    assert json.loads(rows[1]["raw"]) == said[1] and "imei" in rows[1]["reason"].lower()


def test_what_cannot_be_read_at_all_is_kept_and_its_sender_is_done_with_it(smoke: Any) -> None:
    answer = smoke.post("readings/vendor_smoke", data=b"\xff{", content_type="application/json")
    assert answer.status_code == 200 and "not JSON" in answer.json["rejected"][0]["reason"]
    assert smoke.rows("SELECT raw, feed, family FROM reject") == [
        {"raw": b"\xff{", "feed": "test", "family": "vendor_smoke"}
    ]


def test_the_idempotency_key_stands_for_readings_that_have_no_number(smoke: Any) -> None:
    said = {"ts": None, "v": {"smoke": "normal"}}
    path = f"readings/own?topic=mg/{CODE}/g/d3/state"
    first = smoke.post(path, said, headers={"Idempotency-Key": "k1"})
    assert first.json["accepted"] == 1, first.json
    assert smoke.post(path, said, headers={"Idempotency-Key": "k1"}).json["duplicates"] == 1
    assert smoke.post(path, said, headers={"Idempotency-Key": "k2"}).json["accepted"] == 1
    assert smoke.post(path, said, headers={"Idempotency-Key": "x" * 101}).status_code == 422


def test_the_plain_doors_honour_the_idempotency_key_too(door: Any) -> None:
    said = [
        {"device_id": f"d{n}", "happened_at": "2026-03-01T12:00:00Z", "state": "normal"} for n in range(2)
    ]
    header = {"headers": {"Idempotency-Key": "night-7"}}
    assert door.post("observations", said, **header).json["accepted"] == 2
    changed = [item | {"state": "fault"} for item in said]
    assert door.post("observations", changed, **header).json["duplicates"] == 2
    changed[0]["key"] = "own"
    assert door.post("observations", changed, **header).json["accepted"] == 1
    assert door.post("observations", said, headers={"Idempotency-Key": "ü"}).status_code == 422


def test_every_family_has_an_address_and_its_example_passes_the_door(smoke: Any) -> None:
    for family, about in FAMILIES.items():
        path = f"readings/{family}?topic={about.example.topic.replace('+', '%2B')}"
        answer = smoke.post(path, data=about.example.payload, content_type="application/octet-stream")
        assert answer.status_code == 200, family
    unknown = smoke.post("readings/nobodys", {})
    assert unknown.status_code == 404 and "vendor_smoke" in unknown.json["remedy"]


def test_the_door_has_its_limits(fresh: Any) -> None:
    door = fresh(ingest_max_items=3, ingest_max_bytes=2000)
    assert door.post("readings/vendor_smoke", [event()] * 4).status_code == 422
    assert door.post("readings/vendor_smoke", data=b" " * 3000).status_code == 413
    assert door.post("readings/vendor_smoke", event(), key="no").status_code == 401
    assert (
        door.post("readings/vendor_smoke", event(), headers={"Content-Encoding": "gzip"}).status_code == 415
    )


def test_a_camera_event_that_is_not_taken_keeps_nobodys_name(smoke: Any) -> None:
    after = {"id": "1.5-a", "camera": "gate-x", "label": "car", "frame_time": NOON_MS / 1000}
    after |= {"sub_label": "张三", "recognized_license_plate": "川A12345", "current_zones": ["fire_lane_1"]}
    said = {"type": "update", "before": {"sub_label": "张三"}, "after": after}
    assert smoke.post("readings/frigate?topic=frigate/events", said).json["rejected"]
    (row,) = smoke.rows("SELECT raw FROM reject")
    assert b"gate-x" in row["raw"]
    assert "张三".encode() not in row["raw"] and "川A".encode() not in row["raw"]


@pytest.mark.parametrize("whole", [True, False])
def test_a_callback_that_is_not_taken_keeps_nobodys_name(smoke: Any, whole: bool) -> None:
    said = event(imei="860000000000999") | {"contactName": "张三", "room": {"tel": "13800138000"}}
    body = json.dumps(said, ensure_ascii=False).encode()
    answer = smoke.post("readings/vendor_smoke", data=body if whole else body[:-1])
    assert answer.json["rejected"]
    (row,) = smoke.rows("SELECT raw FROM reject")
    assert (b"860000000000999" in row["raw"]) == whole
    assert "张三".encode() not in row["raw"] and b"13800138000" not in row["raw"]


def test_the_curl_command_of_the_page_does_what_the_page_says(smoke: Any) -> None:
    text = PAGE.read_text("utf-8")
    command = re.search(r"```sh\n(curl [^`]*readings/vendor_smoke[^`]*)```", text)
    assert command is not None
    words = shlex.split(command[1].replace("\\\n", " "))
    body = words[words.index("-d") + 1].replace("NOW_MS", str(NOON_MS)).replace("$NOW", str(NOON_MS))
    headers = [words[place + 1] for place, word in enumerate(words) if word == "-H"]
    assert any(header.startswith("X-API-Key:") for header in headers)
    answer = smoke.post("readings/vendor_smoke", data=body, content_type="application/json")
    assert answer.json["accepted"] >= 1 and answer.json["rejected"] == [], answer.json
