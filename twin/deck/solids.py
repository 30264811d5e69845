"""Buildings: walls, roofs with their edges, storey lines, and the shadows that make them stand."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from twin.deck.colour import Palette, state_index
from twin.deck.geometry import Shapes, borders, polygons, rings, shapes_of, swept
from twin.deck.part import GLASS, STAINED, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, lighter, with_alpha
from twin.spec import Solids

# Rings around the foot: metres out, and how dark (of 255).
CONTACT_M = ((5.0, 34), (3.0, 44), (1.5, 66))
CAST_ALPHA = 92
# Many buildings are seen from further away: decimetres and a single shadow keep them light on the wire.
MANY = 1_500
CAST_OF_MANY_M = 1.2
STAIN_GRID_M = 0.5
STAIN_GRID_OF_MANY_M = 1.0
PLATE_MARGIN_M = 30.0
PLATE_TOP_M = -0.6
SHADOW_MAX_M = 26.0
SHADOW_PER_HEIGHT = 0.55
ROOF_LIGHTER = 0.16
MATERIAL = {"ambient": 0.62, "diffuse": 0.62, "shininess": 12, "specularColor": [30, 34, 40]}


@dataclass(frozen=True, slots=True)
class Building:
    """One footprint polygon with its heights; a building of several polygons is several of these."""

    id: str
    polygon: shapely.Polygon
    base_m: float
    height_m: float
    storeys: int
    tone: int
    digits: int

    @property
    def top_m(self) -> float:
        return self.base_m + self.height_m


def solids(
    layer_id: str,
    style: Solids,
    rows: pa.Table,
    key: str,
    told: list[Row],
    palette: Palette,
    origin: Origin,
    theme: Theme,
) -> list[Part]:
    """Parts in drawing order: plate, shadow, solid, storeys, roof. `told` is what each row says."""
    shapes = shapes_of(rows["geom_wkb"])
    buildings = list(_buildings(rows, shapes, key, palette))
    says = dict(zip((str(k) for k in rows[key].to_pylist()), told, strict=True))
    parts = [_plate(layer_id, shapes, origin, theme)]
    if style.shadow:
        parts.append(_shadow(layer_id, shapes, _heights(rows), origin, theme))
    parts.append(_walls(layer_id, buildings, says, palette, origin))
    if style.storey_lines:
        parts.append(_storeys(layer_id, style, buildings, origin))
    parts.append(_roofs(layer_id, style, buildings, palette, origin, theme))
    return parts


def _buildings(rows: pa.Table, shapes: Shapes, key: str, palette: Palette) -> Iterator[Building]:
    tones = state_index(palette, rows).tolist()
    digits = 1 if rows.num_rows > MANY else 2
    columns = (rows[name].to_pylist() for name in (key, "base_m", "height_m", "storeys_above"))
    for shape, tone, row_id, base, height, storeys in zip(shapes, tones, *columns, strict=True):
        for polygon in polygons(shape):
            yield Building(str(row_id), polygon, base or 0.0, height or 0.0, int(storeys or 0), tone, digits)


def _heights(rows: pa.Table) -> Any:
    return np.nan_to_num(np.array(rows["height_m"].to_pylist(), dtype=float))


def _plate(layer_id: str, shapes: Shapes, origin: Origin, theme: Theme) -> Part:
    """Ground below what was built, for places that came without a map."""
    around = shapely.buffer(shapely.convex_hull(shapely.union_all(shapes)), PLATE_MARGIN_M, quad_segs=4)
    rows: list[Row] = [{"id": "plate", "p": rings(p, PLATE_TOP_M)} for p in polygons(around)]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/plate",
        rows,
        origin,
        get_polygon="p",
        get_fill_color=list(theme.land),
        pickable=False,
    )


def _shadow(layer_id: str, shapes: Shapes, heights: Any, origin: Origin, theme: Theme) -> Part:
    """A soft ring around every foot and a short shadow away from the sun; joined: none darkens twice."""
    steepness = math.tan(math.radians(max(theme.sun_elevation_deg, 12.0)))
    reach = np.minimum(np.minimum(heights / steepness, heights * SHADOW_PER_HEIGHT), SHADOW_MAX_M)
    cast = swept(shapes, reach, theme.sun_azimuth_deg)
    if len(shapes) > MANY:
        stains = [(_around(cast, CAST_OF_MANY_M, STAIN_GRID_OF_MANY_M), CAST_ALPHA)]
    else:
        stains = [(_around(cast, 0.0), CAST_ALPHA), *((_around(shapes, m), alpha) for m, alpha in CONTACT_M)]
    rows: list[Row] = [
        {"id": f"shadow-{index}", "p": rings(polygon, digits=1), "c": with_alpha(theme.shadow, alpha)}
        for index, (stain, alpha) in enumerate(stains)
        for polygon in polygons(stain)
        if polygon.area > 1.0
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/shadow",
        rows,
        origin,
        get_polygon="p",
        get_fill_color="c",
        parameters=STAINED,
        pickable=False,
    )


def _around(shapes: Shapes, metres: float, grid_m: float = STAIN_GRID_M) -> BaseGeometry:
    """One stain of many, this much wider than they are; a coarse grid does for what has no edge."""
    wider = shapely.buffer(shapes, metres, join_style="mitre", mitre_limit=2) if metres else shapes
    return shapely.set_precision(shapely.simplify(shapely.union_all(wider), grid_m), grid_m)


def _walls(
    layer_id: str, buildings: list[Building], says: dict[str, Row], palette: Palette, origin: Origin
) -> Part:
    rows: list[Row] = [
        {
            "id": b.id,
            "p": rings(b.polygon, b.base_m or None, b.digits),
            "h": round(b.height_m, 2),
            "c": palette.rgba[b.tone, :3].tolist(),
            **says[b.id],
        }
        for b in buildings
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/solid",
        rows,
        origin,
        get_polygon="p",
        get_elevation="h",
        get_fill_color="c",
        extruded=True,
        pickable=True,
        material=MATERIAL,
    )


def _storeys(layer_id: str, style: Solids, buildings: list[Building], origin: Origin) -> Part:
    """A thin line around the facade at every floor above the ground; one part, shown when near enough."""
    rows: list[Row] = [
        {"id": b.id, "p": border}
        for b in buildings
        for floor in range(1, b.storeys)
        for border in borders(b.polygon, b.base_m + b.height_m * floor / b.storeys, b.digits)
    ]
    return part(
        "PathLayer",
        f"{layer_id}/storeys",
        rows,
        origin,
        get_path="p",
        get_color=list(with_alpha(lighter(style.edge, -0.72), 150)),
        get_width=0.22,
        width_units=literal("meters"),
        width_max_pixels=1.6,
        width_min_pixels=0.4,
        parameters=GLASS,
        pickable=False,
    )


def _roofs(
    layer_id: str, style: Solids, buildings: list[Building], palette: Palette, origin: Origin, theme: Theme
) -> Part:
    """Slightly lighter than the walls, with a bright edge."""
    lift = theme.roof_lift
    rows: list[Row] = [
        {
            "id": b.id,
            "p": rings(b.polygon, b.top_m + lift, b.digits),
            "c": list(lighter(tuple(palette.rgba[b.tone, :3].tolist()), ROOF_LIGHTER)),
        }
        for b in buildings
    ]
    return part(
        "PolygonLayer",
        f"{layer_id}/roof",
        rows,
        origin,
        get_polygon="p",
        get_fill_color="c",
        get_line_color=list(with_alpha(style.edge, 170)),
        get_line_width=0.3,
        line_width_units=literal("meters"),
        line_width_min_pixels=0.5,
        line_width_max_pixels=2,
        stroked=True,
        filled=True,
        extruded=False,
        pickable=False,
    )
