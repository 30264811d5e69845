"""What a file's coordinates mean: the CRS it names or is told to have, and the way to degrees and metres."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from twin.ingest.files.options import ImportRefused
from twin.model.coordinates import LON_LAT_CRS, LocalFrame, LonLatCrs, to_wgs84

Floats = NDArray[np.float64]
Convert = Callable[[Floats, Floats], tuple[Floats, Floats]]

KNOWN = "EPSG:n (e.g. EPSG:4547), wgs84, cgcs2000, gcj02 or bd09"


@dataclass(frozen=True, slots=True)
class Reference:
    """`words` names it in the report; `tag` is set for the degrees that phones and maps give."""

    words: str
    tag: LonLatCrs | None
    is_degrees: bool
    to_lonlat: Convert
    caveat: str | None = None
    metres_per_height_unit: float = 1.0


def reference_of(told: str | None, label: str | None, file_name: str) -> Reference:
    """What the coordinates are: `told` by --crs, else the file's own `label`. Raises ImportRefused."""
    if told:
        return _told(told)
    if not label:
        raise ImportRefused(
            f"{file_name} does not say which coordinate system it is in, and guessing could move every "
            "building by hundreds of metres.",
            f"Ask where it comes from and add --crs: {KNOWN}.",
        )
    return _of_crs(label, f"the CRS that {file_name} names")


def _told(text: str) -> Reference:
    tag = text.strip().lower().replace("-", "").replace("_", "")
    if tag in LON_LAT_CRS:
        return tagged(tag)
    return _of_crs(f"EPSG:{tag}" if tag.isdigit() else text.strip(), f"--crs {text}")


def tagged(tag: LonLatCrs) -> Reference:
    def convert(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = to_wgs84(tag, x, y, np)
        return lon, lat

    return Reference(tag, tag, True, convert)


def _of_crs(text: str, what: str) -> Reference:
    try:
        crs = CRS.from_user_input(text)
    except CRSError as fault:
        raise ImportRefused(
            f"{what} is not a coordinate system that PROJ knows.", f"Give {KNOWN}."
        ) from fault
    vertical_unit = _vertical_unit(crs)
    flat = _horizontal(crs)
    words = flat.to_string() if len(flat.to_string()) < 40 else flat.name
    if flat.to_epsg() == 4326 or flat == CRS.from_user_input("OGC:CRS84"):
        return Reference(words, "wgs84", True, tagged("wgs84").to_lonlat)
    if flat.to_epsg() == 4490:
        return Reference(words, "cgcs2000", True, tagged("cgcs2000").to_lonlat)
    if flat.is_engineering or not (flat.is_geographic or flat.is_projected):
        raise ImportRefused(
            f"{what} is a local system ({flat.name}) with no known relation to the earth.",
            f"Convert the file to one of: {KNOWN}.",
        )
    try:
        return Reference(words, None, flat.is_geographic, _by_proj(flat), _caveat(flat), vertical_unit)
    except ProjError as fault:
        raise ImportRefused(f"{what} ({flat.name}) has no way to WGS84.", f"Give {KNOWN}.") from fault


def _horizontal(crs: CRS) -> CRS:
    """The plane part of a compound CRS such as EPSG:7415 (Dutch grid + height)."""
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    return flat.to_2d() if len(flat.axis_info) == 3 else flat


def _vertical_unit(crs: CRS) -> float:
    return float(crs.axis_info[2].unit_conversion_factor) if len(crs.axis_info) == 3 else 1.0


def _target(crs: CRS) -> str:
    geodetic = crs.geodetic_crs
    return "EPSG:4490" if geodetic is not None and geodetic.to_epsg() == 4490 else "EPSG:4326"


def _by_proj(crs: CRS) -> Convert:
    # always_xy: EPSG:4490 is latitude first and EPSG:4544 northing first in PROJ; files are not.
    transformer = Transformer.from_crs(crs, _target(crs), always_xy=True)

    def convert(x: Floats, y: Floats) -> tuple[Floats, Floats]:
        lon, lat = transformer.transform(x, y)
        return lon, lat

    return convert


def _caveat(crs: CRS) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a grid that is not installed: the accuracy below says what it costs
        group = TransformerGroup(crs, _target(crs), always_xy=True)
    if not group.transformers:
        return "PROJ knows no transformation to WGS84"
    accuracy_m = group.transformers[0].accuracy
    if accuracy_m < 0 and _target(crs) == "EPSG:4326":
        return "the transformation to WGS84 is of unknown accuracy"
    return f"the transformation to WGS84 is good to {accuracy_m:g} m" if accuracy_m > 1 else None


def to_local(frame: LocalFrame) -> Convert:
    """Degrees → the community's metres for arrays; the model's LocalFrame is the same for one point."""
    transformer = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=tmerc +lat_0={frame.lat0!r} +lon_0={frame.lon0!r} +k=1 +ellps=GRS80"
    )

    def convert(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = transformer.transform(lon, lat)
        return x, y

    return convert


def apply(convert: Convert, shapes: NDArray[Any]) -> NDArray[Any]:
    """The same shapes with every vertex converted."""
    import shapely

    def flat(points: Floats) -> Floats:
        return np.column_stack(convert(points[:, 0].copy(), points[:, 1].copy()))

    converted: NDArray[Any] = shapely.transform(shapes, flat)
    return converted
