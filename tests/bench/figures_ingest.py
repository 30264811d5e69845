"""Readings through the HTTP door: how many a second, and how long until the answer after their commit."""

import http.client
import json
import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

from house import Server, cpu_s, demo_home, percentile, served

from twin.store import Store

SPAN_S = 20.0
# Connections at once, items in a batch. One connection holds one place at the door until its commit.
LOADS = ((1, 1), (1, 100), (14, 100), (14, 1000), (4, 5000))


def _send(server: Server, key: str, devices: list[str], lane: int, size: int, spent: list[float]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    until, sent = monotonic() + SPAN_S, 0
    while monotonic() < until:
        at = datetime.now(UTC) - timedelta(hours=lane)
        items = [
            {"device_id": devices[(sent + n) % len(devices)], "state": "normal", "value": 20.5}
            | {"happened_at": (at + timedelta(microseconds=n)).isoformat()}
            for n in range(size)
        ]
        body = json.dumps(items).encode()
        began = monotonic()
        line.request("POST", "/ingest/observations", body, headers)
        answer = line.getresponse()
        said = json.loads(answer.read())
        if answer.status != 200 or said["accepted"] != size:
            raise RuntimeError(f"{answer.status} {str(said)[:200]}")
        spent.append(monotonic() - began)
        sent += size


def _load(server: Server, devices: list[str], lanes: int, size: int) -> tuple[str, ...]:
    key = server.verb("key", "create", "bench", "--title", "bench")
    spent: list[float] = []
    before_s, began = cpu_s(server.pid), monotonic()
    words = (server, key, devices)
    senders = [threading.Thread(target=_send, args=(*words, lane, size, spent)) for lane in range(lanes)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    took = monotonic() - began
    items = len(spent) * size
    return (
        f"{lanes} × {size}",
        f"{items / took:,.0f} /s",
        f"{percentile(spent, 0.5) * 1000:.0f} ms",
        f"{percentile(spent, 0.99) * 1000:.0f} ms",
        f"{(cpu_s(server.pid) - before_s) / items * 1e6:.0f} µs",
    )


def table() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("connections × items", "readings", "answer p50", "answer p99", "server CPU per reading")
    ]
    with demo_home(0.2) as home:
        (home.parent / "twin.toml").write_text("ingest_rate_per_s = 1000000\n")
        store = Store.open(home)
        devices = [str(name) for name in store.read("SELECT id FROM device")["id"].to_pylist()]
        store.close()
        with served(home) as server:
            rows += [_load(server, devices, *load) for load in LOADS]
    return rows
