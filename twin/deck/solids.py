"""Buildings: walls, storey lines, roofs with their edges and what stands on them."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import shapely

from twin.deck.colour import Palette, state_index
from twin.deck.geometry import Shapes, borders, polygons, rings, shapes_of
from twin.deck.part import GLASS, Origin, Part, Row, literal, part
from twin.deck.roofworks import Roof, hips, works
from twin.deck.shadow import contact
from twin.deck.theme import Theme, lighter, with_alpha
from twin.spec import Rgb, Solids

# Many buildings are seen from further away: decimetres and no parapets keep them light on the wire.
MANY = 1_500
PLATE_MARGIN_M = 30.0
PLATE_TOP_M = -0.6
PARAPET_M = 0.7
ROOF_LIFT_M = 0.16
ROOF_LIGHTER = 0.2
ROOF_MATERIAL = {"ambient": 0.62, "diffuse": 0.62, "shininess": 4, "specularColor": [12, 13, 15]}
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
    """Parts in drawing order, from plate to roof; `told` is what each row says."""
    shapes = shapes_of(rows["geom_wkb"])
    buildings = list(_buildings(rows, shapes, key, palette))
    says = dict(zip((str(k) for k in rows[key].to_pylist()), told, strict=True))
    parts = [_plate(layer_id, shapes, origin, theme)]
    if style.shadow:
        parts.append(contact(layer_id, shapes, rows.num_rows > MANY, origin, theme))
    parts.append(_walls(layer_id, buildings, says, palette, origin))
    if style.storey_lines:
        parts.append(_storeys(layer_id, style, buildings, origin))
    if rows.num_rows <= MANY:
        parts.append(_roofs(layer_id, buildings, palette, origin))
    parts.append(_edges(layer_id, style, buildings, origin))
    if roofs := _furnished(rows, buildings, palette):
        parts += [hips(layer_id, roofs, origin), works(layer_id, roofs, origin)]
    return parts


def _buildings(rows: pa.Table, shapes: Shapes, key: str, palette: Palette) -> Iterator[Building]:
    tones = state_index(palette, rows).tolist()
    digits = 1 if rows.num_rows > MANY else 2
    columns = (rows[name].to_pylist() for name in (key, "base_m", "height_m", "storeys_above"))
    for shape, tone, row_id, base, height, storeys in zip(shapes, tones, *columns, strict=True):
        for polygon in polygons(shape):
            yield Building(str(row_id), polygon, base or 0.0, height or 0.0, int(storeys or 0), tone, digits)


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
        get_color=list(with_alpha(lighter(style.edge, -0.86), 165)),
        get_width=0.22,
        width_units=literal("meters"),
        width_max_pixels=1.6,
        width_min_pixels=0.4,
        parameters=GLASS,
        pickable=False,
    )


def _roofs(layer_id: str, buildings: list[Building], palette: Palette, origin: Origin) -> Part:
    """What lies inside the parapet, a little lighter than the walls; the wall's own top is the parapet."""
    rows: list[Row] = [
        {
            "id": b.id,
            "p": rings(inside, b.top_m, min(b.digits, 1)),
            "c": list(lighter(tuple(palette.rgba[b.tone, :3].tolist()), ROOF_LIGHTER)),
        }
        for b in buildings
        for inside in polygons(shapely.buffer(b.polygon, -PARAPET_M, join_style="mitre"))
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/roof",
        rows,
        origin,
        get_polygon="p",
        get_elevation=ROOF_LIFT_M,
        get_fill_color="c",
        extruded=True,
        material=ROOF_MATERIAL,
        pickable=False,
    )


def _edges(layer_id: str, style: Solids, buildings: list[Building], origin: Origin) -> Part:
    """The outline of every roof: what tells one block from the next when both are grey."""
    rows: list[Row] = [
        {"id": b.id, "p": border}
        for b in buildings
        for border in borders(b.polygon, b.top_m + ROOF_LIFT_M, min(b.digits, 1))
    ]
    return part(
        "PathLayer",
        f"{layer_id}/edge",
        rows,
        origin,
        get_path="p",
        get_color=list(with_alpha(style.edge, 170)),
        get_width=0.3,
        width_units=literal("meters"),
        width_min_pixels=0.5,
        width_max_pixels=2,
        parameters=GLASS,
        pickable=False,
    )


def _furnished(rows: pa.Table, buildings: list[Building], palette: Palette) -> list[Roof]:
    """The roofs of rows that say they are made up; of all others nothing is known."""
    if "furnished" not in rows.column_names or rows.num_rows > MANY:
        return []
    columns = (rows[name].to_pylist() for name in ("id", "furnished", "compound_name", "tone"))
    told = {
        str(row_id): (family or "", tone) for row_id, yes, family, tone in zip(*columns, strict=True) if yes
    }
    return [
        Roof.of(b.id, *told[b.id], b.storeys, b.top_m, _rgb(palette, b.tone), b.polygon)
        for b in buildings
        if b.id in told
    ]


def _rgb(palette: Palette, tone: int) -> Rgb:
    red, green, blue = palette.rgba[tone, :3].tolist()
    return (red, green, blue)
