"""Good rows: what of a workbook the store then holds, and what a second import changes."""

from datetime import date

import pytest

from tests.ingest_workbook.lists import (
    CODE12,
    LAT,
    LON,
    headers,
    lists,
    write_folder,
    write_xlsx,
)
from twin.ingest.files import ImportRefused
from twin.ingest.workbook import WorkbookOptions, import_workbook
from twin.ingest.workbook.holding import community_of, held
from twin.model.coordinates import from_wgs84
from twin.store import Store, Vault


def people(store, vault):
    rows = held(store, vault, community_of(store, "")).tables["person"]
    return {row["identity"]["no"]: row["identity"] for row in rows}


def total(report, name):
    return {sheet.sheet: getattr(sheet, name) for sheet in report.sheets if getattr(sheet, name)}


def test_every_sheet_arrives(bring, counts):
    report = bring(lists())
    assert report.ok and report.written
    assert total(report, "rejected") == {}
    assert total(report, "added") == {key: len(rows) for key, rows in lists().items()}
    rows = {"building": 2, "storey": 9, "unit": 3, "person": 6, "occupancy": 3, "household": 2, "camera": 1}
    assert counts(*rows) == rows


def test_the_same_file_twice_changes_nothing(bring, store):
    bring(lists())
    seq = store.seq
    report = bring(lists())
    assert not report.written
    assert store.seq == seq
    assert total(report, "unchanged") == {key: len(rows) for key, rows in lists().items()}


def test_a_changed_cell_changes_its_row_and_no_other(bring, store):
    bring(lists())
    changed = lists()
    changed["buildings"][0]["name"] = "壹栋"
    report = bring(changed)
    assert total(report, "changed") == {"buildings": 1}
    (change,) = report.changes
    assert (change.sheet, change.row, change.id) == ("buildings", 2, "b1")
    assert change.fields == {"name": "1 栋 → 壹栋"}
    names = store.read("SELECT name FROM building ORDER BY id")["name"].to_pylist()
    assert names == ["壹栋", "2 栋"]


def test_a_dry_run_tells_all_and_writes_nothing(bring, store, counts):
    seq = store.seq
    report = bring(lists(), dry_run=True)
    assert total(report, "added") == {key: len(rows) for key, rows in lists().items()}
    assert store.seq == seq
    assert counts("person") == {"person": 0}
    assert "dry run: nothing was written" in report.table()


def test_rows_that_are_no_longer_in_the_sheet_stay_and_are_told(bring, counts, told):
    bring(lists())
    fewer = lists("units")
    del fewer["units"][2]
    report = bring(fewer)
    assert total(report, "staying") == {"units": 1}
    assert told(report, "staying", "noted") == [("units", None, "id")]
    assert "(u3)" in next(odd.reason for odd in report.oddities if odd.code == "staying")
    assert counts("unit") == {"unit": 3}


def test_a_column_that_is_left_away_leaves_what_is_held(bring, store, vault):
    bring(lists())
    short = {"residents": [{"no": "R1", "name": "张大川"}]}
    report = bring(short)
    assert total(report, "changed") == {"residents": 1}
    identity = people(store, vault)["R1"]
    assert identity["name"] == "张大川"
    assert identity["phone"] == "13900000001"


def test_a_blank_cell_takes_away_what_was_held(bring, store, vault):
    bring(lists())
    changed = lists("residents")
    changed["residents"][0]["phone"] = None
    bring(changed)
    assert people(store, vault)["R1"]["phone"] is None


def test_storeys_follow_a_building_that_shrinks(bring, store):
    bring(lists())
    changed = lists("buildings")
    changed["buildings"][0] |= {"storeys_above": 4, "height_m": 14}
    bring(changed)
    rows = store.read("SELECT ordinal, z_floor_m FROM storey WHERE building_id = 'b1' ORDER BY 1").to_pylist()
    assert [row["ordinal"] for row in rows] == [0, 1, 2, 3]
    assert rows[3]["z_floor_m"] == 10.5


def test_storeys_and_height_are_worked_out_from_one_another(bring, store):
    bring(lists())
    row = store.read("SELECT * FROM building WHERE id = 'b2'").to_pylist()[0]
    assert (row["storeys_above"], row["storeys_derived"], row["height_derived"]) == (3, True, False)


def test_a_moved_resident_takes_the_care_along(bring, store):
    bring(lists())
    moved = lists("residents")
    for row in moved["residents"][:2]:
        row["unit"] = "u3"
    bring(moved)
    assert store.read("SELECT unit_id FROM care_profile")["unit_id"].to_pylist() == ["u3"]
    assert sorted(store.read("SELECT unit_id FROM household")["unit_id"].to_pylist()) == ["u2", "u3"]


def test_care_brings_its_scheme_into_a_twin_that_has_none(bring, store):
    bring(lists())
    rows = store.read("SELECT level, visit_interval_d FROM care_level ORDER BY rank").to_pylist()
    assert [(row["level"], row["visit_interval_d"]) for row in rows] == [
        ("red", 7),
        ("yellow", 30),
        ("blue", 90),
    ]


def test_provenance_names_the_file_or_the_demo(bring, store):
    bring(lists("compounds"))
    bring(lists("compounds", "buildings"), demo=True)
    rows = store.read("SELECT provenance FROM compound UNION ALL SELECT DISTINCT provenance FROM building")
    assert rows["provenance"].to_pylist() == ["workbook:lists", "demo"]


def test_the_report_of_every_import_is_kept_and_names_nobody(bring, store):
    bring(lists())
    rows = store.read("SELECT file_name, read, kept, report_json FROM import_log").to_pylist()
    assert [(row["file_name"], row["read"], row["kept"]) for row in rows] == [("lists.xlsx", 27, 27)]
    assert "张大山" not in rows[0]["report_json"]
    assert "13900000001" not in rows[0]["report_json"]


def test_phone_coordinates_are_brought_home(bring, store, tmp_path):
    lon, lat = from_wgs84("gcj02", LON, LAT)
    rows = {"assets": [{"id": "a1", "kind": "hydrant", "name": "甲", "lon": lon, "lat": lat}]}
    bring(write_xlsx(tmp_path / "gcj.xlsx", rows, info=(("crs", "gcj02"),)))
    bring(
        write_xlsx(
            tmp_path / "own.xlsx", {"assets": [rows["assets"][0] | {"id": "a2", "lon": LON, "lat": LAT}]}
        )
    )
    one, other = store.read("SELECT x_m, y_m FROM asset ORDER BY id").to_pylist()
    assert one["x_m"] == pytest.approx(other["x_m"], abs=1e-3)
    assert one["y_m"] == pytest.approx(other["y_m"], abs=1e-3)


def test_a_row_may_say_its_own_crs(bring, store):
    lon, lat = from_wgs84("bd09", LON, LAT)
    row = {"id": "a1", "kind": "hydrant", "name": "甲", "lon": lon, "lat": lat, "crs": "BD-09"}
    bring({"assets": [row]})
    assert store.read("SELECT x_m FROM asset")["x_m"][0].as_py() == pytest.approx(0, abs=1e-3)


def test_coordinates_of_which_nobody_says_the_kind_are_refused(bring, tmp_path):
    with pytest.raises(ImportRefused, match="nothing says of what kind"):
        bring(write_xlsx(tmp_path / "untagged.xlsx", lists(), info=()))


def test_the_middle_of_the_file_becomes_the_origin_of_a_twin_without_one(tmp_path):
    from twin.ingest.files import init_community

    store = Store.open(tmp_path / "home")
    init_community(store, CODE12, "永宁", None)
    path = write_xlsx(tmp_path / "lists.xlsx", lists("compounds"))
    import_workbook(store, Vault(store.home, tmp_path / "key"), path, WorkbookOptions())
    community = store.read("SELECT lon0, lat0 FROM community").to_pylist()[0]
    assert community["lon0"] == pytest.approx(LON + 0.001)
    assert store.read("SELECT x_m FROM compound")["x_m"][0].as_py() == pytest.approx(0, abs=1e-3)
    store.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_folder_of_csv_is_read_in_any_alphabet_of_the_desktop(bring, tmp_path, encoding, counts):
    report = bring(write_folder(tmp_path / "lists", lists(), encoding=encoding))
    assert total(report, "rejected") == {}
    assert counts("occupancy") == {"occupancy": 3}


def test_a_birth_date_is_taken_from_the_id_number(bring, store, vault, told):
    report = bring(lists())
    assert told(report, "born", "mended") == [("residents", 4, "born")]
    assert people(store, vault)["R3"]["born"] == date(1980, 1, 1).isoformat()


def test_headers_may_be_english_and_sloppy(bring, tmp_path):
    def rename(book):
        sheet = book["部件"]
        sheet.title = " Assets "
        for cell, name in zip(sheet[1], (" ID", "Kind ", "NAME", "Lon", "lat"), strict=True):
            cell.value = name

    assert headers("assets", lists()["assets"])[:2] == ["id", "kind"]
    report = bring(write_xlsx(tmp_path / "english.xlsx", lists("assets"), finish=rename))
    assert total(report, "added") == {"assets": 1}


def test_a_title_may_stand_above_the_header(bring, tmp_path):
    def title(book):
        sheet = book["部件"]
        sheet.insert_rows(1, 2)
        sheet["A1"] = "永宁社区部件一览"
        sheet.merge_cells("A1:E1")

    report = bring(write_xlsx(tmp_path / "titled.xlsx", lists("assets"), finish=title))
    assert total(report, "added") == {"assets": 1}
