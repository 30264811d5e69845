"""The ways a layer can be drawn; each has one `case` in `twin.deck`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """Text drawn in the scene. `size_m` > 0 scales with the map, else the profile's label size is used.

    `angle` names a column with degrees counter-clockwise from east.
    """

    column: str
    rgb: Rgb = (167, 179, 191)
    weight: str = "regular"
    scale: float = 1.0
    angle: str | None = None
    min_zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class Surfaces:
    """Flat polygons on the ground. Rows: geom_wkb (local metres), lift_m optional; names from `label`."""

    color: Colour
    label: Label | None = None
    lift_m: float = 0.0


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
    """Borders of areas, as lines, named at `label`'s point. Rows: geom_wkb, x_m, y_m."""

    color: Colour
    width_m: float = 1.2
    min_px: float = 1.0
    label: Label | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """A dot for a row, live or not. Rows: x_m, y_m, z_m (metres above ground)."""

    color: Colour
    radius_m: float = 1.6
    min_px: float = 2.0
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


Style = Surfaces | Solids | Outlines | Points | Icons
