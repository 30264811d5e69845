"""Looking at a home without changing it: what lies there, and its file, read-only, while nobody holds it."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from twin.store import acknowledged, wal
from twin.store.connect import FILE_NAME, connect
from twin.store.lock import HomeLock
from twin.store.migrate import applied, is_current, migrations
from twin.store.opening import UNFINISHED

Read = Callable[..., pa.Table]


@dataclass(frozen=True, slots=True)
class FileState:
    """`fault`: why the file cannot be read. `log_bad_bytes`: what of its log no start can take in."""

    fault: str | None
    schema: int
    newest_schema: int
    is_current: bool
    log_bad_bytes: int
    lost_seqs: range


def leftovers(home: Path) -> list[Path]:
    """What a killed migration, backup or restore left unfinished; the next start removes it."""
    return sorted(path for pattern in UNFINISHED for path in home.glob(pattern))


@contextlib.contextmanager
def looking(home: Path) -> Iterator[tuple[FileState, Read | None]]:
    """The file as it is, and how to read it; None where it cannot be. Raises StoreBusy."""
    lock = HomeLock(home)
    try:
        bad = _bad_bytes(home / (FILE_NAME + ".wal"))
        newest = migrations()[-1].number
        try:
            if not (home / FILE_NAME).exists():
                raise FileNotFoundError(f"there is no {FILE_NAME}")
            connection = connect(home / FILE_NAME, home, read_only=True)
        except (duckdb.Error, OSError) as fault:
            why = str(fault).splitlines()[0]
            yield FileState(why, 0, newest, is_current=False, log_bad_bytes=bad, lost_seqs=range(0)), None
            return
        try:
            yield _state(home, connection, newest, bad), _reader(connection)
        finally:
            connection.close()
    finally:
        lock.release()


def _state(home: Path, connection: duckdb.DuckDBPyConnection, newest: int, bad: int) -> FileState:
    schema = max(applied(connection), default=0)
    current = schema <= newest and is_current(connection)
    seq = int(connection.execute("SELECT seq FROM store_mark").fetchall()[0][0])
    lost = range(seq + 1, acknowledged.read(home).seq + 1)
    return FileState(None, schema, newest, current, bad, lost)


def _bad_bytes(log: Path) -> int:
    """A torn last entry is what any kill leaves and no damage; it counts as far as nothing follows it."""
    if not log.exists():
        return 0
    found = wal.scan(log.read_bytes(), check=True)
    return found.total_bytes - found.good_bytes


def _reader(connection: duckdb.DuckDBPyConnection) -> Read:
    def read(sql: str, params: Mapping[str, object] | None = None) -> pa.Table:
        return connection.execute(sql, params or {}).to_arrow_table()

    return read
