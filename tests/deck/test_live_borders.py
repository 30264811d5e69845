"""Borders in a frame, as the page takes them apart: one closed line a row, whatever shape the row has."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import orjson
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

import layers
from twin.catalog import Catalog
from twin.deck.chips import rgb_of
from twin.deck.frame import encode
from twin.deck.paths import TOLERANCE_M, path_blocks
from twin.model.clearance import WALL

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LANES = Catalog.of(layers).get("fire_lanes")
SQUARE = shapely.box(0, 0, 10, 4)
ODD = (
    shapely.MultiPolygon([shapely.box(20, 0, 21, 1), SQUARE]),
    shapely.Point(1, 2),
    shapely.Polygon(),
    shapely.Polygon(SQUARE.exterior, [shapely.box(2, 1, 3, 2).exterior]),
)


def lines(shapes: Sequence[BaseGeometry]) -> list[np.ndarray]:
    blocks = path_blocks(pa.table({"geom_wkb": [shape.wkb for shape in shapes]}))
    return np.split(blocks["path"], blocks["path_start"].tolist()[1:]) if shapes else []


@pytest.mark.parametrize("odd", ODD, ids=lambda shape: shape.geom_type)
def test_a_row_keeps_its_line_beside_any_neighbour(odd: BaseGeometry) -> None:
    _, middle, last = lines([odd, SQUARE, SQUARE])
    assert middle[:, :2].tolist() == last[:, :2].tolist()
    assert shapely.Polygon(middle[:, :2]).equals(SQUARE)


def test_of_several_polygons_the_largest_is_drawn_and_of_none_nothing() -> None:
    assert shapely.Polygon(lines([ODD[0]])[0][:, :2]).equals(SQUARE)
    assert [len(line) for line in lines([ODD[1], ODD[2]])] == [0, 0]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(1, 90)), max_size=6))
def test_a_line_is_its_shape_but_for_what_no_eye_sees(spots: list[tuple[float, float, float]]) -> None:
    shapes = [shapely.Point(x, y).buffer(radius) for x, y, radius in spots]
    for shape, line in zip(shapes, lines(shapes), strict=True):
        assert (line[0] == line[-1]).all()
        assert (
            shapely.hausdorff_distance(shape.exterior, shapely.LineString(line[:, :2])) <= TOLERANCE_M + 0.01
        )


def test_the_frame_says_how_long_the_column_of_corners_is() -> None:
    words = {name: ["x", "y"] for name in ("id", "name", "compound_name", "building_id")}
    numbers = {name: [1.0, 2.0] for name in ("x_m", "y_m", "width_m", "length_m")}
    rows = pa.table(
        {**words, **numbers, "state": ["free", "blocked"], "geom_wkb": [SQUARE.wkb] * 2}
        | {"seen_at": pa.array([AT, None], pa.timestamp("us", "UTC"))}
    )
    frame = encode(LANES, rows, WALL, 1, AT)
    length = int.from_bytes(frame[4:8], "little")
    header = orjson.loads(frame[8 : 8 + length])
    assert header["n"] == 2
    path, start = header["columns"]["path"], header["columns"]["path_start"]
    assert (path["n"], path["size"], "n" in start) == (10, 3, False)
    corners = np.frombuffer(frame, "<f4", 30, 8 + length + path["offset"]).reshape(-1, 3)
    assert np.frombuffer(frame, "<u4", 2, 8 + length + start["offset"]).tolist() == [0, 5]
    assert corners[0].tolist() == corners[4].tolist()


@pytest.mark.parametrize(
    ("told", "rgb"),
    [
        ("#D9483b", (217, 72, 59)),
        (" #000000 ", (0, 0, 0)),
        ("red", (118, 130, 142)),
        ("#12345", (118, 130, 142)),
    ],
)
def test_a_colour_of_the_data_is_read_or_grey(told: str, rgb: tuple[int, int, int]) -> None:
    assert rgb_of(told) == rgb
