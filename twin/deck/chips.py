"""Outlined words side by side at a place: levels of care, whose colours are the scheme's own."""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pyarrow as pa

from twin.deck.colour import NEUTRAL
from twin.deck.part import OVER, Origin, Part, Row, literal, part
from twin.deck.theme import Theme, with_alpha
from twin.spec import Chips, Rgb

HEX = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})", re.IGNORECASE)
# Of the text's size: what a chip needs beside its signs, and how far below its place it stands.
AIR_EM, GAP_EM, DROP_EM = 0.9, 0.35, 1.7
HAN_EM, LATIN_EM = 1.0, 0.56
FROM_HAN = 0x2E7F


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
    """`p` is the shift on the glass in px when 1 rem is 16 px; a text that may not be shown is not drawn."""
    size = round(theme.label_px * style.size, 1)
    drawn: list[Row] = []
    if {style.text, style.line} <= shown:
        beside = sorted(zip(rows.to_pylist(), told, strict=True), key=lambda one: _order(style, one[0]))
        for _, group in groupby(beside, key=lambda one: one[0][style.place]):
            drawn += _in_a_row(style, key, list(group), size)
    return part(
        "TextLayer",
        f"{layer_id}/chip",
        drawn,
        origin,
        get_text="text",
        get_position="[x, y, z]",
        get_size=size,
        size_units=literal("pixels"),
        get_color=list(with_alpha((232, 237, 242), 255)),
        get_pixel_offset="p",
        background=True,
        get_background_color=list(with_alpha(theme.background, 215)),
        get_border_color="c",
        get_border_width=1.5,
        background_padding=[5, 2, 5, 2],
        background_border_radius=4,
        character_set=literal("auto"),
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


def _in_a_row(style: Chips, key: str, group: list[tuple[Row, Row]], size: float) -> list[Row]:
    texts = [str(row[style.text]) for row, _ in group]
    widths = [(_width_em(text) + AIR_EM) * size for text in texts]
    gap = GAP_EM * size
    left = -(sum(widths) + gap * (len(widths) - 1)) / 2
    drawn: list[Row] = []
    for (row, says), text, width in zip(group, texts, widths, strict=True):
        spot = {"x": round(row["x_m"], 2), "y": round(row["y_m"], 2), "z": 0.5}
        shift = [round(left + width / 2, 1), round(DROP_EM * size, 1)]
        look = {"text": text, "p": shift, "c": [*rgb_of(row[style.line]), 255]}
        drawn.append({"id": str(row[key]), **spot, **look, **says})
        left += width + gap
    return drawn


def _width_em(text: str) -> float:
    return sum(HAN_EM if ord(sign) > FROM_HAN else LATIN_EM for sign in text)


def _entry(name: Mapping[str, str], rgb: Rgb, value: str | None) -> dict[str, Any]:
    return {"name": dict(name), "rgb": list(rgb), "alpha": 255, "shape": "chip", "value": value}
