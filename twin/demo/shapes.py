"""Footprints of buildings and the cells of their flats, drawn around the origin with south at -y."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from random import Random

from shapely import affinity, union_all
from shapely.geometry import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from twin.demo.geometry import largest


def merged(parts: Iterable[BaseGeometry]) -> Polygon:
    return largest(union_all(list(parts)))


@dataclass(frozen=True, slots=True)
class Footprint:
    """`doors` has one point per entrance, `cells` its flats from the left, the same on each storey."""

    outline: Polygon
    doors: tuple[tuple[float, float], ...]
    cells: tuple[tuple[Polygon, ...], ...]

    def placed(self, x_m: float, y_m: float, angle_deg: float = 0.0) -> "Footprint":
        def move(shape: Polygon) -> Polygon:
            return affinity.translate(affinity.rotate(shape, angle_deg, origin=(0, 0)), x_m, y_m)

        doors = (
            affinity.translate(affinity.rotate(Point(d), angle_deg, origin=(0, 0)), x_m, y_m)
            for d in self.doors
        )
        cells = tuple(tuple(move(cell) for cell in entrance) for entrance in self.cells)
        return Footprint(move(self.outline), tuple((d.x, d.y) for d in doors), cells)


def slab(entrances: int, entrance_width_m: float, depth_m: float) -> Footprint:
    """A walk-up row: each entrance has a stair at its north side and two flats through the depth."""
    half, top = entrances * entrance_width_m / 2, depth_m / 2
    doors, cells = [], []
    for number in range(entrances):
        left = -half + number * entrance_width_m
        middle, right = left + entrance_width_m / 2, left + entrance_width_m
        stair = box(middle - 1.35, top - 5.2, middle + 1.35, top)
        doors.append((middle, top))
        cells.append(
            (
                largest(box(left, -top, middle, top).difference(stair)),
                largest(box(middle, -top, right, top).difference(stair)),
            )
        )
    return Footprint(box(-half, -top, half, top), tuple(doors), tuple(cells))


def row(shops: int, shop_width_m: float, depth_m: float) -> Footprint:
    """A row of shops with one cell each, doors to the south."""
    half, top = shops * shop_width_m / 2, depth_m / 2
    edges = [-half + i * shop_width_m for i in range(shops)]
    cells = tuple(box(x, -top, x + shop_width_m, top) for x in edges)
    return Footprint(box(-half, -top, half, top), ((0.0, -top),), (cells,))


def _sectors(outline: Polygon, core: Polygon, directions_deg: Sequence[float]) -> tuple[Polygon, ...]:
    """The outline without its core, cut by rays halfway between the directions in which the flats look."""
    ring = sorted(angle % 360 for angle in directions_deg)
    reach = 100.0
    cells = []
    for i, here in enumerate(ring):
        before = ring[i - 1] - (360 if i == 0 else 0)
        after = ring[(i + 1) % len(ring)] + (360 if i == len(ring) - 1 else 0)
        start, end = (before + here) / 2, (here + after) / 2
        arc = [math.radians(start + (end - start) * k / 8) for k in range(9)]
        wedge = Polygon([(0.0, 0.0), *((reach * math.cos(a), reach * math.sin(a)) for a in arc)])
        piece = outline.difference(core).intersection(wedge)
        parts = [p for p in getattr(piece, "geoms", [piece]) if isinstance(p, Polygon)]
        cells.append(max(parts, key=lambda p: p.area))
    return tuple(sorted(cells, key=lambda c: (round(c.centroid.x, 3), round(c.centroid.y, 3))))


def _around(outline: Polygon, core: Polygon, directions_deg: Sequence[float], entrances: int) -> Footprint:
    cells = _sectors(outline, core, directions_deg)
    bottom = outline.bounds[1]
    if entrances == 1:
        return Footprint(outline, ((0.0, max(bottom, core.bounds[1] - 6)),), (cells,))
    half = len(cells) // 2
    doors = tuple((cells_of[0].centroid.x * 0.4, core.bounds[3]) for cells_of in (cells[:half], cells[half:]))
    return Footprint(outline, doors, (cells[:half], cells[half:]))


def point_tower(rng: Random) -> Footprint:
    wide, deep = rng.uniform(27, 30), rng.uniform(20, 22)
    notch = rng.uniform(3.5, 5)
    outline = merged(
        [
            box(-wide / 2, -deep / 2 + notch, wide / 2, deep / 2 - notch),
            box(-wide / 2 + notch, -deep / 2, -2.5, deep / 2),
            box(2.5, -deep / 2, wide / 2 - notch, deep / 2),
            box(-3, -deep / 2 + 3, 3, deep / 2 - 2),
        ]
    )
    return _around(outline, box(-4, -3.5, 4, 3.5), (35, 145, 215, 325), 2)


def butterfly_tower(rng: Random) -> Footprint:
    spread = rng.uniform(16, 26)
    wing = box(3, -6, 18.5, 5.5)
    ears = box(2.5, 3, 11, 12.5)
    right = merged([affinity.rotate(wing, -spread, origin=(0, 0)), affinity.rotate(ears, -12, origin=(0, 0))])
    left = affinity.scale(right, -1, 1, origin=(0, 0))
    outline = merged([left, right, box(-5, -4.5, 5, 8)])
    return _around(outline, box(-3.6, -1.5, 3.6, 5), (60, 120, 200, 340), 2)


def tee_tower(rng: Random) -> Footprint:
    long, deep = rng.uniform(36, 41), rng.uniform(12, 13)
    outline = merged([box(-long / 2, -deep, long / 2, 0), box(-7, -1, 7, rng.uniform(11, 13))])
    return _around(outline, box(-4, -4, 4, 1.5), (90, 195, 345), 1)


def wye_tower(rng: Random) -> Footprint:
    arm = box(0, -6, rng.uniform(17, 19), 6)
    angles = (90, 210, 330)
    outline = merged([*(affinity.rotate(arm, a, origin=(0, 0)) for a in angles), Point(0, 0).buffer(6.9, 3)])
    return _around(outline, Point(0, 0).buffer(4, 2), angles, 1)


def board_tower(rng: Random) -> Footprint:
    """Two towers side by side under one roof line, the northern edge stepped."""
    plain = slab(2, rng.uniform(20, 22), 14)
    minx, _, maxx, top = plain.outline.bounds
    outline = merged(
        [plain.outline, *(box(m - 3.5, top - 1, m + 3.5, top + 2.6) for m in (minx / 2, maxx / 2))]
    )
    return Footprint(outline, tuple((x, y + 2.6) for x, y in plain.doors), plain.cells)


TOWERS: tuple[Callable[[Random], Footprint], ...] = (
    point_tower,
    butterfly_tower,
    tee_tower,
    wye_tower,
    board_tower,
)


def office(rng: Random, wide_m: float, deep_m: float) -> Footprint:
    """A plain or notched office block, one entrance, four tenancies a storey."""
    outline: Polygon = box(-wide_m / 2, -deep_m / 2, wide_m / 2, deep_m / 2)
    if rng.random() < 0.45:
        cut = box(0, 0, wide_m * 0.4, deep_m * 0.45)
        outline = largest(outline.difference(affinity.translate(cut, wide_m * 0.2, deep_m * 0.15)))
    return _around(outline, box(-3, -3, 3, 3), (45, 135, 225, 315), 1)


def ell(wide_m: float, deep_m: float, arm_m: float) -> Footprint:
    """An L of classrooms around a corner: the long arm to the north, the short one to the west."""
    north = box(-wide_m / 2, deep_m / 2 - arm_m, wide_m / 2, deep_m / 2)
    west = box(-wide_m / 2, -deep_m / 2, -wide_m / 2 + arm_m, deep_m / 2 - arm_m)
    return Footprint(merged([north, west]), ((0.0, deep_m / 2 - arm_m),), ((north, west),))


def whole(outline: Polygon) -> Footprint:
    """A building that is one tenancy on each storey."""
    door = outline.exterior.interpolate(0.0)
    return Footprint(outline, ((door.x, door.y),), ((outline,),))
