"""Messages through the MQTT door and callbacks through HTTP: how many a second are written for good."""

import http.client
import json
import subprocess
import sys
import tempfile
import threading
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import monotonic

from house import Server, cpu_s, demo_home, free_port, percentile, served

from twin.store import Store

MESSAGES = 50_000
SPAN_S = 15.0
LANES, EVENTS = 14, 100
# With its own settings mosquitto drops after 1,000; `user root`: else it may not write its folder.
BROKER = """listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 5
max_inflight_messages 0
max_queued_messages 0
user root
"""
PUBLISH = """
import json, sys
from datetime import UTC, datetime, timedelta
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
port, count, devices = int(sys.argv[1]), int(sys.argv[2]), json.load(sys.stdin)
client = Client(CallbackAPIVersion.VERSION2)
client.max_inflight_messages_set(0)
client.connect("127.0.0.1", port)
client.loop_start()
at = datetime.now(UTC) - timedelta(minutes=50)
for n in range(count):
    said = {"ts": (at + timedelta(milliseconds=n)).isoformat(), "seq": n, "v": {"main": {"state": "normal"}}}
    topic = f"mg/510108008003/510108008003/{devices[n % len(devices)]}/state"
    last = client.publish(topic, json.dumps(said), qos=1)
last.wait_for_publish(120)
"""


def _meters(server: Server) -> dict[str, float]:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("twin_") and "{" not in line)
    return {name: float(value) for name, value in pairs}


def _mqtt(server: Server, port: int, devices: list[str]) -> tuple[str, ...]:
    before, before_s, pause, began = _meters(server), cpu_s(server.pid), Event(), monotonic()
    words = [sys.executable, "-c", PUBLISH, str(port), str(MESSAGES)]
    publisher = subprocess.Popen(words, stdin=subprocess.PIPE)
    assert publisher.stdin is not None
    publisher.stdin.write(json.dumps(devices).encode())
    publisher.stdin.close()
    while (now := _meters(server))["twin_mqtt_acknowledged"] < MESSAGES:
        pause.wait(0.1)
    took = monotonic() - began
    publisher.wait(30)
    grown = {name: value - before.get(name, 0.0) for name, value in now.items()}
    if grown["twin_engine_accepted"] != MESSAGES or grown["twin_engine_duplicates"]:
        raise RuntimeError(f"of {MESSAGES}: {grown['twin_engine_accepted']} written")
    commit_ms = grown["twin_engine_commit_s_sum"] / grown["twin_engine_commits"] * 1000
    cost = (cpu_s(server.pid) - before_s) / MESSAGES * 1e6
    return (
        "MQTT, single, QoS 1",
        f"{MESSAGES / took:,.0f} /s",
        f"commit {commit_ms:.0f} ms",
        f"{cost:.0f} µs",
    )


def _post(server: Server, key: str, lane: int, spent: list[float]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    until, at = monotonic() + SPAN_S, datetime.now(UTC) - timedelta(hours=1 + lane)
    first, sent = int(at.timestamp() * 1000), 0
    while monotonic() < until:
        events = [
            {"imei": f"86{n:04}", "alarmType": 0, "timestamp": first + sent + n, "battery": 87}
            for n in range(EVENTS)
        ]
        began = monotonic()
        line.request("POST", "/ingest/readings/vendor_smoke", json.dumps(events).encode(), headers)
        said = json.loads(line.getresponse().read())
        if said["accepted"] != EVENTS:
            raise RuntimeError(str(said)[:200])
        spent.append(monotonic() - began)
        sent += EVENTS


def _http(server: Server) -> tuple[str, ...]:
    key = server.verb("key", "create", "bench", "--title", "bench")
    spent: list[float] = []
    before_s, began = cpu_s(server.pid), monotonic()
    senders = [threading.Thread(target=_post, args=(server, key, lane, spent)) for lane in range(LANES)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    count = len(spent) * EVENTS
    times = f"answer p50 {percentile(spent, 0.5) * 1000:.0f}, p99 {percentile(spent, 0.99) * 1000:.0f} ms"
    cost = (cpu_s(server.pid) - before_s) / count * 1e6
    what = f"callbacks, {LANES} × {EVENTS} events"
    return (what, f"{count / (monotonic() - began):,.0f} /s", times, f"{cost:.0f} µs")


def _named(home: Path) -> list[str]:
    """The ids of the devices; a hundred smoke detectors get the names by which the callbacks call them."""
    store = Store.open(home)
    found = store.read("SELECT community12, id, kind FROM device ORDER BY id").to_pylist()
    smoke = [row for row in found if row["kind"] == "smoke"][:EVENTS]
    names = [
        {"community12": row["community12"], "scheme": "imei", "external_id": f"86{n:04}"}
        | {"device_id": row["id"], "provenance": "bench"}
        for n, row in enumerate(smoke)
    ]
    store.write(lambda tx: tx.append("device_name", names))
    store.close()
    return [str(row["id"]) for row in found]


def table() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("door", "written for good", "times", "server CPU each")]
    port = free_port()
    with demo_home(0.2) as home, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(BROKER.format(port=port, folder=folder))
        broker = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            url = f'mqtt_url = "mqtt://127.0.0.1:{port}"\n'
            (home.parent / "twin.toml").write_text(f"ingest_rate_per_s = 1000000\n{url}")
            devices = _named(home)
            with served(home) as server:
                pause = Event()
                while not _meters(server)["twin_mqtt_connected"]:
                    pause.wait(0.2)
                rows += [_mqtt(server, port, devices), _http(server)]
        finally:
            broker.terminate()
            broker.wait(30)
    return rows
