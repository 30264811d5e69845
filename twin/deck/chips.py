"""Outlined words in a column at a place: levels of care, whose colours are the scheme's own."""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from twin.deck.colour import NEUTRAL
from twin.deck.part import OVER, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, with_alpha
from twin.spec import Chips, Rgb

HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)


def chips(
    layer_id: str,
    style: Chips,
    rows: pa.Table,
    key: str,
    told: list[Row],
    shown: frozenset[str],
    origin: Origin,
    theme: Theme,
) -> Part:
    """Rows for the page to place like names: those of one place stand in a column, in their order.

    A text that may not be shown is not drawn.
    """
    drawn: list[Row] = []
    if {style.text, style.line} <= shown:
        ordered = sorted(zip(rows.to_pylist(), told, strict=True), key=lambda one: _order(style, one[0]))
        drawn = [_chip(style, key, row) | says for row, says in ordered]
    return part(
        "TextLayer",
        f"{layer_id}/chip",
        drawn,
        origin,
        get_text="text",
        get_position="[x, y, z]",
        get_size=round(theme.label_px * style.size, 1),
        size_units=literal("pixels"),
        get_color=list(with_alpha((232, 237, 242), 255)),
        background=True,
        get_background_color=list(with_alpha(theme.background, 225)),
        get_border_color="c",
        get_border_width=1.5,
        billboard=True,
        parameters=OVER,
        pickable=True,
        min_zoom=style.min_zoom,
    )


def legend_of(style: Chips, rows: pa.Table | None) -> list[dict[str, Any]]:
    """The levels the rows have, in their order; without any, that the scheme decides."""
    known: dict[str, dict[str, Any]] = {}
    for row in sorted(rows.to_pylist() if rows is not None else (), key=lambda one: _order(style, one)[1]):
        name = {"zh": str(row[style.name]), "en": str(row[style.name_en])}
        known.setdefault(name["zh"], _entry(name, rgb_of(row[style.line]), name["zh"]))
    unknown = {"zh": "颜色按分级方案", "en": "Coloured as the scheme says"}
    return list(known.values()) or [_entry(unknown, NEUTRAL[:3], None)]


def rgb_of(colour: str) -> Rgb:
    """#rrggbb; what is none is grey, for a wrong colour in a table must not take the picture down."""
    found = HEX.fullmatch(str(colour).strip())
    if found is None:
        return NEUTRAL[:3]
    red, green, blue = (int(part_, 16) for part_ in found.groups())
    return (red, green, blue)


def _order(style: Chips, row: Mapping[str, Any]) -> tuple[str, Any]:
    return (str(row[style.place]), row[style.rank])


def _chip(style: Chips, key: str, row: Row) -> Row:
    spot = {"x": round(row["x_m"], 2), "y": round(row["y_m"], 2), "z": 0.5}
    return {"id": str(row[key]), **spot, "text": str(row[style.text]), "c": [*rgb_of(row[style.line]), 255]}


def _entry(name: Mapping[str, str], rgb: Rgb, value: str | None) -> dict[str, Any]:
    return {"name": dict(name), "rgb": list(rgb), "alpha": 255, "shape": "chip", "value": value}
