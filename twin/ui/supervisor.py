"""Watches the engine from outside: starts a dead one again, and tells when what arrives cannot be written."""

import shutil
from threading import Event

import structlog

from twin.engine import Engine
from twin.store import Store, Tx

BEAT_S = 1.0
# While writing fails and nobody sends, so often a commit of nothing is tried: the trouble may be over.
TRY_EVERY_BEATS = 5

log = structlog.get_logger("twin.supervisor")


class Supervisor:
    """One look a beat. `fault` is a sentence while batches fail and none succeeds, for /healthz."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store, self._engine = store, engine
        self._seen = engine.counters
        self._was_alive = True
        self._failing_beats = 0
        self.fault: str | None = None

    def run(self, quiet: Event) -> None:
        """Until `quiet` is set."""
        while not quiet.wait(BEAT_S):
            self._revive()
            self._judge()

    def _revive(self) -> None:
        is_alive = self._engine.alive
        if is_alive != self._was_alive:
            say = log.info if is_alive else log.error
            say("the engine lives again" if is_alive else "the engine is dead or hangs")
        if not is_alive:
            # Though nobody sends: what waits would wait, and no keyframe be taken.
            self._engine.start()
        self._was_alive = is_alive

    def _judge(self) -> None:
        before, self._seen = self._seen, self._engine.counters
        if self._seen.commits > before.commits:
            self._well()
        elif self._seen.failed_batches > before.failed_batches:
            self._ill()
        elif self.fault:
            self._failing_beats += 1
            if self._failing_beats % TRY_EVERY_BEATS == 0 and self._can_write():
                self._well()

    def _ill(self) -> None:
        if self.fault is None:
            log.error("what arrives cannot be written", failed=self._seen.failed_batches)
        free_mb = shutil.disk_usage(self._store.home).free / 1e6
        self.fault = (
            f"what arrives cannot be written and is not acknowledged; the disk has {free_mb:.0f} MB free: "
            "make room; writing goes on by itself then"
        )

    def _well(self) -> None:
        if self.fault:
            log.info("what arrives is written again")
        self.fault, self._failing_beats = None, 0

    def _can_write(self) -> bool:
        try:
            self._store.write(_nothing)
        except Exception:  # noqa: BLE001  whatever still ails the store, the fault stays told
            return False
        return True


def _nothing(_: Tx) -> None:
    """A commit of its own number only."""
