"""The page as a PNG at the wall's size, drawn by a Chromium of this machine where there is one."""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
DRAWN_WITHIN_S = 180.0
ENDED_WITHIN_S = 10.0
LOOK_EVERY_S = 0.25
# Loaded in a small window: without a graphics card every frame of the wall's size takes seconds.
SMALL_PX = 960
SETTLED = "document.body && document.body.dataset.settled || ''"
FLAGS = (
    "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--disable-background-networking", "--disable-extensions", "--disable-sync", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist", "--force-device-scale-factor=1",
)  # fmt: skip

# Chromium hears on descriptor 3 and speaks on 4. The server beside it goes first.
MOVE = """import fcntl, os, sys
hear, speak = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(hear, 3)
os.dup2(speak, 4)
os.nice(10)
os.execv(sys.argv[3], sys.argv[3:])"""


class NotDrawn(RuntimeError):
    """There is no picture; the sentence says why."""


def find_browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def picture(html: bytes, width_px: int, height_px: int, browser: str | None) -> bytes:
    """The settled page as PNG. Raises NotDrawn."""
    if browser is None:
        raise NotDrawn("no Chromium was found on this machine")
    try:
        with tempfile.TemporaryDirectory(prefix="twin-picture-") as folder:
            file = Path(folder) / "scene.html"
            file.write_bytes(html)
            with _running(browser, Path(folder) / "profile") as pipe:
                return _shot(pipe, f"{file.as_uri()}#glass", width_px, height_px)
    except (OSError, ValueError, KeyError) as fault:
        raise NotDrawn(f"Chromium could not be used: {fault}") from fault


@dataclass
class Pipe:
    """Chromium's debugging pipe: one JSON message, one NUL."""

    send_fd: int
    hear_fd: int
    until: float
    session: str | None = None
    _count: int = 0
    _heard: bytearray = field(default_factory=bytearray)

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        self._count += 1
        message: dict[str, object] = {"id": self._count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.send_fd, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._count:
            pass
        if "error" in answer:
            raise NotDrawn(f"Chromium refused {method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while (end := self._heard.find(b"\0")) < 0:
            ready, _, _ = select.select([self.hear_fd], [], [], max(0.0, self.until - monotonic()))
            if not ready:
                raise NotDrawn(f"Chromium did not draw within {DRAWN_WITHIN_S:.0f} s")
            chunk = os.read(self.hear_fd, 1 << 20)
            if not chunk:
                raise NotDrawn("Chromium ended before it had drawn")
            self._heard += chunk
        message: dict[str, Any] = json.loads(self._heard[:end])
        del self._heard[: end + 1]
        return message

    def wait(self, seconds: float) -> None:
        if monotonic() + seconds > self.until:
            raise NotDrawn(f"Chromium did not draw within {DRAWN_WITHIN_S:.0f} s")
        select.select([], [], [], seconds)


@contextlib.contextmanager
def _running(browser: str, profile: Path) -> Iterator[Pipe]:
    """A Chromium of our own, and its end."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    # As root Chromium starts only without its sandbox; it opens nothing but our own file.
    flags = [*FLAGS, f"--user-data-dir={profile}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    # A second interpreter moves the pipe: in a server of many threads nothing of ours may run after a fork.
    words = [
        sys.executable,
        "-I",
        "-c",
        MOVE,
        str(theirs_in),
        str(theirs_out),
        browser,
        *flags,
        "about:blank",
    ]
    try:
        child = subprocess.Popen(
            words, pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Pipe(ours_out, ours_in, monotonic() + DRAWN_WITHIN_S)
        finally:
            _end(child)
    finally:
        os.close(ours_out)
        os.close(ours_in)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.terminate()
    try:
        child.wait(ENDED_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _shot(pipe: Pipe, address: str, width_px: int, height_px: int) -> bytes:
    target = pipe.ask("Target.createTarget", url="about:blank")["targetId"]
    pipe.session = pipe.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    small_px = min(SMALL_PX, width_px)
    _resize(pipe, small_px, small_px * height_px // width_px)
    pipe.ask("Page.navigate", url=address)
    while not pipe.ask("Runtime.evaluate", expression=SETTLED)["result"].get("value"):
        pipe.wait(LOOK_EVERY_S)
    if small_px != width_px:
        pipe.ask("Runtime.evaluate", expression=f"window.grown = __twin.atWidth({width_px}); 0")
        _resize(pipe, width_px, height_px)
        pipe.ask("Runtime.evaluate", expression="window.grown", awaitPromise=True)
    shot = pipe.ask("Page.captureScreenshot", format="png")["data"]
    pipe.session = None
    with contextlib.suppress(NotDrawn, OSError):
        pipe.ask("Browser.close")
    return base64.b64decode(shot)


def _resize(pipe: Pipe, width_px: int, height_px: int) -> None:
    size = {"width": width_px, "height": height_px, "deviceScaleFactor": 1, "mobile": False}
    pipe.ask("Emulation.setDeviceMetricsOverride", **size)
