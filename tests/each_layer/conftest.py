"""One demo community in a real file, with something said by every kind of sender, shared by all layers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from twin.demo import generate
from twin.demo.load import write
from twin.store import Store, Tx
from twin.store.vault import Vault

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CANARY = "金丝雀诉求"


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    home = tmp_path_factory.mktemp("town")
    store = Store.open(home, clock=lambda: NOW)
    write(store, generate(seed=1, scale=0.2), Vault(home, tmp_path_factory.mktemp("keys") / "key"))
    store.write(_life)
    yield store
    store.close()


def _life(tx: Tx) -> None:
    """Half of the devices have spoken, every person on the move has been seen, three requests came in."""
    times = {"happened_at": NOW - timedelta(seconds=9), "received_at": NOW - timedelta(seconds=8)}
    said = {"feed": "door", **times}
    place = "SELECT community12, id, x_m, y_m FROM"
    devices = tx.read(f"{place} device WHERE hash(id) % 2 = 0").to_pylist()
    tx.upsert_newest(
        "device_now",
        [
            {"community12": d["community12"], "device_id": d["id"], "state": "normal", "value": 1.5} | said
            for d in devices
        ],
    )
    staff = tx.read("SELECT community12, id FROM staff").to_pylist()
    tx.upsert_newest(
        "position_now",
        [
            {
                "community12": s["community12"],
                "actor_id": s["id"],
                "x_m": 10.0 + n,
                "y_m": 20.0,
                "on_duty": True,
            }
            | said
            for n, s in enumerate(staff)
        ],
    )
    homes = tx.read("SELECT community12, building_id, storey_ordinal, id FROM unit LIMIT 3").to_pylist()
    tx.upsert_newest(
        "ticket_now",
        [
            {
                "community12": u["community12"],
                "ticket_id": f"t{n}",
                "state": state,
                "category": "lighting",
                "title": CANARY,
                "building_id": u["building_id"],
                "storey_ordinal": u["storey_ordinal"],
                "unit_id": u["id"],
                "reported_at": NOW,
            }
            | said
            for n, (u, state) in enumerate(zip(homes, ("reported", "handling", "closed"), strict=True))
        ],
    )
