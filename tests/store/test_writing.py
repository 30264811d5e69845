"""One writer, transactions that count, and the newest row per key."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.store import Committed, Store, Tx

ROUND = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def reading(device: int, minute: int, value: int) -> dict[str, object]:
    at = ROUND + timedelta(minutes=minute)
    return {
        "community12": "c",
        "device_id": f"d{device}",
        "state": "normal",
        "value": float(value),
        "feed": "door",
        "happened_at": at,
        "received_at": at,
    }


def feed(name: str, accepted: int) -> dict[str, object]:
    row = {"community12": "c", "feed": name, "title": name, "demo": True}
    return row | {"accepted": accepted, "duplicates": 0, "rejected": 0}


batches = st.lists(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5)), min_size=1, max_size=8), max_size=5
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches)
def test_the_newest_wins_also_when_one_batch_holds_a_key_twice(
    store: Store, found: list[list[tuple[int, int]]]
) -> None:
    store.write(lambda tx: tx.execute("DELETE FROM device_now"))
    expected: dict[str, tuple[int, int]] = {}
    said = 0
    for batch in found:
        rows = []
        for device, minute in batch:
            said += 1
            rows.append(reading(device, minute, said))
            if minute >= expected.get(f"d{device}", (-1, 0))[0]:
                expected[f"d{device}"] = (minute, said)
        store.write(lambda tx, rows=rows: tx.upsert_newest("device_now", rows))
    kept = store.read("SELECT device_id, value FROM device_now").to_pylist()
    assert {row["device_id"]: row["value"] for row in kept} == {
        key: value for key, (_, value) in expected.items()
    }


def test_the_last_of_two_rows_of_one_key_replaces(store: Store) -> None:
    store.write(lambda tx: tx.upsert("feed_now", [feed("a", 1), feed("b", 5), feed("a", 2)]))
    assert store.read("SELECT feed, accepted FROM feed_now ORDER BY 1").to_pylist() == [
        {"feed": "a", "accepted": 2},
        {"feed": "b", "accepted": 5},
    ]


def test_a_row_that_is_all_key_can_be_said_twice(store: Store) -> None:
    frame = {"community12": "c", "keyframe_at": ROUND}
    store.write(lambda tx: tx.upsert("keyframe", [frame, frame]))
    store.write(lambda tx: tx.upsert("keyframe", [frame]))
    assert store.read("FROM keyframe").num_rows == 1


def test_a_commit_is_told_with_its_tables_and_counted(store: Store) -> None:
    heard: list[Committed] = []
    leave = store.subscribe(heard.append)
    store.write(lambda tx: tx.append("observation", [reading(1, 0, 1)]))
    store.write(lambda tx: tx.execute("DELETE FROM feed_now WHERE feed = $feed", {"feed": "x"}))
    leave()
    store.write(lambda tx: tx.append("observation", [reading(1, 1, 1)]))
    assert [(told.seq, told.tables) for told in heard] == [(1, {"observation"}), (2, {"feed_now"})]
    assert heard[-1].at.tzinfo is UTC
    assert (store.seq, store.version(["observation"]), store.version(["feed_now"])) == (3, 3, 2)


def test_a_failed_transaction_leaves_nothing_and_tells_nobody(store: Store) -> None:
    heard: list[Committed] = []
    store.subscribe(heard.append)

    def fail(tx: Tx) -> None:
        tx.append("observation", [reading(1, 0, 1)])
        raise LookupError("unknown device")

    with pytest.raises(LookupError):
        store.write(fail)
    assert (heard, store.seq, store.read("FROM observation").num_rows) == ([], 0, 0)


def test_a_listener_that_fails_does_not_make_a_commit_look_failed(store: Store) -> None:
    heard: list[int] = []

    def fail(_: Committed) -> None:
        raise RuntimeError("listener")

    store.subscribe(fail)
    store.subscribe(lambda told: heard.append(told.seq))
    assert store.write(lambda tx: tx.append("observation", [reading(1, 0, 1)])) == 1
    assert heard == [1]


def test_a_column_the_table_does_not_have_is_refused_by_name(store: Store) -> None:
    with pytest.raises(ValueError, match="observation has no column colour"):
        store.write(lambda tx: tx.append("observation", [reading(1, 0, 1) | {"colour": "red"}]))
    with pytest.raises(KeyError):
        store.write(lambda tx: tx.append("nowhere", [{}]))


def test_arrow_tables_are_taken_as_they_are(store: Store) -> None:
    rows = pa.Table.from_pylist([reading(n, 0, n) for n in range(1000)])
    assert store.write(lambda tx: tx.append("observation", rows)) == 1000
    assert store.write(lambda tx: tx.upsert_newest("device_now", rows)) == 1000
    assert store.read("SELECT sum(value) AS s FROM device_now").to_pylist() == [{"s": 499500.0}]


def test_a_transaction_reads_what_it_wrote(store: Store) -> None:
    def work(tx: Tx) -> int:
        tx.append("observation", [reading(1, 0, 1)])
        return tx.read("SELECT count(*) AS n FROM observation WHERE device_id = $d", {"d": "d1"})["n"][
            0
        ].as_py()

    assert store.write(work) == 1


def test_the_count_of_commits_survives_a_restart(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for minute in range(3):
        store.write(lambda tx, minute=minute: tx.append("observation", [reading(1, minute, 1)]))
    written = store.last_write_at
    store.close()
    store = Store.open(tmp_path)
    assert (store.seq, store.last_write_at, store.recovery) == (3, written, None)
    assert store.version(["observation"]) == 3
    store.write(lambda tx: tx.append("observation", [reading(1, 9, 1)]))
    assert store.seq == 4
    store.close()


def test_known_at_grows_when_the_clock_is_set_back(tmp_path: Path) -> None:
    now = [ROUND]
    store = Store.open(tmp_path, clock=lambda: now[0])
    known = [store.write(lambda tx: tx.known_at)]
    now[0] -= timedelta(hours=3)
    known += [store.write(lambda tx: tx.known_at), store.write(lambda tx: tx.known_at)]
    assert known == sorted(set(known))
    store.close()


def test_threads_read_their_own_rows_while_another_writes(store: Store) -> None:
    wrong: list[object] = []
    stop = threading.Event()

    def read(number: int) -> None:
        while not stop.is_set():
            table = store.read("SELECT $n AS n FROM range(50)", {"n": number})
            if set(table["n"].to_pylist()) != {number}:
                wrong.append(table)

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for minute in range(25):
        store.write(lambda tx, minute=minute: tx.append("observation", [reading(1, minute, 1)]))
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert store.read("FROM observation").num_rows == 25


def test_writers_of_many_threads_are_counted_one_by_one(store: Store) -> None:
    heard: list[int] = []
    store.subscribe(lambda told: heard.append(told.seq))

    def write(device: int) -> None:
        for minute in range(10):
            store.write(lambda tx, minute=minute: tx.append("observation", [reading(device, minute, 1)]))

    threads = [threading.Thread(target=write, args=(device,)) for device in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard) == list(range(1, 41))
    known = store.read("SELECT epoch_us(known_at) AS at FROM observation ORDER BY rowid")["at"].to_pylist()
    assert known == sorted(known)


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.read("SELECT 1")
    store.close()
    answers: list[str] = []

    def read() -> None:
        with pytest.raises(RuntimeError, match="closed") as told:
            store.read("SELECT 1")
        answers.append(str(told.value))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert answers == ["the store is closed"]
    store.close()
