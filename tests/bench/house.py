"""A served twin of its own home and port for the bench, and what its processes cost."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def cpu_s(pid: int) -> float:
    """User and system seconds of a process and its children now."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def rss_mb(pid: int) -> float:
    """Resident memory of a process and its children; shared pages counted once by their share (PSS)."""
    total = 0
    for one in family(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


@dataclass(frozen=True)
class Server:
    """A running server: where it is and which process leads it."""

    port: int
    pid: int
    home: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cookie(self, screen: str) -> str:
        """The cookie that opening a page gives."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request("GET", f"/{screen}")
        answer = line.getresponse()
        answer.read()
        return "; ".join(
            value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"
        )

    def verb(self, *words: str) -> str:
        env = _env(self.home, self.port)
        done = subprocess.run(
            [sys.executable, "-m", "twin.cli", *words], env=env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


def _env(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
    return {
        **kept,
        "TWIN_HOME": str(home),
        "TWIN_KEY_FILE": str(home.parent / "key"),
        "TWIN_PORT": str(port),
        "PYTHONPATH": str(ROOT),
    }


def wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", limit_s: float = 60.0) -> None:
    until, pause = monotonic() + limit_s, Event()
    while monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                answer.read()
                return
        except OSError:
            pause.wait(0.1)
    raise RuntimeError(f"{url} does not answer")


@contextlib.contextmanager
def served(home: Path) -> Iterator[Server]:
    """`twin serve` on this home until the block ends."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "serve"],
        env=_env(home, port),
        cwd=home.parent,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/healthz", process)
        yield Server(port, process.pid, home)
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def demo_home(scale: float) -> Iterator[Path]:
    """A fresh home with the demo community."""
    folder = Path(tempfile.mkdtemp(prefix="twin-bench-"))
    try:
        home = folder / "home"
        command = [sys.executable, "-m", "twin.cli", "init", "--demo", "--scale", str(scale)]
        subprocess.run(command, env=_env(home, 8050), check=True, stdout=subprocess.DEVNULL)
        yield home
    finally:
        shutil.rmtree(folder)


def post(server: Server, door: str, items: list[dict[str, object]], key: str) -> dict[str, object]:
    """One batch through a door in."""
    request = urllib.request.Request(
        f"{server.url}/ingest/{door}",
        data=json.dumps(items).encode(),
        headers={"X-API-Key": key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
