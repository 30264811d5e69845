"""A small house in a real file: two buildings with units, grids, devices and tickets; and its server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

import layers
from twin.catalog import Catalog
from twin.live import Frames
from twin.settings import Settings
from twin.store import Store, Tx
from twin.ui.search import Index
from twin.ui.server import create, running_of
from twin.ui.services import Services, Shelf

C = "510115006001"
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BASE: dict[str, object] = {"community12": C, "provenance": "demo"}
ORIGIN = "https://127.0.0.1:8050"


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class House:
    """The store and what a door would write into it, at the clock's instant or at `at`."""

    store: Store
    clock: Callable[[], datetime]

    def observe(self, device_id: str, state: str = "normal") -> None:
        row = {"community12": C, "device_id": device_id, "state": state, "feed": "door"} | self._times()
        self.store.write(lambda tx: tx.upsert_newest("device_now", [row]))

    def ticket(self, ticket_id: str, state: str = "reported", **more: object) -> None:
        row = {
            "community12": C,
            "ticket_id": ticket_id,
            "state": state,
            "category": "lighting",
            "feed": "door",
        }
        row |= {"title": "canary-title 三楼灯坏", "reported_at": self.clock()} | self._times() | more
        self.store.write(lambda tx: tx.upsert_newest("ticket_now", [row]))

    def stand(self, actor_id: str, on_duty: bool = True) -> None:
        row = {
            "community12": C,
            "actor_id": actor_id,
            "x_m": 3.0,
            "y_m": 4.0,
            "on_duty": on_duty,
            "feed": "door",
        }
        row |= self._times()
        self.store.write(lambda tx: tx.upsert_newest("position_now", [row]))

    def feed(self, feed: str, title: str, last: datetime | None) -> None:
        row = {"community12": C, "feed": feed, "title": title, "demo": True, "last_received_at": last}
        row |= {"accepted": 1, "duplicates": 0, "rejected": 0}
        self.store.write(lambda tx: tx.upsert("feed_now", [row]))

    def log(self, accepted: int) -> None:
        row = {"community12": C, "feed": "door", "kind": "observation", "accepted": accepted}
        row |= {"duplicates": 0, "rejected": 0, "late": 0}
        self.store.write(lambda tx: tx.append("ingest_log", [row]))

    def _times(self) -> dict[str, object]:
        return {"happened_at": self.clock(), "received_at": self.clock()}


def settle(tx: Tx) -> None:
    tx.append(
        "community",
        [
            {
                "community12": C,
                "name": "永宁社区",
                "name_en": "Yongning",
                "lon0": 103.86,
                "lat0": 30.7,
                "demo": True,
                "created_at": START,
            }
        ],
    )
    square = shapely.box(-50, -50, 150, 150).wkb
    tx.append(
        "compound",
        [
            BASE
            | {
                "id": "c1",
                "name": "桂花苑",
                "address": "永宁路 8 号",
                "geom_wkb": square,
                "x_m": 5.0,
                "y_m": 6.0,
            }
        ],
    )
    tx.append("building", [_building("b1", "3 栋", 0.0, 6, "c1"), _building("b13", "13 栋", 60.0, 2, "c1")])
    tx.append(
        "storey",
        [
            {
                "community12": C,
                "building_id": building,
                "ordinal": n,
                "label": f"{n + 1}F",
                "z_floor_m": 3.0 * n,
                "height_m": 3.0,
            }
            for building, storeys in (("b1", 6), ("b13", 2))
            for n in range(storeys)
        ],
    )
    grid = BASE | {
        "code_scheme": "cd-proposal-17",
        "kind": "residential",
        "geom_wkb": square,
        "area_m2": 40_000.0,
        "x_m": 5.0,
        "y_m": 6.0,
        "households": 60,
        "boundary_version": 1,
        "valid_from": START,
    }
    tx.append(
        "grid",
        [
            grid | {"id": "g2", "code": "02", "tier": 2, "name": "第二网格"},
            grid | {"id": "g3", "code": "02001", "tier": 3, "name": "永宁-02-001", "parent_id": "g2"},
        ],
    )
    tx.append(
        "entrance",
        [
            BASE
            | {
                "id": "e1",
                "building_id": "b1",
                "name": "1 单元",
                "micro_grid_id": "g3",
                "x_m": 1.0,
                "y_m": 0.0,
                "valid_from": START,
            }
        ],
    )
    tx.append(
        "unit",
        [
            BASE
            | {
                "id": f"u{storey + 1}0{n}",
                "building_id": "b1",
                "entrance_id": "e1",
                "storey_ordinal": storey,
                "room": f"{storey + 1}0{n}",
                "use": "residential",
                "state": "occupied",
                "position": n,
                "geom_wkb": shapely.box(n * 10, 1, n * 10 + 8, 11).wkb,
                "x_m": 2.0,
                "y_m": 3.0,
            }
            for storey in range(6)
            for n in (1, 2)
        ],
    )
    device = BASE | {
        "x_m": 2.0,
        "y_m": 3.0,
        "z_m": 8.0,
        "expected_interval_s": 60,
        "building_id": "b1",
        "installed_at": START - timedelta(days=30),
    }
    home = device | {"is_public": False, "storey_ordinal": 2, "unit_id": "u302"}
    tx.append(
        "device",
        [
            home | {"id": "home-canary", "kind": "smoke", "label": "烟感 302"},
            device | {"id": "air-01", "kind": "air", "label": "空气站", "is_public": True},
        ],
    )
    tx.append(
        "facility",
        [
            BASE
            | {
                "id": "f1",
                "category": "clinic",
                "name": "社区卫生站",
                "building_id": "b13",
                "storey_ordinal": 0,
                "x_m": 61.0,
                "y_m": 2.0,
            }
        ],
    )
    tx.append(
        "staff",
        [
            BASE
            | {
                "id": "staff-canary",
                "person_id": "p1",
                "role": "steward",
                "grid_id": "g3",
                "travel_mode": "walk",
                "valid_from": START,
            }
        ],
    )


def _building(building_id: str, name: str, x_m: float, storeys: int, compound: str) -> dict[str, object]:
    return BASE | {
        "id": building_id,
        "name": name,
        "address": f"永宁路 8 号 {name}",
        "compound_id": compound,
        "use": "residential",
        "form": "walkup",
        "storeys_above": storeys,
        "storeys_below": 0,
        "height_m": 3.0 * storeys,
        "base_m": 0.0,
        "storeys_derived": False,
        "height_derived": True,
        "geom_wkb": shapely.box(x_m, 0, x_m + 40, 12).wkb,
        "x_m": x_m + 20,
        "y_m": 6.0,
        "min_x_m": x_m,
        "min_y_m": 0.0,
        "max_x_m": x_m + 40,
        "max_y_m": 12.0,
        "imported_at": START,
    }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", key_file=tmp_path / "key", viewers_max=3)


@pytest.fixture
def bare(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Services over an empty file."""
    store, catalog = Store.open(settings.home, clock=clock), Catalog.of(layers)
    frames = Frames(store, catalog, clock)
    yield Services(store, catalog, settings, frames, clock, "build", Shelf(), Index())
    store.close()


@pytest.fixture
def services(bare: Services) -> Services:
    bare.store.write(settle)
    return bare


@pytest.fixture
def house(services: Services, clock: Clock) -> House:
    return House(services.store, clock)


def settled(settings: Settings) -> Flask:
    """The whole server over the settled house, with real time."""
    store = Store.open(settings.home)
    store.write(settle)
    store.close()
    return create(settings, layers)


@dataclass(frozen=True)
class Browser:
    """Asks as a page of this very server does; has opened wall and desk, so it holds both cookies."""

    client: FlaskClient

    @classmethod
    def of(cls, app: Flask) -> "Browser":
        opened = cls(app.test_client())
        assert opened.get("/wall").status_code == 200
        assert opened.get("/desk").status_code == 200
        return opened

    def get(self, path: str, **headers: str):  # type: ignore[no-untyped-def]  # Flask's test response has no public type
        return self.client.get(path, base_url=ORIGIN, headers=headers)


@pytest.fixture(scope="module")
def guest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """For tests that change nothing: one server for all of a module's."""
    folder = tmp_path_factory.mktemp("house")
    shared = settled(Settings(home=folder / "home", key_file=folder / "key", viewers_max=3))
    yield Browser.of(shared)
    running_of(shared).close()


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """A server of the test's own."""
    own = settled(settings)
    yield own
    running_of(own).close()


@pytest.fixture
def visitor(app: Flask) -> Browser:
    return Browser.of(app)
