"""The HJ 212 door before real sockets: split frames, answers after the commit, one line for each station."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from twin.engine import Engine
from twin.ingest.decoders import Site
from twin.ingest.decoders.hj212_frame import Framer, build, parse
from twin.ingest.hj212_door import FRAMES_BURST, SPOILT_MOST, Hj212Door
from twin.ingest.http_rate import Rate
from twin.store import Store, Tx

C = "510115006001"
MN = "51010800800301K007"
NOW = datetime(2026, 3, 1, 4, 0, 5, tzinfo=UTC)
SITE = Site(switches={"*": {"SB1": "fan", "SB2": "purifier"}})


def segment(second: int = 0, flag: int = 5, mn: str = MN, fume: float = 1.32) -> bytes:
    return (
        f"QN=202603011200{second:02d}123;ST=51;CN=2011;PW=geheim;MN={mn};Flag={flag};CP=&&"
        f"DataTime=202603011200{second:02d};a34041-Rtd={fume},a34041-Flag=N;SB1-RS=1&&"
    ).encode()


class Line:
    """A station's connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._framer, self._heard = Framer(), []

    def send(self, *parts: bytes) -> None:
        for part in parts:
            self._socket.sendall(part)

    def hear(self) -> Any:
        """The next answer; None when the door has hung up."""
        while not self._heard:
            chunk = self._socket.recv(4096)
            if not chunk:
                return None
            self._heard += self._framer.feed(chunk)
        return parse(self._heard.pop(0).segment)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def open_door(tmp_path: Path) -> Iterator[Any]:
    store = Store.open(tmp_path)

    def settle(tx: Tx) -> None:
        about = {"name": "永宁", "name_en": "Yongning", "lon0": 103.8, "lat0": 30.7, "demo": True}
        tx.append("community", [{"community12": C, "created_at": NOW} | about])
        device = {"community12": C, "provenance": "demo", "kind": "fume_monitor", "label": "油烟"}
        device |= {"x_m": 1.0, "y_m": 2.0, "z_m": 3.0, "is_public": True, "expected_interval_s": 60}
        tx.append("device", [device | {"id": "fm", "installed_at": NOW}])
        name = {"community12": C, "provenance": "demo", "scheme": "hj212_mn", "external_id": MN}
        tx.append("device_name", [name | {"device_id": "fm"}])

    store.write(settle)
    engine = Engine(store, lambda: NOW, interval_s=0.0)
    engine.start()
    door = Hj212Door(engine, "127.0.0.1", 0, site=SITE, clock=lambda: NOW)
    door.start()

    @contextmanager
    def line() -> Iterator[Line]:
        station = Line(door.port)
        yield station
        station.close()

    yield store, door, line
    door.stop()
    engine.stop()
    store.close()


def count(store: Store, table: str) -> int:
    return int(store.read(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())


def test_a_frame_in_pieces_is_taken_and_answered_after_the_commit(open_door: Any) -> None:
    store, door, line = open_door
    frame = build(segment())
    with line() as station:
        station.send(frame[:7], frame[7:40], frame[40:])
        answer = station.hear()
        assert (answer.cn, answer.mn, answer.qn) == ("9014", MN, "20260301120000123")
        assert store.read("SELECT device_id, value FROM device_now").to_pylist() == [
            {"device_id": "fm", "value": 1.32}
        ]
        assert store.read("SELECT property, state FROM side_reading_now").to_pylist() == [
            {"property": "fan", "state": "on"}
        ]
        assert door.report()["stations"] == [MN] and door.report()["listening"]


def test_the_same_again_and_a_reconnect_change_nothing(open_door: Any) -> None:
    store, door, line = open_door
    with line() as first, line() as second:
        first.send(build(segment()))
        assert first.hear().cn == "9014"
        second.send(build(segment()))
        assert second.hear().cn == "9014"
        assert first.hear() is None, "one line for each station: the older one is closed"
        assert count(store, "observation") == 1 and door.report()["stations"] == [MN]


def test_no_answer_where_none_is_asked_and_many_frames_in_one_go(open_door: Any) -> None:
    store, _, line = open_door
    with line() as station:
        station.send(b"".join(build(segment(n, flag=4)) for n in range(40)), build(segment(59)))
        assert station.hear().qn == "20260301120059123"
        assert count(store, "observation") == 41


def test_no_answer_while_the_commit_waits(open_door: Any) -> None:
    store, _, line = open_door
    held, let = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        held.set()
        let.wait(20)

    writer = threading.Thread(target=lambda: store.write(hold))
    writer.start()
    held.wait(10)
    with line() as station:
        station.send(build(segment()))
        station._socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            station.hear()
        station._socket.settimeout(10)
        let.set()
        writer.join()
        assert station.hear().cn == "9014"


def test_a_spoilt_frame_and_an_unknown_station_wait_among_the_rejects_without_a_password(
    open_door: Any,
) -> None:
    store, _, line = open_door
    good = build(segment())
    with line() as station:
        station.send(good.replace(b"1.32", b"9.99"), build(segment(1, mn="STRANGER")))
        assert station.hear().mn == "STRANGER", "it is ours now: the station may forget it"
        station.send(good)
        assert station.hear().mn == MN
    rows = store.read("SELECT reason, raw, family FROM reject ORDER BY reason").to_pylist()
    assert len(rows) == 2 and any("STRANGER" in row["reason"] for row in rows)
    assert all(b"geheim" not in row["raw"] and row["family"] == "hj212" for row in rows)


def test_who_sends_no_frames_is_hung_up_on(open_door: Any) -> None:
    _, door, line = open_door
    bad = build(segment()).replace(b"1.32", b"9.99")
    with line() as stranger:
        for _ in range(SPOILT_MOST + 1):
            stranger.send(bad)
        assert stranger.hear() is None
    assert door.counters.turned_away == 1


def test_a_port_that_is_taken_is_told(open_door: Any) -> None:
    _, door, _ = open_door
    other = Hj212Door(door._engine, "127.0.0.1", door.port)
    other.start()
    assert "cannot listen" in str(other.report()["trouble"]) and not other.report()["listening"]


def test_more_frames_than_come_at_once_are_waited_for_and_not_for_ever(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    door = Hj212Door(Engine(store, lambda: NOW), "127.0.0.1", 0)
    store.close()
    door._rate = Rate(1e6, FRAMES_BURST)
    asyncio.run(asyncio.wait_for(door._slow_down("10.0.0.1", 20 * int(FRAMES_BURST)), 20))
    assert list(door._rate._buckets) == ["10.0.0.1"]
