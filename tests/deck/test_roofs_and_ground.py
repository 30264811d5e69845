"""What stands on roofs and what is marked on the ground, from rows a test can see through."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import shapely

import layers
from twin.catalog import Catalog
from twin.deck.scene import static_spec
from twin.model.clearance import DESK

CATALOG = Catalog.of(layers)
ORIGIN = (120.62, 31.31)


def buildings(shapes: Sequence[shapely.Geometry], storeys: list[int]) -> pa.Table:
    count = len(shapes)
    nothing = pa.nulls(count, pa.string())
    return pa.table(
        {
            "id": [f"b{index:05d}" for index in range(count)],
            **dict.fromkeys(("name", "address", "compound_name", "landmark"), nothing),
            "storeys_above": storeys,
            "height_m": [3.0 * n for n in storeys],
            "base_m": [0.0] * count,
            "geom_wkb": [shapely.to_wkb(shape) for shape in shapes],
            "x_m": [shape.centroid.x for shape in shapes],
            "y_m": [shape.centroid.y for shape in shapes],
            "tone": ["walkup"] * count,
        }
    )


def parts_of(rows: pa.Table) -> dict[str, list[dict[str, Any]]]:
    spec = static_spec(CATALOG.get("buildings"), rows, ORIGIN, clearance=DESK)
    return {part["id"]: part["data"] for part in spec}


def furnished(rows: pa.Table, families: list[str], tone: str = "walkup") -> pa.Table:
    """The same buildings as rows of a generated place."""
    kept = {name: rows[name] for name in rows.column_names}
    count = rows.num_rows
    return pa.table({**kept, "furnished": [True] * count, "compound_name": families, "tone": [tone] * count})


def test_a_surveyed_building_gets_nothing_on_its_roof() -> None:
    parts = parts_of(buildings([shapely.box(0, 0, 60, 13)] * 3, [6, 6, 6]))
    assert not {"buildings/hips", "buildings/works"} & set(parts)


def test_a_made_up_house_has_a_hip_or_stair_houses_that_stand_on_it() -> None:
    shapes = [shapely.box(80 * n, 0, 80 * n + 48, 13) for n in range(40)]
    rows = furnished(buildings(shapes, [6] * 40), [f"小区{n}" for n in range(40)])
    parts = parts_of(rows)
    hipped = {row["id"] for row in parts["buildings/hips"]}
    worked = {row["id"] for row in parts["buildings/works"]}
    assert 0 < len(hipped) < 40
    assert hipped | worked == {f"b{n:05d}" for n in range(40)}
    assert not hipped & worked
    for row in parts["buildings/works"]:
        shape = shapes[int(str(row["id"])[1:])]
        assert shape.contains(shapely.Point(row["x"], row["y"]))
        assert row["z"] >= 18.0


def test_houses_of_one_compound_have_one_kind_of_roof() -> None:
    shapes = [shapely.box(80 * n, 0, 80 * n + 48, 13) for n in range(12)]
    parts = parts_of(furnished(buildings(shapes, [6] * 12), ["一号院"] * 12))
    assert len(parts["buildings/hips"]) in (0, 12)


def test_a_tower_carries_its_lift_house_and_on_it_the_tank() -> None:
    parts = parts_of(furnished(buildings([shapely.box(0, 0, 24, 18)], [30]), ["塔楼"], "tower"))
    house, tank = parts["buildings/works"]
    assert (house["z"], tank["z"]) == (90.0, 94.2)


def test_the_roof_lies_inside_its_parapet() -> None:
    parts = parts_of(buildings([shapely.box(0, 0, 10, 20)], [7]))
    inside = shapely.Polygon(parts["buildings/roof"][0]["p"])
    assert shapely.box(0, 0, 10, 20).contains_properly(inside)
    assert len(parts["buildings/edge"]) == 1


def ground(kinds: dict[str, shapely.Geometry]) -> dict[str, list[dict[str, Any]]]:
    count = len(kinds)
    rows = pa.table(
        {
            "id": [f"g{n}" for n in range(count)],
            "kind": list(kinds),
            "name": pa.nulls(count, pa.string()),
            "geom_wkb": [shapely.to_wkb(shape) for shape in kinds.values()],
            **dict.fromkeys(("label_x_m", "label_y_m", "label_angle_deg"), [0.0] * count),
        }
    )
    return {p["id"]: p["data"] for p in static_spec(CATALOG.get("ground"), rows, ORIGIN, clearance=DESK)}


def test_a_river_has_banks_but_not_under_its_bridge_nor_where_the_map_ends() -> None:
    water, bridge = shapely.box(-10, -100, 10, 100), shapely.box(-20, -6, 20, 6)
    parts = ground({"land": shapely.box(-100, -100, 100, 100), "water": water, "bridge": bridge})
    banks = [shapely.LineString(row["p"]) for row in parts["ground/bank"]]
    assert len(banks) == 4
    assert not any(bank.intersects(bridge.buffer(-1)) for bank in banks)
    assert max(abs(y) for bank in banks for _, y in bank.coords) <= 99
    assert len(parts["ground/bridge"]) == 2


def test_lanes_follow_a_large_sports_ground_and_bays_lie_within_their_lot() -> None:
    lot = shapely.box(200, 0, 260, 30)
    parts = ground({"sports": shapely.box(0, 0, 90, 60), "parking": lot})
    assert len(parts["ground/line"]) == 4
    assert len(parts["ground/bays"]) == 2 * 22
    assert all(lot.covers(shapely.LineString(row["p"])) for row in parts["ground/bays"])


def test_a_tree_is_one_tree_whether_it_comes_as_a_point_or_as_a_crown() -> None:
    crowns = [shapely.Point(20 * n, 0).buffer(3) for n in range(60)]
    spots: list[shapely.Geometry] = [shapely.Point(20 * n, 40) for n in range(60)]
    shapes = [*crowns, *spots]
    rows = pa.table(
        {"id": [f"t{n}" for n in range(120)], "geom_wkb": [shapely.to_wkb(shape) for shape in shapes]}
    )
    spec = static_spec(CATALOG.get("trees"), rows, ORIGIN, clearance=DESK)
    grown = [len(part["data"]) for part in spec]
    assert sum(grown) == 120
    assert min(grown) > 0
    assert spec == static_spec(CATALOG.get("trees"), rows, ORIGIN, clearance=DESK)
