"""What the wall may see at one instant, read whole: every layer's rows and every building's storeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from twin.catalog import Catalog
from twin.model.clearance import WALL
from twin.model.coordinates import LocalFrame
from twin.spec import Layer
from twin.store import Store

COMMUNITY = "SELECT community12, name, name_en, lon0, lat0, demo FROM community_rel()"
BUILDINGS = "SELECT * FROM building_at($at, $clearance) ORDER BY id"
STOREYS = "SELECT * FROM storey_at($at, $clearance) ORDER BY building_id, ordinal"
ATTEMPTS = 4


class SnapshotRefused(RuntimeError):
    """No snapshot was made; the sentence says why and what to do."""


class SnapshotExists(SnapshotRefused):
    """The same state was packed into this folder before; `path` is that snapshot, untouched."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: the same state was packed before. Nothing was replaced.")
        self.path = path


@dataclass(frozen=True, slots=True)
class Frozen:
    """The state as of an instant: `rows` by layer id, ordered by key."""

    as_of: datetime
    community: Mapping[str, Any]
    layers: tuple[Layer, ...]
    rows: Mapping[str, pa.Table]
    buildings: list[dict[str, Any]]
    storeys: Mapping[str, list[dict[str, Any]]]

    @property
    def frame(self) -> LocalFrame:
        return LocalFrame(self.community["lon0"], self.community["lat0"])

    @property
    def origin(self) -> tuple[float, float]:
        return self.community["lon0"], self.community["lat0"]


def freeze(store: Store, catalog: Catalog) -> Frozen:
    """The state as of the last commit, so that the same file gives the same snapshot whenever it is asked.

    What is imported has no history yet: when an import lands between two reads, all is read again.
    """
    tables = frozenset().union(*(store.tables_of(sql) for sql in _queries(catalog)))
    for _ in range(ATTEMPTS):
        before = store.version(tables)
        frozen = _read(store, catalog)
        if store.version(tables) == before:
            return frozen
    raise SnapshotRefused("The twin is being imported into. Wait until the import has ended and try again.")


def _queries(catalog: Catalog) -> list[str]:
    return [*(layer.sql for layer in catalog.layers if not layer.live), COMMUNITY, BUILDINGS, STOREYS]


def _read(store: Store, catalog: Catalog) -> Frozen:
    as_of = store.last_write_at
    found = store.read(COMMUNITY).to_pylist()
    if as_of is None or not found or not _is_placed(found[0]):
        raise SnapshotRefused("This twin has no place on earth yet: import its buildings first.")
    storeys: dict[str, list[dict[str, Any]]] = {}
    for storey in store.relation(STOREYS, as_of, WALL).to_pylist():
        storeys.setdefault(storey["building_id"], []).append(storey)
    return Frozen(
        as_of,
        found[0],
        catalog.layers,
        {layer.id: _rows(store, layer, as_of) for layer in catalog.layers},
        store.relation(BUILDINGS, as_of, WALL).to_pylist(),
        storeys,
    )


def _is_placed(community: Mapping[str, Any]) -> bool:
    return LocalFrame(community["lon0"], community["lat0"]).is_set


def _rows(store: Store, layer: Layer, as_of: datetime) -> pa.Table:
    """In the order of the key; none of a layer that tells the wall nothing."""
    rows = store.relation(layer.sql, as_of, WALL)
    if WALL.screen not in layer.shows:
        rows = rows.slice(0, 0)
    return rows.take(pc.sort_indices(rows[layer.key])).combine_chunks()
