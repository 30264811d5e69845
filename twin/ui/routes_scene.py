"""What the scene is drawn from: the community, its layers as deck.gl JSON, the opened building."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from twin.catalog import shown_columns
from twin.deck.building import marks_of, opened
from twin.deck.describing import described
from twin.deck.legend import legend
from twin.deck.scene import static_spec
from twin.deck.sun import sun_position
from twin.deck.theme import THEME
from twin.model.clearance import Clearance
from twin.spec import Layer
from twin.spec.text import Lang
from twin.ui.places import plan, shell, storey_of
from twin.ui.routes_wire import Packed, pack
from twin.ui.services import Services

COMMUNITY = "SELECT name, name_en, lon0, lat0, west, south, east, north, demo FROM community_rel()"
EXTENT = """SELECT min(min_x_m) AS west, min(min_y_m) AS south, max(max_x_m) AS east, max(max_y_m) AS north
            FROM building_at($at, $clearance)"""


def scene(services: Services, clearance: Clearance, lang: Lang) -> dict[str, Any]:
    """Everything a page needs to begin: where it is, what can be drawn, where the sun stands."""
    place = community(services, clearance)
    now = services.clock()
    return {
        "community": place,
        "build": services.build,
        "lang": lang,
        "layers": [_described(services, layer, clearance) for layer in services.catalog.layers],
        "sun": _sun(place, now),
        "server_at": now.isoformat(),
        "seq": services.store.seq,
    }


def community(services: Services, clearance: Clearance) -> dict[str, Any]:
    """The community with its bounds in local metres: of the buildings, where any are known."""
    found = services.records(COMMUNITY, clearance)
    if not found:
        return {"name": None, "name_en": None, "demo": False, "lon0": 0.0, "lat0": 0.0, "bounds_m": None}
    row = found[0]
    extent = services.records(EXTENT, clearance)[0]
    bounds = [extent[side] for side in ("west", "south", "east", "north")]
    return {
        **{name: row[name] for name in ("name", "name_en", "demo", "lon0", "lat0")},
        "bounds_m": None if None in bounds else [round(side, 1) for side in bounds],
    }


def _described(services: Services, layer: Layer, clearance: Clearance) -> dict[str, Any]:
    version = services.version(layer.sql)
    key = ("count", layer.id, clearance.key, version)
    counted, explained = services.shelf.take(key, lambda: _counted(services, layer, clearance))
    return described(layer, clearance, explained, version, counted)


def _counted(services: Services, layer: Layer, clearance: Clearance) -> tuple[int, list[dict[str, Any]]]:
    rows = services.rows(layer.sql, clearance)
    return rows.num_rows, legend(layer, rows)


def _sun(place: dict[str, Any], now: datetime) -> dict[str, Any]:
    return asdict(sun_position(place["lon0"], place["lat0"], now))


def layer_packed(services: Services, layer_id: str, clearance: Clearance, at: datetime | None) -> Packed:
    """A layer's deck.gl JSON, drawn and packed once for everyone of this clearance. Raises UnknownLayer."""
    layer = services.catalog.get(layer_id)
    version = services.version(layer.sql)
    key = ("layer", layer.id, clearance.key, version, at.isoformat() if at else None, services.build)
    return services.drawn.take(key, lambda: _drawn(services, layer, clearance, version, at))


def _drawn(
    services: Services, layer: Layer, clearance: Clearance, version: int, at: datetime | None
) -> Packed:
    rows = services.rows(layer.sql, clearance, at)
    place = community(services, clearance)
    return pack(
        {
            "id": layer.id,
            "version": version,
            "layers": static_spec(layer, rows, (place["lon0"], place["lat0"]), THEME, clearance),
            "at": (at or services.clock()).isoformat(),
            "newest_at": _newest(rows),
            "rows": rows.num_rows,
        }
    )


def _newest(rows: pa.Table) -> str | None:
    if "seen_at" not in rows.column_names or not rows.num_rows:
        return None
    newest = pc.max(rows["seen_at"]).as_py()
    return newest.isoformat() if newest else None


def opened_answer(
    services: Services,
    building_id: str,
    storey: int | None,
    unit: str | None,
    clearance: Clearance,
    at: datetime | None = None,
) -> dict[str, Any]:
    """The opened tower as deck layers. Raises UnknownBuilding."""
    place = community(services, clearance)
    building, storeys = shell(services, building_id, clearance)
    if storey is None and unit is not None:
        storey = storey_of(services, building_id, unit, clearance)
    parts = opened(
        building,
        storeys,
        plan(services, building_id, storey, clearance) if storey is not None else [],
        storey,
        unit,
        _marks(services, building_id, clearance, at),
        (place["lon0"], place["lat0"]),
        THEME,
    )
    return {"building": building_id, "storey": storey, "layers": parts, "seq": services.store.seq}


def _marks(
    services: Services, building_id: str, clearance: Clearance, at: datetime | None
) -> list[Mapping[str, Any]]:
    """What is in the building now, of every live layer that leads into buildings and may be shown."""
    marks: list[Mapping[str, Any]] = []
    for layer in services.catalog.layers:
        if not (layer.live and layer.drill and shown_columns(layer, clearance.screen)):
            continue
        rows = services.rows(layer.sql, clearance, at)
        marks += marks_of(layer, rows.filter(pc.equal(rows[layer.drill.by], building_id)), clearance)
    return marks
