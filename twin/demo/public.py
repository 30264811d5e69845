"""Blocks that are not homes: mall, schools, market, civic centre, offices, parks."""

from collections.abc import Callable
from random import Random

from shapely import affinity
from shapely.geometry import Polygon, box

from twin.demo import shapes
from twin.demo.geometry import largest, without
from twin.demo.greens import fill_park, fill_parking
from twin.demo.site import Draft, Patch, Site


def inner_box(area: Polygon) -> tuple[float, float, float, float]:
    """A large upright rectangle inside an upright block: shrink the bounds until it fits."""
    minx, miny, maxx, maxy = area.bounds
    centre = area.representative_point() if not area.contains(area.centroid) else area.centroid
    for step in range(100, 10, -2):
        f = step / 100
        x0, x1 = centre.x + (minx - centre.x) * f, centre.x + (maxx - centre.x) * f
        y0, y1 = centre.y + (miny - centre.y) * f, centre.y + (maxy - centre.y) * f
        if area.contains(box(x0, y0, x1, y1)):
            return x0, y0, x1, y1
    return centre.x - 5, centre.y - 5, centre.x + 5, centre.y + 5


def fill_mall(rng: Random, site: Site) -> None:
    """A podium with a rounded front and two towers of offices standing in it, a plaza before it."""
    x0, y0, x1, y1 = inner_box(site.upright(4))
    front = y0 + (y1 - y0) * 0.2
    base = box(x0, front, x1, y1).buffer(-9).buffer(9, quad_segs=5)
    wide, deep = min(34.0, (x1 - x0) * 0.3), min(30.0, (y1 - front) * 0.36)
    spots = ((x0 + (x1 - x0) * 0.25, y1 - deep * 0.95, 26), (x0 + (x1 - x0) * 0.75, front + deep * 1.05, 21))
    feet = []
    for number, (x, y, storeys) in enumerate(spots, start=1):
        footprint = site.placed(shapes.office(rng, wide, deep), x, y)
        name = f"{site.name}{number} 号写字楼"
        site.put(Draft(footprint, "office", "tower", storeys, 2, 3.9, name, unit_use="office"))
        flat = affinity.rotate(footprint.outline, -site.angle_deg, origin=site.free.centroid)
        feet.append(flat.buffer(0.05, join_style="mitre"))
    mall = shapes.whole(site.back(without(base, *feet)))
    site.put(Draft(mall, "mall", "podium", 4, 2, 5.2, site.name, unit_use="shop"))
    plaza = box(x0, y0, x1, front - 2)
    site.patches.append(Patch("plaza", site.back(plaza), f"{site.name}南广场"))


def fill_school(rng: Random, site: Site) -> None:
    """Classrooms in an L to the north, a hall, and a track south of them."""
    x0, y0, x1, y1 = inner_box(site.upright(5))
    wide, deep = x1 - x0, y1 - y0
    arm = 12.5
    ell = shapes.ell(min(wide * 0.94, 86.0), min(deep * 0.5, 54.0), arm)
    left, bottom, right, top = ell.outline.bounds
    cx, cy = x0 + (right - left) / 2, y1 - (top - bottom) / 2
    site.put(Draft(site.placed(ell, cx, cy), "school", "public", 5, 0, 3.6, site.name, unit_use="school"))
    hall = box(
        cx - (right - left) / 2 + arm + 9, cy - (top - bottom) / 2, cx + (right - left) / 2 - 3, cy + 4
    )
    if hall.bounds[2] - hall.bounds[0] > 16 and hall.area > 200:
        hall = box(hall.bounds[0], hall.bounds[1], min(hall.bounds[2], hall.bounds[0] + 32), hall.bounds[3])
        footprint = shapes.whole(site.back(hall))
        if site.fits(footprint.outline, 5.0):
            name = f"{site.name}体育馆"
            site.put(Draft(footprint, "public", "public", 2, 0, 5.0, name, unit_use="school"))
    field_top = cy - (top - bottom) / 2 - 8
    radius = min((field_top - y0) / 2, wide / 3.2)
    if radius > 12:
        middle = (field_top + y0) / 2
        spine = box(
            x0 + wide / 2 - (wide * 0.46 - radius),
            middle - 0.1,
            x0 + wide / 2 + wide * 0.46 - radius,
            middle + 0.1,
        )
        track = spine.buffer(radius, quad_segs=6)
        site.patches.append(Patch("sports", site.back(track), f"{site.name}操场"))
        site.patches.append(Patch("green", site.back(spine.buffer(radius * 0.66, quad_segs=6))))
    _gatehouse(site)
    site.tree_areas.append((site.rest(), 300.0))


def fill_kindergarten(rng: Random, site: Site) -> None:
    x0, y0, x1, y1 = inner_box(site.upright(5))
    wide, deep = min(x1 - x0, 46.0), min((y1 - y0) * 0.45, 24.0)
    ell = shapes.ell(wide, max(deep, 16.0), 10.5)
    site.put(
        Draft(
            site.placed(ell, x0 + wide / 2, y1 - deep / 2),
            "kindergarten",
            "public",
            3,
            0,
            3.5,
            site.name,
            unit_use="school",
        )
    )
    yard = box(x0 + 2, y0 + 2, x1 - 2, y1 - deep - 8)
    if yard.area > 150:
        site.patches.append(Patch("sports", site.back(yard.buffer(-2).buffer(2)), None))
    _gatehouse(site)
    site.tree_areas.append((site.rest(), 220.0))


def fill_market(rng: Random, site: Site) -> None:
    """A long hall and a smaller one beside it."""
    x0, y0, x1, y1 = inner_box(site.upright(4))
    cut = y0 + (y1 - y0) * 0.6
    hall = shapes.whole(site.back(box(x0, cut, x1, y1)))
    site.put(Draft(hall, "market", "public", 2, 1, 5.0, site.name, unit_use="shop"))
    side = shapes.row(max(3, int((x1 - x0) * 0.7 // 6)), 6.0, 10.0)
    site.put(
        Draft(
            site.placed(side, x0 + (x1 - x0) * 0.5, y0 + 8),
            "public",
            "public",
            1,
            0,
            4.0,
            f"{site.name}副楼",
            unit_use="shop",
        )
    )
    site.patches.append(Patch("parking", site.back(box(x0, y0 + 16, x1, cut - 3)), f"{site.name}停车场"))


def fill_civic(rng: Random, site: Site) -> None:
    """The Party-service centre with its square, the clinic and the care centre beside it."""
    x0, y0, x1, y1 = inner_box(site.upright(5))
    wide, deep = x1 - x0, y1 - y0
    parts = (
        ("party_centre", "社区党群服务中心", shapes.ell(wide * 0.5, deep * 0.5, 13), 0.25, 0.75, 4),
        ("clinic", "社区卫生服务中心", shapes.office(rng, wide * 0.36, min(deep * 0.4, 22)), 0.79, 0.8, 5),
        ("public", "日间照料中心", shapes.office(rng, wide * 0.36, min(deep * 0.26, 16)), 0.79, 0.3, 3),
    )
    for use, name, footprint, fx, fy, storeys in parts:
        placed = site.placed(footprint, x0 + wide * fx, y0 + deep * fy)
        if site.fits(placed.outline, 2.0):
            site.put(Draft(placed, use, "public", storeys, 0, 3.6, name, unit_use="service"))
    square = box(x0, y0, x0 + wide * 0.54, y0 + deep * 0.42)
    site.patches.append(Patch("plaza", site.back(square), "党群广场"))
    site.tree_areas.append((site.rest(), 160.0))


def fill_offices(rng: Random, site: Site) -> None:
    """A former works: sheds and small office houses among trees."""
    _scatter(rng, site, (20, 44), (14, 20), (3, 8), 9.0, "office", 12)
    _parking_between(site)
    site.tree_areas.append((site.rest(), 380.0))


def fill_small(rng: Random, site: Site) -> None:
    """A corner too small for a compound: a few low public houses."""
    _scatter(rng, site, (16, 34), (11, 16), (2, 5), 7.0, "public", 8)
    site.tree_areas.append((site.rest(), 200.0))


def fill_works(rng: Random, site: Site) -> None:
    """Old factory halls side by side, a yard before them."""
    x0, y0, x1, y1 = inner_box(site.upright(4))
    halls = max(1, min(4, int((x1 - x0) // 30)))
    wide = (x1 - x0 - 10.0 * (halls - 1)) / halls
    yard = y0 + (y1 - y0) * 0.3
    for number in range(halls):
        left = x0 + number * (wide + 10.0)
        hall = box(left, yard + rng.uniform(0, 8), left + wide, y1 - rng.uniform(0, 6))
        name = f"{site.name} {number + 1} 号库"
        site.put(
            Draft(shapes.whole(site.back(hall)), "office", "public", 1, 0, 7.5, name, unit_use="service")
        )
    site.patches.append(Patch("parking", site.back(box(x0, y0, x1, yard - 4)), f"{site.name}停车场"))
    site.tree_areas.append((site.rest(), 260.0))


def _scatter(
    rng: Random,
    site: Site,
    wide_m: tuple[int, int],
    deep_m: tuple[int, int],
    storeys: tuple[int, int],
    clear_m: float,
    use: str,
    most: int,
) -> None:
    flat = site.upright(3)
    if flat.is_empty:
        return
    minx, miny, maxx, maxy = flat.bounds
    for _ in range(90):
        if len(site.drafts) >= most:
            return
        house = shapes.office(rng, rng.uniform(*wide_m), rng.uniform(*deep_m))
        if rng.random() < 0.3:
            house = house.placed(0, 0, 90)
        x, y = rng.uniform(minx, maxx), rng.uniform(miny, maxy)
        if site.fits(site.placed(shapes.Footprint(house.outline, (), ()), x, y).outline, clear_m):
            placed = site.placed(house, x, y)
            name = f"{site.name} {len(site.drafts) + 1} 栋" if site.name else None
            site.put(Draft(placed, use, "public", rng.randint(*storeys), 0, 3.6, name, unit_use="office"))


def _parking_between(site: Site) -> None:
    rest = largest(site.rest().buffer(-5).buffer(3.5, join_style="mitre"))
    if rest.area > 350:
        site.patches.append(Patch("parking", largest(rest.simplify(1.0)), f"{site.name}停车场"))


def _gatehouse(site: Site) -> None:
    flat = site.upright(0.8)
    minx, miny, maxx, _ = flat.bounds
    for x in (minx + (maxx - minx) * k / 20 for k in range(2, 19)):
        placed = site.placed(shapes.whole(box(-2.2, -2, 2.2, 2)), x, miny + 4)
        if site.fits(placed.outline, 3.0) and not any(
            placed.outline.intersects(p.polygon) for p in site.patches
        ):
            site.put(Draft(placed, "public", "public", 1, 0, 3.2, "门卫室", unit_use="service"))
            return


def add_compound_houses(rng: Random, site: Site) -> None:
    """A gatehouse and sometimes a house of the residents' own near a compound's edge."""
    _gatehouse(site)
    if rng.random() < 0.5:
        for _ in range(20):
            flat = site.upright(1)
            minx, miny, maxx, maxy = flat.bounds
            placed = site.placed(
                shapes.whole(box(-5, -3.5, 5, 3.5)), rng.uniform(minx, maxx), rng.uniform(miny, maxy)
            )
            if site.fits(placed.outline, 4.0):
                site.put(
                    Draft(
                        placed,
                        "public",
                        "public",
                        rng.choice((1, 2)),
                        0,
                        3.3,
                        "院落活动室",
                        unit_use="service",
                    )
                )
                return


FILL: dict[str, Callable[[Random, Site], None]] = {
    "mall": fill_mall,
    "school": fill_school,
    "kindergarten": fill_kindergarten,
    "market": fill_market,
    "civic": fill_civic,
    "offices": fill_offices,
    "small": fill_small,
    "works": fill_works,
    "park": fill_park,
    "parking": fill_parking,
}
