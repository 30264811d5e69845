"""One deck.gl layer as JSON, written down with pydeck: positions in metres from the community's origin."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydeck

Origin = tuple[float, float]
Row = dict[str, Any]
Part = dict[str, Any]

# The ground is painted in order without asking for depth; what stands on it then hides it.
PAINTED: Mapping[str, object] = {"depthCompare": "always", "depthWriteEnabled": True}
STAINED: Mapping[str, object] = {"depthCompare": "always", "depthWriteEnabled": False}
GLASS: Mapping[str, object] = {"depthCompare": "less-equal", "depthWriteEnabled": False}
OVER: Mapping[str, object] = {"depthCompare": "always", "depthWriteEnabled": False}


def part(kind: str, part_id: str, rows: Sequence[Row], origin: Origin, **props: object) -> Part:
    """A sub-layer `<layer>/<part>`; a string among the props is an accessor, `literal` makes it a word."""
    made = pydeck.Layer(
        kind,
        id=part_id,
        coordinate_system=literal("meter-offsets"),
        coordinate_origin=[round(origin[0], 7), round(origin[1], 7), 0],
        **props,
    )
    spec: Part = json.loads(made.to_json())
    spec["data"] = list(rows)
    return spec


def literal(word: str) -> str:
    return f'"{word}"'
