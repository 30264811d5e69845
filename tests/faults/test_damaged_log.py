"""A served twin is killed under load, its log damaged: it starts, and what it does not call lost is there."""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.process import Sender, TwinProcess, written
from tests.store.test_recovery import flip, truncate, zero_tail
from twin.settings import Settings
from twin.store import Store
from twin.ui.doctor import visit_closed


@dataclass(frozen=True)
class KilledUnderLoad:
    home: Path
    acknowledged: tuple[tuple[int, range], ...]

    @property
    def log(self) -> bytes:
        return (self.home / "twin.duckdb.wal").read_bytes()


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> KilledUnderLoad:
    folder = tmp_path_factory.mktemp("killed-under-load")
    twin, key = TwinProcess.of(folder)
    twin.start()
    try:
        twin.ready_s()
        sender = Sender.to(twin.port, key, folder / "acknowledged")
        sender.until_acknowledged(2_000)
        twin.kill()
        sender.stop()
    finally:
        twin.stop()
    return KilledUnderLoad(twin.home, tuple(sender.acknowledged()))


@pytest.mark.parametrize("damage", [flip, truncate, zero_tail])
@pytest.mark.parametrize("cases", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_a_damaged_log_of_a_served_twin_starts_and_says_what_was_lost(
    killed: KilledUnderLoad, tmp_path: Path, damage: Callable[[bytes, int, int], bytes], cases: int
) -> None:
    """Two of a kind in every run, forty in `make soak`."""
    chance = random.Random(4)
    log, lost_commits = killed.log, []
    for number in range(cases):
        home = tmp_path / str(number)
        shutil.copytree(killed.home, home, ignore=shutil.ignore_patterns("control.sock"))
        (home / "twin.duckdb.wal").write_bytes(damage(log, chance.randrange(len(log)), chance.randrange(8)))
        store = Store.open(home)
        there, recovery = written(store), store.recovery
        lost = set(recovery.lost_seqs or ()) if recovery else set()
        lost_commits.append(len(lost))
        for seq, numbers in killed.acknowledged:
            if seq not in lost:
                assert all(there[n] == 1 for n in numbers), (number, seq, recovery)
        store.close()
        if lost:
            told = visit_closed(Settings(home=home, key_file=tmp_path / "key"), {})
            assert f"commits {min(lost)}–{max(lost)} are lost" in told["text"]
            assert told["exit"] == 1
        shutil.rmtree(home)
    print(
        f"\n{damage.__name__} × {cases}: all start; commits lost and told each time: {sorted(lost_commits)}"
    )
