"""A store with a few devices, real layers over it, and a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import layers
from twin.catalog import Catalog
from twin.store import Store, Tx

COMMUNITY = "510115006001"
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.of(layers)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home", clock=clock)
    device = {
        "community12": COMMUNITY,
        "label": "设备",
        "x_m": 1.0,
        "y_m": 2.0,
        "z_m": 3.0,
        "building_id": "b1",
    }
    device |= {"expected_interval_s": 60, "installed_at": START, "provenance": "demo"}

    def settle(tx: Tx) -> None:
        tx.append(
            "device",
            [
                device | {"id": "street-1", "kind": "air", "is_public": True},
                device | {"id": "home-canary", "kind": "smoke", "is_public": False, "unit_id": "u1"},
            ],
        )

    opened.write(settle)
    yield opened
    opened.close()
