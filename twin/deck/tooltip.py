"""What a row says when it is pointed at: the layer's columns, as far as the clearance goes."""

from collections.abc import Mapping
from typing import Any

from twin.catalog import shown_columns
from twin.model.clearance import Clearance
from twin.model.devices import KINDS
from twin.spec import Column, Layer, T


def columns(layer: Layer, clearance: Clearance) -> list[dict[str, Any]]:
    """The columns in the layer's order: name, title, kind, unit and the words for the values of a state."""
    return [_column(column) for column in told(layer, clearance)]


def told(layer: Layer, clearance: Clearance) -> tuple[Column, ...]:
    shown = shown_columns(layer, clearance.screen)
    return tuple(column for column in layer.columns if column.name in shown)


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "title": words(column.title),
        "kind": column.kind,
        "unit": column.unit,
        "states": {value: words(text) for value, text in _states(column).items()},
    }


def _states(column: Column) -> Mapping[str, T]:
    if column.kind == "device_kind":
        return {kind.id: kind.title for kind in KINDS.values()}
    return column.states


def words(text: T) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
