"""An online copy under writes, and bringing it back whole or not at all."""

import json
import shutil
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from twin.store import BackupRefused, Store, StoreBusy, StoreNewer, Tx, migrate, restoring

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def write_row(store: Store, number: int) -> None:
    at = AT + timedelta(seconds=number)
    row = {"community12": "c", "device_id": f"d{number % 5}", "state": "normal", "value": float(number)}
    row |= {"feed": "f", "happened_at": at, "received_at": at}

    def work(tx: Tx) -> None:
        tx.append("observation", [row])
        tx.upsert_newest("device_now", [row])

    store.write(work)


@pytest.fixture
def filled(store: Store) -> Store:
    for number in range(20):
        write_row(store, number)
    side = sqlite3.connect(store.home / "security.sqlite")
    side.execute("CREATE TABLE api_key (feed TEXT)")
    side.execute("INSERT INTO api_key VALUES ('door')")
    side.commit()
    side.close()
    (store.home / "persons.sqlite").write_bytes(b"secrets stay here")
    return store


def rows(home: Path) -> list[float]:
    store = Store.open(home)
    found: list[float] = store.read("SELECT value FROM observation ORDER BY 1")["value"].to_pylist()
    store.close()
    return found


def test_a_backup_under_writes_restores_to_one_moment(filled: Store, tmp_path: Path) -> None:
    stop = threading.Event()
    number = [20]

    def write_on() -> None:
        while not stop.is_set():
            write_row(filled, number[0])
            number[0] += 1

    writer = threading.Thread(target=write_on)
    writer.start()
    reports = [filled.backup(tmp_path / f"backup-{n}") for n in range(3)]
    stop.set()
    writer.join()
    assert number[0] > 20
    assert reports[0].seq <= reports[1].seq <= reports[2].seq
    for report in reports:
        home = tmp_path / f"restored-{report.path.name}"
        done = Store.restore(report.path, home)
        assert (done.seq, done.rows) == (report.seq, report.rows)
        # One commit wrote one row: the sequence says how many there must be.
        assert rows(home) == [float(n) for n in range(report.seq)]
        store = Store.open(home)
        newest = store.read("SELECT max(value) AS v FROM device_now")["v"].to_pylist()
        assert newest == [float(report.seq - 1)]
        store.close()


def test_the_sqlite_side_comes_along_and_persons_secrets_do_not(filled: Store, tmp_path: Path) -> None:
    report = filled.backup(tmp_path / "backup")
    assert {path.name for path in report.path.iterdir()} == {
        "manifest.json",
        "security.sqlite",
        "twin.duckdb",
    }
    Store.restore(report.path, tmp_path / "new")
    side = sqlite3.connect(tmp_path / "new" / "security.sqlite")
    assert side.execute("SELECT feed FROM api_key").fetchall() == [("door",)]
    side.close()


def test_relations_and_keys_live_on_in_the_restored_file(filled: Store, tmp_path: Path) -> None:
    Store.restore(filled.backup(tmp_path / "backup").path, tmp_path / "new")
    store = Store.open(tmp_path / "new")
    assert store.read("FROM device_state(NULL)").num_rows == 5
    write_row(store, 100)
    assert store.read("FROM device_now").num_rows == 5
    store.close()


def test_a_backup_replaces_nothing(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine.txt").write_text("mine")
    with pytest.raises(BackupRefused, match="already exists"):
        filled.backup(tmp_path / "backup")
    assert [path.name for path in (tmp_path / "backup").iterdir()] == ["mine.txt"]
    assert not list(filled.home.glob(".backup*"))


def test_a_home_in_use_is_not_restored_over(filled: Store, tmp_path: Path) -> None:
    report = filled.backup(tmp_path / "backup")
    with pytest.raises(StoreBusy):
        Store.restore(report.path, filled.home, force=True)


def test_a_home_with_data_needs_force_and_keeps_the_old_aside(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "home")
    write_row(store, 0)
    report = store.backup(tmp_path / "backup")
    for number in range(1, 6):
        write_row(store, number)
    store.close()
    with pytest.raises(BackupRefused, match="--force"):
        Store.restore(report.path, tmp_path / "home")
    assert len(rows(tmp_path / "home")) == 6
    done = Store.restore(report.path, tmp_path / "home", force=True)
    assert len(rows(tmp_path / "home")) == 1
    assert done.replaced is not None
    old = duckdb.connect(str(done.replaced / "twin.duckdb"), read_only=True)
    assert old.execute("SELECT count(*) FROM observation").fetchall() == [(6,)]
    old.close()
    store = Store.open(tmp_path / "home")
    assert store.recovery is None
    assert store.seq == 6, "numbers of commits are never used twice"
    store.close()


def test_a_damaged_backup_changes_nothing(filled: Store, tmp_path: Path) -> None:
    report = filled.backup(tmp_path / "backup")
    good = (report.path / "twin.duckdb").read_bytes()
    for at in (0, len(good) // 2, len(good) - 1):
        (report.path / "twin.duckdb").write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(BackupRefused, match="is not what was backed up"):
            Store.restore(report.path, tmp_path / "new")
    (report.path / "twin.duckdb").unlink()
    with pytest.raises(BackupRefused, match="missing"):
        Store.restore(report.path, tmp_path / "new")
    (report.path / "manifest.json").write_text("{")
    with pytest.raises(BackupRefused, match="is no backup"):
        Store.restore(report.path, tmp_path / "new")
    assert not (tmp_path / "new" / "twin.duckdb").exists()


def test_a_manifest_that_lies_about_the_tables_is_found(filled: Store, tmp_path: Path) -> None:
    report = filled.backup(tmp_path / "backup")
    manifest = json.loads((report.path / "manifest.json").read_text())
    manifest["tables"]["observation"]["rows"] += 1
    (report.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupRefused, match="not those"):
        Store.restore(report.path, tmp_path / "new")
    assert not list((tmp_path / "new").glob("*restore*"))
    assert not list((tmp_path / "new").glob(".restore*"))


def test_a_manifest_cannot_name_a_file_elsewhere(filled: Store, tmp_path: Path) -> None:
    report = filled.backup(tmp_path / "backup")
    manifest = json.loads((report.path / "manifest.json").read_text())
    manifest["files"]["../../etc/passwd"] = "0"
    (report.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BackupRefused):
        Store.restore(report.path, tmp_path / "new")


def test_a_backup_of_a_newer_program_is_refused(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = filled.backup(tmp_path / "backup")
    older = migrate.migrations()[:-1]
    monkeypatch.setattr(migrate, "migrations", lambda: older)
    with pytest.raises(StoreNewer):
        Store.restore(report.path, tmp_path / "new")
    assert not (tmp_path / "new" / "twin.duckdb").exists()


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_restore_killed_at_any_step_is_finished_at_the_next_start(
    filled: Store, tmp_path: Path, done: int
) -> None:
    """`ready` is what a kill leaves; before it exists nothing has changed."""
    report = filled.backup(tmp_path / "backup")
    home = tmp_path / "other"
    store = Store.open(home)
    write_row(store, 7)
    store.close()
    ready = home / restoring.READY
    ready.mkdir()
    for name in ("twin.duckdb", "security.sqlite")[min(done, 2) :]:
        shutil.copyfile(report.path / name, ready / name)
    for name in ("twin.duckdb", "security.sqlite")[: min(done, 2)]:
        shutil.copyfile(report.path / name, home / name)
    (ready / "twin.seq").write_text("20 20")
    if done == 0:
        (home / "twin.duckdb.wal").write_bytes(b"of the old file")
    assert len(rows(home)) == 20
    assert not ready.exists()
    assert (home / "security.sqlite").exists()


def test_an_unfinished_restore_is_swept_away(filled: Store, tmp_path: Path) -> None:
    home = tmp_path / "other"
    store = Store.open(home)
    write_row(store, 7)
    store.close()
    partial = home / (restoring.READY + ".partial")
    partial.mkdir()
    (partial / "twin.duckdb").write_bytes(b"half")
    assert rows(home) == [7.0]
    assert not partial.exists()
