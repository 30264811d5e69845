"""Storeys of a building: how many, how high, and what they are called."""

import math
from typing import NamedTuple

DEFAULT_STOREY_HEIGHT_M = 3.0


class Stature(NamedTuple):
    """How tall a building is, and which of the two figures was worked out from the other."""

    storeys: int
    height_m: float
    storeys_derived: bool
    height_derived: bool


def storeys_of(
    storeys: int | None, height_m: float | None, storey_height_m: float = DEFAULT_STOREY_HEIGHT_M
) -> Stature:
    """Fill in the missing one of storeys and height. Raises ValueError when neither is known."""
    if storeys is None and height_m is None:
        raise ValueError("neither storeys nor height is known")
    if storeys is None:
        assert height_m is not None
        return Stature(max(1, math.floor(height_m / storey_height_m + 0.5)), height_m, True, False)
    if height_m is None:
        return Stature(storeys, storeys * storey_height_m, False, True)
    return Stature(storeys, height_m, False, False)


def storey_label(ordinal: int) -> str:
    """0 is the ground floor, 1F; below it counts -1F, -2F."""
    return f"{ordinal + 1}F" if ordinal >= 0 else f"{ordinal}F"


def storey_rows(building_id: str, above: int, below: int, height_m: float) -> list[dict[str, object]]:
    """Rows of table `storey` but for community12, lowest first: equal shares of the height above ground."""
    share_m = height_m / above if above else DEFAULT_STOREY_HEIGHT_M
    rows: list[dict[str, object]] = []
    for ordinal in range(-below, above):
        each_m = share_m if ordinal >= 0 else DEFAULT_STOREY_HEIGHT_M
        rows.append(
            {
                "building_id": building_id,
                "ordinal": ordinal,
                "label": storey_label(ordinal),
                "z_floor_m": ordinal * each_m,
                "height_m": each_m,
            }
        )
    return rows
