"""Which block becomes what, and the filling of all of them."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle

from twin.demo.geometry import box_corners
from twin.demo.homes import fill_towers, fill_walkups
from twin.demo.public import FILL, add_compound_houses
from twin.demo.rows import seeded
from twin.demo.site import Site
from twin.demo.streets import ROTATION_DEG, Face, Plan
from twin.demo.tables import table

FULL_DWELLINGS = 8_000
FULL_TOWERS = 27


@dataclass(frozen=True, slots=True)
class Wish:
    """A zone wanted near (u, v) on a block of this size; `from_scale` leaves it out of smaller places."""

    zone: str
    name: str
    u: float
    v: float
    least_m2: float
    most_m2: float
    from_scale: float = 0.0


WISHES = (
    Wish("mall", "阳光广场", 0.44, 0.52, 9_500, 22_000),
    Wish("civic", "党群服务中心", 0.40, 0.36, 5_500, 13_500),
    Wish("school", "杉园小学", 0.20, 0.30, 12_500, 24_000),
    Wish("park", "东湖公园", 0.56, 0.40, 6_500, 18_000),
    Wish("market", "杉板桥农贸市场", 0.62, 0.66, 4_000, 10_500, 0.3),
    Wish("kindergarten", "杉园幼儿园", 0.30, 0.60, 2_500, 8_600, 0.3),
    Wish("school", "东湖中学", 0.82, 0.62, 12_500, 26_000, 0.6),
    Wish("offices", "红砖文创园", 0.10, 0.10, 9_000, 26_000, 0.6),
    Wish("park", "纺织公园", 0.16, 0.62, 5_500, 13_000, 0.6),
    Wish("kindergarten", "芙蓉幼儿园", 0.84, 0.30, 2_500, 9_000, 0.6),
    Wish("kindergarten", "青枫幼儿园", 0.46, 0.88, 2_500, 9_000, 0.6),
    Wish("parking", "桂溪停车场", 0.66, 0.14, 1_500, 6_500, 0.6),
    Wish("offices", "锦屏创新中心", 0.92, 0.90, 6_000, 16_000, 0.6),
    Wish("market", "灯塔综合市场", 0.24, 0.84, 3_500, 9_500, 0.6),
    Wish("park", "机车游园", 0.42, 0.12, 3_000, 8_500, 0.6),
    Wish("offices", "东湖科创楼", 0.60, 0.92, 4_000, 12_500, 0.6),
)
TOWER_CENTRES = ((0.10, 0.92), (0.52, 0.72), (0.90, 0.78), (0.90, 0.14), (0.36, 0.48))
SMALLEST_HOME_M2 = 3_800
SMALL_SCALE = 0.5


def fill(seed: int, scale: float, plan: Plan) -> list[Site]:
    sites = {
        i: Site(i, face.block, _angle(face)) for i, face in enumerate(plan.faces) if face.block.area > 300
    }
    taken = dict(_granted(sites, plan.faces, scale))
    for i, wish in taken.items():
        sites[i].zone, sites[i].name = wish.zone, wish.name
        FILL[wish.zone](seeded(seed, f"zone/{i}"), sites[i])
    _homes(seed, scale, plan, sites)
    return list(sites.values())


def _angle(face: Face) -> float:
    """Along the block's sides, but never so far from south that a flat would lose its sun."""
    box = box_corners(face.block)
    if len(box) < 4:
        return ROTATION_DEG
    angle = math.degrees(math.atan2(box[1][1] - box[0][1], box[1][0] - box[0][0])) % 90
    angle = angle - 90 if angle > 45 else angle
    return angle if abs(angle - ROTATION_DEG) < 20 else ROTATION_DEG


def _granted(sites: dict[int, Site], faces: tuple[Face, ...], scale: float) -> Iterator[tuple[int, Wish]]:
    """A block for each wish, never the last one of its general grid where people could live."""
    free = set(sites)
    shrink = 1.0 if scale >= SMALL_SCALE else 0.6
    for wish in WISHES:
        if scale < wish.from_scale:
            continue
        homes = Counter(faces[i].general for i in free if faces[i].block.area > SMALLEST_HOME_M2)
        fitting = [
            i
            for i in free
            if wish.least_m2 * shrink <= faces[i].block.area <= wish.most_m2
            and _plump(faces[i])
            and (homes[faces[i].general] > 1 or faces[i].block.area <= SMALLEST_HOME_M2)
        ]
        if fitting:
            chosen = min(fitting, key=lambda i: (_far(faces[i], wish.u, wish.v), i))
            free.discard(chosen)
            yield chosen, wish


def _plump(face: Face) -> bool:
    return face.block.area > 0.72 * face.block.minimum_rotated_rectangle.area


def _far(face: Face, u: float, v: float) -> float:
    return math.hypot(face.u - u, face.v - v)


def _homes(seed: int, scale: float, plan: Plan, sites: dict[int, Site]) -> None:
    """Towers near their centres first, then walk-ups until the place has its dwellings."""
    left = [i for i in sites if not sites[i].zone]
    small = [i for i in left if plan.faces[i].block.area < SMALLEST_HOME_M2]
    for i in small:
        sites[i].zone = "park" if plan.faces[i].block.area < 1_800 else "small"
        sites[i].name = "街角绿地" if sites[i].zone == "park" else None
        FILL[sites[i].zone](seeded(seed, f"zone/{i}"), sites[i])
    order = [i for i in left if i not in small]
    towers = 0
    for i in list(_by_tower_centre(plan.faces, order)):
        if towers >= FULL_TOWERS * scale:
            break
        rng = seeded(seed, f"towers/{i}")
        fill_towers(rng, sites[i], podium=rng.random() < 0.6)
        sites[i].zone = "towers"
        towers += sum(d.form == "tower" for d in sites[i].drafts)
        order.remove(i)
    _walkups(seed, scale, plan, sites, order)
    for site in sites.values():
        if site.zone in ("towers", "walkups"):
            add_compound_houses(seeded(seed, f"houses/{site.face}"), site)


def _walkups(seed: int, scale: float, plan: Plan, sites: dict[int, Site], order: Iterable[int]) -> None:
    """Walk-ups on the larger blocks, at least once in every general grid; offices and works on the rest."""
    count = sum(site.dwellings for site in sites.values())
    lived_in = {plan.faces[i].general for i, site in sites.items() if site.zone == "towers"}
    premises = cycle(table("premises"))
    for i in sorted(order, key=lambda i: (-plan.faces[i].block.area // 4_000, i)):
        rng = seeded(seed, f"walkups/{i}")
        site, general = sites[i], plan.faces[i].general
        if count >= FULL_DWELLINGS * scale and general in lived_in:
            given = next(premises)
            site.zone, site.name = given["zone"], given["zh"]
            FILL[site.zone](rng, site)
            continue
        site.zone = "walkups"
        fill_walkups(
            rng, site, rng.choice((5, 6, 6, 6, 7)), shops=site.free.area > 6_000 and rng.random() < 0.75
        )
        lived_in.add(general)
        count += site.dwellings


def _by_tower_centre(faces: tuple[Face, ...], order: list[int]) -> Iterator[int]:
    """Blocks large enough for towers: the nearest to each centre in turn."""
    wide = [i for i in order if faces[i].block.area > 8_500 and _plump(faces[i])]
    for turn in range(len(wide) * len(TOWER_CENTRES)):
        if not wide:
            return
        u, v = TOWER_CENTRES[turn % len(TOWER_CENTRES)]
        chosen = min(wide, key=lambda i: (_far(faces[i], u, v), i))
        wide.remove(chosen)
        yield chosen
