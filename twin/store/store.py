"""The only door to the community's file: relations out, batches in."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa

from twin.model.clearance import Clearance
from twin.store import macros
from twin.store.acknowledged import Acknowledged, AcknowledgedFile
from twin.store.backup import BackupReport, back_up
from twin.store.connect import FILE_NAME
from twin.store.cursors import Cursors
from twin.store.migrate import migrations
from twin.store.opening import Opened, open_home
from twin.store.restoring import RestoreReport, restore
from twin.store.tables import Table, tables
from twin.store.tx import Tx

R = TypeVar("R")
KEYFRAMED = ("device", "position", "ticket", "side_reading", "device_health")
log = logging.getLogger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Committed:
    """What subscribers hear after a commit."""

    seq: int
    tables: frozenset[str]
    at: datetime


class Store:
    """One process, one file, one writer; any thread may read."""

    def __init__(self, home: Path, opened: Opened, clock: Callable[[], datetime]) -> None:
        connection = opened.connection
        self.home = home
        self.recovery = opened.recovery
        self.seq = opened.seq
        self._connection = connection
        self._lock = opened.lock
        self._clock = clock
        self._pid = os.getpid()
        self._cursors = Cursors(connection)
        self._writer = threading.RLock()
        self._backing_up = threading.Lock()
        self._hearing = threading.Lock()
        self._hearers: list[Callable[[Committed], None]] = []
        self._tables: Mapping[str, Table] = tables(connection)
        self._versions = dict.fromkeys(self._tables, self.seq)
        self._depends: dict[str, frozenset[str]] = {}
        mark = connection.execute("SELECT seq, epoch_us(known_at) FROM store_mark").fetchall()[0]
        self._last_write_us: int | None = mark[1]
        frame = connection.execute("SELECT epoch_us(max(keyframe_at)) FROM keyframe").fetchall()[0][0]
        self._keyframe_at = None if frame is None else _instant(frame)
        self._acknowledged = AcknowledgedFile(home)
        self._acknowledged.write(Acknowledged(mark[0], floor=self.seq))

    @classmethod
    def open(cls, home: Path, *, clock: Callable[[], datetime] = utc_now) -> "Store":
        """Open or create `home`'s file. Raises StoreBusy, StoreNewer."""
        opened = open_home(home, clock)
        try:
            return cls(home, opened, clock)
        except BaseException:
            opened.connection.close()
            opened.lock.release()
            raise

    @property
    def path(self) -> Path:
        return self.home / FILE_NAME

    @property
    def schema(self) -> int:
        """The file's, which is the newest this program knows: it was brought there when it was opened."""
        return migrations()[-1].number

    @property
    def last_write_at(self) -> datetime | None:
        return None if self._last_write_us is None else _instant(self._last_write_us)

    def read(self, sql: str, params: Mapping[str, object] | None = None) -> pa.Table:
        """Rows of `sql`; of `params` exactly those it names are bound."""
        cursor = self._cursor()
        if self._clock is not utc_now:
            # Relations judge freshness by the machine's clock unless they are given another.
            cursor.execute("SET VARIABLE now_at = $now", {"now": self._clock()})
        statement = duckdb.extract_statements(sql)[0]
        named = {name: (params or {})[name] for name in statement.named_parameters}
        return cursor.execute(statement, named).to_arrow_table()

    def relation(
        self, sql: str, at: datetime | None, clearance: Clearance, more: Mapping[str, object] | None = None
    ) -> pa.Table:
        """Rows of a layer's `sql` with $at (None = now), $clearance and the caller's own parameters bound."""
        return self.read(sql, {**(more or {}), "at": at, "clearance": clearance.key})

    def tables_of(self, sql: str) -> frozenset[str]:
        """The tables that `sql` depends on, itself or through relations."""
        if sql not in self._depends:
            self._depends[sql] = macros.tables_of(sql, frozenset(self._tables), self._cursor())
        return self._depends[sql]

    def version(self, tables: Iterable[str]) -> int:
        """The seq of the last commit that touched any of them."""
        return max((self._versions[name] for name in tables), default=0)

    def write(self, work: Callable[[Tx], R]) -> R:
        """Do `work` in one transaction; after its commit every subscriber hears of it."""
        with self._writer:
            result, committed = self._commit(work)
        self._tell(committed)
        return result

    def subscribe(self, hear: Callable[[Committed], None]) -> Callable[[], None]:
        """Call `hear` after every commit until the returned function is called."""
        with self._hearing:
            self._hearers = [*self._hearers, hear]

        def leave() -> None:
            with self._hearing:
                self._hearers = [other for other in self._hearers if other is not hear]

        return leave

    def keyframe(self) -> None:
        """Copy every *_now, so that an instant after this one needs no older event."""

        def copy(tx: Tx) -> datetime:
            params = {"at": tx.known_at}
            tx.execute("INSERT INTO keyframe SELECT community12, $at FROM community", params)
            for of in KEYFRAMED:
                tx.execute(f"INSERT INTO {of}_keyframe SELECT $at, * FROM {of}_now", params)  # noqa: S608 - own names
            tx.touched.clear()  # a copy changes nothing that a relation answers
            return tx.known_at

        with self._writer:
            self._keyframe_at, committed = self._commit(copy)
        self._tell(committed)

    def backup(self, target: Path) -> BackupReport:
        """Write a verified copy into the new folder `target` while readers and writers go on."""
        with self._backing_up:
            return back_up(self._cursor(), self.home, target, self._clock())

    @staticmethod
    def restore(source: Path, home: Path, *, force: bool = False) -> RestoreReport:
        """Bring a backup into `home`, which nobody may hold. Raises BackupRefused, StoreBusy, StoreNewer."""
        return restore(source, home, now=utc_now(), force=force)

    def close(self) -> None:
        """Wait for the writer, then let go of the file."""
        with self._writer:
            self._cursors.close()
            self._connection.close()
            self._acknowledged.close()
            self._lock.release()

    def _commit(self, work: Callable[[Tx], R]) -> tuple[R, Committed]:
        cursor = self._cursor()
        known_at = self._next_instant()
        tx = Tx(cursor, self._tables, known_at, self._keyframe_at)
        cursor.execute("BEGIN")
        try:
            result = work(tx)
            seq = self.seq + 1
            cursor.execute("UPDATE store_mark SET seq = $seq, known_at = $at", {"seq": seq, "at": known_at})
            cursor.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(duckdb.Error):  # a COMMIT that failed has ended the transaction itself
                cursor.execute("ROLLBACK")
            raise
        self._versions.update(dict.fromkeys(tx.touched, seq))
        self.seq = seq
        self._last_write_us = _microseconds(known_at)
        self._acknowledged.write(Acknowledged(seq, seq))
        return result, Committed(seq, frozenset(tx.touched), known_at)

    def _tell(self, committed: Committed) -> None:
        with self._hearing:
            hearers = self._hearers
        for hear in hearers:
            try:
                hear(committed)
            except Exception:
                # The commit stands: a listener's fault must not look like a failed write.
                log.exception("a listener failed on commit %s", committed.seq)

    def _next_instant(self) -> datetime:
        """known_at only grows, also when the machine's clock is set back."""
        now = self._clock()
        if self._last_write_us is None:
            return now
        return max(now, _instant(self._last_write_us + 1))

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        if os.getpid() != self._pid:
            raise RuntimeError(
                "The store was opened before this process was forked; its file would be damaged. "
                "Open it in the process that uses it (gunicorn without --preload)."
            )
        return self._cursors.mine()


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _microseconds(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
