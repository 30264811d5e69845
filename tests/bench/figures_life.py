"""The simulator against a served demo: how much it says at the true pace and at ×60, and what that costs."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from threading import Event
from time import monotonic

from house import ROOT, Server, cpu_s, demo_home, served

SPAN_S, SETTLE_S, START_S = 40.0, 8.0, 120.0
# From the hour at which people go to the market, kitchens warm up and many ask.
BEGINS = "09:30"
SCALE = 1.0
SPEEDS = (1.0, 60.0, 600.0)
COUNTED = ("twin_engine_accepted", "twin_engine_rejected", "twin_engine_commits")


def _counted(server: Server) -> Mapping[str, float]:
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=20) as answer:
        lines = answer.read().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs if name in COUNTED}


def _living(server: Server, speed: float) -> "subprocess.Popen[bytes]":
    key = server.verb("key", "create", "life", "--title", "life", "--demo").split()[-1]
    words = ["--address", server.url, "--scale", str(SCALE), "--speed", str(speed), "--from", BEGINS]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TWIN_API_KEY": key}
    return subprocess.Popen(
        [sys.executable, "-m", "twin.cli", "simulate", *words], env=env, stderr=subprocess.DEVNULL
    )


def _row(server: Server, devices: int, speed: float) -> tuple[str, ...]:
    pause, first = Event(), _counted(server)["twin_engine_accepted"]
    life = _living(server, speed)
    try:
        until = monotonic() + START_S
        while _counted(server)["twin_engine_accepted"] - first < 0.9 * devices and monotonic() < until:
            pause.wait(0.5)
        pause.wait(SETTLE_S)
        before, own_s, server_s, began = _counted(server), cpu_s(life.pid), cpu_s(server.pid), monotonic()
        pause.wait(SPAN_S)
        after, took = _counted(server), monotonic() - began
        own, theirs = cpu_s(life.pid) - own_s, cpu_s(server.pid) - server_s
    finally:
        life.terminate()
        life.wait(30)
    said = after["twin_engine_accepted"] - before["twin_engine_accepted"]
    return (
        f"×{speed:g}",
        f"{said / took:,.0f} /s",
        f"{after['twin_engine_rejected'] - before['twin_engine_rejected']:.0f}",
        f"{(after['twin_engine_commits'] - before['twin_engine_commits']) / took:.1f} /s",
        f"{own / took:.1%}",
        f"{theirs / took:.1%}",
    )


def table() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("the day's speed", "messages accepted", "rejected", "commits", "simulator's CPU", "server's CPU")
    ]
    with demo_home(SCALE) as home:
        (home.parent / "twin.toml").write_text("ingest_rate_per_s = 1000000\n")
        with served(home) as server:
            rows += [_row(server, 4_500, speed) for speed in SPEEDS]
    return rows
