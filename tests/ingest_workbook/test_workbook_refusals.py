"""Bad rows and bad files: each is told by sheet and row with a remedy; the good rows are kept, or nothing."""

import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from tests.ingest_workbook.lists import (
    CODE12,
    LAT,
    LON,
    PEOPLE,
    id_no,
    lists,
    square,
    without,
    write_folder,
    write_xlsx,
)
from twin.ingest.files import ImportRefused


def changed(key, row, **cells):
    sheets = lists()
    sheets[key][row] |= cells
    return sheets


def added(key, **cells):
    sheets = lists()
    sheets[key].append(sheets[key][-1] | cells)
    return sheets


def total(report, name):
    return {sheet.sheet: getattr(sheet, name) for sheet in report.sheets if getattr(sheet, name)}


BAD_CELLS = {
    "date": [
        ("residents", 0, {"born": "09/03/1950"}, "born", "more than one way"),
        ("residents", 0, {"born": "3-9-50"}, "born", "more than one way"),
        ("residents", 0, {"born": "1950-02-30"}, "born", "no day of the calendar"),
        ("residents", 0, {"born": 18331}, "born", "a number, not a day"),
        ("residents", 0, {"born": "五月"}, "born", "not a day"),
        ("care", 0, {"assessed_on": date(1066, 10, 14)}, "assessed_on", "cannot be the day"),
    ],
    "id-no": [
        ("residents", 0, {"id_no": PEOPLE["R1"][:17] + "5"}, "id_no", "check digit is wrong"),
        ("residents", 0, {"id_no": 110101195003090012}, "id_no", "stands as a number"),
        ("residents", 0, {"id_no": "110101500309001"}, "id_no", "15 digits"),
        ("residents", 0, {"id_no": "1101011950030900"}, "id_no", "17 digits and a check digit"),
        ("residents", 0, {"id_no": id_no("11010119501309001")}, "id_no", "no day of the calendar"),
    ],
    "born": [("residents", 0, {"born": "1950-03-10"}, "id_no", "not the one beside it")],
    "phone": [("residents", 0, {"phone": "1390000"}, "phone", "not a telephone number")],
    "choice": [
        ("buildings", 0, {"use": "住宅楼"}, "use", "did you mean 住宅"),
        ("devices", 0, {"is_public": "大概"}, "is_public", "neither 是 nor 否"),
        ("units", 0, {"state": "?"}, "state", "is not known"),
    ],
    "number": [
        ("buildings", 0, {"height_m": "十八"}, "height_m", "not a number"),
        ("buildings", 0, {"storeys_above": 6.5}, "storeys_above", "not a whole number"),
    ],
    "range": [
        ("facilities", 0, {"lat": LON, "lon": LAT}, "lat", "cannot be"),
        ("buildings", 0, {"storeys_above": 900}, "storeys_above", "cannot be"),
    ],
    "too-long": [("compounds", 0, {"name": "很" * 300}, "name", "300 characters")],
    "formula": [("compounds", 0, {"name": "#REF!"}, "name", "#REF!")],
    "geometry": [
        ("compounds", 0, {"geometry": "POLYGON"}, "geometry", "not WKT"),
        ("compounds", 0, {"geometry": f"POINT ({LON} {LAT})"}, "geometry", "not a POLYGON"),
        ("compounds", 0, {"geometry": "POLYGON ((30 104, 30 105, 31 104, 30 104))"}, "geometry",
         "no degrees"),
        (
            "compounds", 0,
            {"geometry": f"POLYGON (({LON} {LAT}, {LON + 1e-3} {LAT + 1e-3}, {LON + 1e-3} {LAT}, "
             f"{LON} {LAT + 1e-3}, {LON} {LAT}))"},
            "geometry", "crosses itself",
        ),
    ],
    "far": [("assets", 0, {"lon": 116.4, "lat": 39.9}, "lon", "100 km")],
    "place": [("assets", 0, {"lon": None}, "lon", "only one")],
    "crs": [("assets", 0, {"crs": "mars"}, "crs", "not known")],
    "required": [
        ("units", 0, {"building": None}, "building", "blank"),
        ("residents", 0, {"name": " "}, "name", "blank"),
        ("buildings", 1, {"height_m": None}, "storeys_above", "neither storeys nor height"),
    ],
    "unknown-ref": [
        ("units", 0, {"building": "b9"}, "building", "is no 楼栋"),
        ("units", 0, {"entrance": "b1-9"}, "entrance", "is no 单元门"),
        ("entrances", 0, {"micro_grid": "m9"}, "micro_grid", "is no 网格"),
        ("residents", 0, {"unit": "u99"}, "unit", "is no 户室"),
        ("care", 0, {"no": "R99"}, "no", "is no 居民"),
        ("grids", 1, {"parent": "g9"}, "parent", "no grid of the file"),
    ],
    "tier": [
        ("grids", 2, {"parent": "g0"}, "parent", "tier 1"),
        ("entrances", 0, {"micro_grid": "g1"}, "micro_grid", "not a micro grid"),
    ],
    "storey": [("units", 0, {"storey": 6}, "storey", "storeys 0 to 5")],
    "other-building": [
        ("units", 0, {"entrance": "b2-1"}, "entrance", "belongs to building b2"),
        ("devices", 0, {"unit": "u3"}, "unit", "belongs to building b2"),
    ],
    "public-home": [("devices", 0, {"is_public": "是"}, "is_public", "never public")],
    "not-a-camera": [("cameras", 0, {"id": "smoke-1"}, "id", "not a camera")],
    "not-a-monitor": [("restaurants", 0, {"device": "cam-1"}, "device", "no fume monitor")],
    "same-address": [("units", 1, {"room": "101", "storey": 0}, "room", "row 2 has the same room")],
    "same-id-no": [("residents", 2, {"id_no": PEOPLE["R1"], "born": None}, "id_no", "row 2 has the same ID")],
    "scheme": [("care", 0, {"scheme": "rainbow"}, "scheme", "knows no scheme")],
    "level": [("care", 0, {"level": "绿色"}, "level", "no such level")],
    "demo-id-no": [("residents", 2, {"id_no": id_no("99010119800101003")}, "id_no", "begins with 99")],
}  # fmt: skip
CASES = [(code, *case) for code, cases in BAD_CELLS.items() for case in cases]


@pytest.mark.parametrize(("code", "sheet", "row", "cells", "field", "says"), CASES)
def test_a_bad_cell_rejects_its_row_with_a_reason(bring, told, code, sheet, row, cells, field, says):
    report = bring(changed(sheet, row, **cells))
    assert (sheet, row + 2, field) in told(report, code)
    place = (code, sheet, row + 2)
    (odd,) = [each for each in report.oddities if (each.code, each.sheet, each.row) == place]
    assert says in odd.reason + odd.remedy
    assert report.ok


def test_words_about_a_person_never_repeat_what_was_written(bring):
    secret = {"name": "钱" * 70, "born": "31/12/1966", "phone": "555-8877", "id_no": "12345678901234567X"}
    report = bring(changed("residents", 0, **secret))
    said = report.table() + str(report.to_json())
    for value in (*secret.values(), "R1 钱"):
        assert value not in said


def test_a_rejected_row_takes_along_what_hangs_on_it_and_no_more(bring, counts):
    report = bring(changed("buildings", 1, height_m="hoch"))
    assert total(report, "rejected") == {"buildings": 1, "entrances": 1, "units": 1}
    assert counts("building", "unit", "occupancy") == {"building": 1, "unit": 2, "occupancy": 3}


def test_all_or_nothing_writes_nothing_when_a_row_is_bad(bring, store, counts):
    seq = store.seq
    report = bring(changed("residents", 2, phone="1"), all_or_nothing=True)
    assert not report.ok
    assert store.seq == seq
    assert counts("building", "person") == {"building": 0, "person": 0}
    assert "nothing was written" in report.table()


def test_all_or_nothing_writes_all_when_every_row_is_good(bring, counts):
    assert bring(lists(), all_or_nothing=True).ok
    assert counts("person") == {"person": 6}


def test_a_sheet_that_is_missing_is_fine_when_the_twin_holds_its_rows(bring):
    bring(lists())
    report = bring(lists("residents", "care"))
    assert total(report, "rejected") == {}


def test_a_sheet_that_is_missing_and_needed_is_told_once(bring, told):
    report = bring(without("buildings"))
    assert ("units", None, "building") in told(report, "sheet-missing", "noted")
    assert total(report, "rejected")["units"] == 3


def test_merged_cells_are_told_where_they_are(bring, told, tmp_path):
    def merge(book):
        book["居民"].merge_cells("H2:H3")

    report = bring(write_xlsx(tmp_path / "merged.xlsx", lists(), finish=merge))
    assert told(report, "merged", "noted") == [("residents", 2, "")]
    (odd,) = [each for each in report.oddities if each.code == "merged"]
    assert "H2:H3" in odd.reason


def test_a_household_in_two_units_is_rejected_whole_and_its_grids_are_named(bring, told):
    report = bring(changed("residents", 1, unit="u3"))
    assert told(report, "two-homes") == [
        ("residents", 2, "household_no"),
        ("residents", 3, "household_no"),
    ]
    (odd, _) = [each for each in report.oddities if each.code == "two-homes"]
    assert "grid 永宁-01-001" in odd.reason and "grid 永宁-01-002" in odd.reason


def test_a_household_cannot_leave_members_behind_in_the_twin(bring, told):
    bring(lists())
    moved = {"residents": [lists()["residents"][0] | {"unit": "u3"}]}
    assert told(bring(moved), "two-homes") == [("residents", 2, "household_no")]


def test_one_number_twice_is_told_with_the_first_row(bring, told):
    report = bring(added("residents", no="R1", id_no=None, phone=None))
    assert told(report, "duplicate") == [("residents", 5, "no")]


def test_a_number_of_the_staff_is_no_volunteers(bring, told):
    assert told(bring(changed("volunteers", 0, no="w1")), "duplicate") == [("volunteers", 2, "no")]


def test_shared_telephones_are_noted_and_kept(bring, told, counts):
    report = bring(changed("residents", 2, phone="139-0000-0001"))
    assert told(report, "same-phone", "noted") == [("residents", 4, "phone")]
    assert counts("occupancy") == {"occupancy": 3}


def test_too_many_residents_for_a_steward_are_listed(bring, told):
    sheets = lists()
    sheets["residents"] = [
        {"no": f"R{n}", "name": f"张{n}", "unit": "u1", "kinship": "其他", "tenure": "其他"}
        for n in range(101)
    ]
    report = bring(sheets | {"care": []})
    assert told(report, "load", "noted") == [("staff", None, "grid")]


def test_a_row_longer_than_the_header_is_rejected(bring, told, tmp_path):
    folder = write_folder(tmp_path / "lists", lists("assets"))
    file = folder / "部件.csv"
    file.write_text(file.read_text("utf-8-sig").rstrip() + ",多余,再多\n", encoding="utf-8")
    assert told(bring(folder), "over-long") == [("assets", 2, "")]


def test_an_unknown_column_is_told_with_the_nearest_name(bring, told):
    sheets = lists("assets")
    sheets["assets"][0]["名秤"] = "x"
    report = bring(sheets)
    assert told(report, "unknown-column", "noted") == [("assets", 1, "名秤")]
    assert "did you mean 名称" in next(odd.reason for odd in report.oddities if odd.code == "unknown-column")


def test_an_unknown_sheet_is_told_with_the_nearest_name(bring, told, tmp_path):
    def rename(book):
        book["部件"].title = "部 件表"

    report = bring(write_xlsx(tmp_path / "odd.xlsx", lists("assets", "compounds"), finish=rename))
    assert told(report, "unknown-sheet", "noted") == [("部 件表", None, "")]


def test_a_required_column_that_is_missing_is_told_once_for_all_rows(bring, told):
    sheets = lists()
    for row in sheets["residents"]:
        del row["kinship"]
    report = bring(sheets)
    assert told(report, "column-missing") == [("residents", None, "kinship")]
    assert total(report, "rejected")["residents"] == 3


def test_a_sheet_without_a_header_is_told(bring, told, tmp_path):
    def behead(book):
        book["部件"].delete_rows(1)

    report = bring(write_xlsx(tmp_path / "headless.xlsx", lists("assets", "compounds"), finish=behead))
    assert told(report, "no-header") == [("assets", None, "")]


def test_wide_digits_are_made_ordinary_and_told(bring, told, store):
    report = bring(changed("units", 0, room="１０１", position="１"))
    assert told(report, "written", "mended") == [("units", 2, "room"), ("units", 2, "position")]
    assert store.read("SELECT room FROM unit WHERE id = 'u1'")["room"].to_pylist() == ["101"]


def test_numbers_as_text_and_dates_in_clear_forms_are_taken(bring):
    sheets = changed("buildings", 0, storeys_above="6", height_m="18.0")
    for row, born in zip(sheets["residents"], ("1950年3月9日", "1952/7/15", "19800101"), strict=True):
        row["born"] = born
    assert total(bring(sheets), "rejected") == {}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("lists.xls", b"\xd0\xcf\x11\xe0", "no workbook"),
        ("lists.xlsx", b"", "can be read"),
        ("lists.xlsx", b"no zip at all", "can be read"),
        ("lists.txt", b"a,b", "no workbook"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(bring, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=says):
        bring(path)


def test_a_file_that_is_not_there_is_refused(bring, tmp_path):
    with pytest.raises(ImportRefused, match="There is no file"):
        bring(tmp_path / "none.xlsx")


def test_a_truncated_workbook_is_refused(bring, tmp_path):
    whole = write_xlsx(tmp_path / "whole.xlsx", lists()).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportRefused, match="can be read"):
        bring(tmp_path / "cut.xlsx")


def test_a_workbook_of_other_things_is_refused(bring, tmp_path):
    book = Workbook()
    book.active.append(["预算", 2026])
    book.save(tmp_path / "budget.xlsx")
    with pytest.raises(ImportRefused, match="none of our sheets"):
        bring(tmp_path / "budget.xlsx")


def test_a_file_that_unpacks_without_end_is_refused(bring, tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"\0" * 50_000_000)
    with pytest.raises(ImportRefused, match="would unpack to 50 MB"):
        bring(path)


def test_a_workbook_that_declares_entities_is_refused(bring, tmp_path):
    path = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    with pytest.raises(ImportRefused, match="declares entities"):
        bring(path)


def test_text_in_no_known_alphabet_is_refused(bring, tmp_path):
    folder = write_folder(tmp_path / "lists", lists("assets"))
    (folder / "部件.csv").write_bytes(b"\xff\xff\x81 \x00")
    with pytest.raises(ImportRefused, match="neither UTF-8 nor GBK"):
        bring(folder)


def test_a_workbook_of_another_community_is_refused(bring, tmp_path):
    info = (("社区代码", "510108008003"), ("crs", "cgcs2000"))
    with pytest.raises(ImportRefused, match=f"this twin holds {CODE12}"):
        bring(write_xlsx(tmp_path / "other.xlsx", lists(), info=info))


def test_two_columns_of_one_name_are_refused(bring, tmp_path):
    def twice(book):
        book["部件"]["F1"] = "name"

    with pytest.raises(ImportRefused, match="two columns 名称"):
        bring(write_xlsx(tmp_path / "twice.xlsx", lists("assets"), finish=twice))


def test_a_place_outside_the_bounds_is_noted_and_kept(bring, told):
    report = bring(changed("compounds", 0, geometry=square(60)))
    assert ("compounds", 2, "geometry") in told(report, "outside", "noted")


def test_rows_of_an_entry_that_has_ended_are_rejected(bring, store, told):
    bring(lists())
    store.write(lambda tx: tx.execute("UPDATE staff SET valid_to = now() WHERE id = 'w1'"))
    assert told(bring(lists("staff")), "ended") == [("staff", 2, "no")]
