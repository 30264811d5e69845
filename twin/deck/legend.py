"""A layer's legend, derived from the colours and icons its style declares."""

from typing import Any, assert_never

import pyarrow as pa

from twin.deck.chips import legend_of
from twin.deck.tooltip import words
from twin.spec import Chips, Colour, Fixed, Icons, Layer, Outlines, Points, Solids, States, Surfaces, Trees


def legend(layer: Layer, rows: pa.Table | None = None) -> list[dict[str, Any]]:
    """Entries in drawing order: name in both languages, rgb, alpha, shape, and the value it stands for.

    `rows` are asked only where the colours are the data's own.
    """
    match layer.style:
        case Icons(icons=icons, rgb=rgb):
            return [
                {
                    "name": words(name),
                    "rgb": list(rgb),
                    "alpha": 255,
                    "shape": "icon",
                    "value": key,
                    "icon": icon,
                }
                for key, (icon, name) in icons.items()
            ]
        case Chips() as style:
            return legend_of(style, rows)
        case Surfaces(color=color):
            return _entries(color, "area")
        case Solids(color=color):
            return _entries(color, "solid")
        case Outlines(color=color):
            return _entries(color, "line")
        case Points(color=color):
            return _entries(color, "dot")
        case Trees(color=color):
            return _entries(color, "dot")
        case other:
            assert_never(other)


def _entries(color: Colour, shape: str) -> list[dict[str, Any]]:
    if isinstance(color, Fixed):
        return [_entry(color, shape, None)]
    assert isinstance(color, States)
    return [_entry(fixed, shape, value) for value, fixed in color.of.items()]


def _entry(fixed: Fixed, shape: str, value: str | None) -> dict[str, Any]:
    return {
        "name": words(fixed.name),
        "rgb": list(fixed.rgb),
        "alpha": fixed.alpha,
        "shape": shape,
        "value": value,
    }
