"""Who may open the file, and what a program says that may not."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from twin.store import Store, StoreBusy, StoreDamaged, StoreNewer, migrate
from twin.store.connect import connect

HOLD = """
import sys
from pathlib import Path
from twin.store import Store
store = Store.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def tables(store: Store) -> set[str]:
    return set(store.read("SELECT table_name FROM duckdb_tables()")["table_name"].to_pylist())


def test_a_new_home_gets_every_migration_and_opens_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    assert {"observation", "device_now", "building"} <= tables(store)
    numbers = store.read("SELECT number FROM migration ORDER BY 1")["number"].to_pylist()
    assert numbers == [migration.number for migration in migrate.migrations()]
    store.close()
    again = Store.open(tmp_path)
    assert again.recovery is None
    again.close()


def test_every_table_of_the_community_leads_its_key_with_community12(store: Store) -> None:
    own = {"migration", "store_mark"}
    keys = store.read(
        "SELECT table_name, constraint_column_names[1] AS first FROM duckdb_constraints()"
        " WHERE constraint_type = 'PRIMARY KEY'"
    ).to_pylist()
    assert {row["first"] for row in keys if row["table_name"] not in own} == {"community12"}
    columns = store.read("SELECT DISTINCT table_name FROM duckdb_columns() WHERE column_name = 'community12'")
    assert tables(store) - set(columns["table_name"].to_pylist()) == own


def test_a_second_process_is_told_who_holds_the_home(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match=rf"process {holder.pid}.*TWIN_HOME"):
            Store.open(tmp_path)
    finally:
        holder.kill()
        holder.communicate()
    Store.open(tmp_path).close()


def test_the_same_process_cannot_open_a_home_twice(store: Store) -> None:
    with pytest.raises(StoreBusy, match=f"process {os.getpid()}"):
        Store.open(store.home)


def test_another_program_on_the_file_is_reported_as_busy(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    script = "import duckdb,sys; c=duckdb.connect(sys.argv[1]); print('open',flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "twin.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match=str(holder.pid)):
            Store.open(tmp_path)
    finally:
        holder.kill()
        holder.communicate()


def test_a_newer_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    raw = duckdb.connect(str(tmp_path / "twin.duckdb"))
    raw.execute("INSERT INTO migration VALUES (9999, '9999_future.sql', now())")
    raw.close()
    before = (tmp_path / "twin.duckdb").read_bytes()
    with pytest.raises(StoreNewer, match=r"9999.*Start the newer program"):
        Store.open(tmp_path)
    assert (tmp_path / "twin.duckdb").read_bytes() == before


def test_a_file_that_is_no_database_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "twin.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreDamaged, match="twin restore"):
        Store.open(tmp_path)
    assert (tmp_path / "twin.duckdb").read_bytes().startswith(b"not a database")


def test_a_migration_killed_half_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path).close()
    before = (tmp_path / "twin.duckdb").read_bytes()
    broken = migrate.Migration(
        9000, "9000_broken.sql", "CREATE TABLE half (i INTEGER); SELECT nothing FROM nowhere;"
    )
    with monkeypatch.context() as patched:
        known = migrate.migrations()
        patched.setattr(migrate, "migrations", lambda: (*known, broken))
        with pytest.raises(duckdb.Error):
            Store.open(tmp_path)
    (tmp_path / "twin.duckdb.migrating.wal").write_bytes(b"torn")
    assert (tmp_path / "twin.duckdb").read_bytes() == before
    store = Store.open(tmp_path)
    assert "half" not in tables(store)
    store.close()
    assert not list(tmp_path.glob("*.migrating*"))


def test_a_later_migration_is_applied_to_a_file_with_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path)
    row = {
        "community12": "c",
        "feed": "f",
        "title": "t",
        "demo": True,
        "accepted": 1,
        "duplicates": 0,
        "rejected": 0,
    }
    store.write(lambda tx: tx.upsert("feed_now", [row]))
    seq = store.seq
    store.close()
    later = migrate.Migration(9000, "9000_later.sql", "ALTER TABLE feed_now ADD COLUMN colour VARCHAR;")
    known = migrate.migrations()
    monkeypatch.setattr(migrate, "migrations", lambda: (*known, later))
    store = Store.open(tmp_path)
    assert store.read("SELECT feed, colour FROM feed_now").to_pylist() == [{"feed": "f", "colour": None}]
    assert store.seq == seq
    store.close()


def test_a_store_opened_before_a_fork_refuses_to_be_used_after_it(store: Store) -> None:
    def ask(answer: "multiprocessing.connection.Connection") -> None:
        try:
            store.read("SELECT 1")
        except RuntimeError as error:
            answer.send(str(error))

    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=ask, args=(there,))
    child.start()
    child.join(30)
    assert here.poll(1)
    assert "forked" in here.recv()


def test_the_connection_reaches_nothing_outside_its_home(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n")
    with pytest.raises(duckdb.Error, match=r"disabled|not allowed|permission|Permission"):
        store.read(f"SELECT * FROM read_csv('{outside}')")
    with pytest.raises(duckdb.Error, match="lock"):
        store.read("SET enable_external_access=true")
    with pytest.raises(duckdb.Error):
        store.read("INSTALL spatial")


def test_no_table_is_left_in_the_log_after_opening(tmp_path: Path) -> None:
    """DDL in the write-ahead log of a killed process would crash DuckDB 1.5.5."""
    store = Store.open(tmp_path)
    log = tmp_path / "twin.duckdb.wal"
    assert not log.exists() or log.stat().st_size == 0
    store.close()


def test_a_log_without_its_file_is_not_applied_to_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "twin.duckdb.wal").write_bytes(b"of another life")
    store = Store.open(tmp_path)
    assert store.seq == 0
    store.close()
    assert len(list((tmp_path / "quarantine").iterdir())) == 1


def test_the_recipe_holds_for_every_cursor(tmp_path: Path) -> None:
    connection = connect(tmp_path / "a.duckdb", tmp_path)
    cursor = connection.cursor()
    assert cursor.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]
    assert cursor.execute("SELECT current_setting('enable_external_access')").fetchall() == [(False,)]
    connection.close()
