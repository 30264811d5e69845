"""Bringing a backup back: verified first, then swapped in so that a kill leaves the old data or the new."""

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from twin.store import acknowledged, durable
from twin.store.acknowledged import Acknowledged, AcknowledgedFile
from twin.store.backup import MANIFEST, BackupRefused, Manifest, read_manifest, table_sums
from twin.store.connect import FILE_NAME, connect
from twin.store.lock import HomeLock
from twin.store.migrate import refuse_newer

READY = "restore.ready"
_LOGS = (".wal", ".wal.checkpoint", ".wal.recovery")
_SQLITE_LOGS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """`replaced` is where the data that was there before is kept."""

    home: Path
    seq: int
    made_at: datetime
    tables: int
    rows: int
    seconds: float
    replaced: Path | None


def restore(source: Path, home: Path, *, now: datetime, force: bool) -> RestoreReport:
    """Raises BackupRefused (with nothing changed), StoreBusy, StoreNewer."""
    began = time.monotonic()
    home.mkdir(parents=True, exist_ok=True)
    lock = HomeLock(home)
    try:
        if (home / FILE_NAME).exists() and not force:
            raise BackupRefused(
                f"{home} already holds a community. Say --force to replace it (it is kept aside)."
            )
        manifest = _stage(source, home)
        replaced = _keep_old(home, now)
        (home / (READY + ".partial")).rename(home / READY)
        durable.sync(home)
        finish_restore(home)
    finally:
        shutil.rmtree(home / (READY + ".partial"), ignore_errors=True)
        lock.release()
    rows = sum(table.rows for table in manifest.tables.values())
    made_at = datetime.fromisoformat(manifest.made_at)
    seconds = time.monotonic() - began
    return RestoreReport(home, manifest.seq, made_at, len(manifest.tables), rows, seconds, replaced)


def finish_restore(home: Path) -> None:
    """Move a verified restore into its place; called again at start-up after a kill, it goes on."""
    ready = home / READY
    if not ready.exists():
        return
    if (ready / FILE_NAME).exists():
        for suffix in _LOGS:
            (home / (FILE_NAME + suffix)).unlink(missing_ok=True)
        (ready / FILE_NAME).replace(home / FILE_NAME)
    for path in list(ready.iterdir()):
        for suffix in _SQLITE_LOGS:
            (home / (path.name + suffix)).unlink(missing_ok=True)
        path.replace(home / path.name)
    ready.rmdir()
    durable.sync(home)


def verify(folder: Path) -> Manifest:
    """Every file's hash, then every table's rows and hash as DuckDB reads them from the copy."""
    manifest = read_manifest(folder)
    for name, expected in manifest.files.items():
        if Path(name).name != name or not (folder / name).is_file():
            raise BackupRefused(f"{folder} is incomplete: {name} is missing.")
        if durable.sha256(folder / name) != expected:
            raise BackupRefused(f"{folder} is damaged: {name} is not what was backed up. Use another backup.")
    if FILE_NAME not in manifest.files:
        raise BackupRefused(f"{folder} is incomplete: {FILE_NAME} is missing.")
    return manifest


def _stage(source: Path, home: Path) -> Manifest:
    """A verified copy of the backup under `home`."""
    manifest = verify(source)
    partial = home / (READY + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for name in manifest.files:
        shutil.copyfile(source / name, partial / name)
    _compare(partial, manifest)
    # Numbers of commits are never used twice: pages and caches hold them.
    before = acknowledged.read(home)
    mark = AcknowledgedFile(partial)
    mark.write(Acknowledged(manifest.seq, max(before.seq, before.floor, manifest.seq)))
    mark.close()
    for path in partial.iterdir():
        durable.sync(path)
    durable.sync(partial)
    return manifest


def _compare(partial: Path, manifest: Manifest) -> None:
    with tempfile.TemporaryDirectory(dir=partial.parent, prefix=".restore-") as scratch:
        copy = Path(scratch) / FILE_NAME
        os.link(partial / FILE_NAME, copy)
        try:
            connection = connect(copy, Path(scratch), read_only=True)
        except duckdb.Error as error:
            raise BackupRefused(f"The backup's {FILE_NAME} cannot be opened: {error}") from error
        try:
            refuse_newer(connection, str(copy))
            if table_sums(connection, FILE_NAME.removesuffix(".duckdb")) != manifest.tables:
                raise BackupRefused(
                    f"The backup's tables are not those that {MANIFEST} names. Use another backup."
                )
        finally:
            connection.close()


def _keep_old(home: Path, now: datetime) -> Path | None:
    """Second names for the files that will be replaced: nothing is copied, nothing is lost."""
    present = [home / (FILE_NAME + suffix) for suffix in ("", *_LOGS)]
    present = [path for path in present if path.exists()]
    if not present:
        return None
    kept = home / "quarantine" / f"{now.strftime('%Y%m%dT%H%M%S%fZ')}-replaced"
    kept.mkdir(parents=True)
    for path in present:
        os.link(path, kept / path.name)
    return kept
