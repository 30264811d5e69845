"""Cutting ground into pieces that each hold 30–100 households, without gap or overlap."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from shapely import union_all
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split, unary_union

from twin.demo.geometry import box_corners, polygons

LEAST, WANTED, MOST = 30, 68, 100
TRIED_CUTS = 5
NOTHING = Polygon()
SNAP_M = 1e-5
TRIED_SPLITS = 200


@dataclass(frozen=True, slots=True)
class Door:
    """An entrance and the households behind it."""

    id: str
    x_m: float
    y_m: float
    households: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A piece of ground and the entrances on it."""

    area: BaseGeometry
    doors: tuple[Door, ...]

    @property
    def households(self) -> int:
        return sum(door.households for door in self.doors)


def cut(zones: Sequence[Zone], barrier: BaseGeometry) -> list[Zone]:
    """Cut every zone; one that is too small, or cannot be cut, is first joined to its closest neighbour.

    Ground without homes joins the piece it borders on longest. What lies along the barrier is no border.
    """
    near = barrier.buffer(1.0)
    waiting = [zone for zone in zones if zone.households]
    done: list[Zone] = []
    while waiting:
        zone = min(waiting, key=lambda z: (z.households, z.area.centroid.x))
        waiting.remove(zone)
        found = _cut_one(zone)
        if found is not None:
            done += found
        elif waiting or done:
            among = waiting or done
            other = _closest(zone, among, near)
            among.remove(other)
            waiting.append(_joined(zone, other))
        else:
            done.append(zone)
    empty = [zone for zone in zones if not zone.households]
    while empty and done:
        zone = max(empty, key=lambda z: _shared_m(z, _closest(z, done, near), near))
        empty.remove(zone)
        other = _closest(zone, done, near)
        done[done.index(other)] = _joined(zone, other)
    return done or [reduce(_joined, empty)]


def _closest(zone: Zone, among: Sequence[Zone], near: BaseGeometry) -> Zone:
    return max(
        among, key=lambda z: (_shared_m(zone, z, near), _shared_m(zone, z), -z.area.distance(zone.area))
    )


def _shared_m(a: Zone, b: Zone, near: BaseGeometry = NOTHING) -> float:
    """Length of the common border; a hand's breadth is forgiven, for a cut's end is never quite on a line."""
    if not a.area.intersects(b.area.buffer(0.1)):
        return 0.0
    return float(a.area.boundary.intersection(b.area.buffer(0.05)).difference(near).length)


def _joined(a: Zone, b: Zone) -> Zone:
    """Both as one, without the hair-thin holes that rounding leaves along their border."""
    parts = [
        Polygon(p.exterior, [hole for hole in p.interiors if Polygon(hole).area > 1.0])
        for p in polygons(union_all([a.area, b.area], grid_size=SNAP_M))
        if p.area > 1.0
    ]
    return Zone(parts[0] if len(parts) == 1 else unary_union(parts), a.doors + b.doors)


def _cut_one(zone: Zone) -> list[Zone] | None:
    if zone.households < LEAST:
        return None
    close = sorted(range(1, zone.households // LEAST + 1), key=lambda n: abs(zone.households / n - WANTED))
    for pieces in close[:8]:
        found = _divide(zone, pieces, iter(range(TRIED_SPLITS)))
        if found is not None:
            return found
    return None


def _divide(zone: Zone, pieces: int, tries: Iterator[int]) -> list[Zone] | None:
    if not LEAST * pieces <= zone.households <= MOST * pieces:
        return None
    if sum(2 * door.households > MOST for door in zone.doors) > pieces:
        return None
    if pieces == 1:
        return [zone]
    for left, right, share in _halves(zone, pieces, tries):
        first = _divide(left, share, tries)
        second = _divide(right, pieces - share, tries) if first is not None else None
        if first is not None and second is not None:
            return first + second
    return None


def _halves(zone: Zone, pieces: int, tries: Iterator[int]) -> Iterator[tuple[Zone, Zone, int]]:
    """Ways to cut a zone in two by a straight line, the evenest first; each side stays in one piece."""
    wanted: list[tuple[float, float, float, int]] = []
    for penalty, angle in _axes(zone.area):
        doors = sorted((_along(door, angle), door.households) for door in zone.doors)
        before = 0
        for (here, count), (ahead, _) in pairwise(doors):
            before += count
            if ahead - here < 1.0:
                continue
            share = max(1, min(pieces - 1, round(before / zone.households * pieces)))
            if LEAST * share <= before <= MOST * share:
                uneven = abs(before - zone.households * share / pieces)
                wanted.append((uneven + penalty - min(ahead - here, 30), angle, (here + ahead) / 2, share))
    given = 0
    for _, angle, at_m, share in sorted(wanted):
        if next(tries, None) is None:
            return
        pair = _split(zone, angle, at_m)
        if pair is not None:
            yield (*pair, share)
            given += 1
        if given == TRIED_CUTS:
            return


def _axes(area: BaseGeometry) -> tuple[tuple[float, float], tuple[float, float]]:
    box = box_corners(area)
    (ax, ay), (bx, by), (cx, cy) = box[0], box[1], box[2]
    one, other = math.atan2(by - ay, bx - ax), math.atan2(cy - by, cx - bx)
    if math.hypot(bx - ax, by - ay) < math.hypot(cx - bx, cy - by):
        one, other = other, one
    return (0.0, one), (18.0, other)


def _along(door: Door, angle: float) -> float:
    return door.x_m * math.cos(angle) + door.y_m * math.sin(angle)


def _split(zone: Zone, angle: float, at_m: float) -> tuple[Zone, Zone] | None:
    ux, uy = math.cos(angle), math.sin(angle)
    reach = 4_000.0
    x0, y0 = ux * at_m, uy * at_m
    ray = LineString([(x0 + uy * reach, y0 - ux * reach), (x0 - uy * reach, y0 + ux * reach)])
    sides: tuple[list[Polygon], list[Polygon]] = ([], [])
    for part in polygons(zone.area):
        for piece in polygons(split(part, ray)):
            inside = piece.representative_point()
            sides[inside.x * ux + inside.y * uy > at_m].append(piece)
    areas = [unary_union(side) for side in sides]
    if any(area.is_empty for area in areas) or not all(isinstance(area, Polygon) for area in areas):
        return None
    low = tuple(door for door in zone.doors if _along(door, angle) <= at_m)
    high = tuple(door for door in zone.doors if _along(door, angle) > at_m)
    return Zone(areas[0], low), Zone(areas[1], high)
