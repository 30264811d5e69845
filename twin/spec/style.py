"""The ways a layer can be drawn; each has one `case` in `twin.deck`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from twin.spec.text import T

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Fixed:
    """One colour for every row; `alpha` 0–255."""

    rgb: Rgb
    name: T
    alpha: int = 255


@dataclass(frozen=True, slots=True)
class States:
    """A colour for each value of a column; rows with another value are drawn as `other`."""

    column: str
    of: Mapping[str, Fixed]
    other: Fixed


Colour = Fixed | States


@dataclass(frozen=True, slots=True)
class Label:
    """Text drawn in the scene, `scale` times the profile's label size.

    `angle` names a column with degrees counter-clockwise from east, `at` two columns of local metres (without
    them the text stands at x_m, y_m). Where two texts would overlap, the page keeps the lower `rank`.
    """

    column: str
    rgb: Rgb = (167, 179, 191)
    weight: Literal["regular", "bold"] = "regular"
    scale: float = 1.0
    angle: str | None = None
    at: tuple[str, str] = ("x_m", "y_m")
    rank: int = 50
    min_zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Flat polygons on the ground, painted in the order of the colour's states. Rows: geom_wkb, local metres.

    Rows whose colour value is in `plates` are a thick slab; those in `kerbed` are joined and get a kerb.
    `marked` gives a value its sign: a bank's line, a bridge's walls over what has a bank, inner lines, bays.
    """

    color: Colour
    label: Label | None = None
    plates: tuple[str, ...] = ()
    kerbed: tuple[str, ...] = ()
    marked: Mapping[str, Literal["bank", "walls", "lines", "bays"]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Solids:
    """Buildings: extruded footprints with roof edge, storey lines and contact shadow.

    Rows: geom_wkb, height_m, base_m, storeys_above, and the column the colour reads.
    """

    color: Colour
    edge: Rgb = (150, 164, 180)
    storey_lines: bool = True
    shadow: bool = True
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Outlines:
    """Borders of areas, as lines, named at `label`'s point. Rows: geom_wkb, x_m, y_m.

    Of a live layer, rows whose colour value is in `quiet` are drawn only where storeys can be counted.
    """

    color: Colour
    width_m: float = 1.2
    min_px: float = 1.0
    label: Label | None = None
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """A dot for a row, live or not. Rows: x_m, y_m, z_m (metres above ground).

    `over` draws it over the buildings that stand before it.
    """

    color: Colour
    radius_m: float = 1.6
    min_px: float = 2.0
    over: bool = False
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Icons:
    """A category icon standing at a point. Rows: x_m, y_m, z_m and `column`, a key of `icons`.

    `icons` maps the category to the icon's name in the atlas and its words.
    """

    column: str
    icons: Mapping[str, tuple[str, T]]
    rgb: Rgb = (232, 237, 242)
    size: float = 1.0
    label: Label | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Trees:
    """A tree at every point, its size told apart by its id. Rows: geom_wkb (points, local metres)."""

    color: Fixed
    height_m: float = 6.0


@dataclass(frozen=True, slots=True)
class Chips:
    """Outlined words, one for a row, in a column at a place; never filled: what is filled is an alarm.

    Rows: x_m, y_m and the columns named here. `place` says which rows stand together, in the order of `rank`.
    `line` holds their colour as #rrggbb: it is the data's own, and so is the legend (`name`, `name_en`).
    """

    place: str
    text: str
    line: str
    name: str
    name_en: str
    rank: str
    size: float = 1.0
    min_zoom: float = 0.0


Style = Surfaces | Solids | Outlines | Points | Icons | Trees | Chips
