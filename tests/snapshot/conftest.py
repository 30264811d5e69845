"""A small demo community in a real file, and a snapshot of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import layers
from tests.snapshot.frozen_house import House, lived
from twin.catalog import Catalog
from twin.demo import generate
from twin.demo.load import write
from twin.snapshot.creating import SnapshotReport
from twin.store import Store, Vault

CHROMIUM = Path("/usr/bin/chromium")
GL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]


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


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.skip("the browser tests need Debian's Chromium: apt-get install chromium")
    return {
        "executable_path": str(CHROMIUM),
        "args": ["--no-sandbox", *GL, "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    """No network at all: whatever the page draws lies in its own file."""
    return {"viewport": {"width": 1280, "height": 720}, "locale": "zh-CN", "offline": True}
