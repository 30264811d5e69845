"""Shapely's loosely typed answers, as the polygons and lines they are."""

import math
from collections.abc import Iterator

from shapely import from_wkb, union_all
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from twin.demo.rows import Row


def polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    if isinstance(geometry, Polygon):
        if not geometry.is_empty:
            yield geometry
        return
    for part in getattr(geometry, "geoms", ()):
        yield from polygons(part)


def lines(geometry: BaseGeometry) -> Iterator[LineString]:
    if isinstance(geometry, LineString):
        if not geometry.is_empty:
            yield geometry
        return
    for part in getattr(geometry, "geoms", ()):
        yield from lines(part)


def largest(geometry: BaseGeometry) -> Polygon:
    return max(polygons(geometry), key=lambda p: p.area, default=Polygon())


def without(area: BaseGeometry, *taken: BaseGeometry) -> Polygon:
    """The largest piece left of an area."""
    return largest(area.difference(union_all(list(taken))) if taken else area)


def longest(geometry: BaseGeometry) -> LineString:
    return max(lines(geometry), key=lambda line: line.length, default=LineString())


def box_corners(geometry: BaseGeometry) -> list[tuple[float, float]]:
    """The five corners of the smallest turned rectangle around a shape; none when it has no area."""
    frame = geometry.minimum_rotated_rectangle
    return [(x, y) for x, y in frame.exterior.coords] if isinstance(frame, Polygon) else []


def inside(area: BaseGeometry) -> Point:
    """The centroid, or a point within where the centroid falls outside."""
    return area.centroid if area.contains(area.centroid) else area.representative_point()


def shape(row: Row) -> BaseGeometry:
    wkb = row["geom_wkb"]
    assert isinstance(wkb, bytes)
    return from_wkb(wkb)


def overshoot(line: LineString, by_m: float = 5e-4) -> LineString:
    """A little longer at both ends, so that rounding leaves no face open."""
    coords = list(line.coords)
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = coords[0], coords[1], coords[-2], coords[-1]
    start, end = math.hypot(bx - ax, by - ay), math.hypot(dx - cx, dy - cy)
    coords[0] = (ax - (bx - ax) / start * by_m, ay - (by - ay) / start * by_m)
    coords[-1] = (dx + (dx - cx) / end * by_m, dy + (dy - cy) / end * by_m)
    return LineString(coords)
