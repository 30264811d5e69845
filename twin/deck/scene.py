"""A layer and its rows → the deck.gl JSON of its sub-layers, the same for page and snapshot."""

from typing import assert_never

import pyarrow as pa

from twin.catalog import shown_columns
from twin.deck.chips import chips
from twin.deck.colour import palette_of
from twin.deck.marks import icons, labels, outlines, points
from twin.deck.part import Origin, Part, Row
from twin.deck.solids import solids
from twin.deck.surfaces import surfaces
from twin.deck.theme import THEME, Theme
from twin.deck.tooltip import told as told_columns
from twin.deck.trees import trees
from twin.model.clearance import WALL, Clearance
from twin.spec import Chips, Icons, Label, Layer, Outlines, Points, Solids, Surfaces, Trees


def static_spec(
    layer: Layer, rows: pa.Table, origin: Origin, theme: Theme = THEME, clearance: Clearance = WALL
) -> list[Part]:
    """Sub-layers in drawing order; `origin` is (lon0, lat0). Of a live layer: the same parts without rows,
    which the page fills from frames. Without a clearance the wall's, the strictest, holds.
    """
    shown = shown_columns(layer, clearance.screen)
    if layer.live or clearance.screen not in {*layer.shows, "desk"}:
        rows = rows.slice(0, 0)
    palette = palette_of(layer, shown)
    told = _told(layer, rows, clearance)
    key, style = layer.key, layer.style
    match style:
        case Surfaces():
            parts = surfaces(layer.id, style, rows, key, told, palette, origin, theme)
        case Solids():
            parts = solids(layer.id, style, rows, key, told, palette, origin, theme)
        case Outlines():
            parts = [outlines(layer.id, style, rows, key, told, palette, origin)]
        case Points():
            parts = [points(layer.id, style, rows, key, told, palette, origin, theme)]
        case Icons():
            parts = icons(layer.id, style, rows, key, told, origin, theme)
        case Chips():
            parts = [chips(layer.id, style, rows, key, told, shown, origin, theme)]
        case Trees():
            parts = trees(layer.id, style, rows, key, origin)
        case other:
            assert_never(other)
    label: Label | None = getattr(style, "label", None)
    if label is not None and label.column in shown:
        parts.append(labels(layer.id, label, rows, key, told, origin, theme))
    return parts


def _told(layer: Layer, rows: pa.Table, clearance: Clearance) -> list[Row]:
    """For every row the values of its tooltip, under the columns' names; empty ones are left out."""
    names = [column.name for column in told_columns(layer, clearance)]
    values = {name: _plain(rows[name]) for name in names}
    return [
        {name: column[index] for name, column in values.items() if column[index] is not None}
        for index in range(rows.num_rows)
    ]


def _plain(column: pa.ChunkedArray) -> list[object]:
    if pa.types.is_timestamp(column.type):
        seconds = column.cast(pa.timestamp("s", "UTC"), safe=False).cast(pa.int64()).to_pylist()
        return list(seconds)
    if pa.types.is_floating(column.type):
        return [None if value is None else round(value, 2) for value in column.to_pylist()]
    return list(column.to_pylist())
