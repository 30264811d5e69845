"""A store one can snapshot, and what its doors would have written into it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from twin.catalog import Catalog
from twin.engine import Engine
from twin.model.signals import Batch, Observation, Position, Request
from twin.snapshot.creating import Order, SnapshotReport, create
from twin.snapshot.html import Look
from twin.store import Store
from twin.ui.page import ASSETS

GLASS = {"mm_per_px": 1.736, "height_px": 2160.0, "distance_m": 8.0}
CANARY = "canary-金丝雀"


@dataclass(frozen=True)
class House:
    """A store and its catalog; `snap` makes a snapshot, without a picture unless a browser is named."""

    store: Store
    catalog: Catalog

    def snap(self, out: Path, browser: str | None = None, by: str = "tester") -> SnapshotReport:
        look = Look(ASSETS, {}, GLASS)
        return create(
            self.store,
            self.catalog,
            Order(out, look, "0.0.0+test", by, browser, (800, 450), lambda: datetime.now(UTC)),
        )


def lived(store: Store, catalog: Catalog) -> None:
    """Readings, places and requests, some with words that no wall may hear."""
    engine = Engine(store, lambda: datetime.now(UTC))
    engine.start()
    now = datetime.now(UTC) - timedelta(seconds=5)
    devices = store.read("SELECT id FROM device ORDER BY id LIMIT 400")["id"].to_pylist()
    actors = store.read("SELECT id FROM staff ORDER BY id LIMIT 40")["id"].to_pylist()
    unit = store.read("SELECT id, building_id, storey_ordinal FROM unit ORDER BY id LIMIT 1").to_pylist()[0]
    place = {
        "building_id": unit["building_id"],
        "storey_ordinal": unit["storey_ordinal"],
        "unit_id": unit["id"],
    }
    engine.submit(
        Batch(
            "door",
            now,
            (
                *(Observation(name, now, "normal", 1.5, "ppm") for name in devices),
                *(Position(name, now, 12.0 * n, 7.0 * n) for n, name in enumerate(actors)),
                Request("t1", now, "=HYPERLINK(1)", f"{CANARY} 三楼漏水", **place),
                Request("t2", now, "lighting", f"{CANARY} 路灯", x_m=33.0, y_m=44.0),
            ),
        )
    ).result(30)
    engine.stop()
