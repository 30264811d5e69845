"""The one thread that writes what arrives: a few times a second, what waits becomes one transaction."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from twin.engine.counters import Counters
from twin.engine.history import forget
from twin.engine.intake import Round
from twin.engine.known import Known, known
from twin.engine.receipts import first_line, refused, summed
from twin.engine.rows import instant
from twin.model.signals import Batch, Fault, Receipt
from twin.store import Store

INTERVAL_S = 0.25
ROUND_ITEMS = 5_000
QUEUE_ITEMS = 100_000
TICK_S = 1.0
KEYFRAME_EVERY = timedelta(hours=1)
KEYFRAME_RETRY = timedelta(minutes=1)
# A thread that has not come round for so long is as good as dead.
SILENT_S = 30.0
# So many batches in a row that fail alone, and none that succeeds: it is the store that ails, not they.
GIVE_UP_AFTER = 3

log = structlog.get_logger("twin.engine")


class EngineBusy(Exception):
    """More waits than can be held, or the engine has stopped; try again after `retry_after_s`."""

    def __init__(self, sentence: str, retry_after_s: int) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class NotCommitted(Exception):
    """The store could not take the batch; nothing of it was written, and sending it again is safe."""


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    batch: Batch
    done: "Future[Receipt]" = field(default_factory=Future)

    @property
    def weight(self) -> int:
        return self.batch.weight


class Engine:
    """Takes batches from any thread; a batch's future is resolved only after the commit that holds it."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        interval_s: float = INTERVAL_S,
        round_items: int = ROUND_ITEMS,
        queue_items: int = QUEUE_ITEMS,
    ) -> None:
        self._store, self._clock = store, clock
        self._interval_s, self._round_items, self._queue_items = interval_s, round_items, queue_items
        self._turn = threading.Condition()
        self._queue: deque[Waiting] = deque()
        self._queued = 0
        self._taken: Sequence[Waiting] = ()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._beat = monotonic()
        self._round_ended = self._beat - interval_s
        self._known: Known | None = None
        self._keyframe_at: datetime | None = None
        self._keyframe_due: datetime | None = None
        self._counters = Counters()
        self.last_commit_at: datetime | None = None

    @property
    def alive(self) -> bool:
        """Whether what arrives is being written: the thread runs and came round lately."""
        thread = self._thread
        return thread is not None and thread.is_alive() and monotonic() - self._beat < SILENT_S

    @property
    def counters(self) -> Counters:
        return replace(self._counters, queued_items=self._queued)

    def start(self) -> None:
        with self._turn:
            self._stopping = False
            self._revive()

    def submit(self, batch: Batch) -> "Future[Receipt]":
        """The future gives the receipt, or raises NotCommitted. Raises EngineBusy at once."""
        waiting = Waiting(batch)
        with self._turn:
            if self._stopping or self._thread is None:
                raise EngineBusy("the engine is stopped", 5)
            if self._queued + waiting.weight > self._queue_items:
                raise EngineBusy(f"{self._queued} items wait to be written already", 1)
            self._revive()
            self._queue.append(waiting)
            self._queued += waiting.weight
            self._turn.notify()
        return waiting.done

    def stop(self) -> None:
        """Write what waits, then end."""
        with self._turn:
            self._stopping = True
            self._turn.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _revive(self) -> None:
        """A thread that died, whatever killed it, is followed by another."""
        if self._thread is not None and self._thread.is_alive():
            return
        if self._thread is not None and not self._stopping:
            self._crashed("its thread died")
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._work()
            except Exception as crash:
                log.exception("engine crashed, it starts again")
                self._crashed(f"{type(crash).__name__}: {crash}")
            else:
                return

    def _crashed(self, why: str) -> None:
        self._bump(restarts=1)
        for waiting in self._taken:
            if not waiting.done.done():
                waiting.done.set_exception(NotCommitted(f"the engine crashed ({why}) and started again"))
        self._taken = ()

    def _work(self) -> None:
        while True:
            self._beat = monotonic()
            self._taken = self._take()
            if self._taken:
                self._settle(self._taken)
                self._round_ended = monotonic()
                self._taken = ()
            elif self._stopping:
                return
            self._upkeep()

    def _take(self) -> list[Waiting]:
        """What waits, at most a round of it; empty after a tick without arrivals."""
        with self._turn:
            if not self._queue and not self._stopping:
                self._turn.wait(TICK_S)
            # After a pause the first batch goes in at once; under load rounds keep their distance and fill.
            while self._queue and self._queued < self._round_items and not self._stopping:
                left_s = self._round_ended + self._interval_s - monotonic()
                if left_s <= 0:
                    break
                self._turn.wait(left_s)
            taken: list[Waiting] = []
            weight = 0
            while self._queue and (not taken or weight + self._queue[0].weight <= self._round_items):
                taken.append(self._queue.popleft())
                weight += taken[-1].weight
            self._queued -= weight
            return taken

    def _settle(self, taken: Sequence[Waiting]) -> None:
        try:
            receipts = self._commit([waiting.batch for waiting in taken])
        except Exception as fault:  # noqa: BLE001  whatever ails the store, its callers are told and we go on
            if len(taken) == 1:
                if not self._set_aside(taken[0], fault):
                    self._fail(taken, fault)
            else:
                self._settle_alone(taken)
        else:
            for waiting, receipt in zip(taken, receipts, strict=True):
                waiting.done.set_result(receipt)

    def _settle_alone(self, taken: Sequence[Waiting]) -> None:
        """Each batch by itself, so that one the store cannot take does not stop the others."""
        failed: list[tuple[Waiting, Exception]] = []
        poisoned = 0
        for waiting in taken:
            if len(failed) - poisoned >= GIVE_UP_AFTER:
                failed.append((waiting, failed[-1][1]))
                continue
            try:
                waiting.done.set_result(self._commit([waiting.batch])[0])
                # The store took this one, so what failed before it failed by its own fault.
                poisoned = len(failed)
            except Exception as fault:  # noqa: BLE001  as above
                failed.append((waiting, fault))
        for waiting, why in failed[:poisoned]:
            if not self._set_aside(waiting, why):
                self._bump(failed_batches=1)
                waiting.done.set_result(refused(waiting.batch, self._store.seq, why))
        for waiting, why in failed[poisoned:]:
            self._fail([waiting], why)

    def _set_aside(self, waiting: Waiting, why: Exception) -> bool:
        """Keep messages the store does not take as they came; False where not even that can be written."""
        batch = waiting.batch
        if not batch.messages or batch.items:
            return False
        try:
            alone = [self._one_of(replace(batch, messages=(message,)), why) for message in batch.messages]
        except Exception:  # noqa: BLE001  then it is the store that ails, as its caller is told
            return False
        self._bump(failed_batches=1)
        waiting.done.set_result(summed(alone))
        return True

    def _one_of(self, batch: Batch, why: Exception) -> Receipt:
        """One message by itself, else its bytes only. Raises what the store raises."""
        try:
            return self._commit([batch])[0]
        except Exception as fault:  # noqa: BLE001  whatever ails it, its bytes can be kept
            why = fault
        told = refused(batch, self._store.seq, why)
        fault_of_it = Fault("message", told.rejections[0].reason, "replay it with a newer program")
        bare = replace(batch.messages[0], readings=(), fault=fault_of_it)
        return self._commit([replace(batch, messages=(bare,))])[0]

    def _fail(self, taken: Sequence[Waiting], fault: Exception) -> None:
        log.error("not committed", batches=len(taken), why=f"{type(fault).__name__}: {fault}")
        self._bump(failed_batches=len(taken))
        for waiting in taken:
            refusal = NotCommitted(f"the store could not write: {first_line(fault)}")
            refusal.__cause__ = fault
            waiting.done.set_exception(refusal)

    def _commit(self, batches: Sequence[Batch]) -> list[Receipt]:
        began = monotonic()
        self._known = known(self._store, self._known)
        receipts = Round(batches, self._known, self._keyframe_at).commit(self._store)
        spent = monotonic() - began
        self.last_commit_at = self._store.last_write_at
        self._counters = replace(self._counters, commit_s=spent)
        self._bump(
            commits=1,
            accepted=sum(receipt.accepted for receipt in receipts),
            duplicates=sum(receipt.duplicates for receipt in receipts),
            rejected=sum(len(receipt.rejections) for receipt in receipts)
            + sum(sum(batch.refused.values()) for batch in batches),
            commit_s_sum=spent,
        )
        return receipts

    def _upkeep(self) -> None:
        """Once an hour: copy every *_now for as-of, forget the keys of what nobody sends again."""
        now = self._clock()
        if self._keyframe_due is None:
            self._mark_keyframe(now)
        if self._stopping or self._keyframe_due is None or now < self._keyframe_due:
            return
        self._keyframe_due = now + KEYFRAME_RETRY
        try:
            self._store.keyframe()
            self._store.write(partial(forget, now=now))
        except Exception:  # a full disk for example: readers go on, and it is tried again
            log.exception("no keyframe")
            return
        self._bump(keyframes=1)
        self._mark_keyframe(now)

    def _mark_keyframe(self, now: datetime) -> None:
        newest = self._store.read("SELECT epoch_us(max(keyframe_at)) AS us FROM keyframe")["us"][0].as_py()
        self._keyframe_at = None if newest is None else instant(newest)
        self._keyframe_due = self._keyframe_at + KEYFRAME_EVERY if self._keyframe_at else now

    def _bump(self, **by: float) -> None:
        counters = self._counters
        self._counters = replace(
            counters, **{name: getattr(counters, name) + amount for name, amount in by.items()}
        )
