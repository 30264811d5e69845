"""Communities side by side: other seeds of the same pattern, moved apart, with codes and ids of their own."""

from dataclasses import replace

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon

from twin.demo.geometry import shape
from twin.demo.grids import ORDINALS
from twin.demo.rows import COMMUNITY12, NAME, NAME_EN, SHORT_NAME, Row, Tables, number, text
from twin.demo.streets import Plan

PITCH_M = 1_600.0
IN_A_ROW = 5
FIRST_FURTHER_CODE = 101
EAST = ("x_m", "label_x_m", "min_x_m", "max_x_m")
NORTH = ("y_m", "label_y_m", "min_y_m", "max_y_m")
IDS = (
    *("id", "compound_id", "building_id", "entrance_id", "unit_id", "micro_grid_id", "grid_id", "parent_id"),
    *("person_id", "household_id", "device_id", "lane_id", "from_node", "to_node"),
)


def seed_of(seed: int, place: int) -> int:
    """The first place keeps the seed that was asked for."""
    return seed + 7_919 * (place - 1)


def code_of(place: int) -> str:
    return COMMUNITY12 if place == 1 else f"{COMMUNITY12[:9]}{FIRST_FURTHER_CODE + place - 2}"


def name_of(place: int) -> tuple[str, str]:
    """In Chinese and in English."""
    if place == 1:
        return NAME, NAME_EN
    return f"{NAME}（{numeral(place)}）", f"{NAME_EN} ({place})"


def numeral(place: int) -> str:
    """As Chinese counts, up to ten."""
    return "十" if place == 10 else ORDINALS[place - 1]


def shift_of(place: int) -> tuple[float, float]:
    """Eastwards in rows, the rows southwards."""
    row, column = divmod(place - 1, IN_A_ROW)
    return column * PITCH_M, -row * PITCH_M


def move_plan(plan: Plan, place: int) -> Plan:
    dx, dy = shift_of(place)

    def area(polygon: Polygon) -> Polygon:
        return affinity.translate(polygon, dx, dy)

    def line(given: LineString) -> LineString:
        return affinity.translate(given, dx, dy)

    return Plan(
        boundary=area(plan.boundary),
        land=area(plan.land),
        streets=tuple(replace(street, line=line(street.line)) for street in plan.streets),
        river=line(plan.river),
        water=area(plan.water),
        corridor=area(plan.corridor),
        generals=tuple(area(general) for general in plan.generals),
        faces=tuple(replace(f, polygon=area(f.polygon), block=area(f.block)) for f in plan.faces),
    )


def move_tables(tables: Tables, place: int) -> None:
    """In place: coordinates, ids, codes and names become those of a further place (2 to 10)."""
    dx, dy = shift_of(place)
    for rows in tables.values():
        _move_shapes(rows, dx, dy)
        for row in rows:
            _rename(row, f"c{place}-", code_of(place))
    for grid in tables["grid"]:
        grid["code"] = text(grid, "code").replace(COMMUNITY12, code_of(place), 1)
        short = f"{SHORT_NAME}（{numeral(place)}）"
        name = text(grid, "name")
        grid["name"] = name_of(place)[0] if name == NAME else name.replace(SHORT_NAME, short, 1)
    for person in tables["person"]:
        identity = person["identity"]
        assert isinstance(identity, dict)
        identity["no"] = f"c{place}-{identity['no']}"


def _move_shapes(rows: list[Row], dx: float, dy: float) -> None:
    for columns, by_m in ((EAST, dx), (NORTH, dy)):
        for column in columns:
            for row in rows:
                if row.get(column) is not None:
                    row[column] = number(row, column) + by_m
    if rows and "geom_wkb" in rows[0]:
        shapes = np.array([shape(row) for row in rows])
        moved = shapely.transform(shapes, lambda at: at + np.array([dx, dy]))
        for row, wkb in zip(rows, shapely.to_wkb(moved), strict=True):
            row["geom_wkb"] = bytes(wkb)


def _rename(row: Row, prefix: str, code: str) -> None:
    row["community12"] = code
    for column in IDS:
        if row.get(column) is not None:
            row[column] = prefix + text(row, column).replace(COMMUNITY12, code, 1)
