"""What is drawn, from rows a test can see through."""

import gzip
import json
import os
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
import shapely

import layers
from twin.catalog import Catalog
from twin.deck.atlas import SIGNS
from twin.deck.building import opened
from twin.deck.scene import static_spec
from twin.deck.theme import THEME
from twin.model.clearance import DESK
from twin.spec import Icons

CATALOG = Catalog.of(layers)
ORIGIN = (120.62, 31.31)
INPUTS = os.environ.get("TWIN_TEST_INPUTS")


def buildings(shapes: list[shapely.Geometry], storeys: list[int]) -> pa.Table:
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


def parts_of(rows: pa.Table) -> dict[str, list[dict[str, object]]]:
    spec = static_spec(CATALOG.get("buildings"), rows, ORIGIN, clearance=DESK)
    return {part["id"]: part["data"] for part in spec}


def test_a_building_of_seven_storeys_has_six_storey_lines() -> None:
    parts = parts_of(buildings([shapely.box(0, 0, 10, 20)], [7]))
    assert len(parts["buildings/storeys"]) == 6
    assert [len(parts[f"buildings/{name}"]) for name in ("solid", "roof")] == [1, 1]


def test_a_court_is_a_hole_and_two_wings_are_one_building() -> None:
    court = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    wings = shapely.MultiPolygon([shapely.box(50, 0, 60, 10), shapely.box(70, 0, 80, 10)])
    solid = parts_of(buildings([court, wings], [2, 2]))["buildings/solid"]
    assert [row["id"] for row in solid] == ["b00000", "b00001", "b00001"]
    assert len(solid[0]["p"]) == 2


def test_a_broken_footprint_draws_nothing_and_harms_no_other() -> None:
    rows = buildings([shapely.box(0, 0, 10, 10), shapely.Point(3, 3)], [2, 2])
    assert [row["id"] for row in parts_of(rows)["buildings/solid"]] == ["b00000"]


def test_crossing_roads_have_no_kerb_across_each_other() -> None:
    roads = [shapely.box(-50, -5, 50, 5), shapely.box(-5, -50, 5, 50)]
    rows = pa.table(
        {
            "id": ["a", "b"],
            "kind": ["road", "road"],
            "name": ["东湖街", None],
            "geom_wkb": [shapely.to_wkb(road) for road in roads],
            "label_x_m": [0.0, 0.0],
            "label_y_m": [0.0, 0.0],
            "label_angle_deg": [0.0, 90.0],
        }
    )
    parts = {p["id"]: p["data"] for p in static_spec(CATALOG.get("ground"), rows, ORIGIN, clearance=DESK)}
    crossing = shapely.box(-3, -3, 3, 3)
    assert not any(shapely.LineString(row["p"]).intersects(crossing) for row in parts["ground/kerb"])
    assert [row["text"] for row in parts["ground/label"]] == ["东湖街"]


def test_every_icon_has_its_sign_in_the_atlas() -> None:
    for layer in CATALOG.layers:
        if isinstance(layer.style, Icons):
            assert {sign for sign, _ in layer.style.icons.values()} <= set(SIGNS)


@pytest.mark.parametrize("storeys", (1, 7, 33, 60))
@pytest.mark.parametrize("with_units", (True, False))
def test_a_tower_opens_into_as_many_storeys_as_it_has(storeys: int, with_units: bool) -> None:
    shape = shapely.box(0, 0, 24, 16)
    building = {"id": "b1", "base_m": 0.0, "geom_wkb": shapely.to_wkb(shape)}
    floors = [{"ordinal": n, "z_floor_m": 3.0 * n, "height_m": 3.0} for n in range(-1, storeys)]
    cells = [{"id": "u1", "geom_wkb": shapely.to_wkb(shapely.box(0, 0, 12, 16))}] if with_units else []
    chosen = storeys - 1
    spec = opened(building, floors, cells, chosen, "u1" if with_units else None, [], ORIGIN, THEME)
    parts = {part["id"]: part["data"] for part in spec}
    assert [row["storey"] for row in parts["opened/slabs"]] == list(range(storeys))
    assert {row["storey"] for row in parts["opened/walls"]} == set(range(storeys)) - {chosen}
    assert [row["unit"] for row in parts["opened/units"]] == (["u1"] if with_units else [])
    assert [row["storey"] for row in parts["opened/chosen"]] == ([] if with_units else [chosen])


@pytest.mark.inputs
@pytest.mark.skipif(not INPUTS, reason="TWIN_TEST_INPUTS is not set")
def test_three_thousand_real_buildings_are_light_on_the_wire() -> None:
    assert INPUTS
    found = json.loads((Path(INPUTS) / "suzhou-buildings.geojson").read_text())["features"]
    degree = (95_100.0, 110_870.0)
    shapes = [
        shapely.transform(shapely.geometry.shape(f["geometry"]), lambda xy: (xy - ORIGIN) * degree)
        for f in found
    ]
    rows = buildings(shapes, [f["properties"]["Floor"] for f in found])
    sent = orjson.dumps(static_spec(CATALOG.get("buildings"), rows, ORIGIN, clearance=DESK))
    assert len({row["id"] for row in json.loads(sent)[2]["data"]}) == 3076
    assert len(gzip.compress(sent, 6)) < 420_000


def luminance(rgb: tuple[int, int, int]) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_name_in_the_scene_stands_out_seven_to_one() -> None:
    names = [label for layer in CATALOG.layers if (label := getattr(layer.style, "label", None))]
    assert len(names) >= 3
    for label in names:
        contrast = (luminance(label.rgb) + 0.05) / (luminance(THEME.background) + 0.05)
        assert contrast >= 7, label
