"""A living twin and one browser for the whole run: a real server on a small demo, fed by the simulator."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import orjson
import pytest
from playwright.sync_api import Page, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
SCALE = "0.2"
# A first start builds the fonts, which takes 15 s of one processor.
START_S = 240.0
READY_S = 120.0
EXPECT_MS = 20_000
GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Twin:
    """A served home; `start` and `stop` as often as a test likes."""

    home: Path
    port: int
    extra: dict[str, str] = field(default_factory=dict)
    program: Path = ROOT
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TWIN_")}
        mine = {
            "TWIN_HOME": str(self.home),
            "TWIN_PORT": str(self.port),
            "TWIN_KEY_FILE": str(self.home.parent / f"{self.home.name}.key"),
        }
        return {**clean, **mine, **self.extra}

    def command(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "twin.cli", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"twin {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self) -> "Twin":
        log = (self.home.parent / f"{self.home.name}.log").open("ab")
        self._server = subprocess.Popen(
            [sys.executable, "-m", "twin.cli", "serve"],
            cwd=self.program,
            env=self.environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        self._wait_until_it_answers(self._server)
        return self

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._server is None:
            return
        self._server.send_signal(how)
        self._server.wait(timeout=30)
        self._server = None

    def processes(self) -> list[int]:
        """The server's own process and its workers."""
        assert self._server is not None
        pid = self._server.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, workers)]

    def kill(self) -> None:
        """Death without a word, workers first: nothing is left that could still answer."""
        for pid in reversed(self.processes()):
            os.kill(pid, signal.SIGKILL)
        assert self._server is not None
        self._server.wait(timeout=30)
        self._server = None

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
            return orjson.loads(answer.read())

    def _wait_until_it_answers(self, server: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if server.poll() is not None:
                log = (self.home.parent / f"{self.home.name}.log").read_text()
                raise AssertionError(f"the server ended with {server.returncode}:\n{log[-3000:]}")
            try:
                self.health()
            except HTTPError:
                return  # 503: it answers, and says that no feed has spoken yet
            except OSError:
                time.sleep(0.1)
            else:
                return
        server.kill()
        raise AssertionError(f"the server did not answer within {START_S:g} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """The demo at a fifth of its area, alive: what the simulator sends comes through the HTTP door."""
    it = Twin(tmp_path_factory.mktemp("browser") / "home", free_port())
    it.command("init", "--demo", "--scale", SCALE)
    it.start()
    key = it.command("key", "create", "simulator", "--title", "模拟器", "--demo").split()[-1]
    simulator = subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "simulate", "--address", it.url, "--scale", SCALE],
        cwd=ROOT, env={**it.environment, "TWIN_API_KEY": key},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield it
    simulator.terminate()
    simulator.wait(timeout=20)
    it.stop()


@pytest.fixture(scope="session")
def twin_at() -> Callable[[Path], Twin]:
    """A twin at another home, for the test that wants a place of its own."""
    return lambda home: Twin(home, free_port())


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    """Software GL on two cores is slow, and a test of behaviour is no test of speed."""
    expect.set_options(timeout=EXPECT_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.skip("the browser tests need Debian's Chromium: apt-get install chromium")
    return {
        "executable_path": str(CHROMIUM),
        "args": ["--no-sandbox", *GL, "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1366, "height": 768}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@dataclass
class Seen:
    """What a page asked of whom, and what it complained about."""

    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket_: self._asked(socket_.url))
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on(
            "console",
            lambda said: self.errors.append(f"{said.text} {said.location}") if said.type == "error" else None,
        )

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob"):
            self.hosts.add(parts.netloc)


@pytest.fixture
def seen(page: Page) -> Seen:
    it = Seen()
    it.watch(page)
    return it


@pytest.fixture(scope="session")
def until() -> Callable[..., Any]:
    """Waits for a truth in the page. (Playwright's own wait evaluates a string, which our CSP forbids.)"""

    def wait(page: Page, truth: str, seconds: float = 20.0) -> Any:
        deadline = time.monotonic() + seconds
        while True:
            value = page.evaluate(truth)
            if value:
                return value
            assert time.monotonic() < deadline, f"not within {seconds:g} s: {truth}"
            page.wait_for_timeout(50)

    return wait


@pytest.fixture(scope="session")
def ready() -> Callable[[Page, str], None]:
    """Opens an address and waits until its buildings are drawn."""

    def go(page: Page, url: str) -> None:
        page.goto(url)
        deadline = time.monotonic() + READY_S
        while not page.evaluate("() => Boolean(window.__twin && window.__twin.ready)"):
            assert time.monotonic() < deadline, f"{url} drew no buildings within {READY_S:g} s"
            page.wait_for_timeout(100)

    return go
