"""Borders whose colour changes by the second: their corners ride in the frame, beside their colour."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely
from shapely.geometry.base import BaseGeometry

from twin.deck.geometry import polygons, shapes_of
from twin.deck.marks import BORDER_LIFT_M

Block = npt.NDArray[Any]
# A frame is sent again and again: corners that no eye tells apart are left out.
TOLERANCE_M = 0.15


def path_blocks(rows: pa.Table) -> dict[str, Block]:
    """`path` holds all corners one after the other, `path_start` for each row where its own begin.

    A row has one closed line, around its largest polygon, so that a line's number is its row's.
    """
    lines = [_outline(shape) for shape in shapes_of(rows["geom_wkb"])]
    starts = np.cumsum([0, *(len(line) for line in lines)], dtype="<u4")
    corners = np.concatenate(lines) if lines else np.zeros((0, 3))
    return {"path": corners.astype("<f4"), "path_start": starts[:-1].astype("<u4")}


def _outline(shape: BaseGeometry) -> npt.NDArray[np.float64]:
    largest = max(polygons(shape), key=lambda one: one.area, default=None)
    if largest is None:
        return np.zeros((0, 3))
    xy = shapely.get_coordinates(shapely.simplify(largest.exterior, TOLERANCE_M))
    return np.column_stack((xy, np.full(len(xy), BORDER_LIFT_M)))
