"""`twin demo` as a person runs it: ready, alive, asked, stopped, killed, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

ROOT = Path(__file__).parents[2]
READY_S = 90.0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Household:
    """One `twin demo` process on its own port and home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
        self.env = {
            **kept,
            "TWIN_HOME": str(home),
            "TWIN_KEY_FILE": str(home.parent / "key"),
            "TWIN_PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }
        self.log = home.parent / "log"

    def start(self) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "twin.cli", "demo", "--scale", "0.2", "--speed", "10"]
        with self.log.open("ab") as log:
            return subprocess.Popen(words, env=self.env, cwd=self.home.parent, stdout=log, stderr=log)

    def health(self) -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
            return dict(json.load(answer))

    def wait_for_words(self, demo: "subprocess.Popen[bytes]", after_seq: int = 0) -> dict[str, object]:
        """Until the simulator's words have been committed, later than `after_seq`."""
        until = monotonic() + READY_S
        pause = Event()
        while monotonic() < until:
            assert demo.poll() is None, self.log.read_text()
            try:
                health = self.health()
                heard = sum(int(feed["accepted"]) for feed in health["feeds"])  # type: ignore[attr-defined]
                if heard and int(health["store"]["seq"]) > after_seq:  # type: ignore[index]
                    return health
            except OSError:
                pass
            pause.wait(0.2)
        raise AssertionError(self.log.read_text())

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "twin.cli", *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def household(tmp_path: Path) -> Iterator[Household]:
    yield Household(tmp_path / "home")
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_the_demo_lives_answers_its_socket_and_stops_on_sigterm(household: Household) -> None:
    demo = household.start()
    household.wait_for_words(demo)
    checked = household.run("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    refused = household.run("import", "buildings", "/nowhere.geojson", "--crs", "wgs84")
    assert refused.returncode == 2
    assert "/nowhere.geojson" in refused.stderr
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(30) == 0
    with socket.create_server(("127.0.0.1", household.port)):
        pass


def test_the_demo_starts_again_on_the_same_data_after_a_kill(household: Household) -> None:
    first = household.start()
    before = household.wait_for_words(first)
    first.kill()
    first.wait()
    second = household.start()
    heard = [int(feed["accepted"]) for feed in before["feeds"]]  # type: ignore[attr-defined]
    after = household.wait_for_words(second, int(before["store"]["seq"]))  # type: ignore[index]
    assert [int(feed["accepted"]) for feed in after["feeds"]] > heard  # type: ignore[attr-defined]
    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0


def test_a_revoked_key_silences_the_demo(household: Household) -> None:
    demo = household.start()
    household.wait_for_words(demo)
    assert household.run("key", "revoke", "demo").returncode == 0
    until = monotonic() + 30
    pause = Event()
    while "simulator has ended" not in household.log.read_text():
        assert monotonic() < until, household.log.read_text()
        pause.wait(0.2)
    demo.send_signal(signal.SIGTERM)
    assert demo.wait(30) == 0
