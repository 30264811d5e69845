"""From filled blocks to rows: ground, compounds, buildings, entrances, storeys, units."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from twin.demo.geometry import inside, largest, polygons, without
from twin.demo.rows import COMMUNITY12, DEMO, VALID_FROM, Row, Tables, seeded
from twin.demo.site import Draft, Site
from twin.demo.streets import Plan, Street
from twin.demo.tables import words
from twin.model.places import storey_rows

OUTBUILDINGS = ("门卫室", "院落活动室")
LABELLED = ("green", "water")
"""Patches whose names are read in the scene; squares and grounds are known by the building beside them."""


class Addresses:
    """Hands out house numbers along the streets, no number twice."""

    def __init__(self, streets: Iterable[Street]) -> None:
        self._streets = tuple(streets)
        self._given: set[tuple[str, int]] = set()

    def of(self, place: BaseGeometry) -> str:
        street = min(self._streets, key=lambda s: (round(s.line.distance(place) - s.width_m / 2, 2), s.id))
        centre = place.centroid
        along = street.line.project(centre)
        number = max(1, int(along / 18)) * 2 - (_left_of(street.line, along, centre))
        while (street.name, number) in self._given:
            number += 2
        self._given.add((street.name, number))
        return f"{street.name} {number} 号"


def _left_of(line: LineString, along_m: float, point: Point) -> int:
    here, ahead = line.interpolate(along_m), line.interpolate(min(along_m + 5, line.length))
    if here.equals(ahead):
        here = line.interpolate(along_m - 5)
    cross = (ahead.x - here.x) * (point.y - here.y) - (ahead.y - here.y) * (point.x - here.x)
    return 1 if cross > 0 else 0


def add_places(tables: Tables, seed: int, plan: Plan, sites: list[Site]) -> None:
    """Blocks are visited from north-west to south-east, so ids and compound names follow the map."""
    addresses = Addresses(plan.streets)
    rng = seeded(seed, "places")
    names = list(words("compounds"))
    rng.shuffle(names)
    ordered = sorted(sites, key=lambda s: (-round(s.free.centroid.y / 120), s.free.centroid.x))
    compounds = 0
    for site in ordered:
        compound_id = None
        address, whose = "", site.name or ""
        if any(draft.compound for draft in site.drafts):
            name = names[compounds % len(names)]
            compounds += 1
            whose = name
            compound_id, address = f"c{compounds:02d}", addresses.of(site.free) + "院"
            tables["compound"].append(_compound(compound_id, name, address, plan.faces[site.face].block))
        homes = 0
        for draft in sorted(site.drafts, key=_reading_order):
            number = None
            if draft.compound:
                homes += 1
                number = homes
            belongs = compound_id if draft.compound else None
            named = replace(draft, name=_name(draft, whose, is_beside_homes=compound_id is not None))
            _add_building(tables, rng, named, belongs, address, number, addresses)


def _name(draft: Draft, whose: str, *, is_beside_homes: bool) -> str | None:
    """Small houses are known by the compound or the place that they belong to."""
    if draft.name in OUTBUILDINGS:
        return f"{whose}{draft.name}"
    if draft.name is None and is_beside_homes and draft.unit_use == "shop":
        return f"{whose}{'商业裙楼' if draft.form == 'podium' else '沿街商铺'}"
    return draft.name


def _reading_order(draft: Draft) -> tuple[float, float]:
    centre = draft.footprint.outline.centroid
    return (-round(centre.y / 20), centre.x)


def _base(row_id: str) -> Row:
    return {"community12": COMMUNITY12, "id": row_id, "provenance": DEMO}


def _compound(compound_id: str, name: str, address: str, block: Polygon) -> Row:
    centre = block.representative_point()
    return _base(compound_id) | {
        "name": name,
        "address": address,
        "geom_wkb": block.wkb,
        "x_m": centre.x,
        "y_m": centre.y,
    }


def _add_building(
    tables: Tables,
    rng: Random,
    draft: Draft,
    compound_id: str | None,
    compound_address: str,
    number: int | None,
    addresses: Addresses,
) -> None:
    building_id = f"b{len(tables['building']) + 1:03d}"
    outline = draft.footprint.outline
    address = f"{compound_address} {number} 栋" if number else addresses.of(outline)
    name = f"{number} 栋" if number else draft.name or address
    minx, miny, maxx, maxy = outline.bounds
    centre = inside(outline)
    tables["building"].append(
        _base(building_id)
        | {
            "name": name,
            "address": address,
            "compound_id": compound_id,
            "use": draft.use,
            "form": draft.form,
            "storeys_above": draft.storeys,
            "storeys_below": draft.below,
            "height_m": round(draft.storeys * draft.storey_m, 2),
            "base_m": 0.0,
            "storeys_derived": False,
            "height_derived": False,
            "geom_wkb": outline.wkb,
            "x_m": centre.x,
            "y_m": centre.y,
            "min_x_m": minx,
            "min_y_m": miny,
            "max_x_m": maxx,
            "max_y_m": maxy,
            "source_id": None,
            "imported_at": VALID_FROM,
        }
    )
    _add_storeys(tables, building_id, draft)
    _add_entrances(tables, rng, building_id, draft)


def _add_storeys(tables: Tables, building_id: str, draft: Draft) -> None:
    height_m = round(draft.storeys * draft.storey_m, 2)
    for row in storey_rows(building_id, draft.storeys, draft.below, height_m):
        tables["storey"].append({"community12": COMMUNITY12} | row)


def _add_entrances(tables: Tables, rng: Random, building_id: str, draft: Draft) -> None:
    footprint = draft.footprint
    for number, (door, cells) in enumerate(zip(footprint.doors, footprint.cells, strict=True), start=1):
        entrance_id = f"{building_id}-{number}"
        tables["entrance"].append(
            _base(entrance_id)
            | {
                "building_id": building_id,
                "name": f"{number} 单元" if draft.use == "residential" else "主入口",
                "micro_grid_id": None,
                "x_m": door[0],
                "y_m": door[1],
                "valid_from": VALID_FROM,
                "valid_to": None,
            }
        )
        if draft.unit_use in ("dwelling", "shop", "office"):
            tables["unit"].extend(_units(rng, building_id, entrance_id, draft, cells))


def _units(
    rng: Random, building_id: str, entrance_id: str, draft: Draft, cells: tuple[Polygon, ...]
) -> Iterator[Row]:
    plans = [(cell.wkb, inside(cell)) for cell in cells]
    for ordinal in range(draft.first_home, draft.storeys):
        for position, (wkb, centre) in enumerate(plans, start=1):
            room = f"{ordinal + 1}{position:02d}"
            yield _base(f"{entrance_id}-{room}") | {
                "building_id": building_id,
                "entrance_id": entrance_id,
                "storey_ordinal": ordinal,
                "room": room,
                "use": draft.unit_use,
                "state": _state(rng) if draft.unit_use == "dwelling" else "commercial",
                "position": position,
                "geom_wkb": wkb,
                "x_m": centre.x,
                "y_m": centre.y,
            }


def _state(rng: Random) -> str:
    return rng.choices(("occupied", "rented", "vacant"), (76, 16, 8))[0]


def add_ground(tables: Tables, plan: Plan, sites: list[Site]) -> None:
    add = _GroundRows(tables)
    add("land", plan.land)
    for face in plan.faces:
        add("block", largest(face.block.simplify(0.15)))
    dry = plan.corridor.intersection(plan.land)
    banks = sorted(polygons(dry.difference(plan.water)), key=lambda bank: -bank.area)
    for rank, bank in enumerate(banks):
        open_bank = without(bank, *(street.line.buffer(street.width_m) for street in plan.streets))
        add("green", largest(bank.simplify(0.2)), None if rank else "河滨公园", inside(open_bank))
    water = largest(plan.water.intersection(plan.land))
    add(
        "water",
        largest(water.simplify(0.2)),
        "桂溪河",
        plan.river.interpolate(0.62, normalized=True),
        _slope(plan.river, 0.62),
    )
    for street in plan.streets:
        _add_street(add, street, plan)
    for site in sites:
        for patch in site.patches:
            label = inside(patch.polygon) if patch.kind in LABELLED else None
            add(patch.kind, patch.polygon, patch.name, label)


class _GroundRows:
    def __init__(self, tables: Tables) -> None:
        self._rows = tables["ground"]

    def __call__(
        self,
        kind: str,
        polygon: Polygon,
        name: str | None = None,
        label: Point | None = None,
        angle_deg: float | None = None,
    ) -> None:
        if polygon.is_empty:
            return
        named = name is not None and label is not None
        self._rows.append(
            _base(f"g{len(self._rows) + 1:04d}")
            | {
                "kind": kind,
                "name": name,
                "geom_wkb": polygon.wkb,
                "label_x_m": label.x if named and label else None,
                "label_y_m": label.y if named and label else None,
                "label_angle_deg": (angle_deg or 0.0) if named else None,
            }
        )


def _add_street(add: _GroundRows, street: Street, plan: Plan) -> None:
    """The paved surface; where it crosses the water it is a bridge of its own."""
    paved = street.line.buffer(
        street.width_m / 2, cap_style="square" if street.rank == "lane" else "flat", join_style="mitre"
    )
    paved_land = paved.intersection(plan.land)
    dry = paved_land.difference(plan.water)
    label, angle = _label(street, plan)
    parts = sorted(polygons(dry), key=lambda p: -p.area)
    for number, part in enumerate(parts):
        add("road", largest(part.simplify(0.1)), *((street.name, label, angle) if number == 0 else (None,)))
    if street.rank in ("main", "ring"):
        for deck in polygons(paved_land.intersection(plan.water)):
            add("bridge", deck)


def _label(street: Street, plan: Plan) -> tuple[Point, float]:
    """On the straightest of three places along the street, off the water, readable from the south."""
    share = min((0.3, 0.68, 0.5), key=lambda s: (_wet(street, plan, s), _bend(street.line, s)))
    return street.line.interpolate(share, normalized=True), _slope(street.line, share)


def _wet(street: Street, plan: Plan, share: float) -> bool:
    return bool(plan.corridor.buffer(30).contains(street.line.interpolate(share, normalized=True)))


def _bend(line: LineString, share: float) -> float:
    piece = substring(line, max(0, share - 0.08), min(1, share + 0.08), normalized=True)
    ends = Point(piece.coords[0]).distance(Point(piece.coords[-1]))
    return round(piece.length - ends, 2)


def _slope(line: LineString, share: float) -> float:
    a = line.interpolate(max(0.0, share - 0.03), normalized=True)
    b = line.interpolate(min(1.0, share + 0.03), normalized=True)
    angle = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
    return (angle + 90) % 180 - 90
