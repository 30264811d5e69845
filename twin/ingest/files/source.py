"""A file opened for reading: what it says about itself, and its features in bounded chunks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

CHUNK_ROWS = 20_000

Shapes = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Features `first_row`… of the file; a shape that cannot be read is None."""

    first_row: int
    shapes: Shapes
    columns: Mapping[str, pa.Array]
    closed: NDArray[np.bool_]  # rings that the file left open and the reader closed
    said: tuple[str, ...] = ()  # what GDAL had to say about these features


@dataclass(frozen=True, slots=True)
class Remark:
    """Something odd about the file as a whole."""

    code: str
    field: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Source:
    """`defaults` are the fields that the format itself defines; `chunks` is given the fields wanted."""

    format: str
    label: str | None
    fields: tuple[str, ...]
    total: int | None
    chunks: Callable[[Sequence[str]], Iterator[Chunk]]
    defaults: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    heights_in_crs_units: bool = False
    is_cut_to_bounds: bool = False


def shapes_of(wkb: NDArray[Any]) -> tuple[Shapes, NDArray[np.bool_]]:
    """Shapes in two dimensions, and which of them had open rings that were closed."""
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    lost = np.array([shape is None and raw is not None for shape, raw in zip(shapes, wkb, strict=True)], bool)
    if lost.any():
        shapes[lost] = [_closed(raw) for raw in wkb[lost]]
    mended = lost & np.array([shape is not None for shape in shapes], bool)
    shapes = shapely.force_2d(shapes)
    # Many programs write every polygon as a MultiPolygon of one: it is the same footprint.
    alone = (shapely.get_type_id(shapes) == 6) & (shapely.get_num_geometries(shapes) == 1)
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes, mended


def _closed(raw: bytes) -> Any:
    try:
        return shapely.from_wkb(raw, on_invalid="fix")
    except shapely.errors.GEOSException:
        return None
