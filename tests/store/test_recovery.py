"""A process killed, a log damaged: the store starts, says what was lost, keeps the broken file."""

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from twin.store import Store, StoreDamaged, wal

COMMITS = 40
# One commit a row, acknowledged on standard output only after it; then the process kills itself.
WRITE = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from twin.store import Store
store = Store.open(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    at = datetime.now(UTC)
    row = {"community12": "c", "device_id": f"d{number % 7}", "state": "normal", "value": float(number)}
    row |= {"feed": "f", "happened_at": at, "received_at": at}
    def work(tx):
        tx.append("observation", [row])
        tx.upsert_newest("device_now", [row])
    store.write(work)
    print(store.seq, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@dataclass(frozen=True)
class Killed:
    """What a killed writer left: the files, and the last commit it had told of."""

    files: dict[str, bytes]
    acknowledged: int

    def lay_out(self, home: Path, log: bytes | None = None) -> Path:
        home.mkdir()
        for name, content in self.files.items():
            (home / name).write_bytes(content)
        if log is not None:
            (home / "twin.duckdb.wal").write_bytes(log)
        return home

    @property
    def log(self) -> bytes:
        return self.files["twin.duckdb.wal"]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Killed:
    home = tmp_path_factory.mktemp("killed")
    run = subprocess.run(
        [sys.executable, "-c", WRITE, str(home), str(COMMITS)], capture_output=True, text=True
    )
    assert run.returncode == -9, run.stderr
    files = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    return Killed(files, int(run.stdout.split()[-1]))


def values(store: Store) -> list[float]:
    found: list[float] = store.read("SELECT value FROM observation ORDER BY rowid")["value"].to_pylist()
    return found


def test_kill_9_loses_nothing_acknowledged(killed: Killed, tmp_path: Path) -> None:
    store = Store.open(killed.lay_out(tmp_path / "home"))
    assert store.recovery is None
    assert values(store) == [float(n) for n in range(COMMITS)]
    assert (store.seq, killed.acknowledged) == (COMMITS, COMMITS)
    assert store.read("FROM device_now").num_rows == 7
    store.close()
    assert not (tmp_path / "home" / "quarantine").exists()


def test_the_log_is_read_as_duckdb_wrote_it(killed: Killed) -> None:
    found = wal.scan(killed.log, check=True)
    assert found.is_whole
    assert killed.log.count(wal.FLUSH) == COMMITS


def flip(log: bytes, at: int, bit: int) -> bytes:
    return log[:at] + bytes([log[at] ^ 1 << bit]) + log[at + 1 :]


def truncate(log: bytes, at: int, bit: int) -> bytes:
    return log[:at]


def zero_tail(log: bytes, at: int, bit: int) -> bytes:
    return log[:at] + bytes(len(log) - at)


@pytest.mark.parametrize("damage", [flip, truncate, zero_tail])
@pytest.mark.parametrize("cases", [12, pytest.param(40, marks=pytest.mark.soak)])
def test_damaged_logs_of_every_kind_all_start(
    killed: Killed, tmp_path: Path, damage: Callable[[bytes, int, int], bytes], cases: int
) -> None:
    """Opens what lies before the damage, names the loss in commits, keeps the broken file.

    Twelve of a kind in every run, forty in `make soak`.
    """
    chance = random.Random(24)
    kept_rows = []
    for number in range(cases):
        at = chance.randrange(len(killed.log))
        broken = damage(killed.log, at, chance.randrange(8))
        home = killed.lay_out(tmp_path / str(number), broken)
        store = Store.open(home)
        left = len(values(store))
        kept_rows.append(left)
        assert values(store) == [float(n) for n in range(left)]
        assert left >= killed.log.count(wal.FLUSH, 0, at), "everything whole before the damage is there"
        if left < COMMITS:
            assert store.recovery is not None
            assert store.recovery.lost_seqs == range(left + 1, COMMITS + 1)
            assert f"commits {left + 1}–{COMMITS} are lost" in store.recovery.sentence
        if broken not in (killed.log, b"") and wal.scan(broken, check=True).good_bytes < len(broken):
            assert store.recovery is not None
            assert [path.read_bytes() for path in store.recovery.kept] == [broken]
        # Numbers of lost commits are not used again: a page may hold them.
        store.write(lambda tx: tx.execute("DELETE FROM feed_now"))
        assert store.seq == COMMITS + 1
        store.close()
    again = Store.open(tmp_path / str(cases - 1))
    assert (again.recovery, again.seq) == (None, COMMITS + 1)
    again.close()
    assert len(set(kept_rows)) > 3


def test_a_loss_is_told_once(killed: Killed, tmp_path: Path) -> None:
    home = killed.lay_out(tmp_path / "home", killed.log[: len(killed.log) // 2])
    store = Store.open(home)
    assert store.recovery is not None
    assert "数据日志" in store.recovery.words.zh
    store.close()
    store = Store.open(home)
    assert store.recovery is None
    assert store.seq == COMMITS
    store.close()


def test_a_damaged_header_of_the_log_costs_nothing(killed: Killed, tmp_path: Path) -> None:
    store = Store.open(killed.lay_out(tmp_path / "home", flip(killed.log, 2, 3)))
    assert len(values(store)) == COMMITS
    assert store.recovery is not None
    assert store.recovery.lost_seqs is None
    store.close()


def test_a_log_of_noise_is_set_aside_whole(killed: Killed, tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(5000)
    store = Store.open(killed.lay_out(tmp_path / "home", noise))
    assert values(store) == []
    assert store.recovery is not None
    assert store.recovery.lost_seqs == range(1, COMMITS + 1)
    assert store.recovery.kept[0].read_bytes() == noise
    store.close()


def test_a_torn_write_nobody_was_told_of_is_no_loss(killed: Killed, tmp_path: Path) -> None:
    torn = killed.log + killed.log[len(wal.HEADER) : len(wal.HEADER) + 60]
    home = killed.lay_out(tmp_path / "home", torn)
    store = Store.open(home)
    assert (len(values(store)), store.recovery) == (COMMITS, None)
    store.close()
    assert list((home / "quarantine").iterdir()) == []


def test_without_its_witness_the_store_still_starts(killed: Killed, tmp_path: Path) -> None:
    home = killed.lay_out(tmp_path / "home")
    (home / "twin.seq").write_bytes(b"\xff noise")
    store = Store.open(home)
    assert (store.seq, store.recovery) == (COMMITS, None)
    store.close()


def test_duckdb_alone_would_refuse_what_we_open(killed: Killed, tmp_path: Path) -> None:
    """Why all this is here; if it fails one day, the recovery can become simpler."""
    home = killed.lay_out(tmp_path / "home", flip(killed.log, len(killed.log) // 2, 1))
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(home / "twin.duckdb"))


def test_a_file_that_cannot_be_opened_does_not_cost_its_log(killed: Killed, tmp_path: Path) -> None:
    home = killed.lay_out(tmp_path / "home")
    (home / "twin.duckdb").write_bytes(b"no database" * 2000)
    with pytest.raises(StoreDamaged, match=r"left as it is.*twin restore"):
        Store.open(home)
    assert (home / "twin.duckdb.wal").read_bytes() == killed.log
