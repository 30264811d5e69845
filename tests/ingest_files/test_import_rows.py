"""Every row of a file becomes a building, or is told with row, field, reason and remedy."""

import json

import pytest
import shapely

from tests.ingest_files.houses import buildings, feature, house, storeys
from twin.ingest.files import ImportRefused


def test_storeys_from_height_and_height_from_storeys_are_marked_derived(store, geojson, bring):
    path = geojson(
        [
            feature(house(0), id="a", storeys=6, height=None),
            feature(house(1), id="b", storeys=None, height=17.0),
            feature(house(2), id="c", storeys=4, height=13.2),
        ]
    )
    report = bring(store, path)
    assert (report.read, report.kept, report.storeys_derived, report.height_derived) == (3, 3, 1, 1)
    rows = {row["id"]: row for row in buildings(store)}
    told = {
        key: (row["storeys_above"], row["height_m"], row["storeys_derived"], row["height_derived"])
        for key, row in rows.items()
    }
    assert told == {
        "a": (6, 18.0, False, True),
        "b": (6, 17.0, True, False),
        "c": (4, 13.2, False, False),
    }
    assert [row["label"] for row in storeys(store) if row["building_id"] == "c"] == ["1F", "2F", "3F", "4F"]


def test_a_row_with_neither_storeys_nor_height_is_rejected_and_the_rest_kept(store, geojson, bring):
    path = geojson([feature(house(0), storeys=2), feature(house(1), storeys=None)])
    report = bring(store, path)
    assert (report.kept, report.rejected) == (1, 1)
    (odd,) = [odd for odd in report.oddities if odd.kind == "rejected"]
    assert (odd.row, odd.field, odd.code) == (2, "storeys", "no-storeys")
    assert "--default-storeys" in odd.remedy


def test_default_storeys_are_taken_only_when_told_and_are_reported(store, geojson, bring):
    path = geojson([feature(house(0), storeys=None), feature(house(1), storeys=5)])
    report = bring(store, path, default_storeys=3)
    assert [row["storeys_above"] for row in buildings(store)] == [3, 5]
    assert report.counts["noted default-storeys"] == 1


@pytest.mark.parametrize("storeys", [0, -1, 2.5, 999, "many"])
def test_storeys_that_cannot_be_are_told_and_not_believed(store, geojson, bring, storeys):
    report = bring(store, geojson([feature(house(), storeys=storeys, height=9.0)]))
    assert report.kept == 1
    assert buildings(store)[0]["storeys_above"] == 3
    (odd,) = [odd for odd in report.oddities if odd.code == "no-storeys"]
    assert odd.row == 1
    assert str(storeys) in odd.reason


def test_numbers_written_as_words_are_read(store, geojson, bring):
    path = geojson(
        [feature(house(0), floors="6层", height="18 m"), feature(house(1), floors=" 2 ", height="")]
    )
    bring(store, path)
    assert [(row["storeys_above"], row["height_m"]) for row in buildings(store)] == [(6, 18.0), (2, 6.0)]


def test_an_improbable_height_is_kept_and_told(store, geojson, bring):
    report = bring(store, geojson([feature(house(), storeys=2, height=100)]))
    assert report.counts["noted odd-height"] == 1
    assert buildings(store)[0]["height_m"] == 100


def test_a_bow_tie_is_mended_to_its_parts_and_told(store, geojson, bring):
    x, y = 103.85, 30.68
    ring = [[x, y], [x + 0.0002, y + 0.0002], [x + 0.0002, y], [x, y + 0.0002], [x, y]]
    report = bring(store, geojson([feature({"type": "Polygon", "coordinates": [ring]}, storeys=3)]))
    assert (report.kept, report.mended, report.rejected) == (1, 1, 0)
    (odd,) = [odd for odd in report.oddities if odd.kind == "mended"]
    assert odd.row == 1
    assert "Self-intersection" in odd.reason
    shape = shapely.from_wkb(buildings(store)[0]["geom_wkb"])
    assert shape.is_valid
    assert shape.area > 100


def test_an_open_ring_is_closed_and_told(store, geojson, bring):
    ring = [[103.85, 30.68], [103.8502, 30.68], [103.8502, 30.6802], [103.85, 30.6802]]
    report = bring(store, geojson([feature({"type": "Polygon", "coordinates": [ring]}, storeys=3)]))
    assert report.kept == 1
    assert any("closed ring" in odd.reason for odd in report.oddities)


def test_shapes_that_are_no_footprint_are_rejected_by_row(store, geojson, bring):
    speck = shapely.box(103.85, 30.68, 103.85001, 30.68001)
    path = geojson(
        [
            feature(house(), storeys=1),
            feature(None, storeys=1),
            feature(shapely.Point(103.85, 30.68), storeys=1),
            feature(shapely.LineString([(103.85, 30.68), (103.86, 30.68)]), storeys=1),
            feature(speck, storeys=1),
            feature({"type": "Polygon", "coordinates": []}, storeys=1),
            feature(house(5, west=100.0), storeys=1),
        ]
    )
    report = bring(store, path)
    codes = {odd.row: odd.code for odd in report.oddities if odd.kind == "rejected"}
    assert codes == {
        2: "no-geometry", 3: "not-a-polygon", 4: "not-a-polygon", 5: "sliver", 6: "no-geometry", 7: "far",
    }  # fmt: skip
    assert (report.read, report.kept, report.rejected) == (7, 1, 6)


def test_several_parts_stay_one_building(store, geojson, bring):
    report = bring(store, geojson([feature(shapely.union(house(0), house(1)), storeys=2)]))
    assert report.kept == 1
    assert report.counts["noted parts"] == 1
    assert shapely.from_wkb(buildings(store)[0]["geom_wkb"]).geom_type == "MultiPolygon"


def test_overlapping_pairs_are_told_once_and_both_kept(store, geojson, bring):
    twice = [house(0), shapely.affinity.translate(house(0), 0.00005, 0), house(3)]
    report = bring(store, geojson([feature(shape, storeys=2) for shape in twice]))
    (odd,) = [odd for odd in report.oddities if odd.code == "overlap"]
    assert report.kept == 3
    assert odd.row == 1
    assert "row 2" in odd.reason


def test_a_unique_field_is_the_identity_and_awkward_ids_are_made_plain(store, geojson, bring):
    path = geojson([feature(house(0), id="b-1", storeys=1), feature(house(1), id="甲/1 号", storeys=1)])
    bring(store, path)
    plain, awkward = buildings(store)
    assert plain["id"] == "b-1"
    assert awkward["id"].isalnum()
    assert awkward["source_id"] == "甲/1 号"


def test_a_field_that_is_the_same_everywhere_is_no_identity_and_is_told_once(store, geojson, bring):
    report = bring(store, geojson([feature(house(n), Id=0, storeys=1) for n in range(5)]))
    (odd,) = [odd for odd in report.oddities if odd.code == "id-not-unique"]
    assert (odd.row, odd.field) == (None, "Id")
    assert len({row["id"] for row in buildings(store)}) == 5


def test_one_repeated_id_costs_only_its_own_rows_their_identity(store, geojson, bring):
    rows = [feature(house(n), id=f"n{n if n != 7 else 3}", storeys=1) for n in range(30)]
    report = bring(store, geojson(rows))
    told = [odd.row for odd in report.oddities if odd.code == "id-not-unique"]
    assert told == [4, 8]
    ids = {row["id"] for row in buildings(store)}
    assert len(ids) == 30
    assert "n3" not in ids
    assert "n4" in ids


def test_the_same_footprint_twice_without_an_id_is_one_building(store, geojson, bring):
    ring = shapely.geometry.polygon.orient(house(0), -1)
    report = bring(store, geojson([feature(house(0), storeys=2), feature(ring, storeys=2)]))
    assert (report.kept, report.rejected) == (1, 1)
    assert report.counts["rejected duplicate"] == 1


def test_a_multipolygon_of_one_part_is_the_same_footprint_as_the_polygon(store, geojson, bring):
    bring(store, geojson([feature(house(), storeys=2)]))
    again = bring(store, geojson([feature(shapely.MultiPolygon([house()]), storeys=2)]))
    assert (again.added, again.unchanged) == (0, 1)


def test_the_same_file_twice_changes_nothing(store, geojson, bring):
    rows = [feature(house(n), Id=0, storeys=n + 1) for n in range(4)]
    bring(store, geojson(rows))
    before, seq = (buildings(store), storeys(store)), store.seq
    again = bring(store, geojson(rows[::-1], name="houses.geojson"))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 4)
    assert (buildings(store), storeys(store)) == before
    assert store.seq == seq


def test_a_changed_row_changes_its_building_and_its_storeys_only(store, geojson, bring):
    rows = [feature(house(n), id=f"n{n}", storeys=5) for n in range(3)]
    bring(store, geojson(rows))
    rows[1]["properties"]["storeys"] = 2
    report = bring(store, geojson(rows))
    assert (report.added, report.changed, report.unchanged) == (0, 1, 2)
    count = dict.fromkeys(("n0", "n1", "n2"), 0)
    for row in storeys(store):
        count[row["building_id"]] += 1
    assert count == {"n0": 5, "n1": 2, "n2": 5}
    assert [row["height_m"] for row in buildings(store)] == [15.0, 6.0, 15.0]


def test_an_id_of_another_file_at_another_place_is_not_overwritten(store, geojson, bring):
    bring(store, geojson([feature(house(0), id="1", storeys=5)], name="first.geojson"))
    report = bring(store, geojson([feature(house(9), id="1", storeys=2)], name="second.geojson"))
    assert (report.kept, report.rejected) == (0, 1)
    (odd,) = [odd for odd in report.oddities if odd.code == "id-taken"]
    assert "first.geojson" in odd.reason
    assert buildings(store)[0]["storeys_above"] == 5


def test_a_dry_run_reports_the_same_and_writes_nothing(store, geojson, bring):
    path = geojson([feature(house(0), storeys=2), feature(house(1), storeys=None)])
    dry = bring(store, path, dry_run=True)
    assert buildings(store) == []
    assert store.read("SELECT * FROM import_log").num_rows == 0
    real = bring(store, path)
    assert (dry.read, dry.kept, dry.rejected, dry.oddities) == (
        real.read,
        real.kept,
        real.rejected,
        real.oddities,
    )
    assert "nothing was written" in dry.table()


def test_nothing_but_buildings_and_storeys_is_made(store, geojson, bring):
    bring(store, geojson([feature(house(), storeys=2, name="1栋", address="永宁路1号", use="住宅")]))
    for table in (
        "unit",
        "entrance",
        "person",
        "staff",
        "device",
        "compound",
        "grid",
        "facility",
        "ticket_now",
    ):
        assert store.read(f"SELECT * FROM {table}").num_rows == 0, table
    (row,) = buildings(store)
    assert (row["name"], row["address"], row["use"]) == ("1栋", "永宁路1号", "residential")
    assert (row["provenance"], row["compound_id"], row["base_m"]) == ("houses.geojson", None, 0.0)


def test_the_report_is_logged_told_as_json_and_as_a_short_table(store, geojson, bring):
    path = geojson([feature(house(0), storeys=2)] + [feature(None, storeys=1) for _ in range(300)])
    report = bring(store, path)
    (entry,) = store.read("SELECT file_name, read, kept, rejected, report_json FROM import_log").to_pylist()
    assert (entry["file_name"], entry["read"], entry["kept"], entry["rejected"]) == (
        "houses.geojson",
        301,
        1,
        300,
    )
    assert json.loads(entry["report_json"])["counts"]["rejected no-geometry"] == 300
    assert json.loads(json.dumps(report.to_json()))["kept"] == 1
    assert "rejected no-geometry: 300" in report.table()
    assert len(report.table().splitlines()) < 40
    assert len(report.oddities) < 250


def test_progress_is_told_while_reading(store, geojson, bring):
    heard = []
    bring(
        store,
        geojson([feature(house(), storeys=1)]),
        progress=lambda read, total: heard.append((read, total)),
    )
    assert heard == [(1, 1)]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"storeys": "Flor"}, "Did you mean 'Floor'"),
        ({"stories": "Floor"}, "It may name"),
        ({"height": "nothing like it"}, "Its fields"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused_with_help(store, geojson, bring, mapping, says):
    with pytest.raises(ImportRefused, match=says):
        bring(store, geojson([feature(house(), Floor=1)]), mapping=mapping)


def test_two_fields_that_may_hold_the_storeys_are_not_guessed_between(store, geojson, bring):
    path = geojson([feature(house(), Floor=1, levels=2)])
    with pytest.raises(ImportRefused, match="Floor and levels may both hold the storeys"):
        bring(store, path)
    assert bring(store, path, mapping={"storeys": "levels"}).kept == 1
    assert buildings(store)[0]["storeys_above"] == 2


def test_a_file_without_storeys_or_height_says_which_fields_it_has(store, geojson, bring):
    with pytest.raises(ImportRefused, match=r"its fields: colour.*--map storeys="):
        bring(store, geojson([feature(house(), colour="red")]))
