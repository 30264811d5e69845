"""TWF1 as a browser reads it, for any rows."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import layers
from twin.catalog import Catalog
from twin.deck.frame import encode, roster
from twin.model.clearance import DESK, WALL
from twin.spec import Points, States

DEVICES = Catalog.of(layers).get("devices")
assert isinstance(DEVICES.style, Points) and isinstance(DEVICES.style.color, States)
COLOURS = DEVICES.style.color.of
AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def rows_of(items: list[dict[str, Any]]) -> pa.Table:
    words = {
        name: pa.string() for name in ("device_id", "kind", "label", "building_id", "unit_id", "condition")
    }
    numbers = {name: pa.float64() for name in ("x_m", "y_m", "z_m", "value")}
    others = {"unit": pa.string(), "storey_ordinal": pa.int32(), "seen_at": pa.timestamp("us", "UTC")}
    schema = pa.schema({**words, **numbers, **others})
    return pa.Table.from_pylist([{name: item.get(name) for name in schema.names} for item in items], schema)


def read(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    assert frame[:4] == b"TWF1"
    length = int.from_bytes(frame[4:8], "little")
    assert length % 4 == 0
    header = orjson.loads(frame[8 : 8 + length])
    columns = {}
    for name, column in header["columns"].items():
        start = 8 + length + column["offset"]
        assert start % 4 == 0
        count = header["n"] * column["size"]
        columns[name] = np.frombuffer(frame, dtype=column["dtype"], count=count, offset=start)
    return header, columns


ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "device_id": st.text("abc0123456789", min_size=1, max_size=6),
            "condition": st.sampled_from([*DEVICES.columns[2].states, "unheard", None]),
            "x_m": st.none() | st.floats(-5000, 5000),
            "y_m": st.floats(-5000, 5000),
            "z_m": st.none() | st.floats(0, 200),
            "value": st.none() | st.floats(-100, 100),
            "seen_at": st.none()
            | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
        }
    ),
    max_size=12,
    unique_by=lambda item: item["device_id"],
)


@given(ITEMS)
@settings(deadline=None, max_examples=100)
def test_what_is_read_is_what_was_written(items: list[dict[str, Any]]) -> None:
    header, columns = read(encode(DEVICES, rows_of(items), DESK, 3, AT))
    placed = sorted((i for i in items if i["x_m"] is not None), key=lambda i: i["device_id"])
    assert header["n"] == len(placed)
    assert (header["layer"], header["seq"], header["at"]) == ("devices", 3, AT.isoformat())
    np.testing.assert_array_equal(
        columns["position"].reshape(-1, 3),
        np.array([(i["x_m"], i["y_m"], i["z_m"] or 0) for i in placed], "f4").reshape(-1, 3),
    )
    assert columns["seen"].tolist() == [int(i["seen_at"].timestamp()) if i["seen_at"] else 0 for i in placed]
    told = [header["states"][index] for index in columns["state"]]
    assert told == [i["condition"] if i["condition"] in COLOURS else "other" for i in placed]
    assert np.isnan(columns["number:value"]).tolist() == [i["value"] is None for i in placed]


@given(ITEMS, st.randoms())
@settings(deadline=None, max_examples=50)
def test_the_order_of_a_scan_changes_neither_frame_nor_roster(
    items: list[dict[str, Any]], random: Any
) -> None:
    shuffled = random.sample(items, len(items))
    assert encode(DEVICES, rows_of(items), DESK, 1, AT) == encode(DEVICES, rows_of(shuffled), DESK, 1, AT)
    assert roster(DEVICES, rows_of(items), DESK) == roster(DEVICES, rows_of(shuffled), DESK)


def device(**more: Any) -> dict[str, Any]:
    return {"device_id": "d1", "x_m": 1.0, "y_m": 2.0, "label": "烟感", "kind": "smoke", **more}


def test_a_new_reading_leaves_the_roster_as_it_is_and_a_new_name_does_not() -> None:
    def hash_of(**more: Any) -> str:
        return str(read(encode(DEVICES, rows_of([device(**more)]), DESK, 1, AT))[0]["roster"])

    assert hash_of(value=1.0, condition="normal") == hash_of(value=2.0, condition="alarm", seen_at=AT)
    assert hash_of() != hash_of(label="气感")


def test_the_wall_gets_neither_value_nor_label_nor_unit() -> None:
    rows = rows_of([device(value=7.5, unit_id="u-canary", label="canary")])
    header, columns = read(encode(DEVICES, rows, WALL, 1, AT))
    assert set(columns) == {"position", "color", "seen", "state"}
    assert b"canary" not in roster(DEVICES, rows, WALL)
    assert header["n"] == 1


def test_a_device_without_signal_is_grey() -> None:
    _, columns = read(encode(DEVICES, rows_of([device(condition="lost")]), DESK, 1, AT))
    red, green, blue, _ = columns["color"].tolist()
    assert max(red, green, blue) - min(red, green, blue) <= 20
    assert COLOURS["lost"].name.zh == "无信号"
