"""An online copy of the community's file, compared with its source before it may be called a backup.

Persons' secrets (persons.sqlite, the key file) are not in it: a name erased must not live on in old backups.
"""

import contextlib
import json
import shutil
import sqlite3
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.store import durable
from twin.store.connect import FILE_NAME

MANIFEST = "manifest.json"
LAST = "last-backup.json"
FORMAT = 1
SIDE_FILES = ("security.sqlite",)


class BackupRefused(RuntimeError):
    """Nothing was written, or what is there cannot be trusted; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """Rows of a table and a hash over them that does not depend on their order."""

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class BackupReport:
    path: Path
    seq: int
    made_at: datetime
    tables: int
    rows: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    seq: int
    made_at: str
    tables: dict[str, TableSum]
    files: dict[str, str]


def back_up(cursor: duckdb.DuckDBPyConnection, home: Path, target: Path, now: datetime) -> BackupReport:
    """Write the folder `target`: the file, its SQLite side, a manifest. Writers go on meanwhile."""
    began = time.monotonic()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(
            f"{target} already exists. Name a folder that does not exist yet; backups replace nothing."
        )
    staging = home / f".backup-{now.strftime('%Y%m%dT%H%M%S%fZ')}"
    partial = target.with_name(target.name + ".partial")
    try:
        staging.mkdir()
        seq, sums = _copy(cursor, staging / FILE_NAME)
        for name in SIDE_FILES:
            _copy_sqlite(home / name, staging / name)
        files = {path.name: durable.sha256(path) for path in sorted(staging.iterdir())}
        manifest = Manifest(FORMAT, seq, now.isoformat(), sums, files)
        durable.write(staging / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        size = sum(path.stat().st_size for path in staging.iterdir())
        _publish(staging, partial, target)
        with contextlib.suppress(OSError):  # the copy stands, whether or not the note of it can be kept
            durable.write(home / LAST, json.dumps({"at": now.isoformat(), "path": str(target)}).encode())
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        shutil.rmtree(partial, ignore_errors=True)
    rows = sum(table.rows for table in sums.values())
    return BackupReport(target, seq, now, len(sums), rows, size, time.monotonic() - began)


def last_backup(home: Path) -> tuple[datetime, Path] | None:
    """When and where this home was last backed up; None when it never was."""
    try:
        said = json.loads((home / LAST).read_bytes())
        return datetime.fromisoformat(said["at"]), Path(said["path"])
    except (OSError, ValueError, KeyError):
        return None


def read_manifest(folder: Path) -> Manifest:
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
        sums = {name: TableSum(**table) for name, table in found.pop("tables").items()}
        manifest = Manifest(tables=sums, **found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupRefused(f"{folder} is no backup: {MANIFEST} cannot be read ({error}).") from error
    if manifest.format > FORMAT:
        raise BackupRefused(
            f"{folder} was made by a newer program (format {manifest.format}). Use that program."
        )
    return manifest


def table_sums(cursor: duckdb.DuckDBPyConnection, database: str) -> dict[str, TableSum]:
    names = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $name ORDER BY 1", {"name": database}
    ).fetchall()
    return {name: _sum(cursor, f'"{database}"."{name}"') for (name,) in names}


def _sum(cursor: duckdb.DuckDBPyConnection, table: str) -> TableSum:
    query = f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0)::VARCHAR FROM {table} t"  # noqa: S608 - own names
    rows, hash_ = cursor.execute(query).fetchall()[0]
    return TableSum(rows, hash_)


def _copy(cursor: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, dict[str, TableSum]]:
    """Copy and compare inside one snapshot, so that writers may go on."""
    source = cursor.execute("SELECT current_database()").fetchall()[0][0]
    literal = str(path.resolve()).replace("'", "''")
    cursor.execute(f"ATTACH '{literal}' AS copied")
    try:
        cursor.execute("BEGIN")
        try:
            cursor.execute(f'COPY FROM DATABASE "{source}" TO copied').fetchall()
            seq = cursor.execute("SELECT seq FROM store_mark").fetchall()[0][0]
            sums = table_sums(cursor, source)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        cursor.execute("CHECKPOINT copied")
        copied = table_sums(cursor, "copied")
    finally:
        cursor.execute("DETACH copied")
    wrong = [name for name in sums if copied.get(name) != sums[name]]
    if wrong:
        raise BackupRefused(f"The copy differs from its source in {', '.join(wrong)}; it was thrown away.")
    return int(seq), sums


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        return
    reading, writing = sqlite3.connect(source), sqlite3.connect(target)
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _publish(staging: Path, partial: Path, target: Path) -> None:
    """`target` appears whole: its parts are copied and synced under another name, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(staging, partial)
    for path in partial.iterdir():
        durable.sync(path)
    durable.sync(partial)
    if target.exists():
        target.rmdir()
    partial.rename(target)
    durable.sync(target.parent)
