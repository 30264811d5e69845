"""Pairs of footprints that lie on one another: reported, and both kept."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.ingest.files.report import Oddities
from twin.ingest.files.staging import Marks, Staging

STRIPE_ROWS = 50_000
# Footprints that only touch share less than this, by the rounding of floats.
TOUCH_M2 = 5e-10


def report_overlaps(staging: Staging, marks: Marks, kept: NDArray[np.bool_], odd: Oddities) -> None:
    """Look stripe by stripe from west to east, so that a large file needs no more memory than a small one."""
    order = np.flatnonzero(kept)
    order = order[np.argsort(marks.box_m[order, 0], kind="stable")]
    west = marks.box_m[order, 0]
    for first in range(0, len(order), STRIPE_ROWS):
        last = min(first + STRIPE_ROWS, len(order))
        # Earlier ones that reach into this stripe meet its members here.
        reach = np.flatnonzero(marks.box_m[order[:first], 2] >= west[first])
        members = np.concatenate([order[reach], order[first:last]])
        _report_within(staging, marks, members, len(reach), odd)


def _report_within(
    staging: Staging, marks: Marks, members: NDArray[np.int64], earlier: int, odd: Oddities
) -> None:
    shapes = shapely.from_wkb(staging.shapes(np.sort(members)))
    back = np.argsort(np.argsort(members))
    shapes = shapes[back]
    left, right = _pairs(shapes, earlier)
    area = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    for a, b, shared in zip(left, right, area, strict=True):
        if shared <= TOUCH_M2:
            continue
        row, other = sorted((int(marks.row[members[a]]), int(marks.row[members[b]])))
        size = f"{shared:.1f} m²" if shared >= 0.1 else f"{shared * 1e4:.1g} cm²"
        odd.add(
            "noted",
            "overlap",
            row,
            "geometry",
            f"it lies on row {other} over {size}; both are kept",
            "mend one",
        )


def _pairs(shapes: NDArray[Any], earlier: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    tree = shapely.STRtree(shapes)
    asked, found = tree.query(shapes[earlier:], predicate="intersects")
    asked = asked + earlier
    once = (found < earlier) | (found < asked)
    return asked[once], found[once]
