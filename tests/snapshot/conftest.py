"""A small demo community in a real file, and a snapshot of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import layers
from tests.snapshot.frozen_house import House, lived
from twin.catalog import Catalog
from twin.demo import generate
from twin.demo.load import write
from twin.snapshot.creating import SnapshotReport
from twin.store import Store, Vault


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    store, catalog = Store.open(home), Catalog.of(layers)
    write(store, generate(1, 0.2), Vault(home, home.with_suffix(".key")))
    lived(store, catalog)
    yield House(store, catalog)
    store.close()


@pytest.fixture(scope="session")
def made(house: House, tmp_path_factory: pytest.TempPathFactory) -> SnapshotReport:
    """One snapshot for all tests that only read it."""
    return house.snap(tmp_path_factory.mktemp("made"))


@pytest.fixture
def changed(made: SnapshotReport, tmp_path: Path) -> Callable[[bytes], Path]:
    """A file of other bytes under the snapshot's name."""

    def write_it(content: bytes) -> Path:
        path = tmp_path / made.path.name
        path.write_bytes(content)
        return path

    return write_it
