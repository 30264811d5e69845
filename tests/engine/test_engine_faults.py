"""Faults: a crash is followed by a new start, a poisoned batch stops nobody, a full disk stops no reader."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.engine import Engine, NotCommitted
from twin.model.signals import Batch, Observation, Request
from twin.store import Store

# What no door lets through and no store can hold: half of a character.
POISON = "\ud800"


def reading(clock: Any, number: int = 0, ago_s: float = 0) -> Observation:
    return Observation(f"d{number}", clock() - timedelta(seconds=ago_s), "normal")


def poison(clock: Any) -> Request:
    return Request(f"t-{POISON}", clock(), "repair", "x")


class Switch:
    """A clock that can be made to fail once, inside the engine's own thread."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock, self.fault, self.failed = clock, None, threading.Event()
        self.fault: BaseException | None

    def __call__(self) -> datetime:
        if self.fault and threading.current_thread().name == "engine":
            fault, self.fault = self.fault, None
            self.failed.set()
            raise fault
        return self.clock()


def test_a_crash_of_the_thread_is_counted_and_the_next_batch_is_written(store: Store, clock: Any) -> None:
    switch = Switch(clock)
    engine = Engine(store, switch, interval_s=0.0)
    engine.start()
    switch.fault = RuntimeError("a fault of ours")
    engine.submit(Batch("test", clock(), (reading(clock),))).result(10)
    assert switch.failed.wait(10)
    assert engine.submit(Batch("test", clock(), (reading(clock, 1),))).result(10).accepted == 1
    assert engine.alive and engine.counters.restarts == 1
    engine.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_was_killed_is_followed_by_another(store: Store, clock: Any) -> None:
    switch = Switch(clock)
    engine = Engine(store, switch, interval_s=0.0)
    engine.start()
    switch.fault = SystemExit()
    engine.submit(Batch("test", clock(), (reading(clock),))).result(10)
    assert switch.failed.wait(10)
    # Not by enumerate: it forgets a thread a moment before that one is over.
    assert engine._thread is not None
    engine._thread.join(10)
    assert not engine.alive
    assert engine.submit(Batch("test", clock(), (reading(clock, 1),))).result(10).accepted == 1
    assert engine.alive and engine.counters.restarts == 1
    engine.stop()


def test_a_batch_the_store_cannot_take_does_not_stop_the_others(store: Store, clock: Any) -> None:
    engine = Engine(store, clock, interval_s=30)
    engine.start()
    engine.submit(Batch("first", clock(), (reading(clock),))).result(10)
    before = engine.submit(Batch("a", clock(), (reading(clock, 1),)))
    bad = engine.submit(Batch("b", clock(), (reading(clock, 2), poison(clock))))
    after = engine.submit(Batch("c", clock(), (reading(clock, 3),)))
    engine.stop()
    assert before.result(0).accepted == after.result(0).accepted == 1
    receipt = bad.result(0)
    assert receipt.accepted == 0
    assert [(fault.index, fault.field) for fault in receipt.rejections] == [(0, "item"), (1, "item")]
    assert "one by one" in receipt.rejections[0].remedy
    assert store.read("SELECT count(*) AS n FROM observation")["n"][0].as_py() == 3


def test_a_batch_that_fails_alone_is_told_so_and_nothing_of_it_is_written(house: Any) -> None:
    done = house.engine.submit(house.batch(reading(house.clock), poison(house.clock)))
    with pytest.raises(NotCommitted, match="could not write"):
        done.result(10)
    assert house.one("SELECT count(*) FROM observation") == 0
    assert house.send(reading(house.clock)).accepted == 1
    assert house.engine.counters.failed_batches == 1 and house.engine.alive


FULL = """
import resource, signal, sys
from datetime import timedelta
from pathlib import Path
from twin.engine import Engine, NotCommitted
from twin.model.signals import Batch, Observation
from twin.store import Store, utc_now

home = Path(sys.argv[1])
store = Store.open(home)
engine = Engine(store, utc_now, interval_s=0.0)
engine.start()
at = utc_now()

def send(number):
    items = tuple(
        Observation("d0", at - timedelta(seconds=5000 * number + i), "normal", key=f"{number}-{i}" * 8)
        for i in range(5000)
    )
    return engine.submit(Batch("test", utc_now(), items)).result(60).accepted

assert send(0) == 5000
# No file of this process may grow any further: what a full disk does to a write.
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
full = max(path.stat().st_size for path in home.iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
refused = 0
for number in range(1, 20):
    try:
        send(number)
    except NotCommitted as fault:
        refused += 1
        break
print("refused", refused)
print("rows", store.read("SELECT count(*) % 5000 AS n FROM observation")["n"][0].as_py())
print("alive", engine.alive)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
try:
    print("again", send(100))
except NotCommitted as fault:
    print("again", fault)
engine.stop()
"""


def test_a_disk_without_room_refuses_batches_and_leaves_readers_alone(store: Store, tmp_path: Path) -> None:
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ,
    )
    words = ("refused", "rows", "alive", "again")
    said = [line for line in done.stdout.splitlines() if line.startswith(words)]
    assert said[:3] == ["refused 1", "rows 0", "alive True"], done.stdout + done.stderr
    assert said[3] == "again 5000", done.stdout + done.stderr
