"""Shapes of the workbook: WKT in degrees with nine decimals, and the community's metres they stand for.

Nine decimals are a tenth of a millimetre: degrees → metres → degrees gives the same nine decimals again.
"""

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from twin.model.coordinates import LocalFrame, LonLatCrs, to_wgs84

DECIMALS = 9


class ShapeFault(ValueError):
    """Says what is wrong with a text that should be a shape."""


class Shape(NamedTuple):
    """A polygon in local metres with what is derived from it."""

    wkb: bytes
    x_m: float
    y_m: float
    box_m: tuple[float, float, float, float]
    area_m2: float


class Shapes:
    """Turns texts into shapes and back; many rooms share one plan, so each is worked out once."""

    def __init__(self, frame: LocalFrame) -> None:
        self.frame = frame
        self._canonical: dict[tuple[LonLatCrs, str], str] = {}
        self._metres: dict[str, Shape] = {}
        self._wkt: dict[bytes, str] = {}

    def canonical(self, crs: LonLatCrs, wkt: str) -> str:
        """The one way we write this polygon. Raises ShapeFault."""
        found = self._canonical.get((crs, wkt))
        if found is None:
            found = self._canonical[crs, wkt] = _canonical(crs, wkt)
            self._canonical["cgcs2000", found] = found
        return found

    def metres(self, wkt: str) -> Shape:
        """Of a canonical text."""
        found = self._metres.get(wkt)
        if found is None:
            found = self._metres[wkt] = self._to_metres(wkt)
        return found

    def wkt(self, wkb: bytes) -> str:
        """The canonical text of a polygon in metres."""
        found = self._wkt.get(wkb)
        if found is None:
            found = self._wkt[wkb] = self._to_wkt(wkb)
        return found

    def local(self, lon: float, lat: float) -> tuple[float, float]:
        return self.frame.to_local(lon, lat)

    def lonlat(self, x_m: float, y_m: float) -> tuple[float, float]:
        lon, lat = self.frame.to_lonlat(x_m, y_m)
        return round(lon, DECIMALS), round(lat, DECIMALS)

    def _to_metres(self, wkt: str) -> Shape:
        shape = shapely.transform(shapely.from_wkt(wkt), self._each_to_local)
        middle = label_point(shape)
        west, south, east, north = shape.bounds
        return Shape(shape.wkb, middle.x, middle.y, (west, south, east, north), shape.area)

    def _to_wkt(self, wkb: bytes) -> str:
        return _written(shapely.transform(shapely.from_wkb(wkb), self._each_to_lonlat))

    def _each_to_local(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([self.frame.to_local(lon, lat) for lon, lat in points.tolist()])

    def _each_to_lonlat(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([self.frame.to_lonlat(x, y) for x, y in points.tolist()])


def label_point(shape: BaseGeometry) -> Any:
    """The middle, or where that lies outside a point that is inside."""
    middle = shape.centroid
    return middle if shape.contains(middle) else shape.representative_point()


def point_in_degrees(crs: LonLatCrs, lon: float, lat: float) -> tuple[float, float]:
    if crs in ("gcj02", "bd09"):
        lon, lat = to_wgs84(crs, lon, lat)
    return round(lon, DECIMALS), round(lat, DECIMALS)


def _written(shape: BaseGeometry) -> str:
    text: str = shapely.to_wkt(shape, rounding_precision=DECIMALS, trim=True)
    return text


def _canonical(crs: LonLatCrs, wkt: str) -> str:
    try:
        shape: Any = shapely.force_2d(shapely.from_wkt(wkt))
    except shapely.errors.GEOSException as fault:
        raise ShapeFault("it is not WKT; it should look like POLYGON ((104.1 30.6, …))") from fault
    if shape is None or shape.is_empty:
        raise ShapeFault("the shape is empty")
    if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if shape.geom_type != "Polygon":
        raise ShapeFault(f"it is a {shape.geom_type}, not a POLYGON")
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all() or (np.abs(points) > (180.0, 90.0)).any():
        raise ShapeFault("its coordinates are no degrees with longitude first")
    if crs in ("gcj02", "bd09"):
        shape = shapely.transform(
            shape, lambda degrees: np.column_stack(to_wgs84(crs, degrees[:, 0], degrees[:, 1], np))
        )
    shape = shapely.transform(shape, lambda degrees: np.round(degrees, DECIMALS))
    if not shape.is_valid:
        raise ShapeFault(f"the outline crosses itself ({shapely.is_valid_reason(shape)})")
    return _written(shape)
