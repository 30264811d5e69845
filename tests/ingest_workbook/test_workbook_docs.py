"""The documents say what the sheets are."""

from pathlib import Path

from twin.ingest.workbook.guide import docs_table
from twin.ingest.workbook.names import field_named, sheet_named
from twin.ingest.workbook.sheets import ORDER, SHEETS

DOCS = Path(__file__).parents[2] / "docs" / "workbook.md"


def test_the_documented_columns_are_the_generated_ones():
    assert docs_table() in DOCS.read_text(encoding="utf-8")


def test_every_sheet_is_judged_after_those_it_refers_to():
    for position, key in enumerate(ORDER):
        refers = {field.ref for field in SHEETS[key].fields if field.ref and field.ref != key}
        assert refers <= set(ORDER[:position])
    assert sorted(ORDER) == sorted(SHEETS)


def test_no_name_means_two_things():
    for sheet in SHEETS.values():
        assert sheet_named(sheet.zh) is sheet_named(sheet.key.upper()) is sheet
        for field in sheet.fields:
            assert field_named(sheet, field.zh) is field_named(sheet, field.key) is field
        assert len({field.zh for field in sheet.fields}) == len(sheet.fields)


def test_what_lies_sealed_is_never_repeated_in_words():
    for sheet in SHEETS.values():
        for field in sheet.fields:
            assert field.is_personal or not field.is_sealed or field.key == "no"
