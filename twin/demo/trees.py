"""Trees: along the wide streets, in parks, courts and on the banks."""

import math
from random import Random

import shapely
from shapely import STRtree
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from twin.demo.geometry import shape
from twin.demo.rows import COMMUNITY12, DEMO, Tables, seeded
from twin.demo.site import Site
from twin.demo.streets import Plan

FULL_STREET_TREES = 560
FULL_BANK_TREES = 120
FULL_GARDEN_TREES = 780
TRUNK_M = 0.6


def add_trees(tables: Tables, seed: int, scale: float, plan: Plan, sites: list[Site]) -> None:
    rng = seeded(seed, "trees")
    built = [shape(b) for b in tables["building"]]
    tree_of = STRtree(built)
    lanes = STRtree([shape(lane) for lane in tables["lane"]])
    wanted = [
        *_street_points(plan, scale),
        *_bank_points(rng, plan, scale),
        *_garden_points(rng, sites, scale),
    ]
    for x, y in wanted:
        radius = rng.uniform(1.9, 3.2)
        crown = octagon(rng, x, y, radius)
        if len(tree_of.query(crown, predicate="intersects")) or plan.water.intersects(crown):
            continue
        if len(lanes.query(Point(x, y).buffer(TRUNK_M), predicate="intersects")):
            continue
        tables["ground"].append(
            {
                "community12": COMMUNITY12,
                "id": f"t{len(tables['ground']) + 1:04d}",
                "kind": "tree",
                "name": None,
                "geom_wkb": crown.wkb,
                "label_x_m": None,
                "label_y_m": None,
                "label_angle_deg": None,
                "provenance": DEMO,
            }
        )


def octagon(rng: Random, x: float, y: float, radius_m: float) -> Polygon:
    turn = rng.uniform(0, math.pi / 4)
    corners = (turn + k * math.pi / 4 for k in range(8))
    return Polygon([(x + radius_m * math.cos(a), y + radius_m * math.sin(a)) for a in corners])


def _street_points(plan: Plan, scale: float) -> list[tuple[float, float]]:
    """Both kerbs of the wide streets, none on a crossing."""
    wide = [s for s in plan.streets if s.rank in ("main", "ring")]
    step = sum(s.line.length for s in wide) * 2 / max(1.0, FULL_STREET_TREES * math.sqrt(scale))
    found: list[tuple[float, float]] = []
    for street in wide:
        others = shapely.union_all(
            [o.line.buffer(o.width_m / 2 + 4) for o in plan.streets if o is not street]
        )
        for side in (1, -1):
            kerb = street.line.offset_curve(side * (street.width_m / 2 + 0.4))
            for k in range(1, int(kerb.length / step)):
                at = kerb.interpolate(k * step)
                if not others.contains(at) and plan.land.contains(at):
                    found.append((at.x, at.y))
    return found


def _bank_points(rng: Random, plan: Plan, scale: float) -> list[tuple[float, float]]:
    paved = shapely.union_all([s.line.buffer(s.width_m / 2 + 3) for s in plan.streets])
    bank = (
        plan.corridor.buffer(-3)
        .difference(plan.water.buffer(4))
        .difference(paved)
        .intersection(plan.boundary)
    )
    return scattered(rng, bank, round(FULL_BANK_TREES * math.sqrt(scale)), 7.0)


def _garden_points(rng: Random, sites: list[Site], scale: float) -> list[tuple[float, float]]:
    areas = [(area, area.area / per_tree) for site in sites for area, per_tree in site.tree_areas]
    thin = min(1.0, FULL_GARDEN_TREES * scale / max(1.0, sum(count for _, count in areas)))
    found: list[tuple[float, float]] = []
    for area, count in areas:
        found += scattered(rng, area, round(count * thin), 5.5)
    return found


def scattered(rng: Random, area: BaseGeometry, count: int, apart_m: float) -> list[tuple[float, float]]:
    """Random points in an area, not closer than this to one another."""
    found: list[tuple[float, float]] = []
    if area.is_empty:
        return found
    shapely.prepare(area)
    minx, miny, maxx, maxy = area.bounds
    for _ in range(count * 12):
        if len(found) >= count:
            break
        x, y = rng.uniform(minx, maxx), rng.uniform(miny, maxy)
        if all(math.hypot(x - a, y - b) >= apart_m for a, b in found) and area.contains(Point(x, y)):
            found.append((x, y))
    return found
