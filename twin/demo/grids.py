"""The rows of the three grid tiers and every entrance's membership."""

from collections import Counter

from shapely import STRtree
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from twin.demo.partition import Door, Zone, cut
from twin.demo.rows import (
    CODE_SCHEME,
    COMMUNITY12,
    DEMO,
    NAME,
    SHORT_NAME,
    VALID_FROM,
    Row,
    Tables,
    number,
    text,
)
from twin.demo.site import Site
from twin.demo.streets import Plan

ORDINALS = "一二三四五六七八九"
EXCLUSIVE = {"school": "institution", "mall": "shops"}
FIRST_EXCLUSIVE = 901


def add_grids(tables: Tables, plan: Plan, sites: list[Site]) -> None:
    households = Counter(text(u, "entrance_id") for u in tables["unit"] if u["use"] == "dwelling")
    doors = [
        Door(text(e, "id"), number(e, "x_m"), number(e, "y_m"), households[text(e, "id")])
        for e in tables["entrance"]
    ]
    on_face = _by_face(doors, plan)
    root = _row(0, 0, "residential", None, NAME, plan.boundary, sum(households.values()))
    tables["grid"].append(root)
    alone = {site.face: site for site in sites if site.zone in EXCLUSIVE}
    home: dict[str, str] = {}
    for general in range(1, len(plan.generals) + 1):
        zones = {
            i: Zone(face.polygon, tuple(on_face.get(i, ())))
            for i, face in enumerate(plan.faces)
            if face.general == general - 1
        }
        area = unary_union([zone.area for zone in zones.values()])
        count = sum(zone.households for zone in zones.values())
        name = f"第{ORDINALS[general - 1]}网格"
        tables["grid"].append(_row(general, 0, "residential", None, name, area, count))
        own = {i: alone[i] for i in zones if i in alone}
        home |= _add_exclusive(tables, general, own, zones)
        common = [zone for i, zone in zones.items() if i not in own]
        home |= _add_micro(tables, general, cut(common, plan.river))
    for entrance in tables["entrance"]:
        entrance["micro_grid_id"] = home[text(entrance, "id")]


def _by_face(doors: list[Door], plan: Plan) -> dict[int, list[Door]]:
    tree = STRtree([face.polygon for face in plan.faces])
    found: dict[int, list[Door]] = {}
    for door in doors:
        hits = tree.query(Point(door.x_m, door.y_m), predicate="intersects")
        found.setdefault(int(hits[0]), []).append(door)
    return found


def _add_exclusive(
    tables: Tables, general: int, own: dict[int, Site], zones: dict[int, Zone]
) -> dict[str, str]:
    """A school or a mall answers for its own ground."""
    home: dict[str, str] = {}
    for micro, (face, site) in enumerate(own.items(), start=FIRST_EXCLUSIVE):
        zone = zones[face]
        row = _row(general, micro, "exclusive", EXCLUSIVE[site.zone], site.name or "", zone.area, 0)
        tables["grid"].append(row)
        home |= {door.id: text(row, "id") for door in zone.doors}
    return home


def _add_micro(tables: Tables, general: int, zones: list[Zone]) -> dict[str, str]:
    home: dict[str, str] = {}
    for micro, zone in enumerate(sorted(zones, key=_reading_order), start=1):
        name = f"{SHORT_NAME}-{general:02d}-{micro:03d}"
        row = _row(general, micro, "residential", "gated_compound", name, zone.area, zone.households)
        tables["grid"].append(row)
        home |= {door.id: text(row, "id") for door in zone.doors}
    return home


def _reading_order(zone: Zone) -> tuple[float, float]:
    """From west to east, rows from north to south, as grid codes are numbered."""
    return (-round(zone.area.centroid.y / 110), zone.area.centroid.x)


def _code(general: int, micro: int) -> str:
    return f"{COMMUNITY12}{general:02d}{micro:03d}"


def _row(
    general: int, micro: int, kind: str, grid_type: str | None, name: str, area: BaseGeometry, households: int
) -> Row:
    centre = area.centroid if area.contains(area.centroid) else area.representative_point()
    code = _code(general, micro)
    tier = 3 if micro else 2 if general else 1
    parent = {1: None, 2: _code(0, 0), 3: _code(general, 0)}[tier]
    return {
        "community12": COMMUNITY12,
        "id": code,
        "code": code,
        "code_scheme": CODE_SCHEME,
        "official_code": None,
        "tier": tier,
        "kind": kind,
        "type": grid_type,
        "name": name,
        "parent_id": parent,
        "geom_wkb": area.wkb,
        "x_m": centre.x,
        "y_m": centre.y,
        "area_m2": area.area,
        "households": households,
        "boundary_version": 1,
        "valid_from": VALID_FROM,
        "valid_to": None,
        "provenance": DEMO,
    }
