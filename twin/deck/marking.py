"""What tells one surface from another at a glance: banks, bridge walls, inner lines, parking bays."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from twin.deck.geometry import joined, outline, path, polygons, rings
from twin.deck.part import STAINED, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, lighter, with_alpha

BRIDGE_WALL_M = 0.5
BRIDGE_WALL_HIGH_M = 1.3
LINES_AT_M = (1.2, 2.4, 3.6, 4.8)
COURT_LINE_AT_M = (1.2,)
# A sports ground larger than this is one with lanes.
WITH_LANES_M2 = 2_000.0
BAY_WIDE_M = 2.6
BAY_DEEP_M = 5.2
MATERIAL = {"ambient": 0.62, "diffuse": 0.62, "shininess": 4, "specularColor": [12, 13, 15]}


def banks(
    layer_id: str,
    water: Sequence[Any],
    roads: Sequence[Any],
    plates: Sequence[Any],
    origin: Origin,
    theme: Theme,
) -> Part:
    """The water's edge, not under a bridge nor where the map ends."""
    edge = outline(joined(water)).difference(joined(roads))
    if plates:
        edge = edge.intersection(shapely.buffer(joined(plates), -1.0))
    rows: list[Row] = [{"id": f"bank-{i}", "p": path(line, digits=1)} for i, line in enumerate(_lines(edge))]
    return _drawn(f"{layer_id}/bank", rows, list(with_alpha(theme.bank, 255)), 1.1, origin)


def lines(layer_id: str, grounds: Sequence[Any], origin: Origin, theme: Theme) -> Part:
    """Lines that follow the outline inwards; they say what the ground is, not what was painted on it."""
    rows: list[Row] = [
        {"id": f"line-{i}-{j}", "p": path(ring, digits=1)}
        for i, ground in enumerate(grounds)
        for j, ring in enumerate(_inner(ground))
    ]
    return _drawn(f"{layer_id}/line", rows, list(with_alpha(lighter(theme.kerb, 0.1), 150)), 0.3, origin)


def _inner(ground: BaseGeometry) -> Iterator[BaseGeometry]:
    for metres in LINES_AT_M if ground.area > WITH_LANES_M2 else COURT_LINE_AT_M:
        for polygon in polygons(shapely.buffer(ground, -metres, join_style="mitre")):
            yield polygon.exterior


def bays(layer_id: str, lots: Sequence[Any], origin: Origin, theme: Theme) -> Part:
    """A hatch like parking bays along both long sides: the sign for a car park, not its survey."""
    rows: list[Row] = [
        {"id": f"bay-{i}-{j}", "p": path(line, digits=1)}
        for i, lot in enumerate(grounds for whole in lots for grounds in polygons(whole))
        for j, line in enumerate(_hatch(lot))
    ]
    return _drawn(f"{layer_id}/bays", rows, list(with_alpha(theme.kerb, 190)), 0.18, origin)


def _hatch(lot: shapely.Polygon) -> Iterator[BaseGeometry]:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(lot))
    if len(corners) < 4:
        return
    a, b, c = corners[:3]
    if math.dist(a, b) < math.dist(b, c):
        a, b, c = b, c, c + (a - b)
    long_m, across_m = math.dist(a, b), math.dist(b, c)
    along, inward = (b - a) / long_m, (c - b) / across_m
    deep = min(BAY_DEEP_M, across_m / 2 - 0.2)
    inner = shapely.buffer(lot, -0.6, join_style="mitre")
    for step in range(1, int(long_m // BAY_WIDE_M)):
        foot = a + along * step * BAY_WIDE_M
        for start in (foot, foot + inward * (across_m - deep)):
            stroke = shapely.LineString([start, start + inward * deep])
            yield from _lines(stroke.intersection(inner))


def bridge_walls(
    layer_id: str, bridges: Sequence[Any], water: Sequence[Any], origin: Origin, theme: Theme
) -> Part:
    """Walls along a bridge where it stands over water: its ends stay open."""
    span = joined(bridges)
    over = shapely.buffer(joined(water), 2.0)
    walls = shapely.buffer(outline(span).intersection(over), BRIDGE_WALL_M, cap_style="flat")
    rows: list[Row] = [
        {"id": f"bridge-{i}", "p": rings(wall, digits=1)} for i, wall in enumerate(polygons(walls))
    ]
    return part(
        "SolidPolygonLayer",
        f"{layer_id}/bridge",
        rows,
        origin,
        get_polygon="p",
        get_elevation=BRIDGE_WALL_HIGH_M,
        get_fill_color=list(lighter(theme.kerb, 0.16)),
        extruded=True,
        material=MATERIAL,
        pickable=False,
    )


def _lines(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    """The lines a shape consists of, those that touch end to end as one."""
    whole = shapely.line_merge(shape) if shape.geom_type == "MultiLineString" else shape
    for piece in shapely.get_parts(whole):
        if isinstance(piece, shapely.LineString) and piece.length > 0.5:
            yield piece


def _drawn(part_id: str, rows: list[Row], rgba: list[int], wide_m: float, origin: Origin) -> Part:
    return part(
        "PathLayer",
        part_id,
        rows,
        origin,
        get_path="p",
        get_color=rgba,
        get_width=wide_m,
        width_units=literal("meters"),
        width_min_pixels=0.4,
        width_max_pixels=2,
        parameters=STAINED,
        pickable=False,
    )
