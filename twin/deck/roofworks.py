"""What stands on the roofs of a generated place: hips, stair and lift houses, tanks, machines.

Only rows that say `furnished` get any: of a surveyed building nothing is known above its eaves.
"""

import math
import zlib
from dataclasses import dataclass
from typing import Any

import shapely

from twin.deck.part import Origin, Part, Row, part
from twin.deck.theme import lighter
from twin.spec import Rgb

# How much of a footprint's rectangle must be footprint before a hip roof fits it.
SQUARE_SHARE = 0.94
HIP_M = 2.1
EAVES_M = 0.5
HIPPED_OF_100 = 38
STAIR_EVERY_M = 19.0
LOWEST_STOREYS = 2
WORKS_MATERIAL = {"ambient": 0.62, "diffuse": 0.62, "shininess": 8, "specularColor": [24, 27, 32]}


@dataclass(frozen=True, slots=True)
class Roof:
    """A footprint as its rectangle; its length lies along `angle_deg`, counter-clockwise from east."""

    id: str
    family: str
    tone: str
    storeys: int
    top_m: float
    rgb: Rgb
    polygon: shapely.Polygon
    x: float
    y: float
    length_m: float
    width_m: float
    angle_deg: float

    @classmethod
    def of(
        cls, row_id: str, family: str, tone: str, storeys: int, top_m: float, rgb: Rgb, polygon: Any
    ) -> "Roof":
        box = shapely.minimum_rotated_rectangle(polygon)
        corners = shapely.get_coordinates(box)
        if len(corners) < 4:
            return cls(row_id, family, tone, 0, top_m, rgb, polygon, 0.0, 0.0, 0.0, 0.0, 0.0)
        sides = [corners[1] - corners[0], corners[2] - corners[1]]
        first, second = (math.hypot(*side) for side in sides)
        along = sides[0] if first >= second else sides[1]
        return cls(
            row_id, family, tone, storeys, top_m, rgb, polygon,
            float(box.centroid.x), float(box.centroid.y), max(first, second), min(first, second),
            math.degrees(math.atan2(along[1], along[0])) % 180,
        )  # fmt: skip

    def chance(self, of_what: str) -> int:
        """0..99, the same for the same word every time."""
        return zlib.crc32(of_what.encode()) % 100

    @property
    def is_hipped(self) -> bool:
        """Houses of one compound were built alike, so they share the kind of roof."""
        fits = self.polygon.area > SQUARE_SHARE * self.length_m * self.width_m and self.length_m > 8
        return self.tone == "walkup" and fits and self.chance(self.family) < HIPPED_OF_100

    def at(self, along: float, across: float) -> tuple[float, float]:
        """Metres from the centre along and across the roof → local metres."""
        rad = math.radians(self.angle_deg)
        east = self.x + along * math.cos(rad) - across * math.sin(rad)
        north = self.y + along * math.sin(rad) + across * math.cos(rad)
        return round(east, 1), round(north, 1)


def hips(layer_id: str, roofs: list[Roof], origin: Origin) -> Part:
    rows: list[Row] = [
        {
            "id": roof.id, "x": round(roof.x, 2), "y": round(roof.y, 2), "z": round(roof.top_m, 2),
            "a": round(roof.angle_deg, 1), "c": list(lighter(roof.rgb, -0.34)),
            "s": [round(roof.length_m + EAVES_M, 1), round(roof.width_m + EAVES_M, 1), HIP_M],
        }
        for roof in roofs
        if roof.is_hipped
    ]  # fmt: skip
    return _meshes(f"{layer_id}/hips", "hip", rows, origin)


def works(layer_id: str, roofs: list[Roof], origin: Origin) -> Part:
    rows = [row for roof in roofs if not roof.is_hipped for row in _works_of(roof)]
    return _meshes(f"{layer_id}/works", "box", rows, origin)


def _works_of(roof: Roof) -> list[Row]:
    if roof.storeys < LOWEST_STOREYS or roof.width_m < 6:
        return []
    if roof.tone == "tower":
        return _lift_house(roof)
    if roof.tone == "walkup":
        return _stair_houses(roof)
    return _machines(roof)


def _lift_house(roof: Roof) -> list[Row]:
    """The core rises over the roof, and on it stands the tank."""
    core = (min(9.0, roof.length_m * 0.36), min(7.0, roof.width_m * 0.42))
    rows = _box(roof, 0.0, 0.0, (*core, 4.2), 0.0)
    if rows:
        rows += _box(roof, core[0] * 0.12, 0.0, (core[0] * 0.5, core[1] * 0.6, 2.2), 4.2)
    return rows


def _stair_houses(roof: Roof) -> list[Row]:
    """One over every staircase, and beside some of them a tank."""
    count = max(1, round(roof.length_m / STAIR_EVERY_M))
    rows: list[Row] = []
    for index in range(count):
        along = ((index + 0.5) / count - 0.5) * roof.length_m
        rows += _box(roof, along, roof.width_m * 0.14, (3.2, 4.6, 2.6), 0.0)
        if roof.chance(f"{roof.id}/{index}") < 45:
            rows += _box(roof, along + 3.6, -roof.width_m * 0.16, (2.0, 2.0, 1.5), 0.0)
    return rows


def _machines(roof: Roof) -> list[Row]:
    """Cooling machines in a row over the larger roofs, a stair house over the smaller."""
    rows = _box(roof, -roof.length_m * 0.3, roof.width_m * 0.12, (4.4, 4.0, 2.8), 0.0)
    count = min(6, int(roof.length_m // 14)) if roof.polygon.area > 500 else 0
    for index in range(count):
        along = ((index + 1) / (count + 1) - 0.36) * roof.length_m * 0.8 + 4
        rows += _box(roof, along, -roof.width_m * 0.18, (4.0, 2.6, 1.8), 0.0)
    return rows


def _box(
    roof: Roof, along: float, across: float, size: tuple[float, float, float], lift_m: float
) -> list[Row]:
    """A box of this length, width and height, where the roof carries it."""
    x, y = roof.at(along, across)
    if not shapely.contains(roof.polygon, shapely.Point(x, y).buffer(max(size[0], size[1]) * 0.55)):
        return []
    length, width, high = (round(metres, 1) for metres in size)
    return [
        {
            "id": roof.id, "x": x, "y": y, "z": round(roof.top_m + lift_m, 2), "a": round(roof.angle_deg, 1),
            "c": list(lighter(roof.rgb, 0.1)), "s": [length, width, high],
        }
    ]  # fmt: skip


def _meshes(part_id: str, mesh: str, rows: list[Row], origin: Origin) -> Part:
    """The page knows the mesh by its name: one metre each way, standing on z 0."""
    return part(
        "SimpleMeshLayer",
        part_id,
        rows,
        origin,
        mesh=f'"{mesh}"',
        get_position="[x, y, z]",
        get_orientation="[0, a, 0]",
        get_scale="s",
        get_color="c",
        material=WORKS_MATERIAL,
        pickable=False,
    )
