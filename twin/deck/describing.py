"""What a page must know of a layer before it draws it: words, legend, columns, where it leads."""

from dataclasses import asdict
from typing import Any

from twin.deck.tooltip import columns, words
from twin.model.clearance import Clearance
from twin.spec import Layer


def described(
    layer: Layer, clearance: Clearance, legend: list[dict[str, Any]], version: int, rows: int
) -> dict[str, Any]:
    """`version` is the store's commit that the layer's rows are from, `rows` how many there are."""
    return {
        "id": layer.id,
        "title": words(layer.title),
        "group": layer.group,
        "on": layer.on,
        "live": layer.live,
        "order": layer.order,
        "key": layer.key,
        "legend": legend,
        "columns": columns(layer, clearance),
        "provenance": {"name": words(layer.provenance.name), "licence": layer.provenance.licence},
        "drill": asdict(layer.drill) if layer.drill else None,
        "formerly": list(layer.formerly),
        "version": version,
        "rows": rows,
    }
