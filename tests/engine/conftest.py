"""A small community in a real file, and an engine that writes to it."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from twin.engine import Engine
from twin.model.signals import Batch, Receipt, Signal
from twin.store import Store, Tx

CODE = "510115006001"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def place(tx: Tx) -> None:
    """A community with a tower b1 (unit u1 on storey 2), a kiosk b2, devices d0–d9, and two who serve."""
    key = {"community12": CODE}
    whence = {"provenance": "demo"}
    square = {"geom_wkb": b"", "min_x_m": 0.0, "min_y_m": 0.0, "max_x_m": 9.0, "max_y_m": 9.0}
    tx.append(
        "community",
        [
            key
            | {
                "name": "永宁",
                "name_en": "Yongning",
                "lon0": 103.8,
                "lat0": 30.7,
                "demo": True,
                "created_at": NOON,
            }
        ],
    )
    tx.append(
        "building",
        [
            key
            | whence
            | square
            | {"id": name, "use": "residential", "form": "tower", "storeys_above": 6, "storeys_below": 0}
            | {"height_m": 18.0, "base_m": 0.0, "storeys_derived": False, "height_derived": False}
            | {"x_m": 5.0, "y_m": 5.0, "imported_at": NOON}
            for name in ("b1", "b2")
        ],
    )
    tx.append(
        "unit",
        [
            key
            | whence
            | {"id": "u1", "building_id": "b1", "entrance_id": "e1", "storey_ordinal": 2, "room": "301"}
            | {"use": "residential", "state": "occupied", "position": 0, "x_m": 5.0, "y_m": 5.0}
        ],
    )
    tx.append(
        "staff",
        [
            key
            | whence
            | {"id": name, "person_id": name, "role": "steward", "travel_mode": "walk", "valid_from": NOON}
            | {"valid_to": until}
            for name, until in (("s1", None), ("s2", NOON - timedelta(days=1)))
        ],
    )
    tx.append("device", [device(f"d{number}") for number in range(10)])


def device(name: str) -> dict[str, Any]:
    return {
        "community12": CODE,
        "id": name,
        "kind": "smoke",
        "label": name,
        "x_m": 1.0,
        "y_m": 2.0,
        "z_m": 3.0,
        "is_public": True,
        "expected_interval_s": 60,
        "installed_at": NOON,
        "provenance": "demo",
    }


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


class House:
    """Store and engine, with words to send and to look."""

    def __init__(self, store: Store, engine: Engine, clock: Clock) -> None:
        self.store, self.engine, self.clock = store, engine, clock

    def batch(self, *items: Signal, feed: str = "test", **more: Any) -> Batch:
        return Batch(feed, self.clock(), items, **more)

    def send(self, *items: Signal, feed: str = "test", **more: Any) -> Receipt:
        return self.engine.submit(self.batch(*items, feed=feed, **more)).result(10)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.read(sql).to_pylist()

    def one(self, sql: str) -> Any:
        (row,) = self.rows(sql)
        (value,) = row.values()
        return value


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def placed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: migrating a new file takes longer than most tests here."""
    home = tmp_path_factory.mktemp("placed")
    store = Store.open(home, clock=Clock())
    store.write(place)
    store.close()
    return home


@pytest.fixture
def store(tmp_path: Path, placed_home: Path, clock: Clock) -> Iterator[Store]:
    shutil.copytree(placed_home, tmp_path, dirs_exist_ok=True)
    store = Store.open(tmp_path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def house(store: Store, clock: Clock) -> Iterator[House]:
    engine = Engine(store, clock, interval_s=0.0)
    engine.start()
    yield House(store, engine, clock)
    engine.stop()


@pytest.fixture
def new_device() -> Callable[[str], dict[str, Any]]:
    return device
