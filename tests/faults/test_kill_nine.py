"""kill -9 of a real server under load, again and again: what was acknowledged is there, once."""

from pathlib import Path
from time import monotonic

import pytest

from tests.faults.process import Sender, TwinProcess, written
from twin.store import Store

# So much is acknowledged between two kills, so that every kill falls into a stream that flows.
BETWEEN = 500


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.soak)])
def test_nothing_acknowledged_is_lost_or_doubled_by_kill_9(tmp_path: Path, kills: int) -> None:
    """Three in every run, a hundred in `make soak`; every other one kills the worker only."""
    twin, key = TwinProcess.of(tmp_path)
    twin.start()
    sender = None
    ready: list[float] = []
    try:
        twin.ready_s()
        sender = Sender.to(twin.port, key, tmp_path / "acknowledged")
        began = monotonic()
        for number in range(kills):
            sender.until_acknowledged(sender.count() + BETWEEN)
            if number % 2:
                worker = twin.kill_worker()
                assert worker
            else:
                twin.kill()
                twin.start()
            ready.append(twin.ready_s())
        sender.until_acknowledged(sender.count() + BETWEEN)
        spent = monotonic() - began
        sender.stop()
    finally:
        if sender and sender.process.poll() is None:
            sender.process.kill()
        twin.stop()
    store = Store.open(twin.home)
    there = written(store)
    store.close()
    acknowledged = [n for _, numbers in sender.acknowledged() for n in numbers]
    lost = [n for n in acknowledged if n not in there]
    twice = [n for n, times in there.items() if times > 1]
    ready.sort()
    print(
        f"\nkill -9 × {kills}: {len(acknowledged)} acknowledged in {spent:.0f} s, {len(lost)} lost, "
        f"{len(twice)} twice; ready again p50 {ready[len(ready) // 2]:.2f} s, max {ready[-1]:.2f} s"
    )
    assert (lost, twice) == ([], [])
    assert len(acknowledged) >= BETWEEN * (kills + 1)
