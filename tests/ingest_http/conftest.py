"""The HTTP door before a real engine and a real file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from twin.engine import Engine
from twin.ingest.http import blueprint
from twin.model.coordinates import LocalFrame
from twin.security import KEY_HEADER, ApiKeys, Guard, Sessions
from twin.settings import Settings
from twin.store import Store, Tx

CODE = "510115006001"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def place(tx: Tx) -> None:
    key = {"community12": CODE, "provenance": "demo"}
    tx.append(
        "community",
        [
            {"community12": CODE, "name": "永宁", "name_en": "Yongning", "lon0": 103.856, "lat0": 30.686}
            | {"demo": True, "created_at": NOON}
        ],
    )
    tx.append(
        "staff",
        [key | {"id": "s1", "person_id": "p1", "role": "steward", "travel_mode": "walk", "valid_from": NOON}],
    )
    device = {"kind": "smoke", "is_public": True, "expected_interval_s": 60, "installed_at": NOON}
    device |= {"x_m": 1.0, "y_m": 2.0, "z_m": 3.0}
    tx.append("device", [key | device | {"id": f"d{n}", "label": f"d{n}"} for n in range(10)])


@dataclass
class Door:
    """A feed's way in, and a look behind."""

    app: Flask
    store: Store
    keys: ApiKeys
    engine: Engine
    key: str
    headers: dict[str, str] = field(default_factory=dict)

    def post(self, kind: str, said: Any = None, *, key: str | None = None, **more: Any) -> Any:
        headers = {KEY_HEADER: key if key is not None else self.key, **more.pop("headers", {})}
        if "data" not in more:
            more["json"] = said
        return self.app.test_client().post(f"/ingest/{kind}", headers=headers, **more)

    def count(self, table: str) -> int:
        return int(self.store.read(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py())

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.store.read(sql).to_pylist()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One house for a module: its tests send as different feeds, or look at what is theirs."""
    home = tmp_path_factory.mktemp("home")
    yield from open_house(home, Settings(home=home, ingest_max_items=200, ingest_max_bytes=100_000))


@pytest.fixture
def door(served: Door) -> Door:
    """A new feed of its own, with an empty house behind it."""

    def empty(tx: Tx) -> None:
        for table in ("observation", "device_now", "position", "position_now", "ticket_event", "ticket_now"):
            tx.execute(f"DELETE FROM {table}")
        for table in ("side_reading", "side_reading_now", "device_health", "device_health_now", "reject"):
            tx.execute(f"DELETE FROM {table}")
        for table in ("ingest_key", "ingest_log", "feed_now"):
            tx.execute(f"DELETE FROM {table}")

    served.store.write(empty)
    return served


def open_house(home: Path, settings: Settings) -> Iterator[Door]:
    store = Store.open(home, clock=lambda: NOON)
    store.write(place)
    engine = Engine(store, lambda: NOON, interval_s=0.0)
    keys = ApiKeys(home)
    app = Flask(__name__, static_folder=None)
    Guard(app, Sessions(home), keys, settings)
    frame = LocalFrame(103.856, 30.686)
    app.register_blueprint(blueprint(engine, keys, frame, settings, clock=lambda: NOON))
    engine.start()
    yield Door(app, store, keys, engine, keys.create("test", "测试", demo=True))
    engine.stop()
    store.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Any]:
    """Open a house with settings of one's own."""
    opened: list[Iterator[Door]] = []

    def make(**more: Any) -> Door:
        opened.append(open_house(tmp_path, Settings(home=tmp_path, **more)))
        return next(opened[-1])

    yield make
    for house in opened:
        next(house, None)
