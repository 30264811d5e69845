"""Every rule holds for every layer the catalog finds; a new file in `layers/` is under them by itself."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from syrupy.assertion import SnapshotAssertion

import layers
from twin.catalog import Catalog, drill_columns, shown_columns, style_columns
from twin.deck.frame import encode, roster
from twin.deck.legend import legend
from twin.deck.scene import static_spec
from twin.deck.tooltip import columns
from twin.model.clearance import DESK, WALL, Clearance
from twin.spec import Layer
from twin.store import Store

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ORIGIN = (104.1, 30.67)
CANARY = "金丝雀诉求"
CATALOG = Catalog.of(layers)
DRAWN = ("icon", "text", "size", "angle", "weight", "rank")
GEOMETRY = {"id", "p", "c", "h", "x", "y", "z", "a", "r", "s", *DRAWN}

pytestmark = pytest.mark.parametrize("layer", CATALOG.layers, ids=CATALOG.ids)
both = pytest.mark.parametrize("clearance", (WALL, DESK), ids=("wall", "desk"))


@both
def test_the_query_gives_what_the_layer_declares(layer: Layer, town: Store, clearance: Clearance) -> None:
    began = time.perf_counter()
    rows = town.relation(layer.sql, None, clearance)
    print(
        f"{layer.id} {clearance.key}: {rows.num_rows} rows in {(time.perf_counter() - began) * 1000:.1f} ms"
    )
    wanted = {c.name for c in layer.columns} | {layer.key, *drill_columns(layer), *style_columns(layer)}
    assert wanted <= set(rows.column_names)
    assert len(set(rows[layer.key].to_pylist())) == rows.num_rows


def test_the_demo_has_rows(layer: Layer, town: Store) -> None:
    assert town.relation(layer.sql, None, DESK).num_rows > 0


def test_the_past_can_be_asked_too(layer: Layer, town: Store) -> None:
    assert town.relation(layer.sql, NOW, DESK).num_rows >= 0


@both
def test_no_rows_draw_nothing_and_do_not_raise(layer: Layer, town: Store, clearance: Clearance) -> None:
    nothing = town.relation(layer.sql, None, clearance).slice(0, 0)
    assert [p["data"] for p in static_spec(layer, nothing, ORIGIN, clearance=clearance)] == [
        [] for _ in static_spec(layer, nothing, ORIGIN, clearance=clearance)
    ]
    if layer.live:
        assert _header(encode(layer, nothing, clearance, 1, NOW))["n"] == 0
        assert orjson.loads(roster(layer, nothing, clearance))["ids"] == []


def test_the_legend_has_words_in_both_languages(layer: Layer) -> None:
    assert legend(layer)
    assert all(entry["name"]["zh"] and entry["name"]["en"] for entry in legend(layer))


def test_every_value_of_a_state_has_words(layer: Layer, town: Store) -> None:
    rows = town.relation(layer.sql, None, DESK)
    for column in layer.columns:
        if column.kind == "state":
            assert set(rows[column.name].drop_null().to_pylist()) <= set(column.states), column.name


def test_the_provenance_has_a_licence(layer: Layer) -> None:
    assert layer.provenance.licence.strip()


def test_the_drill_lands_in_a_building(layer: Layer, town: Store) -> None:
    if layer.drill is None:
        return
    places = town.relation(layer.sql, None, DESK)[layer.drill.by].drop_null().to_pylist()
    assert places
    assert set(places) <= set(town.read("SELECT id FROM building")["id"].to_pylist())


def test_the_wall_gets_only_what_the_layer_shows(layer: Layer, town: Store) -> None:
    rows = town.relation(layer.sql, None, WALL)
    shown = set(layer.shows.get("wall", ()))
    assert {c["name"] for c in columns(layer, WALL)} <= shown
    for part in static_spec(layer, rows, ORIGIN, clearance=WALL):
        assert {name for row in part["data"] for name in row} - GEOMETRY <= shown
    if layer.live:
        assert set(orjson.loads(roster(layer, rows, WALL))["rows"]) <= shown


def test_no_canary_reaches_the_wall(layer: Layer, town: Store) -> None:
    rows = town.relation(layer.sql, None, WALL)
    sent = orjson.dumps(static_spec(layer, rows, ORIGIN, clearance=WALL))
    if layer.live:
        sent += encode(layer, rows, WALL, 1, NOW) + roster(layer, rows, WALL)
    units = town.read("SELECT id FROM unit LIMIT 500")["id"].to_pylist()
    assert CANARY.encode() not in sent
    assert not [unit for unit in units if f'"{unit}"'.encode() in sent]


@both
def test_every_row_is_found_by_its_key_and_parts_are_named(
    layer: Layer, town: Store, clearance: Clearance
) -> None:
    rows = town.relation(layer.sql, None, clearance)
    for part in static_spec(layer, rows, ORIGIN, clearance=clearance):
        assert part["id"].startswith(f"{layer.id}/")
        assert part["coordinateSystem"] == "meter-offsets"
        assert all(isinstance(row["id"], str) for row in part["data"])
        assert not (layer.live and part["data"])


def test_a_live_frame_and_its_roster_hold_the_same_rows(layer: Layer, town: Store) -> None:
    if not layer.live:
        return
    rows = town.relation(layer.sql, None, DESK)
    header, listed = _header(encode(layer, rows, DESK, 7, NOW)), orjson.loads(roster(layer, rows, DESK))
    assert header["n"] == len(listed["ids"]) > 0
    assert header["roster"] == listed["roster"]
    assert set(shown_columns(layer, "desk")) >= set(listed["rows"])


def test_the_drawing_is_the_one_we_looked_at(layer: Layer, town: Store, snapshot: SnapshotAssertion) -> None:
    parts = static_spec(
        layer, town.relation(layer.sql, None, DESK).sort_by(layer.key), ORIGIN, clearance=DESK
    )
    for part in parts:
        part["data"] = [_brief(row) for row in part["data"][:2]]
        part.pop("iconMapping", None)
    assert json.dumps(parts, ensure_ascii=False, indent=1, sort_keys=True) == snapshot


def test_a_layer_is_at_most_forty_lines(layer: Layer) -> None:
    file = Path(layers.__path__[0]) / f"{layer.id}.py"
    assert len(file.read_text().splitlines()) <= 40


def _brief(row: dict[str, Any]) -> dict[str, Any]:
    """Long outlines say little in a snapshot: their first corners and how many there are."""
    if len(json.dumps(row.get("p", ""))) > 120:
        return {**row, "p": f"{json.dumps(row['p'])[:60]}… {len(json.dumps(row['p']))}"}
    return row


def _header(frame: bytes) -> dict[str, Any]:
    assert frame[:4] == b"TWF1"
    length = int.from_bytes(frame[4:8], "little")
    return orjson.loads(frame[8 : 8 + length])
