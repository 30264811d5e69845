"""Shapes from the store to the numbers deck.gl reads: rings and lines in local metres, to the centimetre."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

Shapes = npt.NDArray[np.object_]
Ring = list[list[float]]

CENTIMETRES = 2


def shapes_of(column: pa.ChunkedArray) -> Shapes:
    """Geometry per row; what is no WKB is an empty shape: a bad row draws nothing and harms none."""
    wkb = np.array(column.to_pylist(), dtype=object)
    shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object).reshape(len(wkb))
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    return shapes


def shape_of(wkb: bytes) -> BaseGeometry:
    """One shape; what is no WKB is an empty one."""
    shape: BaseGeometry | None = shapely.from_wkb(wkb, on_invalid="ignore")
    return shapely.Polygon() if shape is None else shape


def ring(line: BaseGeometry, z: float | None = None, digits: int = CENTIMETRES) -> Ring:
    """A ring's corners without the closing one."""
    xy = np.round(shapely.get_coordinates(line)[:-1], digits)
    return _with_z(xy, z)


def path(line: BaseGeometry, z: float | None = None, digits: int = CENTIMETRES) -> Ring:
    return _with_z(np.round(shapely.get_coordinates(line), digits), z)


def _with_z(xy: npt.NDArray[np.float64], z: float | None) -> Ring:
    if z is not None:
        xy = np.column_stack((xy, np.full(len(xy), round(z, CENTIMETRES))))
    return [[_short(value) for value in corner] for corner in xy.tolist()]


def _short(value: float) -> float:
    """12.0 is written 12."""
    return int(value) if value.is_integer() else value


def polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    """The polygons a shape consists of; points and lines are not among them."""
    parts = shapely.get_parts(shape) if isinstance(shape, shapely.GeometryCollection) else [shape]
    flat = [p for part in parts for p in shapely.get_parts(part)]
    return [p for p in flat if isinstance(p, shapely.Polygon) and not p.is_empty]


def rings(polygon: shapely.Polygon, z: float | None = None, digits: int = CENTIMETRES) -> list[Ring] | Ring:
    """Shell, or shell and holes, as deck.gl takes them."""
    shell = ring(polygon.exterior, z, digits)
    holes = [ring(hole, z, digits) for hole in polygon.interiors]
    return [shell, *holes] if holes else shell


def borders(shape: BaseGeometry, z: float | None = None, digits: int = CENTIMETRES) -> list[Ring]:
    """Closed lines around every polygon of a shape, holes too."""
    return [path(line, z, digits) for p in polygons(shape) for line in (p.exterior, *p.interiors)]


def joined(shapes: Sequence[Any] | Shapes) -> BaseGeometry:
    """One shape of many, without inner borders; slivers from rounding closed."""
    return shapely.union_all(np.asarray(shapes, dtype=object), grid_size=0.01)


def outline(shape: BaseGeometry) -> BaseGeometry:
    """All borders as one shape of lines; of nothing an empty one."""
    return shapely.MultiLineString([line for p in polygons(shape) for line in (p.exterior, *p.interiors)])
