"""Debian's mosquitto as a process that may be killed, and a twin that listens to it."""

import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from twin.engine import Engine
from twin.ingest.decoders.own_mqtt import topic_of
from twin.ingest.mqtt import MqttDoor
from twin.ingest.mqtt_broker import broker_of
from twin.settings import Settings
from twin.store import Store, Tx

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin") or ""
CODE = "510115006001"
GRID = "51011500600100000"
WAIT_S = 30.0
# `user root`: it would give up root for an account that may not read a private temporary folder.
# With mosquitto's defaults a slow consumer loses what it has not fetched.
CONFIG = """
listener {port} 127.0.0.1
allow_anonymous {anonymous}
persistence true
persistence_location {folder}/
autosave_interval 5
max_inflight_messages 0
max_queued_messages 0
user root
"""


@dataclass
class BrokerProcess:
    """mosquitto with its data in `folder`; may be killed and started again."""

    folder: Path
    port: int
    anonymous: bool = True
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = self.folder / "mosquitto.conf"
        text = CONFIG.format(port=self.port, folder=self.folder, anonymous=str(self.anonymous).lower())
        if not self.anonymous:
            text += f"password_file {self.folder}/passwords\n"
        config.write_text(text)
        words = [MOSQUITTO, "-c", str(config)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert self.process.stderr is not None
        said = b""
        while b"running" not in said:
            line = self.process.stderr.readline()
            if not line:
                raise RuntimeError(said.decode())
            said += line

    def stop(self, *, kill: bool = False) -> None:
        while self.process and self.process.poll() is None:
            (self.process.kill if kill else self.process.terminate)()
            # It forgets a signal that comes while it starts: then it is told again.
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(3)

    def publisher(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2)
        client.max_inflight_messages_set(0)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def place(tx: Tx) -> None:
    now = datetime.now(UTC)
    key = {"community12": CODE, "provenance": "demo"}
    about = {"name": "永宁", "name_en": "Yongning", "lon0": 103.856, "lat0": 30.686, "demo": True}
    tx.append("community", [{"community12": CODE, "created_at": now} | about])
    device = {"kind": "smoke", "is_public": True, "expected_interval_s": 60, "installed_at": now}
    device |= {"x_m": 1.0, "y_m": 2.0, "z_m": 3.0}
    tx.append("device", [key | device | {"id": f"d{n}", "label": f"d{n}"} for n in range(10)])


@dataclass
class Listening:
    """A twin with its engine and MQTT door, and words to wait for what becomes of messages."""

    store: Store
    engine: Engine
    door: MqttDoor
    _heard: Condition = field(default_factory=Condition)

    def __post_init__(self) -> None:
        self.store.subscribe(self._hear)

    def _hear(self, _: Any) -> None:
        with self._heard:
            self._heard.notify_all()

    def until(self, true: Callable[[], bool]) -> None:
        """Looked at after every commit, and now and then."""
        with self._heard:
            for _ in range(round(WAIT_S / 0.05)):
                if true():
                    return
                self._heard.wait(0.05)
        raise AssertionError(f"not within {WAIT_S} s: {self.door.report()} {self.door.counters}")

    def one(self, sql: str) -> Any:
        ((value,),) = [row.values() for row in self.store.read(sql).to_pylist()]
        return value

    def close(self) -> None:
        self.door.stop()
        self.engine.stop()
        self.store.close()


def listening(home: Path, port: int, **more: Any) -> Listening:
    settings = Settings(home=home, mqtt_url=f"mqtt://127.0.0.1:{port}", **more)
    store = Store.open(home)
    if store.read("SELECT 1 AS it FROM community").num_rows == 0:
        store.write(place)
    broker = broker_of(settings)
    assert broker is not None
    engine = Engine(store, lambda: datetime.now(UTC), interval_s=0.02)
    engine.start()
    door = MqttDoor(engine, broker, home)
    twin = Listening(store, engine, door)
    door.start()
    return twin


def own(device: str, channel: str = "state") -> str:
    return topic_of(CODE, GRID, device, channel)
