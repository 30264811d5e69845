"""One process owns a home: a lock that dies with its holder and names it."""

import fcntl
import os
import sys
from pathlib import Path

LOCK_NAME = "twin.lock"


class StoreBusy(RuntimeError):
    """Another process holds the file."""


class HomeLock:
    """Held as long as the object is open; also refuses a second holder inside the same process."""

    def __init__(self, home: Path) -> None:
        path = home / LOCK_NAME
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._descriptor, 400).decode("utf-8", "replace").strip()
            os.close(self._descriptor)
            raise StoreBusy(busy_sentence(home, holder)) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"process {os.getpid()} ({' '.join(sys.argv)[:300]})".encode(), 0)

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def busy_sentence(home: Path, holder: str) -> str:
    return (
        f"{home} is held by {holder or 'another process'}. One process owns a community's file: "
        "stop that one first, or point TWIN_HOME at another folder."
    )
