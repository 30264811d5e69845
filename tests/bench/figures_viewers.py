"""A hundred live viewers, one commit a second: commit → bell and frame received, CPU and memory."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from figures_points import Viewer
from house import cpu_s, demo_home, percentile, post, rss_mb, served

from twin.store import Store

VIEWERS = 100
COMMITS = 30


def _some_device(home: Path) -> str:
    store = Store.open(home)
    try:
        return str(store.read("SELECT min(id) AS id FROM device")["id"][0].as_py())
    finally:
        store.close()


class Watching(threading.Thread):
    """One viewer that notes, for each commit it saw, when it had the frame."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(daemon=True)
        self.viewer = viewer
        self.had: dict[int, float] = {}

    def run(self) -> None:
        while len(self.had) < COMMITS + 1:
            try:
                bell = self.viewer.next_bell("devices")
                self.viewer.fetch("devices", bell["seq"])
            except (OSError, ValueError, AttributeError):
                return
            self.had[int(str(bell["seq"]))] = perf_counter()


def table() -> list[tuple[str, ...]]:
    with demo_home(1.0) as home:
        device = _some_device(home)
        with served(home) as server:
            key = server.verb("key", "create", "bench")
            watching = [Watching(Viewer(server)) for _ in range(VIEWERS)]
            for one in watching:
                one.start()
            pause = threading.Event()
            pause.wait(3)
            committed: dict[int, float] = {}
            before, began = cpu_s(server.pid), perf_counter()
            for _ in range(COMMITS):
                due = perf_counter() + 1
                item = {"device_id": device, "happened_at": datetime.now(UTC).isoformat(), "state": "normal"}
                receipt = post(server, "observations", [item], key)
                committed[int(str(receipt["seq"]))] = perf_counter()
                pause.wait(max(0.0, due - perf_counter()))
            spent = perf_counter() - began
            cpu_ms = (cpu_s(server.pid) - before) / COMMITS * 1000
            memory = rss_mb(server.pid)
            for one in watching:
                one.viewer.close()
    late = [
        max(0.0, one.had[seq] - at) for one in watching for seq, at in committed.items() if seq in one.had
    ]
    seen = len(late) / (VIEWERS * COMMITS)
    p50, p99 = percentile(late, 0.5) * 1000, percentile(late, 0.99) * 1000
    return [
        (
            "viewers",
            "commits",
            "received",
            "commit → frame ms p50 / p99",
            "CPU ms/commit",
            "CPU share",
            "memory MB",
        ),
        (
            str(VIEWERS),
            str(COMMITS),
            f"{seen:.1%}",
            f"{p50:.0f} / {p99:.0f}",
            f"{cpu_ms:.0f}",
            f"{cpu_ms * COMMITS / 1000 / spent:.0%} of one core",
            f"{memory:.0f}",
        ),
    ]
