"""The wiring: nothing happens at import, one process owns the file, it ends cleanly however it is told."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from twin.store import Store
from twin.ui.fonts import ensure_fonts

ROOT = Path(__file__).parents[1]
READY_S = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the module, with the fonts that set-up built for every home."""
    folder = tmp_path_factory.mktemp("app") / "home"
    Store.open(folder).close()
    ensure_fonts(folder)
    return folder


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
    return kept | {"TWIN_HOME": str(home), "TWIN_KEY_FILE": str(home.parent / "key")} | more


def python(home: Path, code: str, **more: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-c", code]
    return subprocess.run(words, cwd=ROOT, env=environment(home, **more), capture_output=True, text=True)


class Served:
    """`twin serve`'s process as it becomes gunicorn."""

    def __init__(self, home: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        code = "from twin.settings import load_settings; from twin.ui.server import run; run(load_settings())"
        env = environment(home, TWIN_PORT=str(self.port))
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
        )

    def ask(self, path: str, cookie: str = "") -> http.client.HTTPResponse:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        return line.getresponse()

    def until_ready(self) -> "Served":
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                if self.ask("/healthz").status == 200:
                    return self
            assert self.process.poll() is None, self.process.stderr and self.process.stderr.read()
            time.sleep(0.1)
        raise AssertionError("the server was not ready")

    def listen(self) -> http.client.HTTPResponse:
        cookie = str(self.ask("/wall").getheader("Set-Cookie")).split(";")[0]
        stream = self.ask("/wall/live/bell", cookie)
        assert stream.status == 200
        assert stream.readline().startswith(b"id: ")
        return stream

    def workers(self) -> list[int]:
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split()]


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    server = Served(home).until_ready()
    yield server
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(30)


def test_the_wiring_fits_on_one_screen() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) < 60


def test_importing_the_app_opens_nothing(tmp_path: Path) -> None:
    code = "import app, threading; print(threading.active_count(), callable(app.create))"
    done = python(tmp_path / "none", code)
    assert done.stdout.split() == ["1", "True"], done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_the_operator_can_mend_is_a_sentence_and_no_traceback(home: Path) -> None:
    store = Store.open(home)
    try:
        done = python(home, "import app; app.create()")
    finally:
        store.close()
    assert done.returncode == 3
    assert "is held by process" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_listening_page_does_not_keep_the_server_from_stopping(home: Path, told: signal.Signals) -> None:
    server = Served(home).until_ready()
    stream = server.listen()
    server.process.send_signal(told)
    # A stream that held on would be killed after gunicorn's patience, and nothing would say "closed".
    assert server.process.wait(30) == 0
    assert b"event: bell" not in stream.read().split(b"\n\n")[-1]
    assert server.process.stderr is not None
    said = server.process.stderr.read()
    assert '"event": "closed"' in said
    assert "Traceback" not in said
    for line in said.splitlines():
        assert json.loads(line)["level"] in ("info", "warning"), line
    Store.open(home).close()


def test_a_worker_that_was_killed_is_followed_by_another_that_opens_the_file(served: Served) -> None:
    seq = json.load(served.ask("/healthz"))["store"]["seq"]
    (worker,) = served.workers()
    os.kill(worker, signal.SIGKILL)
    until = time.monotonic() + READY_S
    while time.monotonic() < until and served.workers() in ([], [worker]):
        time.sleep(0.05)
    served.until_ready()
    assert json.load(served.ask("/healthz"))["store"]["seq"] >= seq


def test_the_worker_ends_with_the_process_that_watches_it(home: Path) -> None:
    server = Served(home).until_ready()
    (worker,) = server.workers()
    server.process.kill()
    server.process.wait(10)
    until = time.monotonic() + 15
    while time.monotonic() < until and Path(f"/proc/{worker}").exists():
        time.sleep(0.1)
    Store.open(home).close()
