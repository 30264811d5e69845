"""Where the demo's cameras stand and what they look at: wide streets, and some fire lanes."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapely import STRtree
from shapely.geometry import LineString, Point, Polygon

from twin.demo.geometry import shape
from twin.demo.lanes import Lane
from twin.demo.rows import COMMUNITY12, DEMO, Row, Tables
from twin.demo.streets import Plan, Street

WATCH_LANES = 1 / 3
KERB_M, BESIDE_LANE_M, FROM_END_M = 1.2, 2.9, 4.0
SEES_M, LOOK_M = 60.0, 5.0
CENTRE_CODE, IPC = "99000000", "132"
"""GB/T 28181: no centre code begins with 99; 132 is a network camera."""


@dataclass(frozen=True, slots=True)
class Post:
    """A camera's place, where it looks (degrees clockwise from north) and the lane it watches."""

    name: str
    at: Point
    bearing_deg: float
    industry: str
    lane_id: str | None = None


def posts(tables: Tables, plan: Plan, lanes: Sequence[Lane], wanted: int) -> Iterator[Post]:
    on_lanes = list(_lane_posts(tables, plan, lanes, round(wanted * WATCH_LANES)))
    yield from _street_posts(tables, plan, wanted - len(on_lanes))
    yield from on_lanes


def camera_row(device_id: str, post: Post, place: int, number: int) -> Row:
    return {
        "community12": COMMUNITY12,
        "id": device_id,
        "gb28181": f"{CENTRE_CODE}{post.industry}{IPC}6{place:02d}{number:04d}",
        "bearing_deg": post.bearing_deg,
        "lane_id": post.lane_id,
        "provenance": DEMO,
    }


def bearing_deg(here: Point, there: Point) -> float:
    return round(math.degrees(math.atan2(there.x - here.x, there.y - here.y)) % 360, 1)


def _street_posts(tables: Tables, plan: Plan, wanted: int) -> Iterator[Post]:
    """At the kerb of the wide streets, spread out, inside the community."""
    wide = [s for s in plan.streets if s.rank in ("main", "ring", "side")]
    not_here = STRtree([*_carriageways(plan), *(shape(b).buffer(1.0) for b in tables["building"])])
    given = 0
    for turn in range(wanted * 6):
        street = wide[turn % len(wide)]
        share = (0.31 + 0.37 * (turn // len(wide))) % 1
        at, ahead = _kerb(street, share)
        fits = plan.boundary.buffer(5).contains(at) and not plan.water.buffer(3).contains(at)
        if fits and given < wanted and not len(not_here.query(at, predicate="intersects")):
            given += 1
            yield Post(street.name, at, bearing_deg(at, ahead), "00")


def _carriageways(plan: Plan) -> list[Polygon]:
    return [street.line.buffer(street.width_m / 2) for street in plan.streets]


def _kerb(street: Street, share: float) -> tuple[Point, Point]:
    """Beside the carriageway, and the middle of the street a little further on."""
    along = share * street.line.length
    here = street.line.interpolate(along)
    ahead = street.line.interpolate(along + 25 if along + 25 < street.line.length else along - 25)
    dx, dy = ahead.x - here.x, ahead.y - here.y
    off = (street.width_m / 2 + KERB_M) / max(math.hypot(dx, dy), 0.1)
    return Point(here.x + dy * off, here.y - dx * off), ahead


def _lane_posts(tables: Tables, plan: Plan, lanes: Sequence[Lane], wanted: int) -> Iterator[Post]:
    """One in each of the compounds where a camera at a lane's end sees most of it."""
    tree = STRtree([shape(b) for b in tables["building"]])
    roads = STRtree(_carriageways(plan))
    best: dict[str, tuple[int, Post]] = {}
    for lane in lanes:
        for line in (lane.line, lane.line.reverse()):
            at = _beside(line)
            if len(roads.query(at, predicate="intersects")):
                continue
            seen = _seen(at, line, tree)
            if seen and len(seen) > best.get(lane.compound_id, (0,))[0]:
                look = bearing_deg(at, seen[len(seen) // 2])
                best[lane.compound_id] = len(seen), Post(lane.compound_name, at, look, "01", lane.id)
    ordered = sorted(best.values(), key=lambda found: (-found[0], found[1].lane_id or ""))
    for _, post in ordered[:wanted]:
        yield post


def _beside(line: LineString) -> Point:
    """A pole near the lane's first end, not in its way."""
    here, ahead = line.interpolate(FROM_END_M), line.interpolate(FROM_END_M + 2.0)
    length = here.distance(ahead)
    dx, dy = (ahead.x - here.x) / length, (ahead.y - here.y) / length
    return Point(here.x + dy * BESIDE_LANE_M, here.y - dx * BESIDE_LANE_M)


def _seen(at: Point, line: LineString, built: STRtree) -> list[Point]:
    """What of the lane lies in sight from its end on, until the first corner that hides it."""
    if len(built.query(at.buffer(0.5), predicate="intersects")):
        return []
    seen = []
    for step in range(2, int(min(SEES_M, line.length) // LOOK_M) + 1):
        spot = line.interpolate(step * LOOK_M)
        if len(built.query(LineString([at, spot]), predicate="intersects")):
            break
        seen.append(spot)
    return seen
