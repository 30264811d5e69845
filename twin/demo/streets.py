"""The street plan: ring and main roads, a river, and blocks cut again and again by smaller streets."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from shapely import affinity, prepare
from shapely.geometry import LineString, Polygon
from shapely.ops import polygonize, split, unary_union

from twin.demo.geometry import box_corners, largest, lines, longest, overshoot, polygons
from twin.demo.rows import seeded
from twin.demo.tables import table

Rank = Literal["ring", "main", "side", "lane"]
WIDTH_M: dict[Rank, float] = {"ring": 26.0, "main": 22.0, "side": 14.0, "lane": 9.5}
FULL_AREA_M2 = 1_200_000.0
ROTATION_DEG = -7.0
RIVER_WIDTH_M = 30.0
BANK_M = 16.0
LAND_MARGIN_M = 95.0
GENERAL_GRIDS = 6


@dataclass(frozen=True, slots=True)
class Street:
    id: str
    name: str
    name_en: str
    rank: Rank
    line: LineString

    @property
    def width_m(self) -> float:
        return WIDTH_M[self.rank]


@dataclass(frozen=True, slots=True)
class Face:
    """A piece of the community between centrelines; `block` is what the streets and the river leave of it."""

    polygon: Polygon
    block: Polygon
    general: int
    u: float
    v: float


@dataclass(frozen=True, slots=True)
class Plan:
    boundary: Polygon
    land: Polygon
    streets: tuple[Street, ...]
    river: LineString
    water: Polygon
    corridor: Polygon
    generals: tuple[Polygon, ...]
    faces: tuple[Face, ...]


Chart = Callable[[float, float], tuple[float, float]]


def lay_out(seed: int, scale: float) -> Plan:
    rng = seeded(seed, "streets")
    corners, chart = _quadrilateral(rng, scale)
    boundary = Polygon(corners)
    river = _river(rng, chart)
    mains = _mains(rng, chart)
    generals = _generals(boundary, mains)
    cuts = _side_streets(rng, boundary, river, mains, scale, chart)
    streets = tuple(_named(rng, boundary, mains, cuts))
    water = largest(river.buffer(RIVER_WIDTH_M / 2, cap_style="flat"))
    corridor = largest(river.buffer(RIVER_WIDTH_M / 2 + BANK_M, cap_style="flat"))
    land = boundary.buffer(LAND_MARGIN_M, join_style="mitre")
    streets = tuple(_dry(streets, corridor))
    faces = tuple(_faces(boundary, streets, river, mains, cuts, corridor, generals))
    return Plan(boundary, land, streets, river, water, corridor, generals, faces)


def _quadrilateral(rng: Random, scale: float) -> tuple[list[tuple[float, float]], Chart]:
    half = math.sqrt(FULL_AREA_M2 * scale) / 2
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    rough = Polygon(
        [(sx * half * rng.uniform(0.94, 1.06), sy * half * rng.uniform(0.94, 1.06)) for sx, sy in signs]
    )
    turned = affinity.rotate(rough, ROTATION_DEG, origin=(0, 0))
    factor = math.sqrt(FULL_AREA_M2 * scale / turned.area)
    grown = largest(affinity.scale(turned, factor, factor, origin=(0, 0)))
    quad = [(x, y) for x, y in grown.exterior.coords][:4]

    def chart(u: float, v: float) -> tuple[float, float]:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = quad
        s, t = u + 0.5, v + 0.5
        return (
            (1 - s) * (1 - t) * ax + s * (1 - t) * bx + s * t * cx + (1 - s) * t * dx,
            (1 - s) * (1 - t) * ay + s * (1 - t) * by + s * t * cy + (1 - s) * t * dy,
        )

    return quad, chart


def _curve(chart: Chart, knots: list[tuple[float, float]], pieces: int = 10) -> LineString:
    """A Catmull-Rom curve through the knots, given in the unit square."""
    padded = [knots[0], *knots, knots[-1]]
    points: list[tuple[float, float]] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(pieces):
            t = step / pieces
            points.append(chart(*(_spline(p0[i], p1[i], p2[i], p3[i], t) for i in (0, 1))))
    points.append(chart(*knots[-1]))
    return LineString(points)


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _river(rng: Random, chart: Chart) -> LineString:
    sway = rng.uniform(-0.02, 0.02)
    knots = [(0.42, 0.75), (0.40, 0.5), (0.385 + sway, 0.3), (0.27, 0.1), (0.235 + sway, -0.08)]
    knots += [(0.31, -0.27), (0.27 - sway, -0.42), (0.17, -0.55), (0.14, -0.75)]
    return _curve(chart, knots)


def _mains(rng: Random, chart: Chart) -> tuple[LineString, ...]:
    """Two roads from south to north and one from west to east: they bound the six general grids."""
    a, b, c = (rng.uniform(-0.015, 0.015) for _ in range(3))
    return (
        _curve(
            chart,
            [
                (-0.20 + a, -0.75),
                (-0.20 + a, -0.5),
                (-0.15, -0.2),
                (-0.17 + a, 0.15),
                (-0.14, 0.5),
                (-0.13, 0.75),
            ],
        ),
        _curve(
            chart,
            [(0.10 + b, -0.75), (0.11 + b, -0.5), (0.15, -0.1), (0.18 + b, 0.2), (0.15, 0.5), (0.15, 0.75)],
        ),
        _curve(
            chart,
            [(-0.75, 0.09 + c), (-0.5, 0.07 + c), (-0.2, 0.0), (0.15, -0.02 + c), (0.5, 0.06), (0.75, 0.07)],
        ),
    )


def _generals(boundary: Polygon, mains: tuple[LineString, ...]) -> tuple[Polygon, ...]:
    """The six general grids, numbered from west to east in rows from north to south."""
    pieces = [
        p
        for p in polygonize(unary_union([boundary.exterior, *mains]))
        if boundary.contains(p.representative_point())
    ]
    ordered = sorted(pieces, key=lambda p: -p.area)[:GENERAL_GRIDS]
    north = sorted(ordered, key=lambda p: -p.centroid.y)[:3]
    south = [p for p in ordered if p not in north]
    return tuple(sorted(north, key=lambda p: p.centroid.x) + sorted(south, key=lambda p: p.centroid.x))


def _side_streets(
    rng: Random,
    boundary: Polygon,
    river: LineString,
    mains: tuple[LineString, ...],
    scale: float,
    chart: Chart,
) -> list[tuple[Rank, LineString]]:
    given: list[tuple[Rank, LineString]] = []
    if scale >= 0.5:
        given += [
            ("side", _curve(chart, [(-0.56, -0.1), (-0.36, -0.24), (-0.17, -0.46), (-0.12, -0.56)], 6)),
            ("side", _curve(chart, [(-0.22, 0.27), (-0.08, 0.31), (0.06, 0.22), (0.2, 0.24)], 6)),
        ]
    given = [(rank, _reaching(longest(line.intersection(boundary.buffer(1))), mains)) for rank, line in given]
    borders = [boundary.exterior, river, *mains, *(line for _, line in given)]
    regions = [p for p in polygonize(unary_union(borders)) if boundary.contains(p.representative_point())]
    found = list(given)
    least, most = (15_000, 25_000) if scale >= 0.5 else (10_000, 15_000)
    for region in sorted(regions, key=_place):
        found += _cut(rng, region, rng.uniform(least, most), 0)
    return found


def _reaching(line: LineString, mains: tuple[LineString, ...]) -> LineString:
    """The longest piece of a street between the main roads, a hand's breadth into them at both ends."""
    return overshoot(longest(line.difference(unary_union(mains))), 0.1)


def _place(region: Polygon) -> tuple[float, float]:
    return (round(region.centroid.y), round(region.centroid.x))


def _cut(rng: Random, region: Polygon, target_m2: float, depth: int) -> Iterator[tuple[Rank, LineString]]:
    """Halve a region across its longer side until it is as small as a block; each cut is a street."""
    if region.area < target_m2 * rng.uniform(1.25, 1.6):
        return
    ray = _ray(rng, region)
    parts = [p for p in polygons(split(region, ray)) if p.area > 1.0]
    if len(parts) < 2:
        return
    rank: Rank = "side" if depth == 0 and region.area > 3 * target_m2 else "lane"
    for line in lines(ray.intersection(region)):
        yield (rank, line)
    for part in sorted(parts, key=_place):
        yield from _cut(rng, part, target_m2, depth + 1)


def _ray(rng: Random, region: Polygon) -> LineString:
    """A line across the longer side of a region, not quite in its middle and not quite square to it."""
    box = box_corners(region)
    sides = sorted((LineString(box[i : i + 2]) for i in range(2)), key=lambda side: side.length)
    reach = sides[0].length + sides[1].length
    (x0, y0), (x1, y1) = sides[1].coords
    across = math.atan2(y1 - y0, x1 - x0) + math.pi / 2 + math.radians(rng.uniform(-6, 6))
    share = rng.uniform(-0.1, 0.1)
    centre = Polygon(box).centroid
    x, y = centre.x + share * (x1 - x0), centre.y + share * (y1 - y0)
    dx, dy = reach * math.cos(across), reach * math.sin(across)
    return LineString([(x - dx, y - dy), (x + dx, y + dy)])


def _named(
    rng: Random, boundary: Polygon, mains: tuple[LineString, ...], cuts: list[tuple[Rank, LineString]]
) -> Iterator[Street]:
    names = list(table("streets"))
    reach = boundary.buffer(LAND_MARGIN_M + 5, join_style="mitre")
    corners = list(boundary.exterior.coords)
    rings = [_stretched(LineString(corners[i : i + 2]), LAND_MARGIN_M) for i in range(4)]
    wide: list[tuple[Rank, LineString]] = [("main", longest(line.intersection(reach))) for line in mains]
    wide += [("ring", line) for line in rings]
    first, rest = names[: len(wide)], names[len(wide) :]
    rng.shuffle(rest)
    for number, (rank, line) in enumerate(wide + cuts, start=1):
        chosen = first[number - 1] if number <= len(wide) else rest[(number - 1 - len(wide)) % len(rest)]
        yield Street(f"s{number:02d}", chosen["zh"], chosen["en"], rank, line)


def _stretched(line: LineString, by_m: float) -> LineString:
    (x0, y0), (x1, y1) = line.coords
    dx, dy = (x1 - x0) / line.length * by_m, (y1 - y0) / line.length * by_m
    return LineString([(x0 - dx, y0 - dy), (x0, y0), (x1, y1), (x1 + dx, y1 + dy)])


def _dry(streets: Iterable[Street], corridor: Polygon) -> Iterator[Street]:
    """Only main and ring roads have bridges: the others end at the bank."""
    for street in streets:
        if street.rank in ("main", "ring"):
            yield street
            continue
        rest = [
            part
            for part in lines(street.line.difference(corridor.buffer(street.width_m / 2)))
            if part.length > 25
        ]
        if rest:
            longest = max(rest, key=lambda part: part.length)
            yield Street(street.id, street.name, street.name_en, street.rank, longest)


def _faces(
    boundary: Polygon,
    streets: tuple[Street, ...],
    river: LineString,
    mains: tuple[LineString, ...],
    cuts: list[tuple[Rank, LineString]],
    corridor: Polygon,
    generals: tuple[Polygon, ...],
) -> Iterator[Face]:
    stretched = [overshoot(line) for _, line in cuts]
    network = unary_union([boundary.exterior, river, *mains, *stretched])
    paved = unary_union(
        [s.line.buffer(s.width_m / 2, cap_style="square", join_style="mitre") for s in streets]
    )
    taken = unary_union([paved, corridor])
    prepare(taken)
    minx, miny, maxx, maxy = boundary.bounds
    for polygon in sorted(polygonize(network), key=_place):
        inside = polygon.representative_point()
        if not boundary.contains(inside):
            continue
        general = next((i for i, g in enumerate(generals) if g.contains(inside)), 0)
        rough = largest(polygon.difference(taken))
        block = largest(rough.buffer(-5.5, join_style="round", quad_segs=3).buffer(3.5, quad_segs=3))
        centre = polygon.centroid
        yield Face(
            polygon, block, general, (centre.x - minx) / (maxx - minx), (centre.y - miny) / (maxy - miny)
        )
