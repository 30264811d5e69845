"""One change a second among 5,000 and 50,000 live points: CPU, bytes and delay beside the plain-Dash way."""

import http.client
import json
import os
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, perf_counter

from house import Server, cpu_s, demo_home, free_port, percentile, post, served, wait_until_it_answers
from pages import Page, browser

from twin.store import Store, Tx

UPDATES = 20
PEER = Path(__file__).parent / "peers" / "plain_dash.py"


def _grow_devices(home: Path, points: int) -> None:
    """Make exactly this many devices by copying those there are; every one has spoken."""

    def work(tx: Tx) -> None:
        tx.execute(
            """CREATE TEMP TABLE grown AS SELECT d.* REPLACE ('bench-' || i AS id, (hash(i) % 1000) AS x_m,
               (hash(i + 7) % 1000) AS y_m) FROM range($points) r(i)
               CROSS JOIN (SELECT * FROM device LIMIT 1) d""",
            {"points": points},
        )
        tx.execute("DELETE FROM device")
        tx.execute("INSERT INTO device BY NAME SELECT * FROM grown")
        tx.execute("DROP TABLE grown")

    store = Store.open(home)
    store.write(work)
    store.close()


def _observe(number: int) -> list[dict[str, object]]:
    state = "alarm" if number % 2 else "normal"
    return [{"device_id": "bench-0", "happened_at": datetime.now(UTC).isoformat(), "state": state}]


class Viewer:
    """One page's traffic without a browser: the bell line, and the frame after each bell."""

    def __init__(self, server: Server) -> None:
        self.headers = {"Cookie": server.cookie("desk"), "Accept-Encoding": "gzip"}
        self.bells = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.frames = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        self.bells.request("GET", "/desk/live/bell", headers=self.headers)
        self.stream = self.bells.getresponse()
        self.bytes = 0

    def next_bell(self, layer: str) -> dict[str, object]:
        event = ""
        while True:
            line = self.stream.readline()
            self.bytes += len(line)
            if line.startswith(b"event:"):
                event = line[6:].strip().decode()
            elif line.startswith(b"data:") and event == "bell":
                bell = json.loads(line[5:])
                if layer in bell["changed"]:
                    return dict(bell)

    def fetch(self, layer: str, seq: object) -> None:
        self.frames.request("GET", f"/desk/live/frame/{layer}?v={seq}", headers=self.headers)
        answer = self.frames.getresponse()
        self.bytes += len(answer.read())
        assert answer.status == 200, answer.status

    def close(self) -> None:
        self.bells.close()
        self.frames.close()


def _twin(points: int) -> tuple[str, ...]:
    with demo_home(0.2) as home:
        _grow_devices(home, points)
        with served(home) as server:
            key = server.verb("key", "create", "bench")
            unwatched_ms = _unwatched(server, key)
            viewer = Viewer(server)
            viewer.fetch("devices", viewer.next_bell("devices")["seq"])
            delays: list[float] = []
            before, sent = cpu_s(server.pid), viewer.bytes
            for number in range(UPDATES):
                began = perf_counter()
                post(server, "observations", _observe(number), key)
                viewer.fetch("devices", viewer.next_bell("devices")["seq"])
                delays.append(perf_counter() - began)
            cpu_ms = (cpu_s(server.pid) - before) / UPDATES * 1000
            kilobytes = (viewer.bytes - sent) / UPDATES / 1000
            viewer.close()
            drawn = _drawn(server, key)
    return _row(f"twin, {points:,} points", unwatched_ms, cpu_ms, kilobytes, delays, drawn)


def _unwatched(server: Server, key: str) -> float:
    """CPU ms of taking one change through the door into a durable commit, while nobody looks."""
    for _ in range(2):  # the first round warms up what a start has left to do
        before = cpu_s(server.pid)
        for number in range(UPDATES):
            post(server, "observations", _observe(number), key)
    return (cpu_s(server.pid) - before) / UPDATES * 1000


def _drawn(server: Server, key: str) -> str:
    """Median seconds from the post to the frame that holds it being drawn (software GL)."""
    with browser() as chromium:
        page = Page(chromium, server, "desk", 1366, 768)
        page.until_ready()
        spent = []
        for number in range(5):
            began = monotonic()
            receipt = post(server, "observations", _observe(number), key)
            page.until(f"window.__twin.scene.metrics().lastFrameSeq >= {receipt['seq']}")
            spent.append(monotonic() - began)
        page.close()
    return f"{statistics.median(spent):.2f} s"


def _plain(points: int) -> tuple[str, ...]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-w", "1", "-k", "gthread", "--threads", "8"]
    command += ["-b", f"127.0.0.1:{port}", "plain_dash:server"]
    env = {**os.environ, "POINTS": str(points)}
    process = subprocess.Popen(command, env=env, cwd=PEER.parent, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/_dash-layout", process)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        delays: list[float] = []
        size = _tick(line, 0)
        before = cpu_s(process.pid)
        for number in range(UPDATES):
            began = perf_counter()
            size = _tick(line, number + 1)
            delays.append(perf_counter() - began)
        cpu_ms = (cpu_s(process.pid) - before) / UPDATES * 1000
    finally:
        process.terminate()
        process.wait(30)
    return _row(f"plain Dash, {points:,} points", 0.0, cpu_ms, size / 1000, delays, "not measured")


def _tick(line: http.client.HTTPConnection, number: int) -> int:
    """One Interval's callback as the page would ask for it; the size of the answer in bytes."""
    body = {
        "output": "spec.data",
        "outputs": {"id": "spec", "property": "data"},
        "inputs": [{"id": "tick", "property": "n_intervals", "value": number}],
        "changedPropIds": ["tick.n_intervals"],
    }
    headers = {"Content-Type": "application/json"}
    line.request("POST", "/_dash-update-component", json.dumps(body), headers)
    answer = line.getresponse()
    size = len(answer.read())
    assert answer.status == 200, answer.status
    return size


def _row(
    name: str, commit_ms: float, cpu_ms: float, kilobytes: float, delays: list[float], drawn: str
) -> tuple[str, ...]:
    """What is not the commit is the showing; plain Dash keeps nothing, all of it is showing."""
    p50, p95 = (percentile(delays, share) * 1000 for share in (0.5, 0.95))
    commit = f"{commit_ms:.1f}" if commit_ms else "none"
    received = f"{p50:.0f} / {p95:.0f}"
    return name, f"{cpu_ms:.1f}", commit, f"{cpu_ms - commit_ms:.1f}", f"{kilobytes:,.0f}", received, drawn


def table() -> list[tuple[str, ...]]:
    head = (
        "way",
        "server CPU ms/update",
        "of it the durable commit",
        "of it the showing",
        "kB/update",
        "change → received ms p50 / p95",
        "change → drawn p50",
    )
    rows = [head]
    for points in (5_000, 50_000):
        ours, peer = _twin(points), _plain(points)
        whole, showing = (float(peer[i]) / max(float(ours[i]), 0.1) for i in (1, 3))
        ratio = (f"plain Dash / twin, {points:,}", f"{whole:.1f}×", "", f"{showing:.1f}×", "", "", "")
        rows += [ours, peer, ratio]
    return rows
