"""Row → colour, by table: the values a style names, then everything else."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from twin.spec import Chips, Colour, Fixed, Icons, Layer, States

NEUTRAL = (118, 130, 142, 255)
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Palette:
    """`rgba[i]` is the colour of `values[i]`; the last is for every other value. `column` None: all alike."""

    column: str | None
    values: tuple[str, ...]
    rgba: npt.NDArray[np.uint8]


def palette_of(layer: Layer, shown: frozenset[str]) -> Palette:
    """The layer's colours; one read from a column that may not be shown would tell it, so it is neutral."""
    style = layer.style
    if isinstance(style, Icons):
        return _one((*style.rgb, 255))
    if isinstance(style, Chips):
        return _one(NEUTRAL)
    color: Colour = style.color
    if isinstance(color, Fixed):
        return _one((*color.rgb, color.alpha))
    if color.column not in shown:
        return _one(NEUTRAL)
    return of_states(color)


def of_states(color: States) -> Palette:
    entries = [*color.of.items(), (OTHER, color.other)]
    rgba = np.array([(*fixed.rgb, fixed.alpha) for _, fixed in entries], dtype=np.uint8)
    return Palette(color.column, tuple(value for value, _ in entries), rgba)


def _one(rgba: tuple[int, ...]) -> Palette:
    return Palette(None, (OTHER,), np.array([rgba], dtype=np.uint8))


def state_index(palette: Palette, rows: pa.Table) -> npt.NDArray[Any]:
    """For every row the index of its value in the palette (uint8)."""
    if palette.column is None:
        return np.zeros(rows.num_rows, dtype=np.uint8)
    last = len(palette.values) - 1
    known = pa.array(palette.values[:-1], type=pa.string())
    found = pc.index_in(rows[palette.column].cast(pa.string()), value_set=known)
    return pc.fill_null(found, last).to_numpy().astype(np.uint8)
