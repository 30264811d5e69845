"""Footprints made usable: degrees, then local metres, mended where they cross themselves, or rejected."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.ingest.files.options import ImportRefused
from twin.ingest.files.reference import Reference, apply, to_local
from twin.ingest.files.report import Oddities
from twin.ingest.files.source import Chunk, Shapes
from twin.model.coordinates import LocalFrame

SLIVER_M2 = 4.0
FROM_ORIGIN_MAX_M = 100_000.0
# Footprints are kept to a nanometre, so that the same file gives the same bytes.
LOCAL_DECIMALS = 9
# Seven decimals of a degree are a centimetre: the identity of a footprint survives a re-export.
IDENTITY_DECIMALS = 7

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Footprints:
    """Only the rows with a usable footprint: `rows` of the file, `index` into the chunk."""

    rows: NDArray[np.int64]
    index: NDArray[np.int64]
    degrees: Shapes
    metres: Shapes
    mended: Flags


def rows_of(chunk: Chunk) -> NDArray[np.int64]:
    return np.arange(chunk.first_row, chunk.first_row + len(chunk.shapes), dtype=np.int64)


def in_degrees(chunk: Chunk, reference: Reference, file_name: str) -> Shapes:
    """WGS84 degrees. Raises ImportRefused when the file's numbers cannot be what its CRS says."""
    polygonal = np.isin(shapely.get_type_id(chunk.shapes), (3, 6, 7))
    if reference.is_degrees and polygonal.any():
        _must_be_degrees(chunk.shapes[polygonal], reference, file_name)
    elif polygonal.any():
        _must_be_metres(chunk.shapes[polygonal], reference, file_name)
    degrees: Shapes = np.full(len(chunk.shapes), None, dtype=object)
    degrees[polygonal] = apply(reference.to_lonlat, chunk.shapes[polygonal])
    return degrees


def _must_be_degrees(shapes: Shapes, reference: Reference, file_name: str) -> None:
    box = shapely.bounds(shapes)
    beyond = (np.abs(box[:, [0, 2]]).max(axis=1) > 180) | (np.abs(box[:, [1, 3]]).max(axis=1) > 90)
    if beyond.mean() > 0.5:
        x, y = box[beyond][0, :2]
        swapped = abs(y) <= 180 and abs(x) <= 90
        remedy = "Swap longitude and latitude in the file." if swapped else "Say what they are: --crs EPSG:n."
        raise ImportRefused(
            f"{file_name} is said to be in degrees ({reference.words}), but its coordinates are not: "
            f"x = {x:.6g}, y = {y:.6g}.",
            remedy,
        )


def _must_be_metres(shapes: Shapes, reference: Reference, file_name: str) -> None:
    """Footprints of a millionth of a square metre within ±180 are degrees under a wrong name."""
    box = np.abs(shapely.bounds(shapes))
    if np.median(shapely.area(shapes)) < 1e-4 and np.nanmax(box) <= 180:
        x, y = shapely.bounds(shapes)[0][:2]
        raise ImportRefused(
            f"{file_name} is said to be in metres ({reference.words}), but its coordinates look like "
            f"degrees: x = {x:.6g}, y = {y:.6g}.",
            "Say which degrees: --crs wgs84, cgcs2000, gcj02 or bd09.",
        )


def middle_of(degrees: Shapes) -> LocalFrame | None:
    """The median of the footprints' middles: one stray building does not move the origin."""
    box = shapely.bounds(degrees)
    box = box[np.isfinite(box).all(axis=1)]
    if not len(box):
        return None
    return LocalFrame(
        round(float(np.median(box[:, [0, 2]].mean(axis=1))), 6),
        round(float(np.median(box[:, [1, 3]].mean(axis=1))), 6),
    )


def usable(chunk: Chunk, degrees: Shapes, frame: LocalFrame, field: str, odd: Oddities) -> Footprints:
    """Mend what can be mended; what is no footprint is rejected by row."""
    rows = rows_of(chunk)
    good = _with_area(chunk, degrees, rows, field, odd)
    index = np.flatnonzero(good)
    metres = shapely.transform(
        apply(to_local(frame), degrees[index]), lambda points: np.round(points, LOCAL_DECIMALS) + 0.0
    )
    finite = np.isfinite(shapely.bounds(metres)).all(axis=1)
    _reject(
        odd, rows[index[~finite]], "coordinates", field, "its coordinates do not fit its CRS", "check --crs"
    )
    index, metres = index[finite], metres[finite]
    keep, mended = _mended(metres, rows[index], chunk.closed[index], field, odd)
    index, metres = index[keep], metres[keep]
    return Footprints(rows[index], index, degrees[index], metres, mended)


def _reject(odd: Oddities, rows: NDArray[np.int64], code: str, field: str, reason: str, remedy: str) -> None:
    for row in rows:
        odd.add("rejected", code, int(row), field, reason, remedy)


def _with_area(chunk: Chunk, degrees: Shapes, rows: NDArray[np.int64], field: str, odd: Oddities) -> Flags:
    kinds = shapely.get_type_id(chunk.shapes)
    nothing = (kinds == -1) | shapely.is_empty(chunk.shapes)
    _reject(odd, rows[nothing], "no-geometry", field, "it has no shape that can be read", "draw it again")
    other = ~nothing & ~np.isin(kinds, (3, 6, 7))
    for row, shape in zip(rows[other], chunk.shapes[other], strict=True):
        reason = f"a {shape.geom_type} is no footprint"
        odd.add("rejected", "not-a-polygon", int(row), field, reason, "give a polygon")
    return np.asarray(~nothing & ~other & ~shapely.is_missing(degrees))


def _mended(
    metres: Shapes, rows: NDArray[np.int64], closed: Flags, field: str, odd: Oddities
) -> tuple[Flags, Flags]:
    """Changes `metres` in place; which rows to keep, and which of the kept were mended."""
    broken = ~shapely.is_valid(metres) | (shapely.get_type_id(metres) == 7)
    before = shapely.area(metres)
    why = dict(zip(np.flatnonzero(broken), shapely.is_valid_reason(metres[broken]), strict=True))
    metres[broken] = [_largest_parts(shape) for shape in metres[broken]]
    area = shapely.area(metres)
    box = np.abs(shapely.bounds(metres)).max(axis=1)
    far = box > FROM_ORIGIN_MAX_M
    sliver = ~far & ~(area >= SLIVER_M2)
    for at in np.flatnonzero(sliver):
        reason = f"its {area[at]:.1f} m² are less than the {SLIVER_M2:.0f} m² of any building"
        odd.add("rejected", "sliver", int(rows[at]), field, reason, "remove it or draw it whole")
    _reject(odd, rows[far], "far", field, "it lies more than 100 km from the community", "remove it")
    keep = ~sliver & ~far
    for at in np.flatnonzero((broken | closed) & keep):
        reason = str(why.get(at, "open ring")).split("[")[0]
        reason += (
            f"; {before[at]:.1f} m² became {area[at]:.1f} m²" if abs(before[at] - area[at]) > 0.1 else ""
        )
        odd.add("mended", "invalid", int(rows[at]), field, reason, "look whether the shape is right")
    for at in np.flatnonzero(keep & (shapely.get_num_geometries(metres) > 1)):
        reason = f"its {shapely.get_num_geometries(metres[at])} parts are kept as one building"
        odd.add("noted", "parts", int(rows[at]), field, reason, "split it if they are several")
    return keep, (broken | closed)[keep]


def _largest_parts(shape: Any) -> Any:
    """A valid shape of the parts that can be buildings; the lines and specks of mending are dropped."""
    whole = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [part for part in shapely.get_parts(shapely.get_parts(whole)) if part.geom_type == "Polygon"]
    large = [part for part in parts if part.area >= SLIVER_M2]
    return large[0] if len(large) == 1 else shapely.union_all(large)


def identity_of(degrees: Shapes) -> list[bytes]:
    """The same footprint gives the same bytes, whichever corner or way round the file starts with."""
    rounded = shapely.transform(degrees, lambda points: np.round(points, IDENTITY_DECIMALS) + 0.0)
    return list(shapely.to_wkb(shapely.normalize(rounded)))
