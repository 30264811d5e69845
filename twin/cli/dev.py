"""`twin dev`: the server as a child that starts again when a source file changes."""

import signal
import sys
import threading
from pathlib import Path

from twin.cli.household import child_of, end
from twin.settings import Settings

WATCHED = (".py", ".js", ".css", ".sql")
LOOK_EVERY_S = 1.0


def _newest() -> tuple[float, int]:
    """The latest change below the working folder's source rooms, and how many files there are."""
    times = [
        path.stat().st_mtime
        for room in (Path("twin"), Path("layers"))
        for path in room.rglob("*")
        if path.suffix in WATCHED
    ]
    return max(times, default=0.0), len(times)


def serve_and_watch(settings: Settings) -> int:
    """Until Ctrl-C. The store has one owner, so the child is ended before it is made anew."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    seen = _newest()
    child = child_of(settings, "serve")
    try:
        while not stopped.wait(LOOK_EVERY_S):
            if _newest() != seen:
                seen = _newest()
                sys.stdout.write("A file changed: starting again.\n")
                end(child)
                child = child_of(settings, "serve")
    finally:
        end(child)
    return 0
