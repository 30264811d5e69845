"""Finds every layer, refuses those that do not fit together, answers by id."""

import difflib
import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import assert_never

from twin.spec import Chips, Icons, Layer, Outlines, Points, Solids, States, Surfaces, Trees

SCREENS = ("wall", "desk")


class UnknownLayer(LookupError):
    """No layer has this id; `suggestion` is the id that was probably meant."""

    def __init__(self, layer_id: str, suggestion: str | None, known: tuple[str, ...]) -> None:
        hint = f"did you mean “{suggestion}”?" if suggestion else f"there are {', '.join(known)}"
        super().__init__(f"no layer is called “{layer_id}”: {hint}")
        self.layer_id, self.suggestion = layer_id, suggestion


class LayerFault(ValueError):
    """A layer that cannot be served: the sentence names its file and what to change."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every layer of a package, in drawing order."""

    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, package: ModuleType) -> "Catalog":
        """Each module of the package declares one `LAYER`, whose id is the file's name."""
        found = [_layer_of(package.__name__, info.name) for info in pkgutil.iter_modules(package.__path__)]
        faults = [fault for layer in found for fault in faults_of(layer)] + list(_clashes(found))
        if faults:
            raise LayerFault("; ".join(faults))
        return cls(tuple(sorted(found, key=lambda layer: (layer.order, layer.id))))

    def get(self, layer_id: str) -> Layer:
        """The layer of this id, or of this former id; raises UnknownLayer."""
        for layer in self.layers:
            if layer_id == layer.id or layer_id in layer.formerly:
                return layer
        known = tuple(layer.id for layer in self.layers)
        close = difflib.get_close_matches(layer_id, known, n=1)
        raise UnknownLayer(layer_id, close[0] if close else None, known)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(layer.id for layer in self.layers)


def _layer_of(package: str, name: str) -> Layer:
    module = importlib.import_module(f"{package}.{name}")
    layer = getattr(module, "LAYER", None)
    if not isinstance(layer, Layer):
        raise LayerFault(f"{package}/{name}.py declares no LAYER = Layer(…)")
    if layer.id != name:
        raise LayerFault(f"{package}/{name}.py: id is “{layer.id}”, but the id is the file's name: “{name}”")
    return layer


def faults_of(layer: Layer) -> Iterator[str]:
    """What a declaration contradicts in itself; the same sentences serve start-up and `twin check`."""
    names = [column.name for column in layer.columns]
    allowed = {*names, layer.key, *drill_columns(layer), *style_columns(layer), "seen_at"}
    where = f"layer {layer.id}"
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{where}: column {name} is declared {times} times"
    for screen, shown in layer.shows.items():
        if screen not in SCREENS:
            yield f"{where}: shows names the screen {screen}; there are {', '.join(SCREENS)}"
        for name in shown:
            if name not in allowed:
                yield f"{where}: shows {name} on the {screen}, but it is no column of the layer"
    if not layer.provenance.licence.strip():
        yield f"{where}: provenance has no licence"
    for column in layer.columns:
        if column.kind == "state" and not column.states:
            yield f"{where}: state column {column.name} has no words for its values"


def _clashes(layers: list[Layer]) -> Iterator[str]:
    names = Counter(name for layer in layers for name in (layer.id, *layer.formerly))
    for name, times in names.items():
        if times > 1:
            yield f"{times} layers answer to the id {name}"


def drill_columns(layer: Layer) -> tuple[str, ...]:
    """The columns that pin a row's place: building, storey, unit, device, ticket."""
    if layer.drill is None:
        return ()
    drill = layer.drill
    pins = (drill.by, drill.storey, drill.unit, drill.device, drill.ticket)
    return tuple(dict.fromkeys(pin for pin in pins if pin))


def style_columns(layer: Layer) -> tuple[str, ...]:
    """The columns a row's look and its text in the scene are read from."""
    match layer.style:
        case Trees():
            return ()
        case Chips() as chips:
            return (chips.place, chips.text, chips.line, chips.name, chips.name_en, chips.rank)
        case Icons(column=column, label=label):
            look: tuple[str, ...] = (column,)
        case (
            Surfaces(label=label) | Solids(label=label) | Outlines(label=label) | Points(label=label) as style
        ):
            look = (style.color.column,) if isinstance(style.color, States) else ()
        case other:
            assert_never(other)
    return look if label is None else (*look, label.column)


def shown_columns(layer: Layer, screen: str) -> frozenset[str]:
    """What may leave for a screen: on the wall what `shows` names, on the desk what the layer declares."""
    if screen in layer.shows:
        return frozenset(layer.shows[screen])
    if screen != "desk":
        return frozenset()
    declared = {column.name for column in layer.columns}
    return frozenset({*declared, *drill_columns(layer), *style_columns(layer), "seen_at"})
