"""Opening a home: who holds it, what a crash left, whether the file is newer or older than the program."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.store import acknowledged, durable
from twin.store.acknowledged import Acknowledged
from twin.store.connect import FILE_NAME, connect
from twin.store.lock import HomeLock, StoreBusy
from twin.store.migrate import is_current, migrate, refuse_newer
from twin.store.recovery import Recovery, judge, keep_told, open_good, set_logs_aside
from twin.store.restoring import finish_restore

UNFINISHED = (
    "twin.duckdb.migrating*",
    "twin.duckdb*.new",
    ".backup-*",
    ".restore-*",
    "restore.ready.partial",
)


@dataclass(frozen=True, slots=True)
class Opened:
    connection: duckdb.DuckDBPyConnection
    lock: HomeLock
    recovery: Recovery | None
    seq: int


def open_home(home: Path, clock: Callable[[], datetime]) -> Opened:
    """Raises StoreBusy, StoreNewer, StoreDamaged, each with a sentence for people."""
    home.mkdir(parents=True, exist_ok=True)
    lock = HomeLock(home)
    try:
        _sweep(home)
        finish_restore(home)
        connection, recovery, seq = _open_current(home, clock)
    except BaseException:
        lock.release()
        raise
    return Opened(connection, lock, recovery, seq)


def _open_current(
    home: Path, clock: Callable[[], datetime]
) -> tuple[duckdb.DuckDBPyConnection, Recovery | None, int]:
    path = home / FILE_NAME
    recovery, floor = None, Acknowledged(0, 0)
    if path.exists():
        try:
            connection, kept = open_good(home, clock())
        except duckdb.IOException as error:
            raise StoreBusy(f"{path} is held by another program. {_first_line(error)}") from error
        try:
            refuse_newer(connection, str(path))
            current = is_current(connection)
            floor = acknowledged.read(home)
            recovery = judge(kept, floor.seq, _seq(connection))
            if recovery:
                keep_told(home, recovery, clock())
        except BaseException:
            connection.close()
            raise
        if current:
            return connection, recovery, max(_seq(connection), floor.seq, floor.floor)
        connection.execute("CHECKPOINT")
        connection.close()
    else:
        set_logs_aside(home, clock())
    _migrate_copy(home, path, clock())
    connection = connect(path, home)
    return connection, recovery, max(_seq(connection), floor.seq, floor.floor)


def _sweep(home: Path) -> None:
    """What a killed migration, backup or restore left unfinished."""
    for pattern in UNFINISHED:
        for leftover in home.glob(pattern):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _migrate_copy(home: Path, path: Path, now: datetime) -> None:
    """Migrate a copy and swap it in: a kill at any moment leaves the old file or the new one.

    (A kill with DDL in the write-ahead log would leave a file that crashes DuckDB 1.5.5 when it is opened.)
    """
    new = home / (FILE_NAME + ".migrating")
    if path.exists():
        shutil.copyfile(path, new)
    connection = connect(new, home)
    try:
        migrate(connection, now)
    finally:
        connection.close()
    durable.sync(new)
    new.replace(path)
    durable.sync(home)


def _seq(connection: duckdb.DuckDBPyConnection) -> int:
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'store_mark'").fetchall()
    return int(connection.execute("SELECT seq FROM store_mark").fetchall()[0][0]) if known else 0


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
