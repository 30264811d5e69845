"""Trees: three habits of growth, each a mesh that the page knows by its name."""

import math
import zlib
from dataclasses import dataclass

import pyarrow as pa
import shapely

from twin.deck.geometry import shapes_of
from twin.deck.part import Origin, Part, Row, part
from twin.deck.theme import lighter
from twin.spec import Rgb, Trees

# A point says nothing about its crown; this is a street tree's.
CROWN_M = 2.6
# Seen from the wall a crown of true size is a dot.
LARGER = 1.4
MATERIAL = {"ambient": 0.7, "diffuse": 0.5, "shininess": 1, "specularColor": [0, 0, 0]}


@dataclass(frozen=True, slots=True)
class Habit:
    """`name` is its part and its mesh; crown width and height are shares of what the row says."""

    name: str
    wide: float
    high: float
    tint: float


# Broad as a camphor tree, upright as a ginkgo, low as an osmanthus.
HABITS = (Habit("broad", 1.12, 0.95, 0.0), Habit("upright", 0.72, 1.3, 0.07), Habit("low", 0.8, 0.55, -0.1))
OF_100 = (56, 84, 100)


def trees(layer_id: str, style: Trees, rows: pa.Table, key: str, origin: Origin) -> list[Part]:
    """One tree for a point, one for a crown's outline; habit and size follow from the id, for good."""
    grown: dict[str, list[Row]] = {habit.name: [] for habit in HABITS}
    for row_id, shape in zip(rows[key].to_pylist(), shapes_of(rows["geom_wkb"]), strict=True):
        crown_m = LARGER * (math.sqrt(shape.area / math.pi) if shape.area else CROWN_M)
        spots = [shape.centroid] if shape.area else shapely.get_parts(shape)
        for index, spot in enumerate(spots):
            if not spot.is_empty:
                _grow(grown, f"{row_id}", zlib.crc32(f"{row_id}/{index}".encode()), spot, crown_m, style)
    return [_mesh(layer_id, habit, grown[habit.name], style.color.rgb, origin) for habit in HABITS]


def _grow(
    grown: dict[str, list[Row]], row_id: str, chance: int, spot: shapely.Point, crown_m: float, style: Trees
) -> None:
    habit = next(h for h, below in zip(HABITS, OF_100, strict=True) if chance % 100 < below)
    size = 0.85 + (chance // 100 % 100) / 250
    grown[habit.name].append(
        {
            "id": row_id,
            "x": round(spot.x, 1),
            "y": round(spot.y, 1),
            "r": round(crown_m * habit.wide * size, 1),
            "h": round(style.height_m * habit.high * size * (0.7 + crown_m / 7), 1),
            "a": chance // 7 % 12 * 30,
        }
    )


def _mesh(layer_id: str, habit: Habit, rows: list[Row], rgb: Rgb, origin: Origin) -> Part:
    return part(
        "SimpleMeshLayer",
        f"{layer_id}/{habit.name}",
        rows,
        origin,
        mesh=f'"{habit.name}"',
        get_position="[x, y, 0]",
        get_orientation="[0, a, 0]",
        get_scale="[r, r, h]",
        get_color=list(lighter(rgb, habit.tint)),
        material=MATERIAL,
        pickable=False,
    )
