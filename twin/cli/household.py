"""`twin demo`: the server and the simulator as two children that live and end together."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from time import monotonic

from twin.cli.fresh import has_community, init_demo, made_with
from twin.settings import Settings
from twin.store import StoreBusy
from twin.ui.control import NoServer, ask
from twin.ui.port import port_fault

READY_S = 60.0
GRACE_S = 15.0
LET_GO_S = 10.0
FEED = "demo"
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


def _die_with_parent() -> None:
    """In the child: ask the kernel for SIGTERM when the parent dies, however it dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def child_of(settings: Settings, *words: str, **extra: str) -> "subprocess.Popen[bytes]":
    env = {**os.environ, "TWIN_HOME": str(settings.home.resolve()), **extra}
    return subprocess.Popen([sys.executable, "-m", "twin.cli", *words], env=env, preexec_fn=_die_with_parent)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _ready(settings: Settings, server: "subprocess.Popen[bytes]", stopped: threading.Event) -> bool:
    """Wait until /healthz answers; False when the server ended or was told to stop first."""
    until = monotonic() + READY_S
    while monotonic() < until and server.poll() is None and not stopped.is_set():
        try:
            with urllib.request.urlopen(f"{settings.url}/healthz", timeout=2) as answer:  # noqa: S310 - own address
                json.load(answer)
                return True
        except (urllib.error.URLError, OSError, ValueError):
            stopped.wait(0.2)
    return False


def end(child: "subprocess.Popen[bytes] | None") -> None:
    if child is None or child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _lasting_fault(settings: Settings) -> str | None:
    """Why the port cannot be had; an earlier demo that was killed needs some seconds to let go of it."""
    until, pause, told = monotonic() + LET_GO_S, threading.Event(), False
    while True:
        fault = port_fault(settings) or _held(settings)
        if fault is None or monotonic() > until:
            return fault
        if not told:
            told = True
            _say("Waiting for an earlier server to let go ...")
        pause.wait(0.3)


def _held(settings: Settings) -> str | None:
    try:
        has_community(settings)
    except StoreBusy as fault:
        return str(fault)
    return None


def run_demo(settings: Settings, seed: int, scale: float, speed: float) -> int:
    """Serve and simulate in the foreground; Ctrl-C and SIGTERM end both. Returns the exit code."""
    if fault := _lasting_fault(settings):
        sys.stderr.write(fault + "\n")
        return 2
    if not has_community(settings):
        done = init_demo(settings, seed, scale, _say)
        if not done["ok"]:
            sys.stderr.write(done["text"] + "\n")
            return 2
        _say(done["text"].split(" Next:")[0])
    made = made_with(settings)
    if made is None:
        sys.stderr.write(
            f"{settings.home} holds a real place: use `twin serve`, or set TWIN_HOME to another folder.\n"
        )
        return 2
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    server = child_of(settings, "serve")
    simulator: subprocess.Popen[bytes] | None = None
    try:
        if not _ready(settings, server, stopped):
            return 0 if stopped.is_set() else _server_failed(server)
        simulator = _simulator(settings, *made, speed)
        _say(
            f"\nThe twin is up.\n  wall  {settings.url}/wall\n  desk  {settings.url}/desk\nCtrl-C stops it.\n"
        )
        return _watch(server, simulator, stopped)
    finally:
        end(simulator)
        end(server)
        _say("Stopped.")


def _server_failed(server: "subprocess.Popen[bytes]") -> int:
    code = server.poll()
    what = f"was not ready in {READY_S:.0f} s" if code is None else f"ended with code {code}"
    sys.stderr.write(f"The server {what}; what it said stands above.\n")
    return code or 1


def _simulator(settings: Settings, seed: int, scale: float, speed: float) -> "subprocess.Popen[bytes]":
    """A fresh key for this run; it is handed on in the environment, never in a command line."""
    try:
        args = {"feed": FEED, "title": "模拟数据源", "demo": True}
        done = ask(settings.home, "key-create", args, lambda _: None)
    except NoServer as fault:
        raise RuntimeError("the server answers but its socket does not") from fault
    words = ["simulate", "--address", settings.url]
    words += ["--seed", str(seed), "--scale", str(scale), "--speed", str(speed)]
    return child_of(settings, *words, TWIN_API_KEY=str(done["data"]["key"]))


def _watch(
    server: "subprocess.Popen[bytes]", simulator: "subprocess.Popen[bytes]", stopped: threading.Event
) -> int:
    """Until told to stop or the server ends; that the simulator ended is told once."""
    told = False
    while not stopped.wait(0.5):
        if (code := server.poll()) is not None:
            sys.stderr.write(f"The server ended with code {code}. Start again with `make demo`.\n")
            return code or 1
        if not told and simulator.poll() is not None:
            told = True
            _say("The simulator has ended: nothing new will arrive. Its words stand above.")
    return 0
