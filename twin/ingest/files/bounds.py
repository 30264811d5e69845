"""Does the file lie where the community is? GCJ-02 called WGS84 looks right and is 360 m wrong."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.ingest.files.community import Bounds
from twin.ingest.files.options import ImportRefused
from twin.ingest.files.reference import Reference
from twin.model.coordinates import LON_LAT_CRS, LonLatCrs, from_wgs84, to_wgs84

Floats = NDArray[np.float64]

# A building on the boundary has its middle a little beyond it.
TOLERANCE_M = 50.0
METRES_PER_DEGREE = 111_000.0
# Another reading explains the file when it leaves a fifth of the strays, and they are more than a few.
EXPLAINED = 0.2
NOTABLE = 0.05

NOT_MADE = "not checked: the community has no bounds (twin init --bounds), so a wrong CRS cannot be caught"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outside` counts the buildings beyond the bounds that are kept all the same."""

    words: str
    outside: NDArray[np.bool_]


def check_bounds(
    lon: Floats, lat: Floats, bounds: Bounds | None, reference: Reference, file_name: str
) -> Verdict:
    """Judge the buildings' middles (WGS84). Raises ImportRefused when they are in the wrong place."""
    if bounds is None:
        return Verdict(NOT_MADE, np.zeros(len(lon), dtype=bool))
    beyond_m = _beyond_m(lon, lat, bounds)
    outside = beyond_m > TOLERANCE_M
    count, total = int(outside.sum()), len(lon)
    if not total:
        return Verdict("nothing to check: no building was kept", outside)
    if not count:
        return Verdict(f"checked: all {total} inside", outside)
    far_m = float(np.median(beyond_m[outside]))
    where = (
        f"{count} of {total} buildings of {file_name}, read as {reference.words}, lie outside "
        f"the community's bounds, by about {_distance(far_m)}."
    )
    _refuse_if_another_reading_fits(lon, lat, bounds, reference, count, where)
    if count > total / 2:
        raise ImportRefused(
            where, "Check --crs and that it is the right file; else make the twin with the right --bounds."
        )
    return Verdict(f"checked: {count} of {total} outside by about {_distance(far_m)}", outside)


def _refuse_if_another_reading_fits(
    lon: Floats, lat: Floats, bounds: Bounds, reference: Reference, count: int, where: str
) -> None:
    left = {tag: _outside_as(tag, lon, lat, bounds, reference) for tag in LON_LAT_CRS if tag != "cgcs2000"}
    read_as = "wgs84" if reference.tag in (None, "cgcs2000") else reference.tag
    best = min((tag for tag in left if tag != read_as), key=lambda tag: left[tag])
    if left[best] <= EXPLAINED * count and count - left[best] >= max(1, NOTABLE * len(lon)):
        inside = "all" if not left[best] else f"all but {left[best]}"
        raise ImportRefused(
            f"{where} Read as {best}, {inside} lie inside.",
            f"It is most likely {best}: import it with --crs {best}. "
            "If it is not, make the twin with wider --bounds.",
        )


def _outside_as(tag: LonLatCrs, lon: Floats, lat: Floats, bounds: Bounds, reference: Reference) -> int:
    """How many would lie outside if the file's own degrees were `tag`."""
    said = from_wgs84(reference.tag or "wgs84", lon, lat, np)
    return int((_beyond_m(*to_wgs84(tag, *said, np), bounds) > TOLERANCE_M).sum())


def _beyond_m(lon: Floats, lat: Floats, bounds: Bounds) -> Floats:
    west, south, east, north = bounds
    across = np.maximum(0, np.maximum(west - lon, lon - east)) * np.cos(np.radians((south + north) / 2))
    along = np.maximum(0, np.maximum(south - lat, lat - north))
    beyond: Floats = np.hypot(across, along) * METRES_PER_DEGREE
    return beyond


def _distance(metres: float) -> str:
    return f"{metres / 1000:.0f} km" if metres >= 10_000 else f"{metres:.0f} m"
