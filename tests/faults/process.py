"""A real `twin serve` that may be killed, a sender in another process, and what the sender was told."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from tests.ingest_mqtt.broker import free_port, place
from twin.security import ApiKeys
from twin.store import Store

ROOT = Path(__file__).parents[2]
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.02


@dataclass
class TwinProcess:
    """gunicorn's leader and its worker, in a session of their own so that both die at once."""

    home: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(cls, folder: Path) -> tuple["TwinProcess", str]:
        """A small community in `folder`/home, and the key of its feed."""
        folder.mkdir(exist_ok=True)
        store = Store.open(folder / "home")
        store.write(place)
        store.close()
        return cls(folder / "home"), ApiKeys(folder / "home").create("faults", title="faults", demo=True)

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
        env |= {"TWIN_HOME": str(self.home), "TWIN_PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        env |= {"TWIN_KEY_FILE": str(self.home.parent / "key")}
        with (self.home.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "twin.cli", "serve"],
                env=env,
                cwd=self.home.parent,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Leader and worker at once, as when the machine's memory runs out."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_worker(self) -> int:
        """Only the one that holds the store; its leader must start another. Returns its number."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        worker = int(children[0])
        os.kill(worker, signal.SIGKILL)
        return worker

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def ready_s(self) -> float:
        """Seconds until /healthz says 200."""
        began, pause = monotonic(), Event()
        while monotonic() - began < READY_WITHIN_S:
            if self.health()[0] == 200:
                return monotonic() - began
            pause.wait(LOOK_EVERY_S)
        raise AssertionError((self.home.parent / "server.log").read_text()[-2000:])

    def health(self) -> tuple[int, dict[str, Any]]:
        """0 while nobody answers."""
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            line.request("GET", "/healthz")
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}


@dataclass
class Sender:
    """Another process that sends for ever and writes down, outside the twin, what was acknowledged."""

    told: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def to(cls, port: int, key: str, told: Path, threads: int = 4) -> "Sender":
        words = [sys.executable, "-m", "tests.faults.sender", str(port), str(told), str(threads)]
        env = {**os.environ, "TWIN_API_KEY": key}
        return cls(told, subprocess.Popen(words, env=env, cwd=ROOT))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def acknowledged(self) -> Iterator[tuple[int, range]]:
        """The commit that was told, and the numbers of its readings. A half line was not acknowledged."""
        text = self.told.read_text() if self.told.exists() else ""
        for line in text.splitlines(keepends=True):
            if line.endswith("\n"):
                seq, first, count = (int(word) for word in line.split())
                yield seq, range(first, first + count)

    def count(self) -> int:
        return sum(len(numbers) for _, numbers in self.acknowledged())

    def until_acknowledged(self, count: int) -> None:
        until, pause = monotonic() + READY_WITHIN_S, Event()
        while self.count() < count:
            if monotonic() > until or self.process.poll() is not None:
                raise AssertionError(f"only {self.count()} of {count} were acknowledged")
            pause.wait(LOOK_EVERY_S)


def written(store: Store) -> Counter[int]:
    """How often each reading is in the file."""
    rows = store.read("SELECT value::BIGINT AS n FROM observation")["n"].to_pylist()
    return Counter(rows)
