"""A small village in a real file, with a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from twin.store import Store, Tx

C = "510115006001"
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
WKB = bytes.fromhex("0101000000000000000000000000000000000000000000")


@dataclass
class Clock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@dataclass
class Village:
    """The store, its clock, and what a door would write."""

    store: Store
    clock: Clock
    start: datetime = field(default=START)

    def observe(
        self, device_id: str, at: datetime, state: str = "normal", value: float | None = None
    ) -> None:
        row = {
            "community12": C,
            "device_id": device_id,
            "state": state,
            "value": value,
            "feed": "door",
            "happened_at": at,
            "received_at": self.clock.now,
        }

        def work(tx: Tx) -> None:
            tx.append("observation", [row])
            tx.upsert_newest("device_now", [row])

        self.store.write(work)

    def stand(self, actor_id: str, x_m: float, y_m: float, *, on_duty: bool = True) -> None:
        row = {
            "community12": C,
            "actor_id": actor_id,
            "x_m": x_m,
            "y_m": y_m,
            "on_duty": on_duty,
            "feed": "door",
            "happened_at": self.clock.now,
            "received_at": self.clock.now,
        }

        def work(tx: Tx) -> None:
            tx.append("position", [row])
            tx.upsert_newest("position_now", [row])

        self.store.write(work)

    def report(self, ticket_id: str, title: str = "楼道灯不亮", **where: object) -> None:
        row: dict[str, object] = {
            "community12": C,
            "ticket_id": ticket_id,
            "state": "reported",
            "category": "lighting",
            "title": title,
            "feed": "door",
            "happened_at": self.clock.now,
            "received_at": self.clock.now,
            **where,
        }

        def work(tx: Tx) -> None:
            tx.append("ticket_event", [{**row, "transition": "report"}])
            tx.upsert_newest("ticket_now", [{**row, "reported_at": self.clock.now}])

        self.store.write(work)

    def move_ticket(self, ticket_id: str, transition: str, state: str) -> None:
        """An event says only what changed."""
        times = {"happened_at": self.clock.now, "received_at": self.clock.now}
        event = {
            "community12": C,
            "ticket_id": ticket_id,
            "transition": transition,
            "state": state,
            "feed": "door",
        }

        def work(tx: Tx) -> None:
            tx.append("ticket_event", [{**event, **times}])
            tx.execute(
                "UPDATE ticket_now SET state = $state, happened_at = $at, received_at = $at"
                " WHERE ticket_id = $id",
                {"state": state, "at": self.clock.now, "id": ticket_id},
            )

        self.store.write(work)


def settle(tx: Tx) -> None:
    """A general grid, a micro grid, a tower with a unit on the third storey, public and two home devices."""
    base = {"community12": C, "provenance": "demo"}
    tx.append(
        "community",
        [
            {
                "community12": C,
                "name": "永宁",
                "name_en": "Yongning",
                "lon0": 103.8,
                "lat0": 30.7,
                "demo": True,
            }
            | {"created_at": START}
        ],
    )
    grid = base | {"code_scheme": "cd-proposal-17", "kind": "residential", "geom_wkb": WKB, "area_m2": 1.0}
    grid |= {"x_m": 5.0, "y_m": 6.0, "households": 60, "boundary_version": 1, "valid_from": START}
    tx.append("grid", [
        grid | {"id": "g2", "code": "02", "tier": 2, "name": "永宁-02"},
        grid | {"id": "g3", "code": "02001", "tier": 3, "name": "永宁-02-001", "parent_id": "g2"},
    ])  # fmt: skip
    tower = base | {"id": "b1", "name": "1 栋", "use": "residential", "form": "tower", "imported_at": START}
    tower |= {"storeys_above": 18, "storeys_below": 1, "height_m": 54.0, "base_m": 0.0, "geom_wkb": WKB}
    tower |= {"storeys_derived": False, "height_derived": True, "x_m": 101.0, "y_m": 202.0}
    tower |= {"min_x_m": 90.0, "min_y_m": 190.0, "max_x_m": 110.0, "max_y_m": 210.0}
    tx.append("building", [tower])
    tx.append("storey", [
        {"community12": C, "building_id": "b1", "ordinal": n, "label": f"{n + 1}F", "height_m": 3.0}
        | {"z_floor_m": 3.0 * n}
        for n in range(18)
    ])  # fmt: skip
    tx.append("entrance", [base | {"id": "e1", "building_id": "b1", "name": "1 单元", "micro_grid_id": "g3"}
                           | {"x_m": 101.0, "y_m": 190.0, "valid_from": START}])  # fmt: skip
    tx.append("unit", [base | {"id": "u302", "building_id": "b1", "entrance_id": "e1", "storey_ordinal": 2}
                       | {"room": "302", "use": "residential", "state": "occupied", "position": 2}
                       | {"x_m": 103.0, "y_m": 203.0, "geom_wkb": WKB}])  # fmt: skip
    device = base | {"label": "烟感", "x_m": 103.0, "y_m": 203.0, "z_m": 8.0, "expected_interval_s": 60}
    device |= {"installed_at": START - timedelta(days=30), "building_id": "b1"}
    home = {"is_public": False, "storey_ordinal": 2, "unit_id": "u302"}
    tx.append("device", [
        device | home | {"id": "home-smoke", "kind": "smoke"},
        device | home | {"id": "home-pir", "kind": "pir"},
        device | {"id": "street-air", "kind": "air", "is_public": True},
    ])  # fmt: skip
    tx.append("staff", [base | {"id": "steward-canary", "person_id": "p1", "role": "steward", "grid_id": "g3"}
                        | {"travel_mode": "walk", "valid_from": START}])  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def village(store: Store, clock: Clock) -> Village:
    store.write(settle)
    return Village(store, clock)
