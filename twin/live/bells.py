"""Bells: every viewer hears which layers changed, at most four times a second, and can never fall behind."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from twin.store import Committed

GAP_S = 0.25
AGED_MEMORY_S = 15.0
# A board that no commit rang for is rung for this often: its ages move by themselves.
BOARD_EVERY_S = 5.0


class HubFull(Exception):
    """As many viewers listen as the server has threads for."""


@dataclass(frozen=True, slots=True)
class Bell:
    """What changed since the viewer's last bell, and the number of the commit up to which that is told.

    `at` is the instant of the commit that rang; None when the passing of time rang, or nobody.
    """

    seq: int
    at: datetime | None
    changed: tuple[str, ...]
    board: bool


@dataclass(slots=True, eq=False)
class Viewer:
    """One listener. It keeps the number of the last ring it heard, nothing else: that is its whole queue."""

    heard: int


BOARD = "\0board"


class Hub:
    """Counts rings and remembers for each layer the last ring that was for it.

    A slow viewer hears fewer, wider bells; what the server holds does not depend on how slow it is.
    """

    def __init__(
        self,
        depends: Mapping[str, frozenset[str]],
        board_tables: frozenset[str],
        *,
        seq: int,
        version: Callable[[Iterable[str]], int],
        viewers_max: int,
        gap_s: float = GAP_S,
    ) -> None:
        self._depends = {**depends, BOARD: board_tables}
        self._version = version
        self._viewers_max, self._gap_s = viewers_max, gap_s
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._turn = threading.Condition(self._lock)
        self._pending: set[str] = set()
        self._rings, self._rung_at = 0, -gap_s
        self._marks: dict[str, int] = {}
        self._aged_at: dict[str, float] = {}
        self._board_at = time.monotonic()
        self._rung_seq = self._committed_seq = seq
        self._pending_at: datetime | None = None
        self._marked_at: datetime | None = None
        self._viewers: set[Viewer] = set()
        self._stopped = False
        self._thread = threading.Thread(target=self._ring_on, name="bells", daemon=True)
        self._thread.start()

    @property
    def stopped(self) -> bool:
        return self._stopped

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    @property
    def rings(self) -> int:
        return self._rings

    def hear(self, committed: Committed) -> None:
        """The store's call after each commit."""
        touched = {name for name, tables in self._depends.items() if tables & committed.tables}
        with self._lock:
            self._committed_seq = max(self._committed_seq, committed.seq)
            if touched:
                self._pending |= touched
                self._pending_at = committed.at
                self._work.notify()

    def age(self, layers: Iterable[str]) -> None:
        """Ring for what changed by the passing of time alone, a device fallen silent for example."""
        now, aged = time.monotonic(), set(layers)
        with self._lock:
            if aged or now - self._board_at >= BOARD_EVERY_S:
                aged.add(BOARD)
            self._aged_at.update(dict.fromkeys(aged, now))
            self._pending |= aged
            self._work.notify()

    def join(self) -> Viewer:
        """Raises HubFull."""
        with self._lock:
            if len(self._viewers) >= self._viewers_max:
                raise HubFull
            viewer = Viewer(self._rings)
            self._viewers.add(viewer)
            return viewer

    def leave(self, viewer: Viewer) -> None:
        with self._lock:
            self._viewers.discard(viewer)

    def next(self, viewer: Viewer, within_s: float) -> Bell | None:
        """The next bell, or None when there was none in time or the hub stopped."""
        with self._lock:
            self._turn.wait_for(lambda: self._rings > viewer.heard or self._stopped, within_s)
            if self._stopped or self._rings <= viewer.heard:
                return None
            names = {name for name, mark in self._marks.items() if mark > viewer.heard}
            viewer.heard = self._rings
            return _bell(self._rung_seq, self._marked_at, names)

    def since(self, seq: int | None) -> Bell:
        """What changed after `seq`; everything, when that is unknown or from before a restore."""
        with self._lock:
            if seq is None or seq > self._committed_seq:
                return _bell(self._committed_seq, None, set(self._depends))
            recent = time.monotonic() - AGED_MEMORY_S
            names = {name for name, aged_at in self._aged_at.items() if aged_at > recent}
            names |= {name for name, tables in self._depends.items() if self._version(tables) > seq}
            return _bell(self._committed_seq, None, names)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            self._work.notify_all()
            self._turn.notify_all()
        self._thread.join()

    def _ring_on(self) -> None:
        with self._lock:
            while True:
                self._work.wait_for(lambda: self._pending or self._stopped)
                # The first bell after a quiet time rings at once; what follows waits for the gap.
                rest_s = self._rung_at + self._gap_s - time.monotonic()
                self._work.wait_for(lambda: self._stopped, max(0.0, rest_s))
                if self._stopped:
                    return
                self._rings += 1
                self._marks.update(dict.fromkeys(self._pending, self._rings))
                if BOARD in self._pending:
                    self._board_at = time.monotonic()
                self._pending.clear()
                self._rung_seq, self._rung_at = self._committed_seq, time.monotonic()
                self._marked_at, self._pending_at = self._pending_at, None
                self._turn.notify_all()


def _bell(seq: int, at: datetime | None, names: set[str]) -> Bell:
    return Bell(seq, at, tuple(sorted(names - {BOARD})), BOARD in names)
