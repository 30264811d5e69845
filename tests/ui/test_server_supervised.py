"""A dead engine is noticed within a beat, told, and followed by another though nobody sends anything."""

import ctypes
import threading
from time import monotonic

import pytest
from flask import Flask

from twin.ui.server import running_of
from twin.ui.supervisor import BEAT_S


def kill(name: str) -> threading.Thread:
    """End a thread from outside, as no fault of its own could be caught."""
    thread = next(one for one in threading.enumerate() if one.name == name)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
    )
    thread.join(10)
    return thread


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_dead_engine_is_started_again_within_a_beat_and_told(app: Flask) -> None:
    health, pause = app.test_client(), threading.Event()
    assert health.get("/healthz", base_url="http://127.0.0.1:8050").json["engine"]["restarts"] == 0
    assert not kill("engine").is_alive()
    engine, until = running_of(app).engine, monotonic() + 10 * BEAT_S
    while not (engine.alive and engine.counters.restarts) and monotonic() < until:
        pause.wait(0.05)
    told = health.get("/healthz", base_url="http://127.0.0.1:8050")
    assert told.status_code == 200
    assert told.json["engine"] == {"alive": True, "restarts": 1}
