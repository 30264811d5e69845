"""Real files and a large one: counts right, every oddity told by row, nothing invented."""

import json
import math
import random

import pytest
import shapely

from tests.ingest_files.houses import CODE12, buildings, feature, house
from twin.ingest.files import ImportRefused, init_community
from twin.store import Store

SUZHOU = (120.596, 31.289, 120.618, 31.311)


@pytest.fixture
def suzhou(tmp_path):
    store = Store.open(tmp_path / "suzhou")
    init_community(store, CODE12, "平江", SUZHOU)
    yield store
    store.close()


@pytest.mark.inputs
def test_the_old_town_of_suzhou(suzhou, real_file, bring):
    path = real_file("suzhou-buildings.geojson")
    report = bring(suzhou, path, mapping={"storeys": "Floor", "height": "height"})
    assert (report.read, report.kept, report.mended, report.rejected) == (3076, 3068, 0, 8)
    assert report.counts["rejected sliver"] == 8
    assert report.counts["noted overlap"] == 18
    assert report.counts["noted parts"] == 1
    assert report.counts["noted id-not-unique"] == 1
    assert report.storeys_derived == report.height_derived == 0
    rejected = {odd.row for odd in report.oddities if odd.kind == "rejected"}
    floors = [each["properties"]["Floor"] for each in json.loads(path.read_text())["features"]]
    kept = sorted(floor for row, floor in enumerate(floors, start=1) if row not in rejected)
    assert sorted(row["storeys_above"] for row in buildings(suzhou)) == kept
    again = bring(suzhou, path)
    assert (again.unchanged, again.added, again.changed) == (3068, 0, 0)


@pytest.mark.inputs
def test_suzhou_moved_to_gcj02_under_the_name_of_wgs84_is_caught(suzhou, real_file, bring):
    with pytest.raises(ImportRefused, match=r"read as gcj02.*about \d+ m.*--crs wgs84"):
        bring(suzhou, real_file("suzhou-buildings.geojson"), crs="gcj02")


@pytest.mark.inputs
def test_the_blocks_of_delft(store_without_bounds, real_file, bring):
    path = real_file("delft.city.json")
    report = bring(store_without_bounds, path)
    assert (report.read, report.kept, report.crs) == (160, 160, "EPSG:28992")
    assert report.storeys_derived == 160
    objects = json.loads(path.read_text())["CityObjects"]
    for row in buildings(store_without_bounds):
        told = objects[row["id"]]["attributes"]
        assert row["height_m"] == pytest.approx(
            told["measuredHeight"] - told["min-height-surface"], abs=0.011
        )
        assert shapely.from_wkb(row["geom_wkb"]).is_valid
    frame = store_without_bounds.read("SELECT lon0, lat0 FROM community").to_pylist()[0]
    assert math.dist((frame["lon0"], frame["lat0"]), (4.3665, 52.0118)) < 0.001


def test_twenty_thousand_rows_go_through_several_chunks(store_without_bounds, geojson, bring):
    heard = []
    floors = random.Random(1)
    rows = [
        feature(house(n % 200, n // 200, west=103.83), id=f"n{n}", storeys=floors.randint(1, 9))
        for n in range(21_000)
    ]
    rows[20_500] = feature(shapely.affinity.translate(house(101, 102, west=103.83), 0.00005, 0), storeys=1)
    path = geojson(rows)
    report = bring(
        store_without_bounds, path, dry_run=True, progress=lambda read, total: heard.append((read, total))
    )
    assert heard == [(20_000, 21_000), (21_000, 21_000)]
    assert report.kept == 21_000
    assert [(odd.row, odd.reason[:22]) for odd in report.oddities if odd.code == "overlap"] == [
        (20_501, "it lies on row 20502 o")
    ]
