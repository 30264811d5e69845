"""What a snapshot tells: all that the wall may see, as of one instant, and nothing else."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import geopandas
import pytest
import shapely

from tests.snapshot.frozen_house import CANARY, House
from twin.catalog import shown_columns
from twin.model.clearance import WALL
from twin.model.coordinates import LocalFrame
from twin.snapshot.creating import SnapshotReport
from twin.snapshot.reading import SnapshotRefused, freeze
from twin.snapshot.tables import inert
from twin.store import Store


@pytest.fixture(scope="session")
def parts(made: SnapshotReport) -> Mapping[str, bytes]:
    with zipfile.ZipFile(made.path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def manifest(parts: Mapping[str, bytes]) -> Mapping[str, object]:
    return json.loads(parts["manifest.json"])


def test_the_manifest_has_instant_version_clearance_provenance_and_counts(
    house: House, manifest: Mapping[str, object], parts: Mapping[str, bytes]
) -> None:
    assert datetime.fromisoformat(str(manifest["as_of"])) == house.store.last_write_at
    assert manifest["version"]
    assert manifest["build"] == "0.0.0+test"
    assert manifest["clearance"] == "wall"
    assert manifest["community"]["demo"] is True
    assert {layer["id"] for layer in manifest["layers"]} == set(house.catalog.ids)
    assert all(layer["provenance"]["licence"] and layer["provenance"]["demo"] for layer in manifest["layers"])
    assert manifest["counts"]["all"] == sum(layer["rows"] for layer in manifest["layers"]) > 500
    assert set(parts) == {*manifest["parts"], "manifest.json", "envelope.json"}


def test_where_there_is_no_browser_the_envelope_says_that_no_picture_was_made(
    parts: Mapping[str, bytes], made: SnapshotReport
) -> None:
    envelope = json.loads(parts["envelope.json"])
    assert envelope["png"] == "not made: no Chromium was found on this machine" == made.picture
    assert envelope["made_by"] == "tester"
    assert "scene.png" not in parts


def test_every_layer_is_a_geoparquet_in_degrees_with_only_what_the_wall_shows(
    house: House, parts: Mapping[str, bytes], manifest: Mapping[str, object]
) -> None:
    for layer in house.catalog.layers:
        table = geopandas.read_parquet(io.BytesIO(parts[f"{layer.id}.parquet"]))
        assert table.crs.to_string() == "OGC:CRS84"
        assert len(table) == manifest["counts"][layer.id]
        allowed = {layer.key, "geometry", *shown_columns(layer, WALL.screen)}
        assert set(table.columns) <= allowed
        if len(table):
            west, south, east, north = table.total_bounds
            assert 104.0 < west <= east < 104.2
            assert 30.6 < south <= north < 30.7


def test_degrees_agree_with_the_community_frame_to_a_millimetre(
    house: House, parts: Mapping[str, bytes]
) -> None:
    frozen = freeze(house.store, house.catalog)
    table = geopandas.read_parquet(io.BytesIO(parts["buildings.parquet"])).set_index("id")
    for building in frozen.buildings[:20]:
        local = shapely.get_coordinates(shapely.from_wkb(building["geom_wkb"]))
        degrees = shapely.get_coordinates(table.geometry[building["id"]])
        frame = LocalFrame(*frozen.origin)
        for (x, y), (lon, lat) in zip(local, degrees, strict=True):
            assert frame.to_local(lon, lat) == pytest.approx((x, y), abs=1e-3)


def test_no_part_holds_a_resident_s_words_a_home_or_a_staff_member(
    house: House, parts: Mapping[str, bytes]
) -> None:
    store = house.store
    secret = [CANARY, "canary"]
    for sql in (
        "SELECT id FROM unit", "SELECT id FROM staff", "SELECT person_id AS id FROM person",
        "SELECT id FROM device WHERE NOT is_public", "SELECT label AS id FROM device WHERE NOT is_public",
    ):  # fmt: skip
        secret += [str(value) for value in store.read(sql)["id"].to_pylist() if value and len(str(value)) > 3]
    assert len(secret) > 500
    everything = b"\n".join(
        geopandas.read_parquet(io.BytesIO(content)).to_csv().encode()
        if name.endswith(".parquet")
        else content
        for name, content in parts.items()
    )
    words = set(everything.decode(errors="replace").replace('"', "\n").replace(",", "\n").split("\n"))
    assert not words & set(secret)
    assert CANARY.encode() not in everything


def test_csv_opens_in_a_spreadsheet_and_cannot_calculate(parts: Mapping[str, bytes]) -> None:
    content = parts["tickets.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 3
    assert "类别 Category" in rows[0]
    assert "'=HYPERLINK(1)" in rows[1]
    assert rows[0][-3:] == ["lon", "lat", "wkt"]
    assert rows[1][-1].startswith("POINT")


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@A", "\t=1", "\r=1", " =1", "　=1", "＝1", "\n=1", "\ufeff=1"]
)
def test_a_text_like_a_formula_is_made_inert(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["3 栋", "a=b", "", -1.5, None, 7])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert inert(cell) == cell


def test_what_happens_after_the_commit_is_not_in_the_snapshot_of_it(house: House) -> None:
    one, other = freeze(house.store, house.catalog), freeze(house.store, house.catalog)
    assert one.as_of == other.as_of == house.store.last_write_at
    assert all(one.rows[layer].equals(other.rows[layer]) for layer in one.rows)


def test_a_twin_without_a_place_has_no_snapshot(house: House, tmp_path: Path) -> None:
    store = Store.open(tmp_path / "empty")
    try:
        with pytest.raises(SnapshotRefused, match="import its buildings first"):
            House(store, house.catalog).snap(tmp_path / "out")
    finally:
        store.close()
    assert not (tmp_path / "out").exists()
