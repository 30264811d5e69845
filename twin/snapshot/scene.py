"""The scene as data for one offline page: what the server would have answered to the wall at that instant."""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from twin.catalog import shown_columns
from twin.deck.building import marks_of, opened
from twin.deck.describing import described
from twin.deck.frame import encode, roster
from twin.deck.legend import legend
from twin.deck.part import Part
from twin.deck.scene import static_spec
from twin.deck.sun import sun_position
from twin.deck.theme import THEME
from twin.model.clearance import WALL
from twin.snapshot.reading import Frozen
from twin.spec import Layer

TOLD = (
    "id", "name", "address", "compound_name", "storeys_above", "storeys_below", "height_m",
    "storeys_derived", "height_derived",
)  # fmt: skip
Record = Mapping[str, Any]


def scene(frozen: Frozen, build: str) -> dict[str, Any]:
    """Answers by name, as `offline.js` gives them to the wall's own modules."""
    live = [layer for layer in frozen.layers if layer.live]
    towers = {row["id"]: _opened(frozen, row, None) for row in frozen.buildings}
    return {
        "scene": _described(frozen, build),
        "layers": {layer.id: _drawn(frozen, layer) for layer in frozen.layers},
        "frames": {layer.id: _frame(frozen, layer) for layer in live},
        "rosters": {layer.id: orjson.loads(roster(layer, frozen.rows[layer.id], WALL)) for layer in live},
        "buildings": {row["id"]: _told(frozen, row) for row in frozen.buildings},
        "towers": {tower: _rows_of(parts) for tower, parts in towers.items()},
        "tower_parts": _looks(frozen),
    }


def _described(frozen: Frozen, build: str) -> dict[str, Any]:
    place = frozen.community
    return {
        "community": {**{name: place[name] for name in ("name", "name_en", "demo", "lon0", "lat0")}},
        "build": build,
        "layers": [_layer(frozen, layer) for layer in frozen.layers],
        "sun": asdict(sun_position(*frozen.origin, frozen.as_of)),
        "server_at": frozen.as_of.isoformat(),
        "seq": 0,
    }


def _layer(frozen: Frozen, layer: Layer) -> dict[str, Any]:
    rows = frozen.rows[layer.id]
    return described(layer, WALL, legend(layer, rows), 0, rows.num_rows)


def _drawn(frozen: Frozen, layer: Layer) -> dict[str, Any]:
    rows = frozen.rows[layer.id]
    return {
        "id": layer.id,
        "version": 0,
        "layers": static_spec(layer, rows, frozen.origin, THEME, WALL),
        "newest_at": _newest(rows) if "seen_at" in shown_columns(layer, WALL.screen) else None,
        "rows": rows.num_rows,
    }


def _newest(rows: pa.Table) -> str | None:
    newest = pc.max(rows["seen_at"]).as_py() if rows.num_rows else None
    return newest.isoformat() if newest else None


def _frame(frozen: Frozen, layer: Layer) -> str:
    return base64.b64encode(encode(layer, frozen.rows[layer.id], WALL, 1, frozen.as_of)).decode()


def _told(frozen: Frozen, building: Record) -> dict[str, Any]:
    """The building and its storeys as the wall's list shows them."""
    storeys = frozen.storeys.get(building["id"], [])
    return {
        "building": {name: building[name] for name in TOLD},
        "storeys": [{"ordinal": storey["ordinal"], "label": storey["label"]} for storey in storeys],
    }


def _opened(frozen: Frozen, building: Record, chosen: int | None) -> list[Part]:
    storeys = frozen.storeys.get(building["id"], [])
    return opened(building, storeys, [], chosen, None, _marks(frozen, building["id"]), frozen.origin, THEME)


def _marks(frozen: Frozen, building_id: str) -> list[Record]:
    marks: list[Record] = []
    for layer in frozen.layers:
        if not (layer.live and layer.drill and layer.drill.by in shown_columns(layer, WALL.screen)):
            continue
        rows = frozen.rows[layer.id]
        marks += marks_of(layer, rows.filter(pc.equal(rows[layer.drill.by], building_id)), WALL)
    return marks


def _rows_of(parts: list[Part]) -> dict[str, list[Record]]:
    """Only what differs from building to building; the page puts the looks back."""
    return {
        part["id"]: [{k: v for k, v in row.items() if k not in ("id", "building")} for row in part["data"]]
        for part in parts
        if part["data"]
    }


def _looks(frozen: Frozen) -> dict[str, Any]:
    """How the parts of any opened building are drawn, and how a chosen storey's rows differ."""
    with_ground = (row for row in frozen.buildings if frozen.storeys.get(row["id"]))
    for building in with_ground:
        parts = _opened(frozen, building, 0)
        if rows := {
            part["id"]: part["data"] for part in parts if part["data"] and part["data"][0]["storey"] == 0
        }:
            look = {name: {k: row[k] for k in ("c", "w") if k in row} for name, (row, *_) in rows.items()}
            chosen = {name: look[name] for name in ("opened/slabs", "opened/edges") if name in look}
            return {"parts": [{**part, "data": []} for part in parts], "chosen": chosen}
    return {"parts": [], "chosen": {}}
