"""Blocks that stay open: parks with a pond, car parks."""

from random import Random

from shapely import affinity
from shapely.geometry import Point, box

from twin.demo import shapes
from twin.demo.geometry import largest, without
from twin.demo.site import Draft, Patch, Site


def fill_park(rng: Random, site: Site) -> None:
    green = site.free.buffer(1.5)
    site.patches.append(Patch("green", green, site.name))
    flat = site.upright(12)
    if flat.area > 2500:
        centre = flat.centroid
        pond = affinity.scale(Point(centre.x, centre.y).buffer(1, 6), 19, 11)
        pond = affinity.translate(
            affinity.rotate(pond, rng.uniform(0, 90)), rng.uniform(-8, 8), rng.uniform(-6, 6)
        )
        if flat.contains(pond):
            site.patches.append(Patch("water", site.back(pond)))
    ponds = [p.polygon for p in site.patches if p.kind == "water"]
    pavilions = 0 if flat.is_empty else min(4, 1 + int(site.free.area // 3500))
    for _ in range(pavilions):
        for _ in range(6):
            x, y = rng.uniform(flat.bounds[0], flat.bounds[2]), rng.uniform(flat.bounds[1], flat.bounds[3])
            house = site.placed(shapes.whole(box(-4, -3, 4, 3)), x, y)
            clear = not any(house.outline.buffer(3).intersects(p) for p in ponds)
            if clear and site.fits(house.outline, 12.0):
                site.put(Draft(house, "public", "public", 1, 0, 3.8, "园亭", unit_use="service"))
                break
    rest = without(site.rest(), *(pond.buffer(3) for pond in ponds))
    site.tree_areas.append((rest, 105.0))


def fill_parking(rng: Random, site: Site) -> None:
    lot = site.free.buffer(-4).buffer(2)
    site.patches.append(Patch("parking", largest(lot), site.name))
    placed = site.placed(shapes.whole(box(-3, -2.5, 3, 2.5)), site.free.centroid.x, site.free.centroid.y)
    site.put(Draft(placed, "public", "public", 1, 0, 3.2, f"{site.name}岗亭", unit_use="service"))
