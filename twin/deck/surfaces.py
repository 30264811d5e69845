"""The ground: a plate, what is painted on it, roads with kerbs."""

from collections.abc import Collection, Iterator

import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from twin.deck.colour import Palette, state_index
from twin.deck.geometry import Shapes, borders, joined, polygons, rings, shapes_of
from twin.deck.marking import banks, bays, bridge_walls, lines
from twin.deck.part import PAINTED, STAINED, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, with_alpha
from twin.spec import Surfaces

PLATE_THICK_M = 7.0
PAVEMENT_M = 1.8
NARROWEST_M = 1.0


def surfaces(
    layer_id: str,
    style: Surfaces,
    rows: pa.Table,
    key: str,
    told: list[Row],
    palette: Palette,
    origin: Origin,
    theme: Theme,
) -> list[Part]:
    """Parts in drawing order: plate, surface, what is marked on it, carriageway, kerb, bridge walls."""
    shapes = shapes_of(rows["geom_wkb"])
    tones = state_index(palette, rows).tolist()
    kinds = [palette.values[tone] for tone in tones]
    ids = [str(k) for k in rows[key].to_pylist()]

    def of(wanted: Collection[str]) -> list[Shapes]:
        return [shape for shape, kind in zip(shapes, kinds, strict=True) if kind in wanted]

    def marked(sign: str) -> list[Shapes]:
        return of([kind for kind, given in style.marked.items() if given == sign])

    plates, kerbed, banked = of(style.plates), of(style.kerbed), marked("bank")
    painted = sorted(zip(tones, ids, shapes, told, strict=True), key=lambda item: (item[0], item[1]))
    return [
        _plate(layer_id, plates, origin, theme),
        _painted(layer_id, list(_faces(painted, palette)), origin),
        banks(layer_id, banked, kerbed, plates, origin, theme),
        lines(layer_id, marked("lines"), origin, theme),
        bays(layer_id, marked("bays"), origin, theme),
        *_roads(layer_id, kerbed, origin, theme),
        bridge_walls(layer_id, marked("walls"), banked, origin, theme),
    ]


def _faces(painted: list[tuple[int, str, BaseGeometry, Row]], palette: Palette) -> Iterator[Row]:
    for tone, row_id, shape, says in painted:
        for polygon in polygons(shape):
            yield {"id": row_id, "p": rings(polygon), "c": palette.rgba[tone, :3].tolist(), **says}


def _plate(layer_id: str, plates: list[Shapes], origin: Origin, theme: Theme) -> Part:
    rows: list[Row] = [
        {"id": f"plate-{i}", "p": rings(p, -PLATE_THICK_M)} for i, p in enumerate(polygons(joined(plates)))
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/plate",
        rows,
        origin,
        get_polygon="p",
        get_elevation=PLATE_THICK_M - 0.3,
        get_fill_color=list(theme.land_side),
        extruded=True,
        pickable=False,
    )


def _painted(layer_id: str, rows: list[Row], origin: Origin) -> Part:
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/surface",
        rows,
        origin,
        get_polygon="p",
        get_fill_color="c",
        parameters=PAINTED,
        pickable=True,
    )


def _roads(layer_id: str, kerbed: list[Shapes], origin: Origin, theme: Theme) -> list[Part]:
    """The crossings have no kerb across them because the roads are joined first."""
    road = joined(kerbed)
    inner = shapely.buffer(road, -PAVEMENT_M, join_style="mitre")
    # Lanes narrower than two pavements keep their whole width.
    inner = shapely.simplify(shapely.buffer(inner, 0), 0.05)
    carriageway: list[Row] = [
        {"id": f"carriageway-{i}", "p": rings(p)}
        for i, p in enumerate(polygons(inner))
        if p.area > NARROWEST_M
    ]
    kerb: list[Row] = [
        {"id": f"kerb-{i}", "p": line, "c": with_alpha(theme.kerb, alpha)}
        for i, (line, alpha) in enumerate(
            [(line, 210) for line in borders(inner)] + [(line, 90) for line in borders(road)]
        )
    ]
    return [
        part(
            "SolidPolygonLayer",
            f"{layer_id}/carriageway",
            carriageway,
            origin,
            get_polygon="p",
            get_fill_color=list(theme.carriageway),
            parameters=PAINTED,
            pickable=False,
        ),
        part(
            "PathLayer",
            f"{layer_id}/kerb",
            kerb,
            origin,
            get_path="p",
            get_color="c",
            get_width=0.35,
            width_units=literal("meters"),
            width_min_pixels=0.6,
            width_max_pixels=2,
            parameters=STAINED,
            pickable=False,
        ),
    ]
