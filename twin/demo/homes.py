"""Blocks where people live: walk-up rows, towers, shops along the street."""

import math
from random import Random

from shapely import affinity, union_all
from shapely.geometry import LineString, Polygon, box

from twin.demo import shapes
from twin.demo.geometry import largest, lines, polygons, without
from twin.demo.site import Draft, Patch, Site

Span = tuple[float, float]


def span_of(area: Polygon, y0: float, y1: float) -> Span | None:
    """The widest stretch of x that lies in the area at y0, at y1 and halfway."""
    minx, _, maxx, _ = area.bounds
    spans: list[list[Span]] = []
    for y in (y0, (y0 + y1) / 2, y1):
        cut = area.intersection(LineString([(minx - 1, y), (maxx + 1, y)]))
        spans.append([(line.bounds[0], line.bounds[2]) for line in lines(cut)])
    best: Span | None = None
    for low in spans[0]:
        for middle in spans[1]:
            for high in spans[2]:
                start, end = max(low[0], middle[0], high[0]), min(low[1], middle[1], high[1])
                if end > start and (best is None or end - start > best[1] - best[0]):
                    best = (start, end)
    return best


def _row_lengths(rng: Random, room_m: float, width_m: float, gap_m: float) -> list[int]:
    """How many entrances each slab of a row has, so that the row fills its room."""
    counts: list[int] = []
    while True:
        most = int((room_m - (gap_m if counts else 0)) // width_m)
        if most < 1:
            return counts
        count = min(most, rng.choice((1, 2, 2, 2, 2, 3)))
        room_m -= count * width_m + (gap_m if counts else 0)
        counts.append(count)


def fill_walkups(rng: Random, site: Site, storeys: int, shops: bool) -> None:
    """Rows of slabs that look south, a sun's shadow apart; some blocks stagger them."""
    if shops:
        add_shop_row(rng, site)
    centre = site.free.centroid
    flat = affinity.rotate(site.free.buffer(-2.5), -site.angle_deg, origin=centre)
    flat = largest(flat)
    if flat.is_empty:
        return
    depth, width = rng.uniform(11.2, 12.8), rng.uniform(15.5, 18.5)
    pitch = depth + storeys * 3.0 * rng.uniform(0.86, 1.05)
    stagger = rng.choice((0.0, 0.0, 2.6, 4.0))
    _, miny, _, maxy = flat.bounds
    rows = int((maxy - miny - depth - stagger) // pitch) + 1
    slack = (maxy - miny - depth - stagger) - (rows - 1) * pitch
    pitch += slack / max(rows - 1, 1) * 0.6 if rows > 1 else 0.0
    y = miny + (slack * 0.2 if rows > 1 else slack / 2)
    for _ in range(rows):
        _fill_row(rng, site, flat, (y, y + depth), width, stagger, storeys)
        y += pitch
    _plant_court(rng, site)


def _fill_row(
    rng: Random, site: Site, flat: Polygon, band: Span, width: float, stagger: float, storeys: int
) -> None:
    span = span_of(flat, band[0], band[1] + stagger)
    if span is None:
        return
    gap = rng.uniform(6.0, 9.0)
    counts = _row_lengths(rng, span[1] - span[0], width, gap)
    if not counts:
        return
    used = sum(counts) * width + gap * (len(counts) - 1)
    spare = span[1] - span[0] - used
    between = gap + (min(spare / (len(counts) - 1), 9.0) if len(counts) > 1 else 0.0)
    x = span[0] + (spare - (between - gap) * (len(counts) - 1)) * rng.choice((0.0, 0.5, 1.0))
    depth = band[1] - band[0]
    for number, count in enumerate(counts):
        lift = stagger * (number % 2)
        footprint = shapes.slab(count, width, depth)
        placed = site.placed(footprint, x + count * width / 2, (band[0] + band[1]) / 2 + lift)
        if site.fits(placed.outline, 3.0):
            lower = rng.random() < 0.22
            site.put(Draft(placed, "residential", "walkup", storeys - lower, compound=True))
        x += count * width + between


def add_shop_row(rng: Random, site: Site) -> None:
    """Shops of one or two storeys along the block's longest edge; what is behind them stays free."""
    ring = largest(site.free.simplify(2.5)).exterior
    edges = [LineString(ring.coords[i : i + 2]) for i in range(len(ring.coords) - 1)]
    edge = max(edges, key=lambda e: e.length)
    if edge.length < 45:
        return
    (x0, y0), (x1, y1) = edge.coords
    angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
    shops = int(min(edge.length * rng.uniform(0.45, 0.72), 84) // 6.5)
    depth = rng.uniform(8.5, 10.5)
    share = rng.uniform(0.4, 0.6)
    nx, ny = -(y1 - y0) / edge.length, (x1 - x0) / edge.length
    middle_x, middle_y = x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
    for side in (1, -1):
        inset = side * (depth / 2 + 1.4)
        placed = shapes.row(shops, 6.5, depth).placed(
            middle_x + nx * inset, middle_y + ny * inset, angle if side > 0 else angle + 180
        )
        if site.free.contains(placed.outline):
            site.put(Draft(placed, "public", "public", rng.choice((1, 2, 2)), storey_m=3.6, unit_use="shop"))
            site.free = largest(site.free.difference(placed.outline.buffer(7.0, join_style="mitre")))
            return


def fill_towers(rng: Random, site: Site, podium: bool) -> None:
    """Towers around a garden court; along the street some stand on a podium of shops."""
    centre = site.free.centroid
    inside = site.free.buffer(-3)
    flat = largest(affinity.rotate(inside, -site.angle_deg, origin=centre))
    if flat.is_empty:
        return
    kinds = rng.sample(shapes.TOWERS, 2)
    storeys = rng.randint(26, 33)
    minx, miny, maxx, maxy = flat.bounds
    pitch_x, pitch_y = rng.uniform(47, 54), rng.uniform(46, 56)
    columns, rows = (
        max(1, round((maxx - minx - 34) / pitch_x) + 1),
        max(1, round((maxy - miny - 26) / pitch_y) + 1),
    )
    for r in range(rows):
        for c in range(columns):
            if rows > 2 and columns > 2 and 0 < r < rows - 1 and 0 < c < columns - 1:
                continue
            x = minx + 19 + (maxx - minx - 38) * (c / (columns - 1) if columns > 1 else 0.5)
            y = miny + 14 + (maxy - miny - 28) * (r / (rows - 1) if rows > 1 else 0.5)
            _tower(rng, site, kinds[(r + c) % 2], (x, y + rng.uniform(-3, 3)), storeys)
    if podium:
        add_podium(rng, site)
    _court(site, flat)


def _tower(rng: Random, site: Site, kind: object, at: Span, storeys: int) -> None:
    assert callable(kind)
    for attempt in range(8):
        x, y = at[0] + rng.uniform(-2, 2) * attempt, at[1] + rng.uniform(-2, 2) * attempt
        placed = site.placed(kind(rng), x, y)
        if site.fits(placed.outline, 13.0):
            high = storeys - rng.choice((0, 0, 0, 1, 2, 3))
            site.put(
                Draft(
                    placed, "residential", "tower", high, below=2, storey_m=2.95, first_home=1, compound=True
                )
            )
            return


def add_podium(rng: Random, site: Site) -> None:
    """Two to four storeys of shops around the feet of the southern towers, cut out where the towers stand."""
    towers = sorted(
        (d for d in site.drafts if d.form == "tower"), key=lambda d: d.footprint.outline.centroid.y
    )[:2]
    if not towers:
        return
    outlines = [t.footprint.outline for t in towers]
    centre = site.free.centroid
    flats = [affinity.rotate(o, -site.angle_deg, origin=centre) for o in outlines]
    minx = min(f.bounds[0] for f in flats) - 7
    maxx = max(f.bounds[2] for f in flats) + 7
    miny, maxy = min(f.bounds[1] for f in flats) - 5, max(f.bounds[3] for f in flats) + 6
    rough = affinity.rotate(box(minx, miny, maxx, maxy), site.angle_deg, origin=centre)
    base = largest(rough.intersection(site.free.buffer(-0.5)))
    others = [d.footprint.outline for d in site.drafts if d not in towers]
    if base.area < 900 or maxy - miny > 62 or any(base.buffer(5).intersects(o) for o in others):
        return
    feet = [outline.buffer(0.05, join_style="mitre") for outline in outlines]
    pierced = without(base, *feet)
    site.put(
        Draft(shapes.whole(pierced), "public", "podium", rng.choice((2, 2, 3, 4)), 1, 4.5, unit_use="shop")
    )


def _court(site: Site, flat: Polygon) -> None:
    """The garden between the towers."""
    centre = site.free.centroid
    garden = flat.buffer(-min(22.0, math.sqrt(flat.area) / 5)).buffer(6, quad_segs=4)
    court = without(
        affinity.rotate(garden, site.angle_deg, origin=centre),
        *(draft.footprint.outline.buffer(4.0, join_style="mitre") for draft in site.drafts),
    )
    if court.area > 300:
        site.patches.append(Patch("green", largest(court.simplify(0.4))))
        site.tree_areas.append((court, 130.0))


def _plant_court(rng: Random, site: Site) -> None:
    """Trees between the rows; lawns where the gaps are wide, in some blocks everywhere."""
    built = [draft.footprint.outline.buffer(3.2, join_style="mitre") for draft in site.drafts]
    rest = site.free.buffer(-2).difference(union_all(built))
    site.tree_areas.append((rest, 560.0))
    narrow = rng.choice((3.4, 5.6, 5.6, 7.5))
    for lawn in polygons(rest.buffer(-narrow).buffer(narrow - 1.2, quad_segs=3)):
        if lawn.area > 120:
            site.patches.append(Patch("green", largest(lawn.simplify(0.5))))
