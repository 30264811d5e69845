"""A served twin on a full disk: it can be read, says so, loses nothing, and goes on when there is room."""

import http.client
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from tests.faults.process import READY_WITHIN_S, Sender, TwinProcess, written
from twin.store import Store

DISK_BYTES = 24_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "twin-test", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("a tmpfs cannot be mounted here; tests/store/test_disk_full.py stands in")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def until_health(twin: TwinProcess, status: int) -> dict[str, object]:
    until, pause = monotonic() + READY_WITHIN_S, Event()
    while monotonic() < until:
        said, body = twin.health()
        if said == status:
            return body
        pause.wait(0.1)
    raise AssertionError(f"/healthz does not say {status}: {twin.health()}")


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(small_disk: Path, tmp_path: Path) -> None:
    twin, key = TwinProcess.of(small_disk)
    twin.start()
    sender = None
    try:
        twin.ready_s()
        ballast = small_disk / "ballast"
        sender = Sender.to(twin.port, key, tmp_path / "acknowledged")
        sender.until_acknowledged(200)
        wall = open_wall(twin)
        free = os.statvfs(small_disk)
        with ballast.open("wb") as file:
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - 400_000)))
        told = until_health(twin, 503)
        assert "cannot be written" in str(told["reasons"])
        assert told["store"], "the store can still be read"
        assert answer(twin, "/wall/board", wall) == 200
        assert answer(twin, "/wall/live/poll?since=0", wall) == 200
        # A new screen needs a session, and there is no room to write it down.
        assert answer(twin, "/wall") == 503
        ballast.unlink()
        until_health(twin, 200)
        sender.until_acknowledged(sender.count() + 500)
        sender.stop()
    finally:
        if sender and sender.process.poll() is None:
            sender.process.kill()
        twin.stop()
    store = Store.open(twin.home)
    there = written(store)
    store.close()
    acknowledged = [n for _, numbers in sender.acknowledged() for n in numbers]
    assert [n for n in acknowledged if there[n] != 1] == []
    assert max(there.values()) == 1
    print(f"\ndisk full: {len(acknowledged)} acknowledged, 0 lost, 0 twice; told by /healthz, resumed")


def open_wall(twin: TwinProcess) -> str:
    line = http.client.HTTPConnection("127.0.0.1", twin.port, timeout=30)
    line.request("GET", "/wall")
    told = line.getresponse()
    assert told.status == 200
    return str(told.getheader("Set-Cookie")).split(";")[0]


def answer(twin: TwinProcess, path: str, cookie: str = "") -> int:
    line = http.client.HTTPConnection("127.0.0.1", twin.port, timeout=30)
    line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    return line.getresponse().status
