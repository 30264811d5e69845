"""A map layer as a value: what it asks the store for, how it is drawn, what it may show to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from twin.spec.style import Style
from twin.spec.text import T

Group = Literal["base", "grid", "safety", "care", "governance", "people", "service"]
ColumnKind = Literal["text", "number", "age", "time", "state", "device_kind"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column people see (tooltip, table, CSV). `states` gives words for the values of a `state` column.

    A `device_kind` column has the words of the model's kinds of devices.
    """

    name: str
    title: T
    kind: ColumnKind = "text"
    unit: str = ""
    states: Mapping[str, T] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drill:
    """What one action on a row opens: `by` is the column that holds the building's id.

    `storey`, `unit`, `device`, `ticket` name the columns that pin the place further down.
    """

    by: str
    storey: str | None = None
    unit: str | None = None
    device: str | None = None
    ticket: str | None = None
    to: Literal["building"] = "building"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the rows come from; rows of the demo community add 模拟 by themselves."""

    name: T
    licence: str


@dataclass(frozen=True, slots=True)
class Layer:
    """`sql` selects from the store's relations with `$at` and `$clearance`; its key column is `key`.

    `shows` names, per screen, the columns that may leave the server; the wall gets nothing it does not name.
    """

    id: str
    title: T
    group: Group
    sql: str
    key: str
    columns: tuple[Column, ...]
    style: Style
    provenance: Provenance
    order: int = 50
    live: bool = False
    on: bool = True
    drill: Drill | None = None
    shows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formerly: tuple[str, ...] = ()
