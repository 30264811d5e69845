"""What goes out comes back: the template, the export, and every value a cell can hold."""

import csv
from datetime import date

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from twin.cli.workbook import write_template
from twin.demo import generate
from twin.demo.load import write
from twin.ingest.files import ImportRefused, init_community
from twin.ingest.workbook import WorkbookOptions, export_workbook, import_workbook
from twin.ingest.workbook.book import Info
from twin.ingest.workbook.cells import CellFault, parsed
from twin.ingest.workbook.csv_folder import guarded, unguarded
from twin.ingest.workbook.exporting import write_book
from twin.ingest.workbook.fields import NUMBER_DECIMALS
from twin.ingest.workbook.reading import read_book
from twin.ingest.workbook.report import Oddities
from twin.ingest.workbook.shapes import DECIMALS, Shapes
from twin.ingest.workbook.sheets import SHEETS
from twin.model.coordinates import LocalFrame
from twin.store import Store, Vault

DEMO = WorkbookOptions(demo=True)
BOUNDS = (104.105, 30.655, 104.137, 30.677)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The demo as .xlsx and as a folder of CSV."""
    folder = tmp_path_factory.mktemp("template")
    write_template(folder / "template.xlsx", 0.2)
    write_template(folder / "template", 0.2)
    return folder


@pytest.fixture
def place(tmp_path):
    """An empty twin of the demo's code, about a middle that is not the demo's."""
    store = Store.open(tmp_path / "home")
    init_community(store, "510108008003", "杉板桥", BOUNDS)
    vault = Vault(store.home, tmp_path / "key")
    yield store, vault
    vault.close()
    store.close()


def cells_of(path):
    book = load_workbook(path, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def total(report, name):
    return sum(getattr(sheet, name) for sheet in report.sheets)


def test_the_template_comes_back_cell_by_cell(template, place, tmp_path):
    store, vault = place
    report = import_workbook(store, vault, template / "template.xlsx", DEMO)
    assert report.ok and total(report, "rejected") == 0
    export_workbook(store, vault, tmp_path / "out.xlsx", masked=False)
    assert cells_of(tmp_path / "out.xlsx") == cells_of(template / "template.xlsx")
    export_workbook(store, vault, tmp_path / "out", masked=False)
    for file in (template / "template").iterdir():
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes()
    again = import_workbook(store, vault, tmp_path / "out", DEMO)
    assert total(again, "unchanged") == total(again, "read") == total(report, "added")


def test_the_folder_of_csv_is_the_same_workbook(template, place):
    store, vault = place
    import_workbook(store, vault, template / "template", DEMO)
    seq = store.seq
    assert not import_workbook(store, vault, template / "template.xlsx", DEMO).written
    assert store.seq == seq


def test_the_template_changes_nothing_in_the_demo_of_its_seed_and_scale(template, tmp_path):
    store = Store.open(tmp_path / "home")
    vault = Vault(store.home, tmp_path / "key")
    write(store, generate(1, 0.2), vault)
    report = import_workbook(store, vault, template / "template.xlsx", DEMO)
    assert total(report, "unchanged") == total(report, "read") > 6000
    assert total(report, "staying") == 0
    vault.close()
    store.close()


def test_the_template_is_not_taken_for_real(template, place):
    store, vault = place
    with pytest.raises(ImportRefused, match="--demo"):
        import_workbook(store, vault, template / "template.xlsx", WorkbookOptions())


def test_an_empty_template_has_every_column_and_no_row(tmp_path):
    write_template(tmp_path / "empty.xlsx", 0.2, empty=True)
    cells = cells_of(tmp_path / "empty.xlsx")
    assert list(cells) == ["说明", *(sheet.zh for sheet in SHEETS.values())]
    for sheet in SHEETS.values():
        assert cells[sheet.zh] == [tuple(field.zh for field in sheet.stored)]


def test_a_written_workbook_is_private_and_replaces_nothing(tmp_path):
    for name in ("a.xlsx", "a"):
        path = tmp_path / name
        write_template(path, 0.2, empty=True)
        files = [path] if path.is_file() else list(path.iterdir())
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        with pytest.raises(ImportRefused, match="exists"):
            write_template(path, 0.2, empty=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "a.xlsx"]


near = st.floats(-0.05, 0.05)


@given(near, near, near, near)
@settings(deadline=None, max_examples=100)
def test_degrees_and_metres_and_degrees_are_a_fixed_point(dlon, dlat, lon, lat):
    shapes = Shapes(LocalFrame(104.1206 + lon, 30.6655 + lat))
    degrees = round(104.1206 + dlon, DECIMALS), round(30.6655 + dlat, DECIMALS)
    assert shapes.lonlat(*shapes.local(*degrees)) == degrees


@given(near, near, st.floats(1e-5, 1e-2), st.floats(1e-5, 1e-2))
@settings(deadline=None, max_examples=50)
def test_an_outline_in_degrees_and_metres_and_degrees_is_a_fixed_point(dlon, dlat, width, height):
    shapes = Shapes(LocalFrame(104.1206, 30.6655))
    west, south = 104.1206 + dlon, 30.6655 + dlat
    corners = ((west, south), (west + width, south), (west, south + height), (west, south))
    wkt = shapes.canonical("wgs84", f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))")
    assert shapes.canonical("cgcs2000", wkt) == wkt
    assert shapes.wkt(shapes.metres(wkt).wkb) == wkt


FIELDS = [field for sheet in SHEETS.values() for field in sheet.stored]
raw = st.one_of(
    st.text(max_size=30),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 1, 1), date(2050, 1, 1)),
)


@given(st.sampled_from(FIELDS), raw)
@settings(deadline=None, max_examples=100)
def test_what_a_cell_means_means_itself(field, value):
    try:
        meant = parsed(field, value, lambda _: None)
    except CellFault as fault:
        assert fault.reason and fault.remedy
        return
    if meant is not None:
        assert parsed(field, meant, lambda words: pytest.fail(f"mended twice: {words}")) == meant


texts = st.text(min_size=1, max_size=40).map(
    lambda text: parsed(SHEETS["compounds"].get("address"), text, lambda _: None)
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.integers(0, 10**6).map(str),
            "name": texts,
            "width_m": st.floats(0.1, 100).map(lambda metres: round(metres, NUMBER_DECIMALS)),
            "length_m": st.floats(0.1, 10_000).map(lambda metres: round(metres, NUMBER_DECIMALS)),
        }
    ),
    max_size=5,
)


@pytest.mark.parametrize("name", ["lists.xlsx", "lists"])
@given(rows)
# Files are slow to shrink by: the first that fails is told as it is.
@settings(deadline=None, max_examples=25, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_text_and_number_survives_the_file(tmp_path_factory, name, given_rows):
    path = tmp_path_factory.mktemp("any") / name
    fields = SHEETS["lanes"].stored
    full = [dict.fromkeys(field.key for field in fields) | row for row in given_rows]
    write_book(path, {"lanes": full}, Info("", "cgcs2000"))
    raw_sheet = read_book(path, Oddities(), lambda _: None).sheets["lanes"]
    back = [
        {
            field.key: None
            if line[position] is None
            else parsed(field, line[position], lambda words: pytest.fail(words))
            for position, field in raw_sheet.columns
            if position < len(line)
        }
        for _, line in raw_sheet.lines
    ]
    assert [{key: row.get(key) for key in full[0]} for row in back] == full


@pytest.mark.parametrize("risky", ["=1+1", "+86", "-3 层", "@home", "'quoted", "\t=1", "''", "普通"])
def test_no_cell_of_a_csv_is_a_formula(risky, tmp_path):
    assert unguarded(guarded(risky)) == risky
    assert not guarded(risky).startswith(("=", "+", "-", "@", "\t"))
    row = dict.fromkeys(field.key for field in SHEETS["assets"].stored) | {"id": "a1", "name": risky}
    write_book(tmp_path / "out", {"assets": [row]}, Info())
    with (tmp_path / "out" / "部件.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][2] == guarded(risky)


def test_a_text_that_looks_like_a_formula_stays_a_text_in_excel(tmp_path):
    row = dict.fromkeys(field.key for field in SHEETS["assets"].stored) | {"id": "a1", "name": "=1+1"}
    write_book(tmp_path / "out.xlsx", {"assets": [row]}, Info())
    cell = load_workbook(tmp_path / "out.xlsx")["部件"]["C2"]
    assert (cell.data_type, cell.value) == ("s", "=1+1")


def test_choices_are_offered_in_the_sheet_and_id_numbers_stay_texts(tmp_path):
    write_template(tmp_path / "empty.xlsx", 0.2, empty=True)
    sheet = load_workbook(tmp_path / "empty.xlsx")["居民"]
    offered = {
        str(each.sqref).split("2:")[0]: each.formula1 for each in sheet.data_validations.dataValidation
    }
    fields = [field.key for field in SHEETS["residents"].stored]
    assert offered[chr(ord("A") + fields.index("sex"))] == '"男,女"'
    assert sheet.column_dimensions[chr(ord("A") + fields.index("id_no"))].number_format == "@"
